curl -X POST https://www.oberonix.org/api/cancel.php \
-H "Authorization: Bearer SK-1234567890abcdef" \
-d "custom_id=ORD-001"
