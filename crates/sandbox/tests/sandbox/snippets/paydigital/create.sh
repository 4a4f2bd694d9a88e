curl -X POST http://paydigital.biz.id/api/create_payment.php \
-H "Authorization: Bearer PYG1234567890abcdef" \
-d "store_id=1" \
-d "amount=10000" \
-d "description=Pembelian Produk A" \
-d "customer_name=John Doe"
