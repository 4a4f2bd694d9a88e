curl -X POST https://service-payment.k-link.dev/api/kwallet/voucher_saldo \
-H 'Authorization: << token dynamic login >>' \
-H 'Content-Type: application/json' \
-d '{
"voucher_code":"asdfkeijk",
"amount":"10000",
"description":"Transfer untuk uang makan",
"id_member_receipt":"idspaaa95913"
}'
