<?php
$apiKey = "YOUR_API_KEY";
$reference = "PG-20260529A1B2";
$url = "https://kropay.krispediadigital.my.id/api/v1/payment/status/" . $reference;

$ch = curl_init($url);
curl_setopt($ch, CURLOPT_RETURNTRANSFER, true);
curl_setopt($ch, CURLOPT_HTTPHEADER, [
    'X-API-KEY: ' . $apiKey,
    'Content-Type: application/json'
]);

$response = curl_exec($ch);
curl_close($ch);

$result = json_decode($response, true);
print_r($result);
