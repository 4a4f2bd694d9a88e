fetch("https://www.oberonix.org/api/cekstatus.php", {
method: "POST",
headers: {
"Authorization": "Bearer SK-1234567890abcdef",
"Content-Type": "application/x-www-form-urlencoded"
},
body: new URLSearchParams({
"custom_id": "ORD-001"
})
})
.then(response => response.json())
.then(result => console.log(result))
.catch(error => console.log('error', error));
