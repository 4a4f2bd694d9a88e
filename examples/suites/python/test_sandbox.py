"""Tests of a shop's dealings with a gateway, by Python's unittest (3.9) and no packages.

All run at the same time, each with a key of its own, and share one sandbox. Run them with `gerbang` in the PATH, or named by
GERBANG: python3 -m unittest test_sandbox
"""
import atexit
import http.client
import json
import os
import subprocess
import threading
import unittest
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TAKEN = (200, b'{"success": true}')


class Sandbox:
    """A sandbox of these tests."""

    def __init__(self):
        command = [os.environ.get("GERBANG", "gerbang"), "sandbox", "--json", "--quiet"]
        self.program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        atexit.register(self.end)
        started = json.loads(self.program.stdout.readline())
        self.url = started["page"].rstrip("/")
        self.kropay = started["variables"]["GERBANG_KROPAY_BASE_URL"]

    def end(self):
        self.program.terminate()
        self.program.wait()
        self.program.stdout.close()

    def call(self, method, path, body=None):
        """A call of the sandbox's own API, which /_sandbox/openapi.yaml describes."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_sandbox/{path}", data, method=method)
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.load(reply)

    def pay(self, order):
        return self.call("POST", f"payments/kropay/{order}/pay")

    def fault(self, credential, **what):
        return self.call("POST", "faults", {"provider": "kropay", "credential": credential, "times": 1, **what})

    def orders(self, *wanted):
        return [payment["order"] for payment in self.call("GET", "payments")["payments"] if payment["order"] in wanted]

    def acknowledged(self, order):
        wanted = {"provider": "kropay", "payment": order, "acknowledged": True}
        return self.call("POST", "webhooks/wait", {"filter": wanted, "timeout_milliseconds": 20_000})["webhooks"]

    def ask(self, key, path, body=None):
        """What the shop sends to the gateway: the status of the reply, and what it says."""
        headers = {"X-API-KEY": key, "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.kropay}/api/v1/payment/{path}", data, headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return reply.status, json.load(reply)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)

    def create(self, key, order):
        return self.ask(key, "create", {"merchant_ref": order, "amount": 10_000})


class Receiver(BaseHTTPRequestHandler):
    """Where the shop takes notifications. It answers as the server's list says, the last answer again and again."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answers = self.server.answers
        status, answer = answers[min(len(self.server.received), len(answers) - 1)]
        self.server.received.append(body)
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


class AtKropay(unittest.TestCase):
    sandbox = None

    def receive(self, key, *answers):
        """What is received for a key, as a list that grows."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        server.answers, server.received = answers, []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        url = f"http://127.0.0.1:{server.server_port}/paid"
        self.sandbox.call("PUT", "webhooks/address", {"provider": "kropay", "credential": key, "url": url})
        return server.received

    def test_shop_is_notified_when_the_customer_pays(self):
        received = self.receive("py-paid", TAKEN)
        status, created = self.sandbox.create("py-paid", "PY-PAID")
        self.assertEqual(status, 201, created)
        self.sandbox.pay("PY-PAID")
        self.assertEqual(len(self.sandbox.acknowledged("PY-PAID")), 1)
        self.assertEqual([(one["merchant_ref"], one["status"]) for one in received], [("PY-PAID", "paid")])

    def test_shop_is_notified_again_until_it_says_that_it_was(self):
        received = self.receive("py-again", (500, b"broken"), TAKEN)
        self.sandbox.create("py-again", "PY-AGAIN")
        self.sandbox.pay("PY-AGAIN")
        self.sandbox.acknowledged("PY-AGAIN")
        self.assertEqual(len(received), 2)
        self.assertEqual(received[0], received[1])

    def test_payment_may_be_there_whose_creation_got_no_reply(self):
        self.sandbox.fault("py-lost", effect="close", carried_out=True, operation="create_payment")
        with self.assertRaises((http.client.HTTPException, OSError)):
            self.sandbox.create("py-lost", "PY-LOST")
        self.assertEqual(self.sandbox.orders("PY-LOST"), ["PY-LOST"])
        self.assertEqual(self.sandbox.create("py-lost", "PY-LOST")[0], 422)

    def test_fault_meets_no_other_key(self):
        self.sandbox.fault("py-other", effect="refuse", message="no", carried_out=False)
        self.assertEqual(self.sandbox.create("py-mine", "PY-MINE")[0], 201)
        self.assertEqual(self.sandbox.create("py-other", "PY-OTHER")[0], 422)
        self.assertEqual(self.sandbox.orders("PY-MINE", "PY-OTHER"), ["PY-MINE"])

    def test_reset_forgets_one_key_and_no_other(self):
        self.sandbox.create("py-kept", "PY-KEPT")
        self.sandbox.create("py-reset", "PY-RESET")
        self.sandbox.call("POST", "reset", {"provider": "kropay", "credential": "py-reset"})
        self.assertEqual(self.sandbox.orders("PY-KEPT", "PY-RESET"), ["PY-KEPT"])
        self.assertEqual(self.sandbox.create("py-reset", "PY-RESET")[0], 201)

    def test_shop_sees_that_a_payment_has_expired(self):
        _, created = self.sandbox.create("py-late", "PY-LATE")
        self.sandbox.call("POST", "payments/kropay/PY-LATE/expire")
        self.assertEqual(self.sandbox.ask("py-late", f"status/{created['reference']}")[1]["status"], "expired")


class Together(unittest.TestSuite):
    """Runs all tests at the same time."""

    def run(self, result, debug=False):
        def run(test):
            own = unittest.TestResult()
            test.run(own)
            return own

        tests = list(self)
        with ThreadPoolExecutor(len(tests)) as pool:
            for test, own in zip(tests, pool.map(run, tests)):
                result.startTest(test)
                result.failures.extend(own.failures)
                result.errors.extend(own.errors)
                if own.wasSuccessful():
                    result.addSuccess(test)
                result.stopTest(test)
        return result


def load_tests(loader, _tests, _pattern):
    AtKropay.sandbox = Sandbox()
    return Together(loader.loadTestsFromTestCase(AtKropay))


if __name__ == "__main__":
    unittest.main()
