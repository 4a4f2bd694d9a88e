<?php
$ch = curl_init();
curl_setopt($ch, CURLOPT_URL, "https://www.oberonix.org/api/create.php");
curl_setopt($ch, CURLOPT_POST, 1);
curl_setopt($ch, CURLOPT_POSTFIELDS, http_build_query([
'project_id' => 1,
'amount' => 10000,
'custom_id' => 'ORD-001'
]));
curl_setopt($ch, CURLOPT_HTTPHEADER, [
"Authorization: Bearer SK-1234567890abcdef"
]);
curl_setopt($ch, CURLOPT_RETURNTRANSFER, true);
$response = curl_exec($ch);
curl_close($ch);
echo $response;
?>
