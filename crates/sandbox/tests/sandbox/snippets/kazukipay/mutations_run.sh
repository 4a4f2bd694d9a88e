curl "https://www.oberonix.org/api/mutasi_status.php?action=run" \
-H "Authorization: Bearer SK-1234567890abcdef"
