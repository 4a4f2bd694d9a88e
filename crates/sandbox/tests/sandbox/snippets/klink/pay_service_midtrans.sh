curl -X POST https://service-payment.k-link.dev/api/pay_service_midtrans \
-H 'Authorization: << token dynamic login >>' \
-H 'Content-Type: application/json' \
-d '{
"rq_uuid": "klnu01968",
"rq_datetime": "2022-07-21 15:28:11",
"order_id": "klnu0197",
"no_hp": "085736064900",
"fullname": "Almeera Salsabila",
"email":"Almeera@gmail.com",
"bank_code":"gopay",
"product_code":"e_wallets",
"nominal":"1500",
"pay_ship":"500"}'
