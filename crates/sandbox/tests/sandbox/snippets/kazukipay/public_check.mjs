fetch('https://www.oberonix.org/api/public_check.php?custom_id=ORD-001')
.then(r => r.json())
.then(data => {
if (data.status && data.data.status === 'PAID') {
alert('Pembayaran berhasil!');
window.location.reload();
} else {
alert(data.data?.message || 'Belum terdeteksi');
}
});
