<?php
$apiKey = "YOUR_API_KEY";
$url = "https://kropay.krispediadigital.my.id/api/v1/payment/create";

$payload = [
    'merchant_ref' => 'ORDER-' . time(),
    'amount' => 10000,
    'customer_name' => 'Krisdi'
];

$ch = curl_init($url);
curl_setopt($ch, CURLOPT_RETURNTRANSFER, true);
curl_setopt($ch, CURLOPT_POST, true);
curl_setopt($ch, CURLOPT_POSTFIELDS, json_encode($payload));
curl_setopt($ch, CURLOPT_HTTPHEADER, [
    'X-API-KEY: ' . $apiKey,
    'Content-Type: application/json'
]);

$response = curl_exec($ch);
curl_close($ch);

$result = json_decode($response, true);
print_r($result);
