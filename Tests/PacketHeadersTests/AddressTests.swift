// SPDX-License-Identifier: Apache-2.0

import PacketHeaders
import Testing

@Suite("MAC and IPv4 addresses")
struct AddressTests {
    @Test(
        "what is no IPv4 address is refused",
        arguments: [
            "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.04", "1.2.3.", ".1.2.3", "+1.2.3.4",
            "1.2.3.4 ", "0x1.2.3.4", "1.2.3.1000",
        ])
    func notIPv4(text: String) {
        #expect(IPv4Address(text) == nil)
    }

    @Test("IPv4 addresses are read and written", arguments: ["0.0.0.0", "192.0.2.1"])
    func ipv4(text: String) {
        #expect(IPv4Address(text)?.description == text)
    }

    @Test(
        "what is no MAC address is refused",
        arguments: [
            "", "02:00:00:00:00", "02:00:00:00:00:00:00", "2:0:0:0:0:1", "02-00-00-00-00-01",
            "0g:00:00:00:00:01", "+2:00:00:00:00:01",
        ])
    func notMAC(text: String) {
        #expect(MACAddress(text) == nil)
    }

    @Test("MAC addresses are read and written in lower case")
    func mac() throws {
        let address = try #require(MACAddress("02:00:5E:10:00:0a"))
        #expect(address.rawValue == 0x0200_5e10_000a)
        #expect(address.description == "02:00:5e:10:00:0a")
        #expect(address.bytes == hex("02005e10000a"))
        #expect(!address.isGroup)
        #expect(MACAddress.broadcast.isGroup)
        #expect(MACAddress("01:00:5e:00:00:01")?.isGroup == true)
        #expect(MACAddress(rawValue: .max) == .broadcast)
    }

    @Test("a prefix has its network bits only")
    func prefix() throws {
        let address = try #require(IPv4Address("192.0.2.77"))
        let prefix = IPv4Prefix(containing: address, length: 26)
        #expect(prefix.description == "192.0.2.64/26")
        #expect(prefix.lastAddress.description == "192.0.2.127")
        #expect(prefix.contains(address))
        #expect(!prefix.contains(IPv4Address(rawValue: address.rawValue + 64)))
        #expect(IPv4Prefix(containing: address, length: 0).contains(IPv4Address(rawValue: .max)))
        #expect(IPv4Prefix.mask(32) == .max)
    }

    @Test("numbers are written as the registries write them")
    func numbers() {
        #expect(EtherType.ipv4.description == "0x0800")
        #expect(EtherType(rawValue: 5).description == "0x0005")
        #expect(EtherType(rawValue: 0x05ff).isLength && !EtherType(rawValue: 0x0600).isLength)
        #expect(EtherType.vlan.isVLAN && EtherType.serviceVLAN.isVLAN && !EtherType.ipv6.isVLAN)
        #expect(IPProtocol.sctp.description == "132")
        #expect(IPProtocol.sctp.hasPorts && !IPProtocol.icmp.hasPorts)
    }
}
