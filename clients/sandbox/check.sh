#!/usr/bin/env bash
# Checks the npm package: packed with the program for this system and installed from the tarballs alone, it runs the tests. Needs
# node, npm and cargo; leaves nothing behind but cargo's target directory. GERBANG_BUILT names a program that is built already.
set -euo pipefail

package=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$package/../.."
if [ -z "${GERBANG_BUILT:-}" ]; then
    cargo build -q -p gerbang-cli
    GERBANG_BUILT=$(cargo metadata --format-version 1 --no-deps | sed -nE 's/.*"target_directory":"([^"]*)".*/\1/p')/debug/gerbang
fi
system=$(node -p '`${process.platform}-${process.arch}`')
program=$(node "$package/pack.mjs" "$system" "$GERBANG_BUILT" "$work")
main=$(cd "$package" && npm pack --silent --pack-destination "$work")

mkdir "$work/shop"
cp -r "$package/test" "$work/shop/"
cd "$work/shop"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --offline --no-audit --no-fund --omit=optional "$work/$program" "$work/$main"
unset GERBANG
NO_PROXY='*' no_proxy='*' node --test test/
