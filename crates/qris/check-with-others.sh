#!/usr/bin/env bash
# Asks two strangers about payloads that were changed in some way, as this crate judges them: promptparse whether a payload can be
# taken apart and has the right checksum, qriskit also about EMVCo's rules. Every kind of difference is counted, and must be one that
# was judged. Needs cargo, python3, node and npm; leaves nothing behind but download caches and cargo's target directory.
#
#   check-with-others.sh [how many payloads; 100000 unless given]
set -euo pipefail

qriskit=qriskit==0.2.0
promptparse=promptparse@1.6.0

crate=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

(cd "$crate" && cargo run --quiet --locked --example mutations -- "${1:-100000}") > "$work/payloads"
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "$qriskit"
npm install --silent --no-audit --no-fund --no-update-notifier --prefix . "$promptparse"

failed=0
venv/bin/python "$crate/check_with_qriskit.py" payloads || failed=1
cp "$crate/check_with_promptparse.mjs" .
node check_with_promptparse.mjs payloads || failed=1
exit "$failed"
