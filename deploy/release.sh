#!/usr/bin/env bash
# Makes the archive of a release for one target, in target/distrib: deploy/release.sh x86_64-unknown-linux-gnu. Then unpacks it into
# an empty directory and runs what is in it. Needs cargo, dist, tar, and unzip for Windows; a machine that runs the target's programs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target=$1
archive=target/distrib/gerbang-cli-$target
shipped=target/shipped
rm -rf "$shipped"
mkdir -p "$shipped/completions" "$shipped/man"

# Once to have the program, which writes its completions and man pages, and once to pack them with it.
dist build --artifacts=local --target "$target"
program=$(find target/"$target"/dist -maxdepth 1 -type f \( -name gerbang -o -name gerbang.exe \))
"$program" man "$shipped/man"
for shell in bash elvish fish powershell zsh; do
    "$program" completions "$shell" > "$shipped/completions/gerbang.$shell"
done
dist build --artifacts=local --target "$target"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
case $target in
    *-windows-*) unzip -q "$archive.zip" -d "$work" ;;
    *) (cd target/distrib && sha256sum --check "${archive##*/}.tar.gz.sha256") && tar -xzf "$archive.tar.gz" -C "$work" ;;
esac
cd "$work"
# Windows' archives have no directory.
[ ! -d "gerbang-cli-$target" ] || cd "gerbang-cli-$target"
test -s man/gerbang.1 && test -s completions/gerbang.bash && test -s LICENSE-MIT
env -i ${SYSTEMROOT:+"SYSTEMROOT=$SYSTEMROOT"} ./gerbang --version
./gerbang demo --json > /dev/null
echo "$archive works"
