curl -X POST https://service-payment.k-link.dev/api/escrow/refund-accept \
-H 'Authorization: << token dynamic login >>' \
-H 'Content-Type: application/json' \
-d '{
"id_order":"123456789",
"id_member":"idspaa001",
"id_trans":"137",
"note":"refund dana karena dokter tidak sedang standby"
}'
