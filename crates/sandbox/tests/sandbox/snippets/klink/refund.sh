curl -X POST https://service-payment.k-link.dev/api/escrow/refund \
-H 'Authorization: << token dynamic login >>' \
-H 'Content-Type: application/json' \
-d '{
"id_order":"123456789",
"id_member":"idspaa001"
}'
