<?php
$ch = curl_init();
curl_setopt($ch, CURLOPT_URL, "http://paydigital.biz.id/api/payment.php?invoice=PYG20231201123456");
curl_setopt($ch, CURLOPT_HTTPHEADER, [
"Authorization: Bearer PYG1234567890abcdef"
]);
curl_setopt($ch, CURLOPT_RETURNTRANSFER, true);
$response = curl_exec($ch);
curl_close($ch);
echo $response;
?>
