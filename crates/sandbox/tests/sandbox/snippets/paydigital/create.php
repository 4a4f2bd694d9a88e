<?php
$ch = curl_init();
curl_setopt($ch, CURLOPT_URL, "http://paydigital.biz.id/api/create_payment.php");
curl_setopt($ch, CURLOPT_POST, 1);
curl_setopt($ch, CURLOPT_POSTFIELDS, http_build_query([
'store_id' => 1,
'amount' => 10000,
'description' => 'Pembelian Produk A',
'customer_name' => 'John Doe'
]));
curl_setopt($ch, CURLOPT_HTTPHEADER, [
"Authorization: Bearer PYG1234567890abcdef"
]);
curl_setopt($ch, CURLOPT_RETURNTRANSFER, true);
$response = curl_exec($ch);
curl_close($ch);
echo $response;
?>
