// SPDX-License-Identifier: Apache-2.0

import PacketHeaders
import Testing

@Suite("Summary of a frame")
struct FrameSummaryTests {
    private func summary(_ bytes: [UInt8]) -> FrameSummary { withFrame(bytes) { FrameSummary($0) } }

    @Test("fewer than 14 bytes: no addresses, EtherType 0", arguments: [0, 1, 6, 13])
    func noHeader(count: Int) {
        let summary = summary(Array(ethernetToIPv4.prefix(count)))
        #expect(summary.flow.kind == .ethernet)
        #expect(summary.flow.etherType.rawValue == 0)
        #expect(summary.flow.ipProtocol == nil)
        #expect(summary.flow.first == FlowEndpoint(MACAddress(rawValue: 0)))
        #expect(summary.transportOffset == count)
        #expect(summary.vlans.count == 0)
    }

    @Test("a frame cut anywhere keeps what is there")
    func cut() {
        let frame = ethernetToIPv4 + ipv4UDP + udp
        for count in 14...frame.count {
            let summary = summary(Array(frame.prefix(count)))
            #expect(summary.flow.kind == (count < 34 ? .ethernet : .ipv4))
            #expect(summary.flow.hasPorts == (count >= 38))
            #expect(summary.flow.etherType == .ipv4)
            #expect(summary.transportOffset <= count)
        }
        let ipv6Frame = ethernetToIPv6 + ipv6(60, payload: [17, 0, 1, 4, 0, 0, 0, 0] + udp)
        for count in 14...ipv6Frame.count {
            let summary = summary(Array(ipv6Frame.prefix(count)))
            #expect(summary.flow.kind == (count < 54 ? .ethernet : .ipv6))
            #expect(summary.flow.hasPorts == (count >= 66))
            #expect(summary.transportOffset <= count)
            if count >= 54 {
                #expect(summary.flow.ipProtocol == (count < 62 ? .destinationOptions : .udp))
            }
        }
    }

    @Test("RFC 791: lengths that lie give no ports")
    func hostileLengths() {
        for (offset, text) in [(0, "44"), (0, "40"), (0, "4f"), (2, "0000"), (2, "0017")] {
            let packet = ipv4UDP.replacing(at: offset, text) + udp
            let flow = summary(ethernetToIPv4 + packet).flow
            #expect(flow.kind == .ipv4)
            #expect(!flow.hasPorts)
        }
    }

    @Test("a version that is not the EtherType's leaves the MAC pair")
    func wrongVersion() {
        let flow = summary(hex(ChecksumVectors.ipv6TCP)).flow
        #expect(flow.kind == .ethernet)
        #expect(flow.etherType == .ipv4)
        #expect(flow.second == FlowEndpoint(.broadcast))
        #expect(summary(ethernetToIPv6 + ipv4UDP + udp + ipv4UDP).flow.kind == .ethernet)
    }

    @Test("RFC 768: UDP over IPv4")
    func ipv4() {
        let summary = summary(ethernetToIPv4 + ipv4UDP + udp)
        #expect(summary.flow.kind == .ipv4)
        #expect(summary.flow.ipProtocol == .udp)
        #expect(summary.flow.first == FlowEndpoint(IPv4Address(rawValue: 0xc000_0201), port: 4660))
        #expect(summary.flow.second == FlowEndpoint(IPv4Address(rawValue: 0xc633_6407), port: 53))
        #expect(summary.isSourceFirst)
        #expect(summary.fragmentPosition == .whole)
        #expect(summary.transportOffset == 34)
    }

    @Test("only TCP, UDP and SCTP have ports", arguments: 0...255 as ClosedRange<UInt8>)
    func protocols(number: UInt8) {
        var packet = ipv4UDP + udp
        packet[9] = number
        let flow = summary(ethernetToIPv4 + packet).flow
        #expect(flow.hasPorts == [6, 17, 132].contains(number))
        #expect(flow.ipProtocol?.rawValue == number)
        #expect(flow.hasPorts || flow.first.port == 0 && flow.second.port == 0)
    }

    @Test("RFC 791: all fragments have one key, without ports")
    func fragments() {
        let whole = summary(ethernetToIPv4 + ipv4UDP + udp)
        let first = summary(ethernetToIPv4 + ipv4UDP.replacing(at: 6, "2000") + udp)
        let later = summary(ethernetToIPv4 + ipv4UDP.replacing(at: 6, "0001") + [1, 2, 3, 4])
        #expect(first.flow == later.flow)
        #expect(first.flow != whole.flow)
        #expect(!first.flow.hasPorts)
        #expect(first.fragmentPosition == .first && later.fragmentPosition == .later)
    }

    @Test("RFC 8200, 4.5: all fragments have one key, whatever their next header says")
    func ipv6Fragments() {
        let options: [UInt8] = [17, 0, 1, 4, 0, 0, 0, 0]
        let first = summary(
            ethernetToIPv6 + ipv6(44, payload: hex("3c00 0001 00000007") + options + udp))
        let later = summary(ethernetToIPv6 + ipv6(44, payload: hex("1100 0008 00000007") + udp))
        #expect(first.flow == later.flow)
        #expect(first.flow.ipProtocol == .fragment)
        #expect(!first.flow.hasPorts)
    }

    @Test("RFC 6946: an atomic fragment belongs to the flow of its ports")
    func atomicFragment() {
        let atomic = summary(ethernetToIPv6 + ipv6(44, payload: hex("1100 0000 00000007") + udp))
        let plain = summary(ethernetToIPv6 + ipv6(17, payload: udp))
        #expect(atomic.flow == plain.flow)
        #expect(plain.flow.hasPorts)
        #expect(atomic.fragmentPosition == .atomic)
        #expect(atomic.transportOffset == 62)
    }

    @Test("RFC 2003, RFC 2784: a tunnel is named by its outer header")
    func tunnel() {
        let inner = ipv4UDP + udp
        let outer = ipv4UDP.replacing(at: 2, "0030").replacing(at: 9, "04").replacing(at: 12, "0a")
        let flow = summary(ethernetToIPv4 + outer + inner).flow
        #expect(flow.ipProtocol == .ipv4)
        #expect(!flow.hasPorts)
        #expect(flow.first == FlowEndpoint(IPv4Address(rawValue: 0x0a00_0201)))
    }

    @Test("IEEE 802.1Q: tags stand beside the flow, not in it")
    func tags() {
        let macs = Array(ethernetToIPv4.prefix(12))
        let tagged = summary(macs + hex("88a80064 8100600a 0800") + ipv4UDP + udp)
        #expect(tagged.flow == summary(ethernetToIPv4 + ipv4UDP + udp).flow)
        #expect(tagged.vlans.identifiers == 0x000a_0064)
        #expect(tagged.transportOffset == 42)
        let deep = summary(macs + hex("81000001 81000002 81000003 81000004 81000005 0800") + udp)
        #expect(deep.flow.kind == .ethernet)
        #expect(deep.flow.etherType == .vlan)
    }

    @Test("a frame that is not IP: MAC pair and EtherType")
    func notIP() {
        let frame = Array(ethernetToIPv4.prefix(12)) + hex("8847") + ipv4UDP + udp
        let summary = summary(frame)
        #expect(summary.flow.kind == .ethernet)
        #expect(summary.flow.etherType == .mpls)
        #expect(summary.flow.first == FlowEndpoint(MACAddress(rawValue: 0x0200_0000_0001)))
        #expect(!summary.isSourceFirst)
        #expect(summary.transportOffset == 14)
    }
}
