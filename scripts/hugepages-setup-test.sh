#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Tests hugepages-setup.sh against a made-up /sys, and against the real one where this is root.
# Leaves the machine's hugepages and mounts as they were.
set -uo pipefail

script=$(cd "$(dirname "$0")/.." && pwd)/hugepages-setup.sh
work=$(mktemp -d)
# An ordinary user has to read the made-up tree.
chmod 755 "$work"
passed=0
failed=0
restore=()

clean_up() {
    local command
    for command in "${restore[@]}"; do eval "$command"; done
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# A machine with two nodes and both page sizes; node 1 has 4 pages of 2M.
make_tree() {
    rm -rf "$work/sys"
    local node size folder
    for node in 0 1; do
        for size in 2048 1048576; do
            folder=$work/sys/devices/system/node/node$node/hugepages/hugepages-${size}kB
            mkdir -p "$folder"
            echo 0 | tee "$folder"/{nr,free,surplus}_hugepages >/dev/null
        done
    done
    echo 4 | tee "$(pages 1 2048)" >/dev/null
}

pages() { echo "$work/sys/devices/system/node/node$1/hugepages/hugepages-${2}kB/nr_hugepages"; }

# Runs the script on the made-up tree: `code` and `text` (both streams) hold what came of it.
run() {
    text=$(FREEWAY_SYSFS_ROOT=$work/sys timeout 10 "$script" "$@" 2>&1 </dev/null)
    code=$?
}

run_real() {
    text=$(timeout 60 "$script" "$@" 2>&1 </dev/null)
    code=$?
}

verdict() {
    local name=$1 problem=$2
    if [[ -z $problem ]]; then
        passed=$((passed + 1))
        echo "ok   $name"
    else
        failed=$((failed + 1))
        echo "FAIL $name: $problem"
        printf '       code %s: %s\n' "$code" "${text//$'\n'/$'\n'       }"
    fi
}

# expect NAME CODE TEXT…: the last run ended with this code and said each of the texts.
expect() {
    local name=$1 wanted=$2 problem="" part
    shift 2
    if [[ $code != "$wanted" ]]; then problem="code $code in the place of $wanted"; fi
    for part in "$@"; do
        if [[ $text != *"$part"* ]]; then problem+=" lacks [$part]"; fi
    done
    verdict "$name" "$problem"
}

expect_pages() {
    local name=$1 found
    found="$(<"$(pages 0 2048)") $(<"$(pages 1 2048)") $(<"$(pages 0 1048576)") $(<"$(pages 1 1048576)")"
    if [[ $found == "$2" ]]; then verdict "$name" ""; else verdict "$name" "pages $found, not $2"; fi
}

make_tree
run
expect "show is the default" 0 "NODE" "1     2M            4         0  8 MB"
run show --size 1G --node 0
expect "show of one size and node" 0 "0     1G            0"
if [[ $text == *"8 MB"* ]]; then
    verdict "show leaves out the rest" "it shows pages of 2M of node 1"
else
    verdict "show leaves out the rest" ""
fi

run reserve --pages 3
expect "reserve on each node" 0 "node 0: pages of 2M: 0 -> 3 (0 MB -> 6 MB)" \
    "node 1: 4 pages of 2M reserved already (8 MB); nothing to do"
expect_pages "reserve takes nothing away" "3 4 0 0"
run reserve --pages 3
expect "reserve twice" 0 "node 0: 3 pages of 2M reserved already (6 MB); nothing to do"
run reserve --megabytes 11 --node 1
expect "megabytes are rounded up to pages" 0 "node 1: pages of 2M: 4 -> 6 (8 MB -> 12 MB)"
expect_pages "one node only" "3 6 0 0"
run reserve --pages 2 --size 1G --node 0
expect "pages of 1 GB" 0 "node 0: pages of 1G: 0 -> 2 (0 MB -> 2048 MB)"
run reserve --pages=010 --size=2mb --node=0
expect "--option=value, lower case, decimal" 0 "node 0: pages of 2M: 3 -> 10"
expect_pages "all of that" "10 6 2 0"

run release --size 1G --dry-run
expect "release: dry run" 0 "node 0: would release pages of 1G: 2 -> 0 (2048 MB)" \
    "node 1: no pages of 1G reserved; nothing to do"
run reserve --pages 20 --dry-run
expect "reserve: dry run" 0 "node 0: would reserve pages of 2M: 10 -> 20 (20 MB -> 40 MB)"
run mount --size 1G --at "$work/mnt" --dry-run
expect "mount: dry run" 0 "would mount hugetlbfs with pages of 1G at $work/mnt"
expect_pages "dry runs change nothing" "10 6 2 0"
run mount --dry-run --at /proc
expect "mount over something else" 73 "/proc has another file system mounted: proc" "--at DIR"
run mount --dry-run --at //proc/../proc/
expect "mount over something else, by another of its names" 73 "/proc has another file system mounted: proc"

# The kernel's own words for what is mounted: pages of 1 GB are 1024M, blanks and backslashes are octal digits.
cat >"$work/mounts" <<'TABLE'
none /dev/hugepages hugetlbfs rw,relatime,pagesize=2M 0 0
none /dev/hugepages1G hugetlbfs rw,relatime,pagesize=1024M 0 0
none /mnt/huge\040pages\134x hugetlbfs rw,relatime,pagesize=2M 0 0
none /mnt/covered hugetlbfs rw,relatime,pagesize=2M 0 0
none /mnt/covered tmpfs rw,relatime 0 0
TABLE
run_mounted() {
    text=$(FREEWAY_MOUNT_TABLE=$work/mounts FREEWAY_SYSFS_ROOT=$work/sys timeout 10 "$script" "$@" 2>&1 </dev/null)
    code=$?
}
run_mounted mount --size 1G
expect "pages of 1 GB are mounted already" 0 \
    "/dev/hugepages1G: hugetlbfs with pages of 1G mounted already; nothing to do"
run_mounted mount --size 1G --at /dev/hugepages
expect "mounted already with pages of another size" 73 "another file system mounted: hugetlbfs"
run_mounted mount --at '/mnt/huge pages\x'
expect "a path with a blank and a backslash is mounted already" 0 "/mnt/huge pages\\x: hugetlbfs"
run_mounted mount --at //mnt///huge\ pages\\x/.
expect "its double slashes and dots do not count" 0 "/mnt/huge pages\\x: hugetlbfs"
ln -s /dev/hugepages1G "$work/link"
run_mounted mount --size 1G --at "$work/link"
expect "a link to where it is mounted already" 0 "/dev/hugepages1G: hugetlbfs with pages of 1G mounted already"
run_mounted mount --at /mnt/covered
expect "a later mount covers an earlier one" 73 "another file system mounted: tmpfs"
run_mounted show
expect "show tells paths as they are" 0 "  /mnt/huge pages\\x (rw,relatime,pagesize=2M)"

run release --node 1
expect "release of one node" 0 "node 1: pages of 2M: 6 -> 0 (12 MB -> 0 MB)"
run release
expect "release of all nodes" 0 "node 0: pages of 2M: 10 -> 0"
expect_pages "release leaves the other size" "0 0 2 0"
run release
expect "release twice" 0 "node 0: no pages of 2M reserved; nothing to do"

# A kernel that gives less than it is asked for: a named pipe answers each read and write in turn.
short_kernel() {
    local pipe=$1 before=$2 after=$3
    rm "$pipe"
    mkfifo "$pipe"
    (
        echo "$before" >"$pipe"
        read -r _ <"$pipe"
        echo "$after" >"$pipe"
    ) &
}
make_tree
short_kernel "$(pages 0 2048)" 0 5
run reserve --pages 64 --node 0
expect "fewer pages than asked" 71 "node 0: pages of 2M: 0 -> 5 (0 MB -> 10 MB)" \
    "the kernel gave 5 of the 64 pages of 2M" "compact_memory" "hugepagesz=2M hugepages=N" "release"
wait
make_tree
short_kernel "$(pages 0 1048576)" 2 1
run release --size 1G --node 0
expect "a page in use stays" 0 "node 0: pages of 1G: 2 -> 1" "1 page still in use"
wait
make_tree
# No file of this process may grow: the write fails, as it does where the kernel says EINVAL.
text=$(
    trap '' XFSZ
    ulimit -f 0
    FREEWAY_SYSFS_ROOT=$work/sys timeout 10 "$script" reserve --pages 1 --size 1G --node 1 2>&1
)
code=$?
expect "the kernel refuses" 71 "refuses 1 page of 1G" "hugepagesz=1G"

make_tree
rm -r "$work"/sys/devices/system/node/node*/hugepages/hugepages-1048576kB
run reserve --pages 1 --size 1G
expect "a size that is not there" 71 "node 0 has no pages of 1G, only of: 2M" "pdpe1gb"
rm -r "$work/sys/devices/system/node"
mkdir -p "$work/sys/kernel/mm/hugepages/hugepages-2048kB"
echo 0 | tee "$work"/sys/kernel/mm/hugepages/hugepages-2048kB/{nr,free}_hugepages >/dev/null
run reserve --pages 2
expect "a kernel without NUMA" 0 "node 0: pages of 2M: 0 -> 2"
rm -r "$work/sys"
mkdir "$work/sys"
run show
expect "a kernel without hugepages" 71 "this kernel has no hugepages"

make_tree
for arguments in "resreve --pages 2|unknown verb resreve; did you mean reserve?" \
    "reserve --page 2|unknown option --page; did you mean --pages?" \
    "reserve --nodes 2|unknown option --nodes; did you mean --node?" \
    "relase|did you mean release?" "xyzzy|unknown verb xyzzy" \
    "reserve|how many?" "reserve --pages|--pages needs a value" \
    "reserve --pages two|--pages two: a whole number" "reserve --pages -1|--pages -1: a whole number" \
    "reserve --pages 9999999999|at most 999999999" "reserve --pages 0|to give pages back" \
    "reserve --pages 1 --megabytes 2|not both" "reserve --pages 1 --size big|--size big" \
    "reserve --pages 1 --node 7|This machine has: 0 1" "show --pages 1|show has no option --pages" \
    "mount --node 1|mount has no option --node" "mount --at mnt|an absolute path" \
    "show release|one verb at a time"; do
    # shellcheck disable=SC2086 # split on purpose
    run ${arguments%%|*}
    expect "usage: ${arguments%%|*}" 64 "${arguments##*|}"
done
expect_pages "wrong usage changes nothing" "0 4 0 0"
run --help
expect "help" 0 "Examples:" "sudo ./hugepages-setup.sh reserve --pages 512"

if ((EUID == 0)) && command -v setpriv >/dev/null; then
    # A copy, since an ordinary user may not be allowed into this folder.
    install -m 755 "$script" "$work/hugepages-setup.sh"
    as_user() {
        text=$(cd / && FREEWAY_SYSFS_ROOT=$work/sys setpriv --reuid 65534 --regid 65534 --clear-groups \
            timeout 10 "$work/hugepages-setup.sh" "$@" 2>&1 </dev/null)
        code=$?
    }
    as_user reserve --pages 9
    expect "reserve as an ordinary user" 77 "reserve needs root" \
        "sudo $work/hugepages-setup.sh reserve --pages 9" "--dry-run"
    as_user release
    # Node 0 has nothing to give back, so the first word is about that.
    expect "release as an ordinary user" 77 "release needs root"
    as_user mount --at "$work/mnt"
    expect "mount as an ordinary user" 77 "mount needs root"
    as_user show
    expect "show as an ordinary user" 0 "NODE"
    as_user reserve --pages 9 --dry-run
    expect "dry run as an ordinary user" 0 "would reserve pages of 2M: 0 -> 9"
    expect_pages "an ordinary user changes nothing" "0 4 0 0"
else
    echo "skip cases as an ordinary user: they start from root and need setpriv"
fi

real=/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages
if ((EUID != 0)); then
    echo "skip cases on this machine's own hugepages: not root"
elif [[ ! -w $real ]]; then
    echo "skip cases on this machine's own hugepages: $real cannot be written"
else
    before=$(<"$real")
    restore+=("echo $before >$real")
    wanted=$((before + 2))
    run_real reserve --pages "$wanted" --node 0
    if [[ $code == 71 ]]; then
        expect "real: a short grant is told" 71 "the kernel gave"
    else
        expect "real: reserve" 0 "node 0: pages of 2M: $before -> $wanted"
        run_real reserve --pages "$wanted" --node 0
        expect "real: reserve again" 0 "$wanted pages of 2M reserved already"
        run_real show --node 0 --size 2M
        expect "real: show" 0 " $wanted "
    fi
    if ((before == 0)); then
        run_real release --node 0
        expect "real: release" 0 "node 0: pages of 2M: 2 -> 0"
        run_real release --node 0
        expect "real: release again" 0 "nothing to do"
    else
        # Someone else's pages: they are not ours to give back.
        echo "skip real: release, since $before pages were reserved before this test"
    fi
    if mkdir "$work/huge" && mount -t hugetlbfs -o pagesize=2M hugetlbfs "$work/huge" 2>/dev/null; then
        umount "$work/huge"
        restore=("umount $work/huge 2>/dev/null" "${restore[@]}")
        run_real mount --at "$work/huge"
        expect "real: mount" 0 "$work/huge: mounted hugetlbfs with pages of 2M"
        run_real mount --at "$work/huge/"
        expect "real: mount again" 0 "mounted already; nothing to do"
        mkdir "$work/huge two"
        run_real mount --at "$work/huge two"
        expect "real: mount at a path with a blank" 0 "$work/huge two: mounted"
        ln -s "$work/huge two" "$work/huge-link"
        run_real mount --at "$work//huge-link"
        expect "real: mount again, by a link" 0 "$work/huge two: hugetlbfs with pages of 2M mounted already"
        umount "$work/huge two"
        run_real mount --at "$work/huge" --size 1G
        expect "real: mount of another size" 73 "another file system mounted: hugetlbfs"
        run_real show
        expect "real: show tells the mount" 0 "$work/huge (" "pagesize=2M"
        touch "$work/file"
        run_real mount --at "$work/file"
        expect "real: mount on a file" 73 "is not a directory"
        umount "$work/huge"
    else
        echo "skip real: mount, since this machine forbids it"
    fi
    echo "$before" >"$real"
    code=0 text=""
    if [[ $(<"$real") == "$before" ]]; then
        verdict "real: the pages are as before" ""
    else
        verdict "real: the pages are as before" "$(<"$real") in the place of $before"
    fi
fi

echo "$passed passed, $failed failed"
((failed == 0))
