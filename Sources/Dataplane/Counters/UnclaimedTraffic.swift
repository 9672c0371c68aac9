// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders
import Synchronization

/// What came for own addresses and nobody took: packets by protocol and port. Writer: the worker; readers: any thread, in
/// place.
///
/// A hash of a few hundred places (open addressing) that only fills: what finds none is counted together, so that who scans
/// ports takes no memory.
struct UnclaimedTraffic: @unchecked Sendable {
    private static let placeCount = 256
    private static let probes = 16
    /// Two words for each place, and one for what found none.
    private let words = SingleWriterWords(count: 2 * placeCount + 1)
    private static let others = 2 * placeCount

    func free() { words.free() }

    /// - Parameter packet: its header was validated.
    func count(_ packet: IPv4Header) {
        let hasPort = packet.protocol.hasPorts && !packet.isFragment
        let ports = packet.bytes.dropFirst(packet.headerLength)
        count(
            UnclaimedKey(
                protocol: packet.protocol, port: hasPort ? ports.uint16(at: 2) : nil))
    }

    /// - Parameter packet: its header was validated.
    func count(_ packet: IPv6Header, _ layer: LocalIPv6Packet.UpperLayer) {
        let ports = packet.bytes.dropFirst(layer.offset)
        count(
            UnclaimedKey(
                protocol: layer.protocol, port: layer.protocol.hasPorts ? ports.uint16(at: 2) : nil)
        )
    }

    private func count(_ key: UnclaimedKey) {
        let word = key.word
        var place = Int(truncatingIfNeeded: SplitMix.finalise(word)) & (Self.placeCount - 1)
        for _ in 0..<Self.probes {
            let found = words[2 * place]
            if found == word || found == 0 {
                // A reader that sees the key sees a count that belongs to it, perhaps none yet.
                if found == 0 { words.set(2 * place, to: word) }
                return words.add(1, to: 2 * place + 1)
            }
            place = (place + 1) & (Self.placeCount - 1)
        }
        words.add(1, to: Self.others)
    }

    /// Any thread.
    func read() -> [UnclaimedKey?: UInt64] {
        var counts: [UnclaimedKey?: UInt64] = [:]
        for place in 0..<Self.placeCount where words[2 * place] != 0 {
            counts[UnclaimedKey(word: words[2 * place])] = words[2 * place + 1]
        }
        if words[Self.others] > 0 { counts[nil] = words[Self.others] }
        return counts
    }
}

/// The protocol of a packet, and the port that it is for.
public struct UnclaimedKey: Hashable, Sendable {
    public let `protocol`: IPProtocol
    /// Nil where the protocol has none, or the packet does not say.
    public let port: UInt16?

    init(protocol: IPProtocol, port: UInt16?) {
        self.protocol = `protocol`
        self.port = port
    }

    /// Never 0.
    fileprivate var word: UInt64 {
        1 << 32 | UInt64(`protocol`.rawValue) << 17 | (port.map { 1 << 16 | UInt64($0) } ?? 0)
    }

    fileprivate init(word: UInt64) {
        self.protocol = IPProtocol(rawValue: UInt8(truncatingIfNeeded: word >> 17))
        port = word & 1 << 16 != 0 ? UInt16(truncatingIfNeeded: word) : nil
    }
}
