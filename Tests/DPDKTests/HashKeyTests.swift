// SPDX-License-Identifier: Apache-2.0

import EALSupport
import TestSupport
import Testing

@testable import DPDK

/// Both directions of a flow meet in one queue, whatever the length of a card's key: 40 bytes for most, 52
/// for X710 and E810 (`i40e_dev_info_get` and `ice_dev_info_get` of DPDK 22.11).
@Suite(.usesEAL) struct HashKeyTests {
    /// The hash below is the published one where the key is.
    @Test(arguments: ToeplitzVector.microsoft)
    func theDefinitionGivesThePublishedHash(vector: ToeplitzVector) {
        #expect(hash(ToeplitzVector.key, vector.addresses) == vector.addressesHash)
        #expect(hash(ToeplitzVector.key, vector.addresses + vector.ports) == vector.flowHash)
    }

    @Test(arguments: [40, 52, 64], ToeplitzVector.microsoft)
    func givenAKeyOfAnyLengthBothDirectionsHashAlike(length: Int, vector: ToeplitzVector) {
        let key = bytes(HashKey(repeating: Port.Configuration.symmetricHashKey, byteCount: length))
        #expect(key.count == length)
        let (there, back) = (vector, vector.reversed)
        #expect(hash(key, there.addresses) == hash(key, back.addresses))
        #expect(hash(key, there.addresses + there.ports) == hash(key, back.addresses + back.ports))
        // What a card hashes beyond ports lies behind them: the key must be symmetric to its end.
        let padding = [UInt8](repeating: 0, count: length - 4 - there.addresses.count - 4)
        #expect(
            hash(key, padding + there.addresses + there.ports)
                == hash(key, padding + back.addresses + back.ports))
    }

    /// `rss_key_default` of `i40e_pf_reset_rss_key`, which takes it when there is no key of 52 bytes: with it
    /// the two directions of a flow have different queues.
    @Test(arguments: ToeplitzVector.microsoft)
    func givenTheKeyThatTheDriverOfX710HasItselfDirectionsHashApart(vector: ToeplitzVector) {
        let words: [UInt32] = [
            0x6b79_3944, 0x2350_4cb5, 0x5bea_75b6, 0x309f_4f12, 0x3dc0_a2b8, 0x024d_dcdf,
            0x339b_8ca0, 0x4c4a_f64a, 0x34fa_c605, 0x55d8_5839, 0x3a58_997d, 0x2ec9_38e1,
            0x6603_1581,
        ]
        let key = words.flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
        #expect(key.count == 52)
        let (there, back) = (vector, vector.reversed)
        #expect(hash(key, there.addresses + there.ports) != hash(key, back.addresses + back.ports))
    }

    @Test func givenADeviceThatDoesNotSayTheKeyHasTheUsualLength() {
        let key = HashKey(repeating: Port.Configuration.symmetricHashKey, byteCount: 0)
        #expect(bytes(key) == Port.Configuration.symmetricHashKey)
    }

    @Test func givenOneKeyTwiceItsMemoryIsTheSame() {
        let first = HashKey(repeating: [1, 2, 3], byteCount: 7)
        #expect(bytes(first) == [1, 2, 3, 1, 2, 3, 1])
        #expect(HashKey(repeating: [1, 2, 3], byteCount: 7) == first)
        #expect(HashKey(repeating: [1, 2, 3], byteCount: 8) != first)
    }

    /// Drivers keep the pointer that `rte_eth_dev_configure` was given, and read the key when the port
    /// starts (`ixgbe_rss_configure`): what was freed since has been written over by then.
    @Test func givenAPortThatIsSetUpItsKeyIsStillThereWhenItStarts() throws {
        let (device, port) = try Device.attach(
            bus: .vdev, name: TestEnvironment.uniqueName("net_null"), arguments: "no-rx=1")
        defer {
            try? port.close()
            try? device.detach()
        }
        #expect(port.hashKey == nil)
        try port.configure(
            Port.Configuration(rxQueues: 3, txQueues: 1), pool: TestEnvironment.pool)
        // Memory of any such size that was given back is taken, and changed.
        var taken: [[UInt8]] = []
        for size in 8...256 { taken += (0..<16).map { _ in [UInt8](repeating: 0xee, count: size) } }
        try port.start()
        defer { try? port.stop() }
        #expect(port.hashKey == Port.Configuration.symmetricHashKey)
        #expect(taken.count == 249 * 16)
    }

    @Test func givenOneReceiveQueueThereIsNoKey() throws {
        let void = try TestPort.void()
        defer { void.close() }
        #expect(void.port.hashKey == nil)
    }

    private func bytes(_ key: HashKey) -> [UInt8] {
        Array(UnsafeBufferPointer(start: key.bytes, count: key.byteCount))
    }

    /// ComputeHash of Microsoft's "RSS Hashing Functions", bit by bit: for each bit of the input that is set
    /// the 32 bits of the key that begin there.
    private func hash(_ key: [UInt8], _ input: [UInt8]) -> UInt32 {
        func bit(_ bytes: [UInt8], _ index: Int) -> UInt32 {
            UInt32(bytes[index / 8] >> UInt8(7 - index % 8) & 1)
        }
        return (0..<8 * input.count).filter { bit(input, $0) == 1 }.reduce(0) { hash, start in
            hash ^ (start..<start + 32).reduce(0) { $0 << 1 | bit(key, $1) }
        }
    }
}
