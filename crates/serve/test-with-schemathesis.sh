#!/usr/bin/env bash
# Lets a stranger, Schemathesis, make up calls from the daemon's own description, right ones and wrong ones, and send them to
# `gerbang serve` with a sandbox behind it: no reply may be a server error, or have a status, a media type, a header or a body that
# the description does not have, no call may pass without the token that it needs, no wrong one may be taken, and there may be no
# warning. Prints the number of calls, failures and warnings, and fails where there were no calls. Needs python3, curl and cargo;
# leaves nothing behind but download caches and cargo's target directory.
set -euo pipefail

schemathesis=schemathesis==4.32.5

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || { kill "$server" 2> /dev/null && wait "$server" || true; }; rm -rf "$work"' EXIT

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "$schemathesis"

cd "$here/../.."
cargo build -q -p gerbang-cli
gerbang=$(cargo metadata --format-version 1 --no-deps |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')/debug/gerbang
cd "$work"
# No proxy between here and here.
export NO_PROXY='*' no_proxy='*'
export GERBANG_SERVE_DATABASE=sqlite:$work/book.db
token=$("$gerbang" serve token new --scope admin)
"$gerbang" serve --sandbox --json > address 2> log &
server=$!
for _ in {1..300}; do
    [ -s address ] && break
    sleep 0.1
done

# member <file> <name>: a member of a file's JSON.
member() {
    python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$@"
}
url=$(member address url)

# place <order> <account>
place() {
    curl -fsS "$url/v1/payments" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
        -d "{\"order\": \"$1\", \"amount\": 10000, \"account\": \"$2\"}" > "$1"
}
# What calls can name: a payment that is closed, one that is paid and one that needs a person, a page and its style, an event, a case,
# money that is due back.
place ORDER-1 kazukipay
place ORDER-2 kropay
place ORDER-3 kropay
closed=$(member ORDER-1 id)
paid=$(member ORDER-2 id)
page=$(member ORDER-2 page)
curl -fsS -o /dev/null -X POST "$(member address sandbox)/_sandbox/payments/kropay/ORDER-2/pay"
curl -fsS -H "Authorization: Bearer $token" "$url/v1/payments/$paid?wait=30" | grep -q '"status":"paid"'
curl -fsS -X POST -H "Authorization: Bearer $token" "$url/v1/payments/$closed/cancel" | grep -q '"outcome":"closed"'
style=$(curl -fsS "$page" | grep -o 'pay-[0-9a-f]*\.css')
python3 - << 'CASE'
import sqlite3

with sqlite3.connect("book.db", timeout=30) as book:
    book.execute(
        "INSERT INTO gerbang_case (account, attempt, subject, why, detail, amount, at) SELECT account, id, reference, "
        "'mismatch', 'the amount differs', 9000, 1790000000000 FROM gerbang_attempt WHERE order_id = 'ORDER-3'"
    )
    book.execute(
        "INSERT INTO gerbang_surplus (attempt, amount, why, at) SELECT id, 500, 'excess', 1790000000000 FROM gerbang_attempt "
        "WHERE order_id = 'ORDER-2'"
    )
CASE

# operation <method and path> <name in the path> <value>
operation() {
    printf '[[operations]]\ninclude-name = "%s"\nparameters = { "path.%s" = "%s" }\n' "$@"
}
{
    printf '[warnings]\nfail-on = true\n'
    # One that is paid is not waited for, and its stream ends.
    operation 'GET /v1/payments/{id}' id "$paid"
    operation 'GET /pay/{token}' token "${page##*/}"
    operation 'GET /pay/{token}/events' token "${page##*/}"
    operation 'POST /v1/payments/{id}/cancel' id "$closed"
    operation 'POST /v1/payments/{id}/attempts' id "$closed"
    operation 'POST /v1/events/{id}/redeliver' id evt_1
    operation 'POST /v1/cases/{id}/resolve' id 1
    operation 'POST /v1/surplus/{id}/refunded' id 1
    operation 'POST /hooks/{account}' account kropay
    operation 'GET /assets/{name}' name "$style"
} > schemathesis.toml

cp "$here/schemathesis_hooks.py" .
export SCHEMATHESIS_HOOKS=schemathesis_hooks NOTIFICATION=$here/../kropay/src/notification.json
verdict='ok     '
# The stream of a payment's events has no end. Which values a gateway takes, and what the next page of a list is called, no schema
# can say, so that right calls may be refused.
venv/bin/schemathesis run "$url/openapi.json" -H "Authorization: Bearer $token" --max-examples 20 --seed 1 \
    --phases examples,coverage,fuzzing --exclude-checks positive_data_acceptance --exclude-operation-id stream_events \
    --request-timeout 40 --generation-database none --continue-on-failure --no-color > said 2>&1 || verdict=refused

# count <headings>: how many lines the summary has under them.
count() {
    sed -nE "/^($1):/,/^\$/p" said | grep -c '^  ' || true
}
cases=$(sed -n 's/^ *\([0-9]*\) generated.*/\1/p' said)
[ "${cases:-0}" -gt 0 ] || verdict=refused
echo "$verdict  gerbang serve: ${cases:-0} calls, $(count 'Failures|Errors') failures, $(count Warnings) warnings"
if [ "$verdict" = refused ]; then
    cat said log
    exit 1
fi
