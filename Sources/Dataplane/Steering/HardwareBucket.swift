// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

/// Which of 128 buckets a network card puts a frame's flow into, when it has the key of `Port.Configuration`: Microsoft's
/// RSS, by which IP packets count with their addresses, and with their ports those of TCP and UDP that are no
/// fragments. Cards differ in what they make of other frames; those go to their first queue.
///
/// The key repeats every 16 bits, so that Toeplitz's hash is one of the sum (exclusive or) of all 16-bit words: two bytes
/// to look up, each in a table. A worse hash than `FlowBucket`'s, since equal words at both ends cancel out: for
/// forwarders in which a card has chosen it already.
struct HardwareBucket: ~Copyable, @unchecked Sendable {
    /// By the high byte of the sum, then by the low one: the hash's low seven bits.
    private let tables: UnsafeMutablePointer<UInt8>

    /// - Parameter word: the 16 bits of which the key consists.
    init(keyWord word: UInt16) {
        let key = UInt32(word) << 16 | UInt32(word)
        tables = linesOf(
            (0..<2).flatMap { byte in
                (0..<256).map { value in
                    var hash: UInt32 = 0
                    for bit in 0..<8 where value & 0x80 >> bit != 0 {
                        let shift = UInt32(byte * 8 + bit)
                        hash ^= shift == 0 ? key : key << shift | key >> (32 - shift)
                    }
                    return UInt8(truncatingIfNeeded: hash) & UInt8(FlowBucket.count - 1)
                }
            })
    }

    deinit { tables.deallocate() }

    borrowing func of(_ flow: FlowKey) -> Int {
        guard let ipProtocol = flow.ipProtocol else { return 0 }
        var sum = Self.sum(flow.first) ^ Self.sum(flow.second)
        if flow.hasPorts, ipProtocol == .tcp || ipProtocol == .udp {
            sum ^= flow.first.port ^ flow.second.port
        }
        return Int(tables[Int(sum >> 8)] ^ tables[256 + Int(sum & 0xff)])
    }

    private static func sum(_ endpoint: FlowEndpoint) -> UInt16 {
        let whole = endpoint.addressHigh ^ endpoint.addressLow
        let half = UInt32(truncatingIfNeeded: whole ^ whole >> 32)
        return UInt16(truncatingIfNeeded: half ^ half >> 16)
    }
}
