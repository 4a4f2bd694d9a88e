curl -X POST https://service-payment.k-link.dev/api/kwallet/reconcile/reconcile \
-H 'Authorization: << token dynamic login >>' \
-H 'Content-Type: application/json' \
-d '{
"id_order":"123456789"
}'
