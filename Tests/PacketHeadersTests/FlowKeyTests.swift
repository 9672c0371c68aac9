// SPDX-License-Identifier: Apache-2.0

import PacketHeaders
import Testing

@Suite("Key of a flow")
struct FlowKeyTests {
    private func words(_ key: FlowKey) -> [UInt32] {
        let room = UnsafeMutablePointer<UInt32>.allocate(capacity: FlowKey.maximumHashWordCount)
        defer { room.deallocate() }
        let count = key.writeHashWords(to: room)
        #expect(count == key.hashWordCount)
        return Array(UnsafeBufferPointer(start: room, count: count))
    }

    private func key(_ bytes: [UInt8]) -> FlowKey { withFrame(bytes) { FrameSummary($0).flow } }

    /// The frame of the other direction: MAC addresses, IP addresses and ports exchanged.
    private func reversed(_ frame: [UInt8], address: Range<Int>?, ports: Int?) -> [UInt8] {
        var copy = frame
        func exchange(_ offset: Int, _ width: Int) {
            for index in offset..<offset + width { copy.swapAt(index, index + width) }
        }
        exchange(0, 6)
        if let address { exchange(address.lowerBound, address.count) }
        if let ports { exchange(ports, 2) }
        return copy
    }

    @Test("both directions have one key and one hash input")
    func symmetric() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<1000 {
            var ipv4 = Array(ethernetToIPv4 + ipv4UDP + udp)
            ipv4.replaceSubrange(26..<38, with: random.bytes(12))
            var ipv6 = Array(ethernetToIPv6 + PacketHeadersTests.ipv6(6, payload: udp))
            ipv6.replaceSubrange(22..<58, with: random.bytes(36))
            var other = random.bytes(20)
            other.replaceSubrange(12..<14, with: [0x88, 0xcc])
            if Bool.random(using: &random) {
                // Equal addresses: the ports decide alone.
                ipv4.replaceSubrange(30..<34, with: ipv4[26..<30])
                ipv6.replaceSubrange(38..<54, with: ipv6[22..<38])
            }
            let cases: [([UInt8], Range<Int>?, Int?)] = [
                (ipv4, 26..<30, 34), (ipv6, 22..<38, 54), (other, nil, nil),
            ]
            for (frame, address, ports) in cases {
                let there = key(frame)
                let back = key(reversed(frame, address: address, ports: ports))
                #expect(there == back, "seed \(seed)")
                #expect(there.hashValue == back.hashValue, "seed \(seed)")
                #expect(words(there) == words(back), "seed \(seed)")
            }
        }
    }

    @Test("the direction is told by the source, and equal endpoints count as first")
    func direction() {
        let there = ethernetToIPv4 + ipv4UDP + udp
        let back = reversed(there, address: 26..<30, ports: 34)
        #expect(withFrame(there) { FrameSummary($0).isSourceFirst })
        #expect(!withFrame(back) { FrameSummary($0).isSourceFirst })
        let toItself = [UInt8](repeating: 2, count: 14)
        #expect(withFrame(toItself) { FrameSummary($0).isSourceFirst })
    }

    @Test("RSS over IPv4: addresses and ports in the order of Microsoft's definition")
    func ipv4Words() {
        // Microsoft's first vector, 66.9.149.187:2794 and 161.142.100.80:1766; input and order
        // as in DPDK/dpdk, app/test/test_thash.c (BSD-3-Clause).
        let packet = ipv4UDP.replacing(at: 12, "420995bb a18e6450")
        let frame = ethernetToIPv4 + packet + hex("0aea 06e6 0008 0000")
        #expect(words(key(frame)) == [0x4209_95bb, 0xa18e_6450, 0x0aea_06e6])
        let fragment = ethernetToIPv4 + packet.replacing(at: 6, "2000") + udp
        #expect(words(key(fragment)) == [0x4209_95bb, 0xa18e_6450])
    }

    @Test("RSS over IPv6: addresses and ports in the order of Microsoft's definition")
    func ipv6Words() {
        let frame = ethernetToIPv6 + ipv6(6, payload: udp)
        #expect(
            words(key(frame)) == [
                0x2001_0db8, 0, 0, 1, 0x2001_0db8, 0, 0, 2, 0x1234_0035,
            ])
        #expect(words(key(ethernetToIPv6 + ipv6(58, payload: udp))).count == 8)
    }

    @Test("Ethernet: two MAC addresses, then the EtherType")
    func ethernetWords() {
        let frame = hex("aabbccddeeff 112233445566 88cc")
        #expect(words(key(frame)) == [0x1122_3344, 0x5566_aabb, 0xccdd_eeff, 0x88cc])
    }

    @Test("what differs in one part has another key")
    func different() {
        let frame = ethernetToIPv4 + ipv4UDP + udp
        let base = key(frame)
        for offset in [23, 26, 29, 30, 33, 34, 35, 36, 37] {
            var other = frame
            other[offset] ^= offset == 23 ? 6 ^ 17 : 1
            #expect(key(other) != base, "byte \(offset)")
        }
        // A key without ports is not the key with ports 0.
        #expect(
            key(ethernetToIPv4 + ipv4UDP + hex("00000000"))
                != key(ethernetToIPv4 + ipv4UDP.replacing(at: 6, "2000") + hex("00000000")))
    }

    @Test("endpoints are ordered by address, then by port")
    func order() {
        let address = { IPv4Address(rawValue: $0) }
        #expect(FlowEndpoint(address(1), port: 9) < FlowEndpoint(address(2), port: 1))
        #expect(FlowEndpoint(address(1), port: 1) < FlowEndpoint(address(1), port: 2))
        #expect(!(FlowEndpoint(address(1), port: 1) < FlowEndpoint(address(1), port: 1)))
        #expect(
            FlowEndpoint(IPv6Address(high: 0, low: .max))
                < FlowEndpoint(IPv6Address(high: 1, low: 0)))
    }
}
