// SPDX-License-Identifier: Apache-2.0

/// A frame of each kind of header.
public enum ModelFrames {
    public static let all: [[UInt8]] = [
        udp, vlanTCP, ipv6Fragment, arp, icmp, icmpv6, ipv4Options,
    ]

    /// 192.0.2.1:1000 to 198.51.100.7:53.
    public static let udp = Frames.udp(from: (0xc000_0201, 1000), to: (0xc633_6407, 53), number: 7)
    /// Two tags, TCP with options.
    public static let vlanTCP = [UInt8](
        hex: """
            020000000001 020000000002 88a8 6064 8100 b7d0 0800
            4500 0030 0001 4000 4006 0000 c0000201 c6336407
            c350 01bb 12345678 9abcdef0 7012 2000 0000 0000 020405b4 01010402
            """)
    /// Hop-by-hop options, a fragment header, destination options, UDP.
    public static let ipv6Fragment = [UInt8](
        hex: """
            333300000001 020000000002 86dd
            6a b12345 0020 00 3f 20010db8000000000000000000000001 20010db8000000000000000000000002
            2c00010400000000 3c00 0001 deadbeef 1100010400000000 03e8 0035 0008 0000
            """)
    public static let arp = [UInt8](
        hex: """
            ffffffffffff 020000000002 0806 0001 0800 06 04 0001 020000000002 c0000202
            000000000000 c0000201 000000000000000000000000000000000000
            """)
    public static let icmp = Frames.ipv4 {
        $0.ipProtocol = 1
        $0.payload = [UInt8](hex: "0304 1234 000005dc 4500")
    }
    public static let icmpv6 = [UInt8](
        hex: """
            020000000001 020000000002 86dd
            60000000 0008 3a 40 20010db8000000000000000000000001 20010db8000000000000000000000002
            8000 abcd 00010002
            """)
    public static let ipv4Options = Frames.ipv4 {
        $0.options = [0x94, 4, 0, 0]
        $0.payload = [1, 2, 3]
        $0.ipProtocol = 47
    }
}
