"""What the daemon's description cannot say: which accounts there are, and what a gateway takes. Three of four right calls have that."""

import itertools
import json
import os

import schemathesis
from schemathesis import GenerationMode

numbers = itertools.count(4)
payment = json.load(open("ORDER-3"))
notification = json.load(open(os.environ["NOTIFICATION"])) | {
    "merchant_ref": payment["order"],
    "reference": payment["attempts"][0]["gateway_id"],
    "amount": payment["amount"],
    "total_amount": payment["payable"],
}

# What the gateways of the sandbox may refuse, or have no account for.
OPTIONAL = ("account", "customer", "description", "expires_in", "method", "return_url")


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE:
        return
    number = next(numbers)
    if number % 4 == 0:
        return
    if case.operation.path == "/hooks/{account}":
        case.body = notification
    if case.headers and "Idempotency-Key" in case.headers:
        # The same key with another body is refused.
        case.headers["Idempotency-Key"] = f"key-{number}"
    if case.operation.path in ("/v1/payments", "/v1/payments/{id}/attempts") and isinstance(case.body, dict):
        body = {name: value for name, value in case.body.items() if name not in OPTIONAL}
        case.body = body | ({"order": f"ORDER-{number}", "amount": 10_000} if "order" in body else {})
