curl -X POST https://service-payment.k-link.dev/api/kwallet/check_saldo \
-H 'Authorization: << token dynamic login >>' \
-H 'Content-Type: application/json' \
-d '{
"id_member":"idspaa0012"
}'
