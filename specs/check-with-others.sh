#!/usr/bin/env bash
# Asks two strangers whether the specs are sound OpenAPI: openapi-spec-validator and Redocly, where every rule that
# Redocly recommends is an error. Needs python3, node and npm; leaves nothing behind but their download caches.
set -euo pipefail

validator=openapi-spec-validator==0.9.0
redocly=@redocly/cli@2.77.0

specs=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "$validator"
npm install --silent --no-audit --no-fund --no-update-notifier --prefix . "$redocly"
echo 'extends: [recommended-strict]' > redocly.yaml

failed=0

# Runs a tool on a spec; says what the tool says only when it refuses.
ask() {
    local tool=$1 spec=$2
    shift 2
    if "$@" "$spec" > said 2>&1; then
        echo "ok       $tool  $(basename "$spec")"
    else
        echo "refused  $tool  $(basename "$spec")"
        cat said
        failed=1
    fi
}

for spec in "$specs"/*.yaml; do
    ask "${validator%%=*}" "$spec" venv/bin/openapi-spec-validator
    ask "${redocly%@*}" "$spec" node_modules/.bin/redocly lint --config redocly.yaml
done
exit "$failed"
