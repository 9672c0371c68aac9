#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fails when a module imports one that it must not know: dependencies point downwards only
# (docs/architecture.md).
set -euo pipefail
cd "$(dirname "$0")/.."

status=0
ours="CDPDK|CLinux|CPcap|CZlib|DPDK|LinuxDevices|PacketHeaders|Captures|FreewayConfiguration|PacketFields|Expectations|Dataplane|ControlAPI|Forwarding|Service|Replays|CaseRunner|freeway"

# check FOLDER MODULE...: files in the folder may import, of our modules, these alone.
check() {
    local folder=$1 file module
    shift
    while IFS=: read -r file module; do
        case " $* " in
        *" $module "*) ;;
        *)
            echo "$file imports $module; $folder may import only: ${*:-none of our modules}" >&2
            status=1
            ;;
        esac
    done < <(grep -rEHo "^(@[a-zA-Z_]+ )*(public |internal |package |private )?import (struct |enum |class |func )?($ours)\b" \
        "Sources/$folder" --include='*.swift' | sed -E 's/:.*import ((struct|enum|class|func) )?/:/')
}

check PacketHeaders
check Captures CPcap CZlib
check DPDK CDPDK
check LinuxDevices CLinux DPDK PacketHeaders
check Configuration PacketHeaders
check PacketFields FreewayConfiguration PacketHeaders
check Expectations Captures ControlAPI FreewayConfiguration PacketFields PacketHeaders
check Dataplane DPDK PacketHeaders
check ControlAPI
check Forwarding Captures ControlAPI DPDK Dataplane FreewayConfiguration LinuxDevices PacketFields PacketHeaders
check Service ControlAPI DPDK Dataplane Forwarding FreewayConfiguration LinuxDevices PacketFields PacketHeaders
check Replays Captures ControlAPI DPDK Dataplane Expectations Forwarding FreewayConfiguration PacketFields PacketHeaders Service
check CaseRunner Captures ControlAPI Dataplane Expectations Forwarding FreewayConfiguration PacketFields PacketHeaders Replays
check freeway CaseRunner ControlAPI Expectations Forwarding FreewayConfiguration PacketFields Replays Service

# The verbs that ask a running forwarder need the control API alone.
if grep -lE "import (Forwarding|Service|Replays|FreewayConfiguration)" \
    Sources/freeway/Asking/{QueryOptions,{Stats,Ports,Workers,Interfaces,Neighbours}Command}.swift; then
    echo "the query verbs above may import only ControlAPI of our modules" >&2
    status=1
fi

# docs/organization.md has a line for each folder, at its place in the tree.
listed=$(sed -n '/^Sources\//,/^```/p' docs/organization.md | awk '
    /── / {
        indent = index($0, "── ")
        name = substr($0, indent + length("── "))
        sub(/ .*/, "", name)
        prefix = substr($0, 1, indent - 1)
        depth = gsub(/(│|├|└| )/, "&", prefix)
        level = int(depth / 4)
        path[level] = name
        full = path[0]
        for (i = 1; i <= level; i++) full = full "/" path[i]
        print full
    }' | sort)
there=$(cd Sources && find . -mindepth 1 -type d | sed 's|^\./||' | sort)
if [ "$listed" != "$there" ]; then
    diff <(echo "$listed") <(echo "$there") \
        | sed -n 's|^< |docs/organization.md names a folder that is not there: |p; s|^> |docs/organization.md has no line for |p' >&2
    status=1
fi

[ $status -eq 0 ] && echo "check-architecture: every import points downwards"
exit $status
