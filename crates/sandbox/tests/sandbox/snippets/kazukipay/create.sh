curl -X POST https://www.oberonix.org/api/create.php \
-H "Authorization: Bearer SK-1234567890abcdef" \
-d "project_id=1" \
-d "amount=10000" \
-d "custom_id=ORD-001"
