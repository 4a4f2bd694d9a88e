<?php
$ch = curl_init("https://www.oberonix.org/api/mutasi_status.php?action=run");
curl_setopt($ch, CURLOPT_HTTPHEADER, ["Authorization: Bearer SK-1234567890abcdef"]);
curl_setopt($ch, CURLOPT_RETURNTRANSFER, true);
$result = json_decode(curl_exec($ch), true);
curl_close($ch);
// Cek tiap transaksi yang diproses
foreach ($result['data']['processed'] as $p) {
echo $p['custom_id'] . ': ' . $p['result'] . PHP_EOL;
}
?>
