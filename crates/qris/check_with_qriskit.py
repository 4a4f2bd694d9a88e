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

# Where one of these is found, the payload is not judged further.
STOPS = {"payload.truncated", "payload.digits", "payload.too_long", "payload.format", "tag.repeated", "checksum.place"}


def ends_with_dot(tags, tag):
    return tags.get(tag, "").endswith(".")


def is_part_of_a_rupiah(tags, tag):
    return tags.get("53") == "360" and tags.get(tag, "").partition(".")[2].strip("0") != ""


# The differences that were judged: who alone finds it, what, when, and who is right.
JUDGED = [
    ("theirs", "01", lambda tags: "01" not in tags, "EMVCo: tag 01 is optional"),
    ("theirs", "national", lambda tags: tags.get("58") != "ID", "a rule of ASPI's, for Indonesia"),
    ("theirs", "national", lambda tags: tags.get("01") != "11", "ASPI: a static payload needs tag 51"),
    ("theirs", "national", lambda tags: "51" in tags, "published payloads: other owners of tag 51, and other IDs; a note here"),
    ("theirs", "61", lambda tags: tags.get("58") != "ID", "ASPI: the postal code is for Indonesia"),
    ("theirs", "53", lambda tags: tags.get("58") != "ID", "EMVCo: any currency; said of tag 58 here"),
    ("theirs", "54", lambda tags: ends_with_dot(tags, "54"), "EMVCo: the dot may be there without decimals"),
    ("theirs", "56", lambda tags: ends_with_dot(tags, "56"), "EMVCo: the dot may be there without decimals"),
    ("theirs", "57", lambda tags: ends_with_dot(tags, "57"), "EMVCo: the dot may be there without decimals"),
    ("theirs", "54", lambda tags: tags.get("53") != "360", "ISO 4217: the decimals are the currency's; known here of rupiah"),
    ("ours", "54", lambda tags: is_part_of_a_rupiah(tags, "54"), "nobody can pay a part of a rupiah"),
    ("ours", "56", lambda tags: is_part_of_a_rupiah(tags, "56"), "nobody can pay a part of a rupiah"),
    ("ours", "64", lambda tags: True, "EMVCo: another language needs its code and a name"),
    ("ours", "account missing", lambda tags: True, "EMVCo: no value is empty, also not the only account"),
    ("theirs", "repeated", lambda tags: True, "the same, said of the template here"),
    ("ours", "template", lambda tags: True, "the same, said of the repeated sub-tag there"),
    ("theirs", "56", lambda tags: tags.get("55") == "02" and "56" not in tags, "the same, said of tag 55 here"),
    ("theirs", "57", lambda tags: tags.get("55") == "03" and "57" not in tags, "the same, said of tag 55 here"),
    ("ours", "55", lambda tags: tags.get("55") in ("02", "03"), "the same, said of the missing tag there"),
]


def group(code, tag, names):
    if code in names:
        return names[code]
    if code in BY_TAG:
        # Accounts and templates have each rules of their own for sub-tags.
        return None if "-" in tag else tag
    if code in LEFT_OUT:
        return None
    sys.exit(f"there is a code that is not compared: {code}")


def ours(found):
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


def compare(payload, found):
    """What only one of the two finds: pairs of who and what."""
    mine, others = ours(found), theirs(payload)
    if any(code in STOPS for code, _ in found):
        broken = {"structure", "format", "repeated", "checksum"}
        return set() if others & broken else {("ours", "unreadable")}
    return {("ours", what) for what in mine - others} | {("theirs", what) for what in others - mine}


def why(who, what, payload):
    try:
        tags = {node.tag: node.value for node in qriskit.parse(payload).nodes}
    except qriskit.QRISParseError:
        return None
    reasons = (why for side, about, when, why in JUDGED if (side, about) == (who, what) and when(tags))
    return next(reasons, None)


def main():
    differences, examples, total = Counter(), {}, 0
    for line in open(sys.argv[1], encoding="ascii"):
        digits, _, field = line.rstrip("\n").split("\t")
        payload = bytes.fromhex(digits).decode()
        total += 1
        for who, what in compare(payload, [item.split("@") for item in field.split(",") if item]):
            key = (who, what, why(who, what, payload) or "NOT JUDGED")
            differences[key] += 1
            examples.setdefault(key, payload)
    print(f"{total} payloads, as qriskit {qriskit.__version__} judges them:")
    for (who, what, reason), count in sorted(differences.items()):
        print(f"  {count:6}  only {who:6}  {what:16}  {reason}")
        print(f"          {examples[(who, what, reason)]!r}")
    sys.exit(any(reason == "NOT JUDGED" for _, _, reason in differences))


main()
