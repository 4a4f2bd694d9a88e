#!/usr/bin/env bash
# Checks the TypeScript client: its types are those of the daemon's description, it compiles, and it takes a payment from a daemon
# with a sandbox. Needs node, npm and cargo; leaves nothing behind but download caches and cargo's target directory.
set -euo pipefail

client=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$client/../..
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$root"
cargo build -q -p gerbang-cli
program=$(cargo metadata --format-version 1 --no-deps | sed -nE 's/.*"target_directory":"([^"]*)".*/\1/p')/debug/gerbang

# The generator reads the description by its place in the repository.
mkdir -p "$work/crates/serve" "$work/clients"
cp crates/serve/openapi.json "$work/crates/serve/"
cp -r "$client" "$work/clients/typescript"
cd "$work/clients/typescript"
rm -rf node_modules dist
npm ci --silent --no-audit --no-fund --no-update-notifier
npm run --silent generate > /dev/null
cmp src/schema.ts "$client/src/schema.ts" || { echo 'src/schema.ts is old: run `npm run generate`'; exit 1; }
GERBANG=$program NO_PROXY='*' no_proxy='*' npm test --silent
