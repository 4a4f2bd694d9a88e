"""Compares what is found in payloads with what qriskit finds; see check-with-others.sh."""

import sys
from collections import Counter

import qriskit

# What each code is about, so that two who name it in two ways agree. A payload that cannot be taken apart is `structure`.
OURS = {
    "payload.truncated": "structure",
    "payload.digits": "structure",
    "payload.too_long": "structure",
    "payload.byte_lengths": "structure",
    "text.hidden": "structure",
    "text.line_break": "structure",
    "payload.format": "format",
    "tag.repeated": "repeated",
    "checksum.place": "checksum",
    "checksum.wrong": "checksum",
    "checksum.lower_case": "lower case",
    "account.missing": "account missing",
    "national.missing": "national",
    "template.form": "template",
}
THEIRS = {
    "pfi.invalid": "format",
    "tag.duplicate": "repeated",
    "crc.missing": "checksum",
    "crc.not_last": "checksum",
    "crc.mismatch": "checksum",
    "crc.lowercase": "lower case",
    "merchant_account.missing": "account missing",
    "national.missing": "national",
    "template.malformed": "template",
}
# Codes that are compared by their tag: the two agree that there is something wrong with it.
BY_TAG = {
    "tag.missing", "tag.length", "tag.required", "tag.format", "initiation.value", "poi.invalid", "category.form", "currency.form",
    "currency.not_rupiah", "currency.invalid", "country.form", "country.foreign", "country.invalid", "amount.form", "amount.zero",
    "amount.fraction", "amount.invalid", "tip.indicator", "tip.missing", "tip.value_missing", "tip.orphan", "tip.orphan_value",
    "tip.value", "tip.invalid", "postal_code.missing", "postal_code.length", "additional.length", "account.form",
    "template.identifier", "language.form", "additional.request",
}  # fmt: skip
# Not compared: rules that qriskit does not have, and the other way around.
LEFT_OUT = {
    "tag.order", "amount.on_static", "amount.missing_on_dynamic", "tag.empty", "tag.characters", "payload.long", "purpose.unknown",
    "transfer.form",
}  # fmt: skip

# The differences that were judged: by whom it is found, what, and why the other does not find it.
JUDGED = {
    ("theirs", "01"): "EMVCo: tag 01 is optional",
    ("ours", "53"): "a currency of another country, of three digits, is wrong for us only with tag 58 = ID, and missing for both",
    ("theirs", "53"): "payloads of other countries: we warn by tag 58",
    ("theirs", "54"): "a static payload's amount is compared elsewhere",
    ("ours", "54"): "a part of a rupiah: the standard allows it, nobody can pay it",
    ("ours", "56"): "a part of a rupiah, or a fee whose announcement is broken",
    ("ours", "57"): "more than two digits before the dot, or a fee whose announcement is broken",
    ("theirs", "56"): "the missing fee is said of tag 56 there, of tag 55 here",
    ("theirs", "57"): "the missing fee is said of tag 57 there, of tag 55 here",
    ("ours", "55"): "the missing fee is said of tag 55 here",
    ("theirs", "national"): "a dynamic payload needs no tag 51, by ASPI",
    ("ours", "national"): "never",
}


def group(code, tag, names):
    if code in names:
        return names[code]
    if code in BY_TAG:
        # Accounts and templates have each rules of their own for sub-tags.
        return None if "-" in tag else tag
    if code in LEFT_OUT:
        return None
    sys.exit(f"there is a code that is not compared: {code}")


def ours(field):
    found = [item.split("@") for item in field.split(",") if item]
    return {group(code, tag, OURS) for code, tag in found} - {None}


def theirs(payload):
    try:
        issues = qriskit.validate(payload)
    except qriskit.QRISParseError:
        return {"structure"}
    found = {group(issue.code, (issue.path or "").replace(".", "-"), THEIRS) for issue in issues} - {None}
    # A template that Gerbang reads must be one; otherwise there is no payload.
    read = {str(tag) for tag in [*range(26, 46), 51, 62]}
    if any(issue.code == "template.malformed" and issue.path in read for issue in issues):
        return {"structure"}
    return found


def main():
    differences = Counter()
    examples = {}
    total = 0
    for line in open(sys.argv[1], encoding="ascii"):
        digits, is_read, field = line.rstrip("\n").split("\t")
        payload = bytes.fromhex(digits).decode()
        total += 1
        mine, others = ours(field), theirs(payload)
        # Where it cannot be taken apart, the rest is not judged; the first of several such faults is enough.
        if is_read == "false" and mine & {"structure", "format", "repeated", "checksum"} and mine != {"checksum"}:
            if not others & {"structure", "format", "repeated", "checksum"}:
                differences[("ours", "unreadable")] += 1
                examples.setdefault(("ours", "unreadable"), payload)
            continue
        for side, only in (("ours", mine - others), ("theirs", others - mine)):
            for what in only:
                differences[(side, what)] += 1
                examples.setdefault((side, what), payload)
    print(f"{total} payloads, as qriskit {qriskit.__version__} judges them:")
    unknown = 0
    for (side, what), count in sorted(differences.items()):
        why = JUDGED.get((side, what))
        unknown += why is None
        print(f"  {count:6}  only {side:6}  {what:16}  {why or 'NOT JUDGED'}")
        print(f"          {examples[(side, what)]!r}")
    sys.exit(1 if unknown else 0)


main()
