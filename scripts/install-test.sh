#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Tests `make install` with a binary that is there already: what it installs, and that it builds nothing else than
# `make build` does.
#
# scripts/install-test.sh BINARY
set -euo pipefail
cd "$(dirname "$0")/.."

binary=$1
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
failed=0

check() {
    local name=$1
    shift
    if "$@"; then
        echo "ok   $name"
    else
        echo "FAIL $name" >&2
        failed=1
    fi
}

builds=$(make --dry-run --no-print-directory build install | grep -c '^swift build -c release' || true)
kinds=$(make --dry-run --no-print-directory build install | grep '^swift build -c release' | sort -u | wc -l)
check "install builds what build has built ($builds commands, $kinds kinds)" [ "$kinds" = 1 ]

# As a package would be made: no dependency is installed, and nothing is built.
make --no-print-directory install RELEASE=true BINARY="$binary" DESTDIR="$stage" PREFIX=/usr/local \
    BUILD_PACKAGES= >/dev/null
root=$stage/usr/local

for file in bin/freeway bin/freeway-hugepages-setup share/freeway/router.yaml share/doc/freeway/README.md \
    share/doc/freeway/LICENSE share/doc/freeway/docs/cli.md lib/systemd/system/freeway.service \
    lib/sysusers.d/freeway.conf share/bash-completion/completions/freeway \
    share/zsh/vendor-completions/_freeway share/fish/vendor_completions.d/freeway.fish; do
    check "$file is there" [ -s "$root/$file" ]
done
check "the service is that of the prefix" \
    grep -q '^ExecStart=/usr/local/bin/freeway run ' "$root/lib/systemd/system/freeway.service"
documentation=$(sed -n 's|^Documentation=file://||p' "$root/lib/systemd/system/freeway.service")
check "the service's documentation is there" [ -s "$stage$documentation" ]
check "the sysusers file makes the group" grep -qx 'g freeway - -' "$root/lib/sysusers.d/freeway.conf"
missing=$(grep -o '](docs/[a-z-]*\.[a-z]*' "$root/share/doc/freeway/README.md" | cut -c 3- | sort -u \
    | while read -r link; do [ -e "$root/share/doc/freeway/$link" ] || echo "$link"; done)
check "the README's links lead somewhere $missing" [ -z "$missing" ]

exit "$failed"
