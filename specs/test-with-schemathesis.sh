#!/usr/bin/env bash
# Lets a stranger, Schemathesis, make up calls from the specs, right ones and wrong ones, and send them to the sandbox:
# no reply may be a server error, or have a status, a media type or a body that the spec does not tell. Needs python3,
# curl and cargo; leaves nothing behind but download caches and cargo's target directory.
set -euo pipefail

schemathesis=schemathesis==4.32.5
checks=not_a_server_error,status_code_conformance,content_type_conformance
checks+=,response_headers_conformance,response_schema_conformance

specs=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2> /dev/null || true; rm -rf "$work"' EXIT

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "$schemathesis"

cd "$specs/.."
cargo build -q -p gerbang-sandbox --example serve
cargo run -q -p gerbang-sandbox --example serve > "$work/addresses" &
server=$!
for _ in {1..100}; do
    grep -q KLINK "$work/addresses" && break
    sleep 0.1
done
cd "$work"
# shellcheck disable=SC1091
source addresses
# No proxy between here and here.
export NO_PROXY='*' no_proxy='*'

failed=0

# ask <spec> <base URL> [options]: says what Schemathesis says only when it finds something.
ask() {
    local spec=$1 url=$2 cases
    shift 2
    if venv/bin/schemathesis run "$spec.yaml" --url "$url" --checks "$checks" --phases examples,coverage,fuzzing \
        --max-examples 25 --seed 1 --request-timeout 10 --generation-database none --continue-on-failure \
        --warnings off --no-color "$@" > said 2>&1; then
        cases=$(grep -A1 '^Test cases:' said | sed -n 's/^ *\([0-9]*\) generated.*/\1/p')
        echo "ok       $spec: ${cases:-0} cases"
        [ "${cases:-0}" -gt 0 ] || failed=1
    else
        echo "refused  $spec"
        cat said
        failed=1
    fi
}

# K-Link asks for the token of a session, and tells the path of its report only to merchants: the sandbox's stands in.
login='{"email": "merchant@example.com", "password": "not-a-real-password"}'
token=$(curl -fsS "$GERBANG_KLINK_BASE_URL/auth/login" -H 'Content-Type: application/json' -d "$login" |
    sed 's/.*"Authorization": *"\([^"]*\)".*/\1/')
cp "$specs"/*.yaml .
sed -i.printed 's|^  /{report_path}:|  /api/report:|' klink.yaml

ask kazukipay "$GERBANG_KAZUKIPAY_BASE_URL" -H 'Authorization: Bearer SK-1234567890abcdef'
ask kropay "$GERBANG_KROPAY_BASE_URL" -H 'X-API-KEY: YOUR_API_KEY'
ask paydigital "$GERBANG_PAYDIGITAL_BASE_URL" -H 'Authorization: Bearer PYG1234567890abcdef'
ask pakasir-v1 "$GERBANG_PAKASIR_BASE_URL"
ask pakasir-v2 "$GERBANG_PAKASIR_BASE_URL" -H 'X-Api-Key: xxx123'
ask klink "$GERBANG_KLINK_BASE_URL" -H "Authorization: $token"
exit "$failed"
