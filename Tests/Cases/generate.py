#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the cases of this folder: captures, expected captures and case.yaml.

    ./generate.py [FOLDER]       FOLDER is this folder unless another is given

Needs Debian's python3-scapy and python3-yaml. Seeds and times are fixed: a second run gives
identical bytes. Each theme is a module; the frames stand there, with what must become of them.
"""

import pathlib
import shutil
import sys

sys.dont_write_bytecode = True  # or __pycache__ would stand among the cases

import casebook
import theme_address
import theme_admit
import theme_answer
import theme_checklist
import theme_cross_connect
import theme_expectation
import theme_fragment
import theme_header
import theme_ipv6
import theme_mtu
import theme_neighbour
import theme_next_hop
import theme_real
import theme_route
import theme_source
import theme_step
import theme_time
import theme_ttl
import theme_vlan
import theme_vrf
import theme_words

THEMES = (
    theme_admit, theme_header, theme_address, theme_ttl, theme_route, theme_mtu,
    theme_cross_connect, theme_time, theme_expectation, theme_step, theme_real,
    theme_words, theme_vlan, theme_answer, theme_neighbour, theme_source,
    theme_checklist, theme_fragment, theme_ipv6, theme_next_hop, theme_vrf)


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else casebook.HERE)
    for theme in THEMES:
        theme.build()
    names = [case.name for case in casebook.CASES]
    assert len(names) == len(set(names)), "two cases have one name"
    for case in casebook.CASES:
        fresh = folder / f".{case.name}"
        shutil.rmtree(fresh, ignore_errors=True)
        case.write(fresh)
        # Only now, since a case may hold the capture that it starts from.
        shutil.rmtree(folder / case.name, ignore_errors=True)
        fresh.rename(folder / case.name)
    print(f"{len(names)} cases")


if __name__ == "__main__":
    main()
