#!/usr/bin/env bash
# Compares how many pictures that are hard to read Gerbang, zbar and OpenCV read: compare.sh [pictures of each kind]. The pictures
# are drawn here, the same each time. Needs cargo, python3 and the library zbar; leaves nothing behind but download caches and
# cargo's target directory.
set -euo pipefail

tools=(numpy==2.4.6 opencv-python-headless==5.0.0.93 pyzbar==0.1.9 segno==1.6.6)

pictures=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "${tools[@]}"
"$work/venv/bin/python" "$pictures/draw.py" "$work/set" "${1:-40}"
cd "$pictures/.."
find "$work/set" -name '*.jpg' | sort | xargs cargo run -q --release --locked -p gerbang-qris --features scan \
    --example read_pictures -- > "$work/read" 2> "$work/unread"
"$work/venv/bin/python" "$pictures/compare.py" "$work/set" "$work/read"
