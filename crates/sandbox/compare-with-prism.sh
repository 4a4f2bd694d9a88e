#!/usr/bin/env bash
# How fast the sandbox is beside a generic mock, Prism, on the same spec and under the same load: see the program
# examples/compare_with_prism.rs. Neither logs, and the sandbox is built as it is shipped. Needs cargo, curl, node and npm; leaves
# nothing behind but download caches and cargo's target directory.
set -euo pipefail

prism=@stoplight/prism-cli@5.14.2

crate=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
servers=()
trap 'kill "${servers[@]}" 2> /dev/null || true; rm -rf "$work"' EXIT
# No proxy between here and here.
export NO_PROXY='*' no_proxy='*'

(cd "$work" && npm install --silent --no-audit --no-fund --no-update-notifier --prefix . "$prism")
cd "$crate/../.."
cargo build -q --profile dist -p gerbang-sandbox -p gerbang-cli --bin gerbang --example compare_with_prism
dist=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/dist

# start <name> <text> <command…>: starts a server and waits until it has said something.
start() {
    local name=$1 text=$2
    shift 2
    "$@" > "$work/$name" 2>&1 &
    servers+=($!)
    for _ in {1..300}; do
        grep -qs "$text" "$work/$name" && return
        sleep 0.1
    done
    cat "$work/$name"
    exit 1
}

free_port='const server = require("net").createServer().listen(0, "127.0.0.1", () => {
    console.log(server.address().port)
    server.close()
})'
port=$(node -e "$free_port")
start sandbox PAYDIGITAL_STORE_ID "$dist/gerbang" sandbox --quiet
start prism awaiting node "$work/node_modules/.bin/prism" mock --host 127.0.0.1 --port "$port" \
    --verboseLevel warn specs/kropay.yaml
curl -s -o /dev/null --retry 100 --retry-delay 1 --retry-connrefused "http://127.0.0.1:$port"
# shellcheck disable=SC1091
source <(grep "^export " "$work/sandbox")
"$dist/examples/compare_with_prism" "$GERBANG_KROPAY_BASE_URL" "http://127.0.0.1:$port"
