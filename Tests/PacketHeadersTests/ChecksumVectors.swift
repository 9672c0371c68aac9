// SPDX-License-Identifier: Apache-2.0

/// Numbers that nobody here made up.
enum ChecksumVectors {
    /// Data and checksum. From openvswitch/ovs, tests/test-csum.c (Apache-2.0): the example of
    /// RFC 1071, 3; an IPv4 header with its checksum field zeroed; 8 bytes; RFC 1624, 4, before
    /// and after.
    static let full: [(data: String, checksum: UInt16)] = [
        ("0001f203f4f5f6f7", 0x220d),
        ("450000281ffd400080060000c0a83b0ac0a83b32", 0xe345),
        ("865eac60712a81b5", 0xda60),
        ("fe8fc1144b6f702a802978c0588177aa6664fc96639764ee12531da92da95555", 0xdd2f),
        ("fe8fc1144b6f702a802978c0588177aa6664fc96639764ee12531da92da93285", 0x0000),
    ]

    /// IPv4 headers with their checksum field zeroed; the checksum before and after the time to
    /// live goes down by one. By full recomputation, outside this project's code.
    static let timeToLive: [(header: String, old: UInt16, new: UInt16)] = [
        ("4500002800010000400600007f0000017f000001", 0x7ccd, 0x7dcd),
        ("45000054a6f2000001010000c0a80001c0a800c7", 0x909e, 0x919e),
        ("45c00030ffff2000ff1100000a0000010a000002", 0x86fa, 0x87fa),
    ]

    /// Frames in which all checksums are right. From DPDK/dpdk, app/test/test_cksum.c
    /// (BSD-3-Clause), made by scapy. The EtherType of `ipv6TCP` says IPv4, as it does there.
    static let ipv4TCP = """
        ffffffffffff0000000000000800450000280001000040067ccd7f0000017f00000100140050000000000000\
        000050022000917c0000
        """
    static let ipv6TCP = """
        ffffffffffff0000000000000800600000000014064000000000000000000000000000000001000000000000\
        0000000000000000000100140050000000000000000050022000\
        8f7d0000
        """
    static let ipv4UDP = """
        ffffffffffff00000000000008004500001d0001000040117ccd7f0000017f00000100350035000989\
        6f78
        """
    static let ipv6UDP = """
        ffffffffffff00000000000086dd600000000009114000000000000000000000000000000001000000000000\
        000000000000000000010035003500098770\
        78
        """
    static let ipv4OptionsUDP = """
        ffffffffffff0000000000000800460000210001000040117bc97f0000017f0000010000000000350035000\
        9896f78
        """
}
