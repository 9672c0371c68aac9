// SPDX-License-Identifier: Apache-2.0

public import TestSupport

/// Longest-prefix match in the plainest way: a dictionary for each length, asked from the longest on.
public struct ReferenceTable {
    private var values = [[UInt32: UInt16]](repeating: [:], count: 33)

    public init() {}

    public mutating func add(_ address: UInt32, _ length: Int, _ value: UInt16) {
        values[length][masked(address, length)] = value
    }

    public mutating func remove(_ address: UInt32, _ length: Int) {
        values[length][masked(address, length)] = nil
    }

    public func value(_ address: UInt32, _ length: Int) -> UInt16? {
        values[length][masked(address, length)]
    }

    public func lookUp(_ address: UInt32) -> UInt16 { lookUp(address, upTo: 32) }

    private func lookUp(_ address: UInt32, upTo longest: Int) -> UInt16 {
        for length in (0...longest).reversed() {
            if let value = values[length][masked(address, length)] { return value }
        }
        return 0
    }

    /// Each prefix once, shorter ones first.
    public var routes: [(address: UInt32, length: Int, value: UInt16)] {
        values.indices.flatMap { length in
            values[length].sorted { $0.key < $1.key }.map { ($0.key, length, $0.value) }
        }
    }

    /// How many /24 networks have addresses with different numbers.
    public var splitNetworkCount: Int {
        var networks: [UInt32: [UInt16]] = [:]
        for length in 25...32 {
            for (address, value) in values[length] {
                let (network, first) = (address >> 8, Int(address & 255))
                if networks[network] == nil {
                    let around = lookUp(network << 8, upTo: 24)
                    networks[network] = [UInt16](repeating: around, count: 256)
                }
                for index in first..<first + 1 << (32 - length) {
                    networks[network]?[index] = value
                }
            }
        }
        return networks.values.count { $0 != [UInt16](repeating: $0[0], count: 256) }
    }

    /// A prefix of any length, often inside or around one that is there.
    public func randomPrefix(_ random: inout SeededGenerator) -> (UInt32, Int) {
        (randomAddress(&random), Int.random(in: 0...32, using: &random))
    }

    /// An address, mostly within a few networks so that prefixes nest.
    public func randomAddress(_ random: inout SeededGenerator) -> UInt32 {
        let address = UInt32.random(in: 0...UInt32.max, using: &random)
        switch UInt8.random(in: 0..<4, using: &random) {
        case 0: return address
        case 1: return 0x0a00_0000 | address & 0x00ff_ffff
        case 2: return 0xc0a8_0000 | address & 0x0000_ffff
        default: return 0xc0a8_0100 | address & 0x0000_01ff
        }
    }

    private func masked(_ address: UInt32, _ length: Int) -> UInt32 {
        length == 0 ? 0 : address & (UInt32.max << UInt32(32 - length))
    }
}
