<?php
// Menerima data callback dari Kropay
$rawInput = file_get_contents('php://input');
$payload = json_decode($rawInput, true);

if ($payload) {
    $reference = $payload['reference'];
    $merchantRef = $payload['merchant_ref'];
    $status = $payload['status'];

    if ($status === 'paid') {
        // TODO: Update status order menjadi lunas di DB Anda
    }

    // Berikan respon sukses
    header('Content-Type: application/json');
    echo json_encode(['success' => true]);
    exit;
}
