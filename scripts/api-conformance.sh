#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Holds a running forwarder to docs/openapi.yaml: schemathesis sends each operation what the document
# allows, and what it does not, for a minute at the most, and reads each reply by the document.
#
#   scripts/api-conformance.sh FREEWAY
set -euo pipefail
cd "$(dirname "$0")/.."
freeway=$1
folder=$(mktemp -d)
processes=()
finish() {
    for process in "${processes[@]}"; do kill "$process" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$folder"
}
trap finish EXIT

# Of exactly these versions, so that what passed once passes again.
wanted=scripts/api-conformance.txt
environment=.build/api-conformance
if ! cmp -s "$wanted" "$environment/installed.txt"; then
    rm -rf "$environment"
    python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check --no-deps --requirement "$wanted"
    cp "$wanted" "$environment/installed.txt"
fi

cat >"$folder/router.yaml" <<'YAML'
version: 1
forward: route
workers: 1
ports:
  wan: {device: "vdev:net_null0,no-rx=1", mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24, "2001:db8:1::1/64"]}
  lan: {device: "vdev:net_null1,no-rx=1", mac: 02:00:00:00:02:01, addresses: [198.51.100.1/24, "2001:db8:2::1/64"]}
routes:
  - {to: 10.0.0.0/8, via: 192.0.2.9}
  - {to: 10.1.0.0/16, via: [192.0.2.9, {address: 198.51.100.7, weight: 3}]}
  - {to: 10.2.0.0/16, action: blackhole}
  - {to: "2001:db8:a::/48", via: "2001:db8:1::9"}
  - {to: "::/0", via: "fe80::9%lan"}
neighbours:
  - {port: wan, address: 192.0.2.9, mac: 02:00:00:00:01:09}
  - {port: lan, address: 198.51.100.7, mac: 02:00:00:00:02:07}
YAML
"$freeway" run "$folder/router.yaml" --socket "$folder/socket" 2>"$folder/log" &
daemon=$!
processes+=("$daemon")
wait_for() {
    for _ in $(seq 600); do
        if "$@"; then return; fi
        kill -0 "$daemon" 2>/dev/null || break
        sleep 0.1
    done
    echo "api-conformance: not ready: $*" >&2
    cat "$folder/log" >&2
    exit 1
}
wait_for test -S "$folder/socket"

# schemathesis speaks TCP only.
port=$(python3 -c 'import socket
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])')
socat "TCP-LISTEN:$port,bind=127.0.0.1,fork,reuseaddr" "UNIX-CONNECT:$folder/socket" &
processes+=("$!")
wait_for curl --silent --output /dev/null "http://127.0.0.1:$port/v1/version"

"$environment/bin/schemathesis" --config-file scripts/api-conformance.toml run docs/openapi.yaml \
    --url "http://127.0.0.1:$port" --no-color

# It is still there, and found no fault of its own.
"$freeway" stats --socket "$folder/socket" --json | jq --exit-status .balanced >/dev/null
if grep -E ' (error|critical): ' "$folder/log"; then
    echo "api-conformance: the forwarder's log has errors" >&2
    exit 1
fi
