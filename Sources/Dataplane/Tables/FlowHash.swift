// SPDX-License-Identifier: Apache-2.0

/// Picks among the next hops of a group: a hash of the flow that is the same on every worker and
/// after every start, and has nothing to do with the hash that spreads flows over workers.
///
/// Forwarders with other seeds pick independently of each other, or the second of two in a row would get
/// none but the flows for which the first one's hash is in one part of the range, and send all of them to
/// one next hop. The seed therefore goes in in front of what mixes: behind a linear hash it would only
/// exchange the parts. docs/configuration.md has the law, and `Tests/Captures/model.py` in Python.
struct FlowHash: BitwiseCopyable, Sendable {
    /// What the addresses are moved by before they are mixed: all that the seed is needed for.
    private let start: UInt64

    init(seed: UInt32) { start = SplitMix.mix(UInt64(seed)) &+ SplitMix.step }

    /// Hashes addresses and protocol, and the ports of TCP, UDP and SCTP unless the packet is a
    /// fragment: all fragments of a datagram, the first too, get one hash.
    /// - Parameters:
    ///   - header: an IPv4 header that was validated.
    ///   - count: bytes that may be read from there.
    ///   - leavesOutSource: of a packet of our own, whose source follows from the way that it takes.
    @inline(__always)
    func ofIPv4(
        _ header: UnsafeMutableRawPointer, count: Int, leavesOutSource: Bool = false
    ) -> UInt32 {
        var addresses = header.loadUnaligned(fromByteOffset: 12, as: UInt64.self).bigEndian
        if leavesOutSource { addresses &= 0xffff_ffff }
        let ipProtocol = header.load(fromByteOffset: 9, as: UInt8.self)
        let fragment = header.loadUnaligned(fromByteOffset: 6, as: UInt16.self).bigEndian
        let headerLength = Int(header.load(as: UInt8.self) & 0xf) &* 4
        var ports: UInt32 = 0
        let hasPorts = ipProtocol == 6 || ipProtocol == 17 || ipProtocol == 132
        // Neither an offset nor more fragments to come.
        if hasPorts, fragment & 0x3fff == 0, count >= headerLength &+ 4 {
            ports = header.loadUnaligned(fromByteOffset: headerLength, as: UInt32.self).bigEndian
        }
        let mixed = SplitMix.mix(
            SplitMix.finalise(addresses &+ start) ^ (UInt64(ipProtocol) << 32 | UInt64(ports)))
        return UInt32(truncatingIfNeeded: mixed >> 32)
    }

    /// The same of IPv6: where TCP, UDP or SCTP follows the header at once, by its ports; otherwise by the flow label
    /// (RFC 6438, 3), which all fragments of a datagram have alike.
    /// - Parameter header: an IPv6 header that was validated.
    func ofIPv6(_ header: UnsafeMutableRawPointer, count: Int) -> UInt32 {
        func word(_ offset: Int) -> UInt64 {
            header.loadUnaligned(fromByteOffset: offset, as: UInt64.self).bigEndian
        }
        let source = SplitMix.mix(word(8)) ^ word(16)
        let addresses = SplitMix.mix(SplitMix.mix(source) ^ word(24)) ^ word(32)
        let next = header.load(fromByteOffset: 6, as: UInt8.self)
        let hasPorts = (next == 6 || next == 17 || next == 132) && count >= 44
        let rest =
            hasPorts
            ? header.loadUnaligned(fromByteOffset: 40, as: UInt32.self).bigEndian
            : header.loadUnaligned(as: UInt32.self).bigEndian & 0xf_ffff
        let mixed = SplitMix.mix(
            SplitMix.finalise(addresses &+ start) ^ (UInt64(next) << 32 | UInt64(rest)))
        return UInt32(truncatingIfNeeded: mixed >> 32)
    }
}
