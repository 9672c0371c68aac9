// SPDX-License-Identifier: Apache-2.0

/// Picks among the next hops of a group: a hash of the flow that is the same on every worker and
/// after every start, and has nothing to do with the hash that spreads flows over workers.
enum FlowHash {
    /// Hashes addresses and protocol, and the ports of TCP, UDP and SCTP unless the packet is a
    /// fragment: all fragments of a datagram, the first too, get one hash.
    /// - Parameters:
    ///   - header: an IPv4 header that was validated.
    ///   - count: bytes that may be read from there.
    static func ofIPv4(_ header: UnsafeMutableRawPointer, count: Int) -> UInt32 {
        let addresses = header.loadUnaligned(fromByteOffset: 12, as: UInt64.self).bigEndian
        let ipProtocol = header.load(fromByteOffset: 9, as: UInt8.self)
        let fragment = header.loadUnaligned(fromByteOffset: 6, as: UInt16.self).bigEndian
        let headerLength = Int(header.load(as: UInt8.self) & 0xf) &* 4
        var ports: UInt32 = 0
        let hasPorts = ipProtocol == 6 || ipProtocol == 17 || ipProtocol == 132
        // Neither an offset nor more fragments to come.
        if hasPorts, fragment & 0x3fff == 0, count >= headerLength &+ 4 {
            ports = header.loadUnaligned(fromByteOffset: headerLength, as: UInt32.self).bigEndian
        }
        let mixed = mix(mix(addresses) ^ (UInt64(ipProtocol) << 32 | UInt64(ports)))
        return UInt32(truncatingIfNeeded: mixed >> 32)
    }

    /// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): each input bit reaches each output bit.
    @inline(__always)
    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value &+ 0x9e37_79b9_7f4a_7c15
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
