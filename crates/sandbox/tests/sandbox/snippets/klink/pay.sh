curl -X POST https://service-payment.k-link.dev/api/kwallet/pay \
-H 'Authorization: << token dynamic login >>' \
-H 'Content-Type: application/json' \
-d '{
"id_member":"idspaa001",
"amount":"90000",
"id_order":"123456789",
"description":"Pembelian Paket Klorofil"
}'
