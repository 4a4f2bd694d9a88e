"""A shop that is paid through `gerbang serve`, with nothing but Python's standard library (3.11). Start it:
GERBANG_URL=http://127.0.0.1:8080 GERBANG_TOKEN=… GERBANG_WEBHOOK_SECRET=whsec_… PORT=3000 python3 shop.py"""
import base64, contextlib, hmac, http.client, json, os, re, sys, time, urllib.parse, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

URL, TOKEN = os.environ["GERBANG_URL"], os.environ["GERBANG_TOKEN"]
KEYS = [base64.b64decode(key.removeprefix("whsec_"), validate=True) for key in os.environ["GERBANG_WEBHOOK_SECRET"].split()]
if min(map(len, KEYS), default=0) < 24:
    sys.exit("GERBANG_WEBHOOK_SECRET must be whsec_ and at least 24 bytes in Base64")
ORDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,43}")  # safe as the name of a file


def pay(order, amount):  # Sends the same request each time: the daemon creates one payment, however often it is asked.
    body = json.dumps({"order": order, "amount": amount}).encode()
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    for pause in (0.2, 0.5, 1, 2, 4, 0):
        try:
            with urllib.request.urlopen(urllib.request.Request(f"{URL}/v1/payments", body, headers), timeout=40) as reply:
                payment = json.load(reply)
            if payment["status"] != "pending":
                return 200, f"{order} is {payment['status']}"
            if payment["page"]:
                return 303, payment["page"]
            if reply.status != 202 and (ways := payment["pay_with"]):
                return 200, next((way["payload"] for way in ways if way["type"] == "qris"), json.dumps(ways))
        except (OSError, http.client.HTTPException, ValueError) as error:  # lost, or a status that is none of 2xx
            if 400 <= getattr(error, "code", 500) < 500:
                return 400, json.load(error)["detail"]
        time.sleep(pause)
    return 503, "not ready yet; buying again goes on with the same payment"


def is_signed(headers, body):  # Standard Webhooks
    id, sent, given = (headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not re.fullmatch("[0-9]{1,12}", sent) or abs(time.time() - int(sent)) > 300:
        return False
    wanted = [b"v1," + base64.b64encode(hmac.digest(key, f"{id}.{sent}.".encode() + body, "sha256")) for key in KEYS]
    return any([hmac.compare_digest(one, other.encode()) for one in wanted for other in given.split(" ")])


def ship(order, event):  # Once: the file is what is packed by. It is on the disk when this returns.
    with contextlib.suppress(FileExistsError), open(f"shipped/{order}", "x") as file:
        print(event, file=file)
        print("shipped", order, flush=True)
    for path in (f"shipped/{order}", "shipped"):
        opened = os.open(path, os.O_RDONLY)
        os.fsync(opened)
        os.close(opened)


class Shop(BaseHTTPRequestHandler):
    def do_POST(self):
        length = self.headers.get("content-length", "")
        body = self.rfile.read(int(length)) if re.fullmatch("[0-9]{1,5}", length) else b""
        calls = {"/gerbang": self.notified, "/buy": self.buy}
        status, text = calls.get(self.path, lambda _: (404, "nothing here"))(body)
        self.send_response(status)
        self.send_header("Location" if status == 303 else "Content-Type", text if status == 303 else "text/plain")
        self.end_headers()
        self.wfile.write(text.encode())

    def notified(self, body):
        if not is_signed(self.headers, body):
            return 401, "not signed"
        event = json.loads(body)
        if event["type"] == "payment.paid":
            if not ORDER.fullmatch(event["data"]["order"]):
                return 400, "no order of this shop"
            ship(event["data"]["order"], event["id"])
        return 200, "taken"

    def buy(self, body):  # A real shop knows the amount by the order, and takes it from no browser.
        form = dict(urllib.parse.parse_qsl(body.decode()))
        if not ORDER.fullmatch(form.get("order", "")) or not re.fullmatch("[1-9][0-9]{0,11}", form.get("amount", "")):
            return 400, "order or amount is wrong"
        return pay(form["order"], int(form["amount"]))


os.makedirs("shipped", exist_ok=True)
ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Shop).serve_forever()
