// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import Testing

@Suite struct DeviceTests {
    typealias Device = Configuration.Device

    @Test(
        arguments: [
            ("pci:0000:3b:00.0", Device.pci("0000:3b:00.0")),
            ("pci:3B:1f.7", .pci("0000:3b:1f.7")),
            ("vdev:net_null0", .vdev(name: "net_null0", arguments: "")),
            (
                "vdev:net_null0,copy=0,size=64",
                .vdev(name: "net_null0", arguments: "copy=0,size=64")
            ),
            ("pcap:a b.pcap", .pcap(file: "a b.pcap", output: nil, infinite: false)),
            ("pcap:a,infinite", .pcap(file: "a", output: nil, infinite: true)),
            ("pcap:a,output=b", .pcap(file: "a", output: "b", infinite: false)),
            ("interface:eth1.100", .interface("eth1.100")),
            ("tap:freeway0", .tap("freeway0")),
        ] as [(String, Device)]) func parsing(text: String, device: Device) throws
    {
        #expect(try Device(text) == device)
        #expect(try Device(device.description) == device)
    }

    /// A text, and after it what is said about it.
    private static let malformedTexts = """
        eth1
        FORMS
        0000:3b:00.0
        FORMS; did you mean "pci:0000:3b:00.0"?
        net_null0
        FORMS; did you mean "vdev:net_null0"?
        interfce:eth1
        FORMS; did you mean "interface:eth1"?
        pci:0000:3b:00
        expected a PCI address such as pci:0000:3b:00.0
        pci:0000:3b:20.0
        expected a PCI address such as pci:0000:3b:00.0
        pci:0000:3b:00.8
        expected a PCI address such as pci:0000:3b:00.0
        pci:0.00:3b:00.0
        expected a PCI address such as pci:0000:3b:00.0
        vdev:eth_null
        expected a DPDK network device, whose name starts with net_, such as vdev:net_null0,copy=0
        vdev:net_null0,
        expected an argument after the comma, such as copy=0
        pcap:
        expected the path of a capture, such as pcap:traffic.pcap
        pcap:a,b
        "b" is no option of a capture; the options are output=FILE and infinite, each once (a path cannot hold a comma)
        pcap:a,infinite,output=b
        output= cannot stand beside infinite: an endless replay fills the disk
        interface:a/b
        expected the name of an interface of 1 to 15 characters, such as interface:eth1
        tap:longer-than-15-x
        expected the name of an interface of 1 to 15 characters, such as tap:freeway0
        """
        .replacing(
            "FORMS",
            with:
                "expected pci:ADDRESS, vdev:NAME[,ARGUMENTS], pcap:FILE, interface:NAME or tap:NAME"
        )
        .split(separator: "\n").map(String.init)

    @Test func malformed() {
        let texts = Self.malformedTexts
        for index in stride(from: 0, to: texts.count, by: 2) {
            let error = #expect(throws: Device.Malformed.self) { try Device(texts[index]) }
            #expect(error?.message == texts[index + 1])
        }
    }

    @Test func attachment() throws {
        func words(_ text: String) throws -> [String] {
            let it = try Device(text).attachment(portName: "wan")
            return [it.bus, it.name, it.arguments]
        }
        #expect(try words("pci:0000:3b:00.0") == ["pci", "0000:3b:00.0", ""])
        #expect(try words("vdev:net_null0,copy=0") == ["vdev", "net_null0", "copy=0"])
        #expect(try words("pcap:a,output=b") == ["vdev", "net_pcap_wan", "rx_pcap=a,tx_pcap=b"])
        #expect(
            try words("pcap:a,infinite") == ["vdev", "net_pcap_wan", "rx_pcap=a,infinite_rx=1"])
        #expect(try words("interface:eth1") == ["vdev", "net_null_wan", "no-rx=1"])
        #expect(try words("tap:t0") == ["vdev", "net_null_wan", "no-rx=1"])
    }

    @Test func whatStandsBehindAnAttachment() throws {
        func attachment(_ text: String) throws -> Device.Attachment {
            try Device(text).attachment(portName: "wan")
        }
        #expect(try attachment("interface:eth1").backing == .interface("eth1"))
        #expect(try attachment("tap:t0").backing == .tap("t0"))
        #expect(try attachment("vdev:net_null0").backing == nil)
        #expect(
            try attachment("vdev:net_pcap0,rx_iface_in=e1,tx_iface=e2").interfaces == ["e1", "e2"])
        #expect(try attachment("vdev:net_af_xdp0,iface=eth1,start_queue=0").interfaces == ["eth1"])
        #expect(try attachment("vdev:net_pcap0,rx_pcap=iface").interfaces == [])
    }

    @Test(
        arguments: [
            ("pci:0000:3b:00.0", nil, nil), ("pcap:a", 1, 1), ("tap:t", 1, 1_024),
            ("interface:e", 1, 1_024), ("vdev:net_null0", 1_024, 1_024),
            ("vdev:net_pcap0,rx_pcap=a,rx_pcap=b,tx_pcap=c", 2, 1),
            ("vdev:net_pcap0,rx_pcap=a,rx_pcap=b,infinite_rx=1", 2, 2),
            ("vdev:net_af_packet0,iface=e,qpairs=4", 4, 4),
            ("vdev:net_af_packet0,iface=e", 1, 1), ("vdev:net_tap0,iface=t", 16, 16),
            ("vdev:net_memif0,queues=x", 1, 1),
        ] as [(String, Int?, Int?)])
    func queueLimits(text: String, receive: Int?, transmit: Int?) throws {
        let limits = try Device(text).queueLimits
        #expect(limits.receive == receive)
        #expect(limits.transmit == transmit)
    }
}
