#!/bin/sh
# The installer package for macOS from the folder that scripts/bundle made there.
#
#   build/macos/package.sh 0.1.0 small ["Developer ID Installer: NAME (TEAM)"]
#
# Silent: sudo installer -pkg dist/fieldfare-0.1.0-small-macos-arm64.pkg -target /
# Remove: sudo rm -rf /usr/local/lib/fieldfare /usr/local/bin/fieldfare && sudo pkgutil --forget org.fieldfare.fieldfare
# What users have (~/Library/Application Support/fieldfare) stays.
set -eu
version=${1:?version} label=${2:?label} identity=${3-}
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
made=$root/dist/fieldfare
[ -x "$made/fieldfare" ] || { echo "$made/fieldfare does not exist: run scripts/bundle" >&2; exit 2; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch/tree/usr/local/lib" "$scratch/tree/usr/local/bin" "$scratch/scripts"
cp -R "$made" "$scratch/tree/usr/local/lib/fieldfare"
ln -s ../lib/fieldfare/fieldfare "$scratch/tree/usr/local/bin/fieldfare"
cat > "$scratch/scripts/preinstall" <<'SCRIPT'
#!/bin/sh
# An upgrade leaves nothing of the version before.
rm -rf /usr/local/lib/fieldfare
SCRIPT
chmod 755 "$scratch/scripts/preinstall"
find "$scratch/tree" -exec touch -h -t 202401010000 {} +
out=$root/dist/fieldfare-$version-$label-macos-$(uname -m).pkg
pkgbuild --root "$scratch/tree" --scripts "$scratch/scripts" --identifier org.fieldfare.fieldfare --version "$version" \
    --install-location / ${identity:+--sign "$identity"} "$out"
shasum -a 256 "$out"
