"""What Schemathesis cannot know from a spec: which payments exist, which names are taken, the words of open sets, the form
of amounts.

All right calls of the phase with examples, and every second one of the others, are changed before they are sent: what they
name is made first, by the example of the operation that makes it, what they make gets a new name, and their words are
documented ones. All other calls go out as they were made up. Where a provider limits how often it is asked, the sandbox's
clock is moved instead of waiting. At the end, the operations that never succeeded are written to the file
`never_succeeded`, one a line, for a refusal with HTTP status 200 looks like a success to Schemathesis.
"""

import atexit
import collections
import copy
import hmac
import itertools
import json
import os
import pathlib
import random
import urllib.request

import schemathesis
from hypothesis import strategies
from schemathesis import GenerationMode

# What a call names, by spec and operation: the operation that makes it, and where each member is taken from, which is a
# member of that operation's call or of its reply.
OF_CUSTOM_ID = {"create_payment": {"custom_id": "custom_id"}}
OF_REFERENCE = {"create_payment": {"reference": "reference"}}
OF_INVOICE = {"create_payment": {"invoice": "invoice"}}
OF_TRANSACTION = {"create_transaction": {name: name for name in ("project", "order_id", "amount", "api_key")}}
OF_TXN_ID = {"create_transaction": {"slug": "slug", "txn_id": "txn_id"}}
OF_TRIPAY = {"create_transaction": {"reference": "reference"}}
OF_CHARGE = {"charge": {"id": "order_id"}}
OF_MEMBER = {"register_va": {"id_member": "id_member"}}
OF_ORDER = {"pay_from_wallet": {"id_order": "id_order", "id_member": "id_member"}}
NAMED = {
    "Kazukipay": {
        "payment_status": OF_CUSTOM_ID,
        "payment_status_by_query": OF_CUSTOM_ID,
        "cancel_payment": OF_CUSTOM_ID,
        "public_check": OF_CUSTOM_ID,
    },
    "Kropay": {"payment_status": OF_REFERENCE, "qris_image": OF_REFERENCE},
    "PayDigital": {"payment_status": OF_INVOICE, "payment_status_by_form": OF_INVOICE},
    "Pakasir API v1": {
        "transaction_detail": OF_TRANSACTION,
        "cancel_transaction": OF_TRANSACTION,
        "simulate_payment": OF_TRANSACTION,
    },
    "Midtrans": {
        name: OF_CHARGE
        for name in ("transaction_status", "cancel_transaction", "expire_transaction", "refund_transaction")
    },
    "Tripay": {"transaction_detail": OF_TRIPAY, "check_status": OF_TRIPAY},
    "Pakasir API v2": {"transaction_status": OF_TXN_ID, "cancel_transaction": OF_TXN_ID},
    "K-Link Service Payment": {
        "check_balance": OF_MEMBER,
        "transaction_history": OF_MEMBER,
        "redeem_voucher": {"register_va": {"id_member_receipt": "id_member"}},
        # Who has redeemed a voucher has as much as it was worth.
        "transfer": {
            "redeem_voucher": {"id_member_send": "id_member_receipt", "amount": "amount"},
            "register_va": {"id_member_receipt": "id_member"},
        },
        "pay_from_wallet": {"redeem_voucher": {"id_member": "id_member_receipt", "amount": "amount"}},
        "reconcile": {"pay_from_wallet": {"id_order": "id_order"}},
        "request_refund": OF_ORDER,
        "accept_refund": {"request_refund": {name: name for name in ("id_order", "id_member", "id_trans")}},
        "create_payment": {"list_banks": {"bank_code": "bankCode", "product_code": "productCode"}},
        "create_gopay_payment": {"list_gopay_banks": {"bank_code": "bankCode"}},
    },
}

# The merchant's names of what a call makes, by operation. None may be used twice.
NEW = {
    "create_payment": ["custom_id", "merchant_ref", "order_id", "rq_uuid"],
    "create_gopay_payment": ["order_id", "rq_uuid"],
    "create_transaction": ["order_id", "merchant_ref"],
    "register_va": ["id_member"],
    "redeem_voucher": ["voucher_code"],
    "pay_from_wallet": ["id_order"],
}

# Words of open sets that a call may send. With them go all amounts that the spec allows, or most.
WORDS = {"Pakasir API v1": {"method": ["qris", "bri_va"]}, "Pakasir API v2": {"method": ["qris", "payment_link"]}, "Tripay": {"method": ["QRIS2", "BRIVA"]}}

# By how many seconds the clock is moved before a call, by spec and operation.
PAUSES = {"Pakasir API v2": {"create_transaction": 1, "transaction_status": 4}}

# Formats of texts that are not OpenAPI's own.
schemathesis.openapi.format("rupiah", strategies.integers(1, 10_000_000).map(str))
schemathesis.openapi.format("jakarta-time", strategies.datetimes().map(lambda time: f"{time:%Y-%m-%d %H:%M:%S}".zfill(19)))

choice = random.Random(1).choice
turns = collections.Counter()
numbers = itertools.count(1)
never_succeeded = set()


def about(case):
    """The title of the spec and the id of the operation."""
    return case.operation.schema.raw_schema["info"]["title"], case.operation.definition.raw["operationId"]


def members(value):
    """The scalar members of all objects in a value, the outermost and first of each name."""
    inside = list(value.items()) if isinstance(value, dict) else list(enumerate(value if isinstance(value, list) else []))
    found = {name: inner for name, inner in inside if not isinstance(inner, (dict, list))}
    for _, inner in inside:
        found = {**members(inner), **found}
    return found


def part_with(case, name):
    """The part of a case that has, or would have, a member of this name."""
    if name in case.path_parameters:
        return case.path_parameters
    return case.body if isinstance(case.body, dict) else case.query


def put(case, name, value):
    part = part_with(case, name)
    part[name] = str(value) if isinstance(part.get(name), str) else value


def example(definition):
    """The first example of a parameter or a body."""
    for inner in definition.get("examples", {}).values():
        return inner["value"]
    return definition.get("example")


def made(schema, maker):
    """What an operation makes when it is called by its example: the members of its reply and of its call."""
    operation = schema.find_operation_by_id(maker)
    case = operation.Case(path_parameters={path.name: example(path.definition) for path in operation.path_parameters})
    for body in operation.body:
        case.body, case.media_type = copy.deepcopy(example(body.definition)), body.media_type
    prepare(case)
    reply = case.call(headers=schema.config.headers).json()
    return {**members(reply), **members(case.body), **case.path_parameters}


def prepare(case):
    """Makes what a case names, and names anew what it makes."""
    title, operation = about(case)
    for maker, names in NAMED.get(title, {}).get(operation, {}).items():
        earlier = made(case.operation.schema, maker)
        for name, name_then in names.items():
            put(case, name, earlier[name_then])
    for name in NEW.get(operation, []):
        if name in part_with(case, name):
            put(case, name, f"new-{next(numbers)}")
    for name, words in WORDS.get(title, {}).items():
        if name in part_with(case, name):
            put(case, name, choice(words))
    if (title, operation) == ("Tripay", "create_transaction"):
        sign(case.body)
    if (title, operation) == ("Midtrans", "charge"):
        settle_way(case.body)
    if (title, operation) == ("Midtrans", "refund_transaction"):
        ask_sandbox(f"payments/midtrans/{case.path_parameters['id']}/pay", {})
    if seconds := PAUSES.get(title, {}).get(operation):
        ask_sandbox("clock", {"advance_seconds": seconds})


def ask_sandbox(path, body):
    request = urllib.request.Request(os.environ["SANDBOX_URL"] + "/_sandbox/" + path)
    urllib.request.urlopen(request, json.dumps(body).encode()).close()


def settle_way(charge):
    """Gives a charge of Midtrans' a name of its own and a way to pay whose members are there."""
    charge["transaction_details"]["order_id"] = f"new-{next(numbers)}"
    ways = [way for way in ("bank_transfer", "echannel") if way in charge]
    charge["payment_type"] = choice(ways + ["qris", "gopay"])
    if "bank_transfer" in charge:
        charge["bank_transfer"]["bank"] = choice(["bni", "bri", "permata"])


def sign(order):
    """Makes the price of an order of Tripay's the sum of its items, and signs it with the sandbox's key."""
    # That of the example is long past.
    order.pop("expired_time", None)
    order["amount"] = sum(item["price"] * item["quantity"] for item in order["order_items"])
    signed = f"T0001{order['merchant_ref']}{order['amount']}"
    order["signature"] = hmac.new(b"sandbox-webhook-key", signed.encode(), "sha256").hexdigest()


@schemathesis.hook
def after_load_schema(context, schema):
    never_succeeded.update(found.ok().definition.raw["operationId"] for found in schema.get_all_operations())


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE:
        return
    phase = case.meta.phase.name.name
    turn = turns[phase, case.operation.label]
    turns[phase, case.operation.label] += 1
    if phase == "EXAMPLES" or turn % 2 == 0:
        prepare(case)


@schemathesis.hook
def after_call(context, case, response):
    if response.status_code >= 300:
        return
    is_json = response.headers.get("content-type", [""])[0].startswith("application/json")
    reply = response.json() if is_json else None
    flags = [reply.get(flag) for flag in ("status", "stutas", "success")] if isinstance(reply, dict) else []
    code = reply.get("status_code", "200") if isinstance(reply, dict) else "200"
    if not {False, "error", "fail", "failed"}.intersection(flags) and code in ("200", "201", "407"):
        never_succeeded.discard(about(case)[1])


@atexit.register
def tell():
    pathlib.Path("never_succeeded").write_text("".join(f"{operation}\n" for operation in sorted(never_succeeded)))
