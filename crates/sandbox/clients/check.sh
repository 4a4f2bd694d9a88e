#!/usr/bin/env bash
# Has clients of other languages, as published and unmodified but for their base URL, take a payment at the sandbox and receive its
# notification. Fails where no payment was taken. Needs python3, node, npm and cargo; leaves nothing behind but download caches and
# cargo's target directory.
set -euo pipefail

tripay=tripay==0.1.1
midtrans=midtrans-client@1.4.3

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2> /dev/null || true; rm -rf "$work"' EXIT

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "$tripay"
npm install --prefix "$work" --no-audit --no-fund --ignore-scripts --silent "$midtrans"

cd "$here/../../.."
cargo build -q --locked -p gerbang-cli
target=$(cargo metadata --format-version 1 --no-deps | python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
port=$(free_port)
midtrans_port=$(free_port)
"$target/debug/gerbang" sandbox --listen 127.0.0.1:0 --webhook "tripay=http://127.0.0.1:$port/callback" \
    --webhook "midtrans=http://127.0.0.1:$midtrans_port/notification" > "$work/addresses" &
server=$!
for _ in {1..600}; do
    grep -qs GERBANG_TRIPAY_PRIVATE_KEY "$work/addresses" && grep -qs GERBANG_MIDTRANS_SERVER_KEY "$work/addresses" &&
        grep -qs GERBANG_SANDBOX= "$work/addresses" && break
    sleep 0.1
done
# shellcheck disable=SC1091
source "$work/addresses"
# No proxy between here and here.
export NO_PROXY='*' no_proxy='*'
"$work/venv/bin/python" "$here/tripay_payment.py" "$port"
NODE_PATH="$work/node_modules" node "$here/midtrans_payment.cjs" "$midtrans_port"
