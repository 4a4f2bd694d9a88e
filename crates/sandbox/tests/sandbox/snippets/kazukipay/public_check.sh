curl "https://www.oberonix.org/api/public_check.php?custom_id=ORD-001"
