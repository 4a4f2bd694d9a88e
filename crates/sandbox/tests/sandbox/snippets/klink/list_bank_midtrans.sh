curl -X POST https://service-payment.k-link.dev/api/list_bank_midtrans \
-H 'Authorization: << token dynamic login >>' \
-H 'Content-Type: application/json' \
-d '{
"nominal":"1000000",
"pay_ship":"5000"
}'
