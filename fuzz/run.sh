#!/usr/bin/env bash
# Builds the fuzz targets and runs them one after the other: fuzz/run.sh [seconds each] [target...]. Without targets: all.
# Prints what came of it; exits with 1 when something was found.
set -euo pipefail
export LC_ALL=C # What libFuzzer prints need not be text.
cd "$(dirname "${BASH_SOURCE[0]}")"

seconds=${1:-60}
shift || true

# The longest input in bytes and the dictionary of each target; pictures have none.
declare -A longest=(
    [envelope]=4096 [kazukipay]=4096 [klink]=4096 [kropay]=4096 [numbers]=256 [pakasir_v1]=4096 [pakasir_v2]=4096
    [qris]=5000 [scan]=65536 [spec]=16384 [times]=128
)
declare -A dictionary=(
    [envelope]=json [kazukipay]=json [klink]=json [kropay]=json [numbers]=numbers [pakasir_v1]=json [pakasir_v2]=json
    [qris]=qris [spec]=spec [times]=times
)

fail() {
    echo "$*" >&2
    exit 2
}

[[ $seconds =~ ^[1-9][0-9]*$ ]] || fail "\"$seconds\" is no number of seconds"
command -v cargo > /dev/null || fail 'cargo is missing: install Rust, https://rustup.rs'
command -v "${CXX:-c++}" > /dev/null || fail 'a C++ compiler is missing, with which libFuzzer is built: install g++ or clang'
cargo fuzz --version > /dev/null 2>&1 || cargo install --locked cargo-fuzz

if [ $# -eq 0 ]; then
    mapfile -t targets < <(cargo fuzz list)
else
    targets=("$@")
fi
for target in "${targets[@]}"; do
    [ -n "${longest[$target]:-}" ] || fail "there is no target \"$target\", but: ${!longest[*]}"
done

# A stable compiler has coverage but no sanitizers, which watch unsafe code; there is none here.
host=$(rustc -vV | sed -n 's/^host: //p')
cargo fuzz build --sanitizer none --target "$host"

last() {
    sed -n "s/.*$1 *\([0-9]\{1,\}\).*/\1/p" "$log" | tail -n 1
}

row='%-12s %14s %10s %8s %10s\n'
table=$(printf "$row" target executions coverage corpus findings)
found=0
mkdir -p logs
for target in "${targets[@]}"; do
    log=logs/$target.log
    mkdir -p "corpus/$target" "artifacts/$target"
    seeds=("seeds/$target")
    [ "$target" != spec ] || seeds=(../crates/spec/tests/defects ../crates/spec/tests/generate)
    [ "$target" != scan ] || seeds=(../crates/qris/tests/pictures)
    dictionaries=()
    [ -z "${dictionary[$target]:-}" ] || dictionaries=("-dict=dictionaries/${dictionary[$target]}.dict")
    before=$(find "artifacts/$target" -type f | wc -l)
    echo "$target: $seconds seconds"
    failed=0
    "target/$host/release/$target" "corpus/$target" "${seeds[@]}" -max_total_time="$seconds" \
        -max_len="${longest[$target]}" "${dictionaries[@]}" -artifact_prefix="artifacts/$target/" \
        -rss_limit_mb=2048 -timeout=10 -print_final_stats=1 > "$log" 2>&1 || failed=1
    findings=$(($(find "artifacts/$target" -type f | wc -l) - before))
    [ "$findings" -gt 0 ] || findings=$failed
    if [ "$findings" -gt 0 ]; then
        found=1
        grep -aE -A 4 'panicked at|ERROR: libFuzzer|Test unit written' "$log" | tail -n 20 || true
    fi
    corpus=$(find "corpus/$target" -type f | wc -l)
    table+=$'\n'$(printf "$row" "$target" "$(last executed_units:)" "$(last cov:)" "$corpus" "$findings")
done

printf '\n%s\n' "$table"
exit "$found"
