// SPDX-License-Identifier: Apache-2.0

import PacketHeaders
import Testing

@Suite("Ethernet header and VLAN tags")
struct EthernetTests {
    @Test("IEEE 802.3: fewer than 14 bytes are no header", arguments: [0, 1, 13])
    func tooShort(count: Int) {
        withMutableFrame(Array(ethernetToIPv4.prefix(count))) { bytes, _ in
            #expect(EthernetHeader(bytes.readOnly) == nil)
            #expect(MutableEthernetHeader(bytes) == nil)
        }
    }

    @Test("IEEE 802.3: destination, source, type, payload")
    func fields() throws {
        try withFrame(ethernetToIPv4 + [0xaa]) { bytes in
            let header = try #require(EthernetHeader(bytes))
            #expect(header.destination == MACAddress("02:00:00:00:00:01"))
            #expect(header.source == MACAddress("02:00:00:00:00:02"))
            #expect(header.etherType == .ipv4)
            #expect(header.payload.count == 1)
            #expect(header.payload.uint8(at: 0) == 0xaa)
        }
    }

    @Test("a rewrite touches its own bytes only")
    func rewrite() throws {
        try withMutableFrame([UInt8](repeating: 0xee, count: 15)) { bytes, now in
            let header = try #require(MutableEthernetHeader(bytes))
            header.source = MACAddress(rawValue: 0x0102_0304_0506)
            #expect(now() == hex("eeeeeeeeeeee 010203040506 eeee ee"))
            header.destination = MACAddress(rawValue: 0x1112_1314_1516)
            header.etherType = .arp
            #expect(now() == hex("111213141516 010203040506 0806 ee"))
            #expect(header.source == MACAddress(rawValue: 0x0102_0304_0506))
            #expect(header.destination == MACAddress(rawValue: 0x1112_1314_1516))
            #expect(header.etherType == .arp)
        }
    }

    @Test("IEEE 802.1Q: no tag in fewer than 4 bytes, nor under another type")
    func noTag() {
        for text in ["", "8100", "810000", "08006123"] {
            withFrame(hex(text)) { #expect(VLANTag($0) == nil) }
        }
    }

    @Test("IEEE 802.1Q, 9.6: priority, drop eligible, identifier")
    func tag() throws {
        let tag = try withFrame(hex("8100 b123")) { try #require(VLANTag($0)) }
        #expect(tag.type == .vlan)
        #expect(tag.priority == 5)
        #expect(tag.isDropEligible)
        #expect(tag.identifier == 0x123)
    }

    private func stack(_ tail: String) throws -> VLANStack {
        try withFrame(Array(ethernetToIPv4.prefix(12)) + hex(tail)) {
            VLANStack(try #require(EthernetHeader($0)))
        }
    }

    @Test("a frame without tags")
    func untagged() throws {
        let stack = try stack("0800")
        #expect(stack.count == 0)
        #expect(stack.end == .payload)
        #expect(stack.etherType == .ipv4)
        #expect(stack.payloadOffset == 14)
        #expect(stack.tag(at: 0) == nil)
    }

    @Test("IEEE 802.1ad: an outer service tag and an inner customer tag")
    func qinq() throws {
        let stack = try stack("88a8 6064 8100 1fff 86dd")
        #expect(stack.count == 2)
        #expect(stack.end == .payload)
        #expect(stack.etherType == .ipv6)
        #expect(stack.payloadOffset == 22)
        #expect(stack.tag(at: 0) == VLANTag(type: .serviceVLAN, controlInformation: 0x6064))
        #expect(stack.tag(at: 1) == VLANTag(type: .vlan, controlInformation: 0x1fff))
        #expect(stack.identifiers == 0x0fff_0064)
        for index in [-1, 2, 4, Int.min, Int.max] { #expect(stack.tag(at: index) == nil) }
    }

    @Test(
        "a tag that the frame cuts off is not counted",
        arguments: ["8100", "8100 00", "8100 000a 08"])
    func cut(tail: String) throws {
        let stack = try stack(tail)
        #expect(stack.count == 0)
        #expect(stack.end == .truncated)
        #expect(stack.etherType == .vlan)
        #expect(stack.payloadOffset == 14)
    }

    @Test("four tags are read, a fifth ends the walk")
    func depth() throws {
        let four = try stack("8100 0001 8100 0002 8100 0003 8100 0004 0800")
        #expect(four.count == 4)
        #expect(four.end == .payload)
        #expect(four.identifiers == 0x0004_0003_0002_0001)
        #expect(four.payloadOffset == 30)
        let five = try stack("8100 0001 8100 0002 8100 0003 8100 0004 88a8 0005 0800")
        #expect(five.count == 4)
        #expect(five.end == .tooDeep)
        #expect(five.etherType == .serviceVLAN)
        #expect(five.payloadOffset == 30)
    }
}
