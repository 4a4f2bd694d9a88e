"""A payment with the package `tripay`: created, asked for, found in the list, paid, and its callback checked as Tripay's
document says: the header is the HMAC-SHA256 of the body as it came.
"""

import hashlib
import hmac
import json
import os
import queue
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

from tripay import TriPay

KEY = os.environ["GERBANG_TRIPAY_PRIVATE_KEY"]
callbacks = queue.Queue()


class Client(TriPay):
    """The published client at another base URL, for which it has no setting."""

    def get_url(self, path):
        return os.environ["GERBANG_TRIPAY_BASE_URL"] + path


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        callbacks.put((self.headers, body))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"success": true}')

    def log_message(self, *_):
        pass


def data(response):
    reply = response.json()
    assert response.status_code == 200 and reply["success"] is True, response.text
    return reply["data"]


def sandbox(path):
    url = os.environ["GERBANG_SANDBOX"] + path
    return urllib.request.urlopen(urllib.request.Request(url, method="POST")).read()


server = HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver)
threading.Thread(target=server.serve_forever, daemon=True).start()

client = Client(os.environ["GERBANG_TRIPAY_API_KEY"], os.environ["GERBANG_TRIPAY_MERCHANT_CODE"], KEY)
payments = client.closed_payment
items = [payments.create_item("S-1", "Kopi", 15000, 2), payments.create_item("S-2", "Teh", 20000, 1)]
order = ("BRIVA", 50000, "Sari", "sari@example.com", "081234567890", items)
created = data(payments.request(*order, merchant_ref="INV-1"))
assert (created["merchant_ref"], created["amount"], created["status"]) == ("INV-1", 50000, "UNPAID"), created

# Another key signs for nobody.
stranger = Client(client.api_key, client.merchant_code, "another key")
refused = stranger.closed_payment.request(*order, merchant_ref="INV-2")
assert refused.status_code >= 400 and refused.json()["success"] is False, refused.text

sandbox(f"/_sandbox/payments/tripay/{created['reference']}/pay")
paid = data(payments.detail_transaction(created["reference"]))
assert (paid["status"], paid["reference"]) == ("PAID", created["reference"]), paid
assert [one["status"] for one in data(payments.get_transaction(merchant_ref="INV-1"))] == ["PAID"]

headers, body = callbacks.get(timeout=20)
right = hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest()
assert hmac.compare_digest(headers["X-Callback-Signature"], right), dict(headers)
assert headers["X-Callback-Event"] == "payment_status"
assert (json.loads(body)["merchant_ref"], json.loads(body)["status"]) == ("INV-1", "PAID"), body
print("ok  tripay 0.1.1 took a payment and received its callback")
