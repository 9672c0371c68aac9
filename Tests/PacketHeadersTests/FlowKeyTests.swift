// SPDX-License-Identifier: Apache-2.0

import PacketHeaders
import Testing

@Suite("Key of a flow")
struct FlowKeyTests {
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

    @Test("both directions have one key")
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

    @Test("IPv4: addresses and ports, and addresses alone of a fragment")
    func ipv4Endpoints() {
        let packet = ipv4UDP.replacing(at: 12, "420995bb a18e6450")
        let whole = key(ethernetToIPv4 + packet + hex("0aea 06e6 0008 0000"))
        #expect(whole.first == FlowEndpoint(IPv4Address(rawValue: 0x4209_95bb), port: 0x0aea))
        #expect(whole.second == FlowEndpoint(IPv4Address(rawValue: 0xa18e_6450), port: 0x06e6))
        #expect(whole.hasPorts)
        let fragment = key(ethernetToIPv4 + packet.replacing(at: 6, "2000") + udp)
        #expect(fragment.first == FlowEndpoint(IPv4Address(rawValue: 0x4209_95bb)))
        #expect(!fragment.hasPorts)
    }

    @Test("IPv6: addresses, and ports where the protocol has them")
    func ipv6Endpoints() {
        let high: UInt64 = 0x2001_0db8_0000_0000
        let whole = key(ethernetToIPv6 + ipv6(6, payload: udp))
        #expect(whole.first == FlowEndpoint(IPv6Address(high: high, low: 1), port: 0x1234))
        #expect(whole.second == FlowEndpoint(IPv6Address(high: high, low: 2), port: 0x0035))
        #expect(!key(ethernetToIPv6 + ipv6(58, payload: udp)).hasPorts)
    }

    @Test("Ethernet: two MAC addresses and the EtherType")
    func ethernetEndpoints() {
        let flow = key(hex("aabbccddeeff 112233445566 88cc"))
        #expect(flow.first == FlowEndpoint(MACAddress(rawValue: 0x1122_3344_5566)))
        #expect(flow.second == FlowEndpoint(MACAddress(rawValue: 0xaabb_ccdd_eeff)))
        #expect(flow.etherType.rawValue == 0x88cc)
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
