curl -X POST https://service-payment.k-link.dev/api/report \
-H 'Authorization: << token dynamic login >>' \
-H 'Content-Type: application/json' \
-d '{"datetime_start":"", "datetime_end":"2022-09-28 11:27:31", "bank_code":"gopay",
"transaction_status":"all"}'
