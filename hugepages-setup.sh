#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Shows, reserves, mounts and releases hugepages, the memory that `freeway run` wants for a NIC.
# Pages are counted per NUMA node, since a NIC and its workers should use the memory beside them.
#
# For tests: FREEWAY_SYSFS_ROOT is read and written in the place of /sys, and FREEWAY_MOUNT_TABLE read in that
# of /proc/self/mounts.
set -euo pipefail

program=${0##*/}
sysfs=${FREEWAY_SYSFS_ROOT:-/sys}

usage() {
    cat <<HELP
Shows, reserves, mounts and releases hugepages.

Usage: $program [show] [--size SIZE] [--node N]
       $program reserve (--pages N | --megabytes N) [--size SIZE] [--node N] [--dry-run]
       $program mount [--size SIZE] [--at DIR] [--dry-run]
       $program release [--size SIZE] [--node N] [--dry-run]

  show        what each NUMA node has reserved and free, and what is mounted (needs no root)
  reserve     sees to it that a node has N pages at least; what is there already counts
  mount       mounts hugetlbfs, unless it is mounted there already
  release     gives back all pages of one size

  --pages N       pages for the node
  --megabytes N   the same in megabytes, rounded up to whole pages
  --size SIZE     2M (unless given) or 1G; show takes all sizes
  --node N        one NUMA node; each node unless given
  --at DIR        where to mount: /dev/hugepages for 2M, /dev/hugepages1G for 1G unless given
  --dry-run       says what it would do and changes nothing (needs no root)
  --help          this text

Examples:
  $program                                      what is there?
  sudo ./$program reserve --pages 512           1 GB on each node
  sudo ./$program reserve --megabytes 2048 --node 1
  sudo ./$program reserve --pages 4 --size 1G --node 0
  sudo ./$program mount --size 1G
  sudo ./$program release

A reservation lasts until the next boot. To have it from the boot on, put
hugepagesz=2M hugepages=512 (or hugepagesz=1G hugepages=4) on the kernel's command line.

Exit codes: 0 done; 64 wrong usage; 71 fewer pages than asked, or none of that size;
73 cannot mount there; 77 not root.
HELP
}

# Ends the script with a message: what is wrong, and on the next lines what helps.
die() {
    local code=$1
    shift
    printf '%s: %s\n' "$program" "$1" >&2
    shift
    local line
    for line in "$@"; do printf '  %s\n' "$line" >&2; done
    exit "$code"
}

# Edits (insert, delete, replace) from $1 to $2.
edit_distance() {
    local a=$1 b=$2 i j cost best
    local -a row previous
    for ((j = 0; j <= ${#b}; j++)); do previous[j]=$j; done
    for ((i = 1; i <= ${#a}; i++)); do
        row=("$i")
        for ((j = 1; j <= ${#b}; j++)); do
            cost=1
            if [[ ${a:i-1:1} == "${b:j-1:1}" ]]; then cost=0; fi
            best=$((previous[j - 1] + cost))
            if ((previous[j] + 1 < best)); then best=$((previous[j] + 1)); fi
            if ((row[j - 1] + 1 < best)); then best=$((row[j - 1] + 1)); fi
            row[j]=$best
        done
        previous=("${row[@]}")
    done
    echo "${previous[${#b}]}"
}

# "; did you mean X?" for the nearest of the given words, nothing when none is near.
hint() {
    local word=$1 best="" least=4 distance candidate
    shift
    for candidate in "$@"; do
        distance=$(edit_distance "$word" "$candidate")
        if ((distance < least && distance < ${#candidate})); then
            least=$distance
            best=$candidate
        fi
    done
    if [[ -n $best ]]; then echo "; did you mean $best?"; fi
}

misused() {
    die 64 "$1" "'$program --help' shows the usage and examples."
}

whole_number() {
    # 9 digits keep every product below inside 64 bits.
    if [[ ! $2 =~ ^[0-9]{1,9}$ ]]; then
        misused "$1 $2: a whole number is needed, at most 999999999"
    fi
    # Base 10, or 010 would be 8.
    echo $((10#$2))
}

# 2M -> 2048, the kilobytes in the kernel's folder names.
kilobytes_of() {
    if [[ ! ${1^^} =~ ^([0-9]{1,6})([KMG])B?$ ]]; then
        misused "--size $1: a page size such as 2M or 1G is needed"
    fi
    local number=$((10#${BASH_REMATCH[1]}))
    case ${BASH_REMATCH[2]} in
        K) echo "$number" ;;
        M) echo $((number * 1024)) ;;
        G) echo $((number * 1024 * 1024)) ;;
    esac
}

size_name() {
    if (($1 >= 1048576 && $1 % 1048576 == 0)); then
        echo "$(($1 / 1048576))G"
    elif (($1 >= 1024 && $1 % 1024 == 0)); then
        echo "$(($1 / 1024))M"
    else
        echo "${1}K"
    fi
}

megabytes() { echo "$(($1 * $2 / 1024)) MB"; }

counted() { if (($1 == 1)); then echo "1 page"; else echo "$1 pages"; fi; }

# The node numbers, one a line. A kernel without NUMA keeps its pages in one place: node 0.
all_nodes() {
    if compgen -G "$sysfs/devices/system/node/node[0-9]*/hugepages" >/dev/null; then
        for folder in "$sysfs"/devices/system/node/node[0-9]*/hugepages; do
            folder=${folder%/hugepages}
            echo "${folder##*/node}"
        done | sort -n
    elif [[ -d $sysfs/kernel/mm/hugepages ]]; then
        echo 0
    fi
}

node_folder() {
    local folder=$sysfs/devices/system/node/node$1/hugepages
    if [[ ! -d $folder ]]; then folder=$sysfs/kernel/mm/hugepages; fi
    echo "$folder"
}

# The page sizes of a node in kilobytes, one a line.
sizes_of() {
    local parent folder
    parent=$(node_folder "$1")
    for folder in "$parent"/hugepages-*kB; do
        if [[ -d $folder ]]; then
            folder=${folder##*/hugepages-}
            echo "${folder%kB}"
        fi
    done | sort -n
}

size_names_of() {
    local size
    for size in $(sizes_of "$1"); do size_name "$size"; done | paste -sd ' '
}

# Sets `nodes`: the one that was asked for, or all.
choose_nodes() {
    local all
    all=$(all_nodes)
    if [[ -z $all ]]; then
        die 71 "this kernel has no hugepages (nothing under $sysfs/kernel/mm/hugepages)" \
            "A kernel with CONFIG_HUGETLBFS is needed; in a container run this on the host."
    fi
    mapfile -t nodes <<<"$all"
    if [[ -n $wanted_node ]]; then
        if ! grep -qx "$wanted_node" <<<"$all"; then
            die 64 "--node $wanted_node: there is no such NUMA node" \
                "This machine has: $(paste -sd ' ' <<<"$all")"
        fi
        nodes=("$wanted_node")
    fi
}

# Sets `folder` to the place of $2-kilobyte pages on node $1.
choose_folder() {
    folder=$(node_folder "$1")/hugepages-${2}kB
    if [[ ! -d $folder ]]; then
        die 71 "node $1 has no pages of $(size_name "$2"), only of: $(size_names_of "$1")" \
            "1G pages need a CPU with pdpe1gb (grep -c pdpe1gb /proc/cpuinfo)."
    fi
}

require_writable() {
    # Not the user id: what counts is whether the kernel lets us, and a container's root may not.
    if [[ -w $1 ]]; then return; fi
    if ((EUID == 0)); then
        die 77 "$1 cannot be written, although this is root" \
            "Inside a container /sys is read-only: run this on the host."
    fi
    die 77 "$verb needs root" "sudo $0 $arguments" "or see what it would do: $0 $arguments --dry-run"
}

# Asks the kernel for $1 pages in `folder`. What it really gives is read afterwards.
ask_kernel() {
    echo "$1" 2>/dev/null >"$folder/nr_hugepages"
}

show() {
    local node size kilobytes
    choose_nodes
    local format='%-5s %-5s %9s %9s  %s\n'
    # shellcheck disable=SC2059 # the format is ours, one line above
    printf "$format" NODE SIZE RESERVED FREE MEMORY
    for node in "${nodes[@]}"; do
        for kilobytes in $(sizes_of "$node"); do
            if [[ -n $wanted_size && $kilobytes != "$wanted_size" ]]; then continue; fi
            folder=$(node_folder "$node")/hugepages-${kilobytes}kB
            size=$(<"$folder/nr_hugepages")
            # shellcheck disable=SC2059
            printf "$format" "$node" "$(size_name "$kilobytes")" "$size" \
                "$(<"$folder/free_hugepages")" "$(megabytes "$size" "$kilobytes")"
        done
    done
    local mounts where type options
    mounts=$(
        while read -r _ where type options _; do
            if [[ $type == hugetlbfs ]]; then echo "  $(plain_path "$where") ($options)"; fi
        done <"$mount_table"
    )
    if [[ -n $mounts ]]; then
        printf 'Mounted:\n%s\n' "$mounts"
    else
        echo "Mounted: nothing ('$program mount' does it)"
    fi
}

reserve() {
    local node before after pages=$wanted_pages size_text short=0
    local kilobytes=${wanted_size:-2048}
    if [[ -n $wanted_megabytes ]]; then
        if [[ -n $pages ]]; then misused "reserve: --pages or --megabytes, not both"; fi
        pages=$(((wanted_megabytes * 1024 + kilobytes - 1) / kilobytes))
    fi
    if [[ -z $pages ]]; then misused "reserve: how many? --pages N or --megabytes N"; fi
    if ((pages == 0)); then misused "reserve: 0 pages; to give pages back: $program release"; fi
    choose_nodes
    size_text=$(size_name "$kilobytes")
    # Every node is looked at before the first is changed.
    for node in "${nodes[@]}"; do choose_folder "$node" "$kilobytes"; done
    for node in "${nodes[@]}"; do
        choose_folder "$node" "$kilobytes"
        before=$(<"$folder/nr_hugepages")
        if ((before >= pages)); then
            echo "node $node: $(counted "$before") of $size_text reserved already" \
                "($(megabytes "$before" "$kilobytes")); nothing to do"
            continue
        fi
        if [[ -n $dry_run ]]; then
            echo "node $node: would reserve pages of $size_text: $before -> $pages" \
                "($(megabytes "$before" "$kilobytes") -> $(megabytes "$pages" "$kilobytes"))"
            continue
        fi
        require_writable "$folder/nr_hugepages"
        if ! ask_kernel "$pages"; then
            die 71 "node $node: the kernel refuses $(counted "$pages") of $size_text" \
                "Pages of this size may have to come from the boot; $(boot_parameter "$kilobytes")"
        fi
        after=$(<"$folder/nr_hugepages")
        echo "node $node: pages of $size_text: $before -> $after" \
            "($(megabytes "$before" "$kilobytes") -> $(megabytes "$after" "$kilobytes"))"
        if ((after < pages)); then
            printf '%s: node %s: the kernel gave %s of the %s pages of %s\n' \
                "$program" "$node" "$after" "$pages" "$size_text" >&2
            short=1
        fi
    done
    if ((short)); then
        die 71 "too little free memory lies together in one piece" \
            "Let the kernel tidy up, and try again:" \
            "  echo 3 | sudo tee /proc/sys/vm/drop_caches" \
            "  echo 1 | sudo tee /proc/sys/vm/compact_memory" \
            "Or take the pages at boot; $(boot_parameter "$kilobytes")" \
            "To give back what there is now: $program release --size $size_text"
    fi
}

boot_parameter() {
    local name
    name=$(size_name "$1")
    echo "add to the kernel's command line: hugepagesz=$name hugepages=N (for all nodes together)"
}

release() {
    local node before after size_text kilobytes=${wanted_size:-2048}
    choose_nodes
    size_text=$(size_name "$kilobytes")
    for node in "${nodes[@]}"; do choose_folder "$node" "$kilobytes"; done
    for node in "${nodes[@]}"; do
        choose_folder "$node" "$kilobytes"
        before=$(<"$folder/nr_hugepages")
        if ((before == 0)); then
            echo "node $node: no pages of $size_text reserved; nothing to do"
            continue
        fi
        if [[ -n $dry_run ]]; then
            echo "node $node: would release pages of $size_text: $before -> 0" \
                "($(megabytes "$before" "$kilobytes"))"
            continue
        fi
        require_writable "$folder/nr_hugepages"
        ask_kernel 0 || die 71 "node $node: the kernel refuses to take back pages of $size_text"
        after=$(<"$folder/nr_hugepages")
        echo "node $node: pages of $size_text: $before -> $after" \
            "($(megabytes "$before" "$kilobytes") -> $(megabytes "$after" "$kilobytes"))"
        if ((after > 0)); then
            echo "node $node: $(counted "$after") still in use; the kernel takes each back when its" \
                "process ends or its file under the mount is removed"
        fi
    done
}

# A path of the mount table as it is: the kernel writes blanks and the like in octal digits.
plain_path() {
    local path=$1
    path=${path//\\040/ }
    path=${path//\\011/$'\t'}
    path=${path//\\012/$'\n'}
    path=${path//\\043/#}
    printf '%s' "${path//\\134/\\}"
}

# What is mounted at $1, as TYPE OPTIONS; nothing when nothing is. The last line counts: a later mount covers an
# earlier one.
mounted_at() {
    local where type options found=""
    while read -r _ where type options _; do
        if [[ $(plain_path "$where") == "$1" ]]; then found="$type $options"; fi
    done <"$mount_table"
    echo "$found"
}

# The kilobytes of a page of hugetlbfs with these options. The kernel calls 1G 1024M.
page_kilobytes() {
    if [[ ,$1, =~ ,pagesize=([0-9]{1,9}[KMG]), ]]; then kilobytes_of "${BASH_REMATCH[1]}"; fi
}

mount_pages() {
    local kilobytes=${wanted_size:-2048} node found="" default_place mounted options size_text
    choose_nodes
    for node in "${nodes[@]}"; do
        if [[ -d $(node_folder "$node")/hugepages-${kilobytes}kB ]]; then found=yes; fi
    done
    if [[ -z $found ]]; then choose_folder "${nodes[0]}" "$kilobytes"; fi
    size_text=$(size_name "$kilobytes")
    # The names that systemd's dev-hugepages.mount and its documentation use.
    default_place=/dev/hugepages
    if ((kilobytes != 2048)); then default_place=/dev/hugepages$size_text; fi
    local place=${wanted_place:-$default_place}
    if [[ $place != /* ]]; then misused "--at $place: an absolute path is needed"; fi
    # As the kernel names it: without links, double slashes and dots.
    place=$(realpath --canonicalize-missing -- "$place")

    mounted=$(mounted_at "$place")
    if [[ -n $mounted ]]; then
        options=${mounted#* }
        if [[ ${mounted%% *} != hugetlbfs || $(page_kilobytes "$options") != "$kilobytes" ]]; then
            die 73 "$place has another file system mounted: ${mounted%% *} ($options)" \
                "Choose another place: $program mount --size $size_text --at DIR"
        fi
        echo "$place: hugetlbfs with pages of $size_text mounted already; nothing to do"
        return
    fi
    if [[ -n $dry_run ]]; then
        echo "would mount hugetlbfs with pages of $size_text at $place"
        return
    fi
    if ((EUID != 0)); then
        die 77 "mount needs root" "sudo $0 $arguments" \
            "or see what it would do: $0 $arguments --dry-run"
    fi
    if [[ -e $place && ! -d $place ]]; then
        die 73 "$place is not a directory" "Choose another place with --at DIR."
    fi
    local problem
    if ! problem=$(mkdir -p "$place" 2>&1 \
        && mount -t hugetlbfs -o "pagesize=$size_text" hugetlbfs "$place" 2>&1); then
        die 73 "cannot mount at $place: $problem"
    fi
    echo "$place: mounted hugetlbfs with pages of $size_text"
}

mount_table=${FREEWAY_MOUNT_TABLE:-/proc/self/mounts}
arguments=$*
verb=""
wanted_pages="" wanted_megabytes="" wanted_size="" wanted_node="" wanted_place="" dry_run=""
given=()
while (($#)); do
    option=$1
    value=""
    case $option in
        --*=*)
            value=${option#*=}
            option=${option%%=*}
            shift
            set -- "$option" "$value" "$@"
            ;;
    esac
    case $option in
        --pages | --megabytes | --size | --node | --at)
            if (($# < 2)); then misused "$option needs a value"; fi
            case $option in
                --pages) wanted_pages=$(whole_number "$option" "$2") ;;
                --megabytes) wanted_megabytes=$(whole_number "$option" "$2") ;;
                --size) wanted_size=$(kilobytes_of "$2") ;;
                --node) wanted_node=$(whole_number "$option" "$2") ;;
                --at) wanted_place=$2 ;;
            esac
            given+=("$option")
            shift 2
            ;;
        --dry-run)
            dry_run=yes
            given+=("$option")
            shift
            ;;
        -h | --help | help)
            usage
            exit 0
            ;;
        -*)
            misused "unknown option $option$(
                hint "$option" --pages --megabytes --size --node --at --dry-run --help)"
            ;;
        show | reserve | mount | release)
            if [[ -n $verb ]]; then misused "$verb and $option: one verb at a time"; fi
            verb=$option
            shift
            ;;
        *)
            misused "unknown verb $option$(hint "$option" show reserve mount release)"
            ;;
    esac
done
verb=${verb:-show}

# An option that a verb has no use for is a mistake, not a thing to pass over.
case $verb in
    show) allowed=" --size --node " ;;
    reserve) allowed=" --pages --megabytes --size --node --dry-run " ;;
    mount) allowed=" --size --at --dry-run " ;;
    release) allowed=" --size --node --dry-run " ;;
esac
for option in "${given[@]}"; do
    if [[ $allowed != *" $option "* ]]; then
        misused "$verb has no option $option; it has:${allowed% }"
    fi
done

nodes=()
folder=""
case $verb in
    mount) mount_pages ;;
    *) "$verb" ;;
esac
