curl -X POST https://service-payment.k-link.dev/api/kwallet/transfer_to_account \
-H 'Authorization: << token dynamic login >>' \
-H 'Content-Type: application/json' \
-d '{
"id_member_send":"idspaa0012",
"amount":"100000",
"description":"Transfer untuk uang makan",
"id_member_receipt":"idspaaa090"
}'
