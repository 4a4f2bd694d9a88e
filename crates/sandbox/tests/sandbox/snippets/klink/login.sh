curl -X POST https://service-payment.k-link.dev/auth/login \
-H 'Content-Type: application/json' \
-d '{
"email":"merchant@example.com",
"password":"not-a-real-password"
}'
