#!/usr/bin/env bash
# Lets a stranger, Schemathesis, make up calls from the specs, right ones and wrong ones, and send them to the sandbox:
# no reply may be a server error, or have a status, a media type or a body that the spec does not tell, and there may be no
# warning, such as that right calls are refused or that nothing was found. Every operation must succeed at least once;
# schemathesis_hooks.py sees to it that what calls name is there. Prints the number of cases, failures and warnings, and fails
# where there were no cases, for a spec or at all. Needs python3, curl and cargo; leaves nothing behind but download caches and
# cargo's target directory.
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
cargo build -q -p gerbang-cli
cargo run -q -p gerbang-cli -- sandbox > "$work/addresses" &
server=$!
for _ in {1..600}; do
    grep -qs PAYDIGITAL_STORE_ID "$work/addresses" && break
    sleep 0.1
done
cd "$work"
# shellcheck disable=SC1091
source addresses
# No proxy between here and here.
export NO_PROXY='*' no_proxy='*'
export SCHEMATHESIS_HOOKS=schemathesis_hooks SANDBOX_URL=${GERBANG_KLINK_BASE_URL%/klink}
printf '[warnings]\nfail-on = true\n' > schemathesis.toml

failed=0
asked=0

# count <headings>: how many lines the summary has under them.
count() {
    sed -nE "/^($1):/,/^\$/p" said | grep -c '^  ' || true
}

# ask <spec> <base URL> [options]: says what Schemathesis says only when it finds something.
ask() {
    local spec=$1 url=$2 verdict='ok     ' cases
    shift 2
    rm -f never_succeeded
    venv/bin/schemathesis run "$spec.yaml" --url "$url" --checks "$checks" --max-examples 50 --seed 1 \
        --request-timeout 10 --generation-database none --continue-on-failure --no-color "$@" > said 2>&1 ||
        verdict=refused
    cases=$(sed -n 's/^ *\([0-9]*\) generated.*/\1/p' said)
    if [ "${cases:-0}" -eq 0 ] || [ ! -e never_succeeded ] || [ -s never_succeeded ]; then
        verdict=refused
    fi
    echo "$verdict  $spec: ${cases:-0} cases, $(count 'Failures|Errors') failures, $(count Warnings) warnings"
    if [ "$verdict" = refused ]; then
        cat said
        [ ! -s never_succeeded ] || sed 's/^/never succeeded: /' never_succeeded
        failed=1
    fi
}

# K-Link asks for the token of a session, and tells the path of its report only to merchants: the sandbox's stands in.
login='{"email": "merchant@example.com", "password": "not-a-real-password"}'
token=$(curl -fsS "$GERBANG_KLINK_BASE_URL/auth/login" -H 'Content-Type: application/json' -d "$login" |
    sed 's/.*"Authorization": *"\([^"]*\)".*/\1/')
shopt -s nullglob
cp "$specs"/*.yaml "$specs"/schemathesis_hooks.py .
[ ! -e klink.yaml ] || sed -i.printed 's|^  /{report_path}:|  /api/report:|' klink.yaml

# What goes with each call: the credential that the spec's samples have.
for spec in *.yaml; do
    name=${spec%.yaml}
    address=GERBANG_$(printf %s "${name%%-*}" | tr '[:lower:]' '[:upper:]')_BASE_URL
    case $name in
        kazukipay) credential='Authorization: Bearer SK-1234567890abcdef' ;;
        klink) credential="Authorization: $token" ;;
        kropay) credential='X-API-KEY: YOUR_API_KEY' ;;
        pakasir-v1) credential= ;; # It stands in the body and the query.
        pakasir-v2) credential='X-Api-Key: xxx123' ;;
        paydigital) credential='Authorization: Bearer PYG1234567890abcdef' ;;
        midtrans) credential='Authorization: Basic U0ItTWlkLXNlcnZlci0xMjM0NTY3ODkwYWJjZGVmOg==' ;;
        tripay) credential='Authorization: Bearer DEV-1234567890abcdef' ;;
        *)
            echo "refused  $name: this script does not know which credential goes with its calls" >&2
            failed=1
            continue
            ;;
    esac
    ask "$name" "${!address:?the sandbox has no $name}" ${credential:+-H "$credential"}
    asked=$((asked + 1))
done
if [ "$asked" -eq 0 ]; then
    echo 'refused  there is no spec to ask about' >&2
    failed=1
fi
exit "$failed"
