var crypto = require('crypto');

function create_sha256_signature(key, message){
var hmac = crypto.createHmac('sha256', key);
//passing the data to be hashed
data = hmac.update(message);
//Creating the hmac in the required format
gen_hmac = data.digest('hex');
return gen_hmac.toUpperCase()
}

let key = '033389b9-cc42-4005-ae9e-8e8ff23738d7' // key dapat diminta ke Tim IT terlebih dahulu dengan nama PID
let message = '{"rq_uuid": "klnu00242", "rq_datetime": "2020-11-06 09:13:19", "order_id": "klnu00242", "status":"success", "message":"transaction success!"}' //message diambil dari body yg di hit oleh service payment

console.log(create_sha256_signature(key, message)) //data console ini nanti dibuat kondisi jika sama dengan yg dikirim oleh service payment di header variable x-servicepayment maka status true, jika berbeda maka false dengan message "not verified"
