curl -L 'https://app.pakasir.com/api/transactioncancel' \
-H 'Content-Type: application/json' \
-d '{
"project": "depodomain", "order_id": "INV123123", "amount": 99000,
"api_key": "xxx123"
}'
