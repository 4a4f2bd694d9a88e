#!/usr/bin/env bash
# Has the public libraries of Standard Webhooks for JavaScript and Python judge what the daemon signs: before, while and after a new
# key takes the place of the old one, and changed in every way. Fails where nothing was judged. Needs node, npm, python3 and cargo;
# leaves nothing behind but download caches and cargo's target directory.
set -euo pipefail

javascript=standardwebhooks@1.1.1
python=standardwebhooks==1.1.0

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" "$javascript"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "$python"

cd "$here/../.."
GERBANG_STANDARDWEBHOOKS=$work cargo test -q --locked -p gerbang-serve --test serve -- libraries:: --nocapture | tee "$work/said"
grep -q '^test result: ok. 2 passed' "$work/said"
