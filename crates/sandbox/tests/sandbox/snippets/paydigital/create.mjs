fetch("http://paydigital.biz.id/api/create_payment.php", {
method: "POST",
headers: {
"Authorization": "Bearer PYG1234567890abcdef",
"Content-Type": "application/x-www-form-urlencoded"
},
body: new URLSearchParams({
"store_id": "1",
"amount": "10000",
"description": "Pembelian Produk A",
"customer_name": "John Doe"
})
})
.then(response => response.json())
.then(result => console.log(result))
.catch(error => console.log('error', error));
