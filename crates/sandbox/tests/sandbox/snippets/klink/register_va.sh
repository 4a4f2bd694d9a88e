curl -X POST https://service-payment.k-link.dev/api/kwallet/register_va \
-H 'Authorization: << token dynamic login >>' \
-H 'Content-Type: application/json' \
-d '{
"id_member":"idspaaa025",
"name":"Muammar Qathafi",
"hp":"085736064900",
"email":"muammarqathafi@gmail.com"
}'
