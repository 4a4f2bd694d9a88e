curl -X POST https://service-payment.k-link.dev/api/kwallet/history_transaction \
-H 'Authorization: << token dynamic login >>' \
-H 'Content-Type: application/json' \
-d '{
"id_member":"idspaa0012",
"startdate":"",
"enddate":""
}'
