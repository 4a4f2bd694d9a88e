curl -X GET "http://paydigital.biz.id/api/payment.php?invoice=PYG20231201123456" \
-H "Authorization: Bearer PYG1234567890abcdef"
