curl "https://app.pakasir.com/api/transactiondetail?project=depodomain&amount=22000&order_id=240910HDE7C9&api_key=JHGejwhe237dkhjeukyw8e33"
