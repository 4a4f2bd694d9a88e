curl -X POST https://service-payment.k-link.dev/api/list_bank \
-H 'Authorization: << token dynamic login >>'
