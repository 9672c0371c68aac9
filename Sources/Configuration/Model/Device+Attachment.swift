// SPDX-License-Identifier: Apache-2.0

extension Configuration.Device {
    /// How a device is named to `rte_eal_hotplug_add`.
    public struct Attachment: Hashable, Sendable {
        /// `pci` or `vdev`.
        public let bus: String
        public let name: String
        public let arguments: String

        public init(bus: String, name: String, arguments: String) {
            self.bus = bus
            self.name = name
            self.arguments = arguments
        }
    }

    /// The words that attach the device for the named port, with this many receive queues.
    ///
    /// An interface is attached through `net_af_packet`. A comma in a capture's path cannot be
    /// written in devargs, and ``init(_:)`` does not take one.
    public func attachment(portName: String, receiveQueues: Int) -> Attachment {
        switch self {
        case .pci(let address):
            Attachment(bus: "pci", name: address, arguments: "")
        case .vdev(let name, let arguments):
            Attachment(bus: "vdev", name: name, arguments: arguments)
        case .pcap(let file, let output, let infinite):
            Attachment(
                bus: "vdev", name: "net_pcap_\(portName)",
                arguments: "rx_pcap=\(file)" + (output.map { ",tx_pcap=\($0)" } ?? "")
                    + (infinite ? ",infinite_rx=1" : ""))
        case .interface(let name):
            Attachment(
                bus: "vdev", name: "net_af_packet_\(portName)",
                arguments: "iface=\(name),qpairs=\(receiveQueues)")
        case .tap(let name):
            Attachment(bus: "vdev", name: "net_tap_\(portName)", arguments: "iface=\(name)")
        }
    }

    /// Whether its frames come from capture files, which may hold frames far beyond the MTU.
    var readsCaptures: Bool {
        switch self {
        case .pcap: true
        case .vdev(let name, _): name.hasPrefix("net_pcap")
        case .pci, .interface, .tap: false
        }
    }

    /// Whether what it sends reaches a link, which takes no frame beyond its MTU.
    var hasLink: Bool {
        switch self {
        case .pci, .interface, .tap: true
        case .pcap: false
        case .vdev(let name, _):
            !["net_null", "net_pcap", "net_ring"].contains { name.hasPrefix($0) }
        }
    }

    /// Whether it lets no frame in beyond its MTU. An interface has frames that the kernel put together,
    /// and others can raise the MTU of an interface or a TAP.
    var keepsToMTU: Bool {
        if case .pci = self { true } else { false }
    }

    /// What two ports cannot have in common; `nil` when any number of ports may share the device.
    var exclusiveResource: String? {
        switch self {
        case .pci(let address): "the card \(address)"
        case .vdev(let name, _): "the virtual device \(name)"
        case .pcap(_, let output, _): output.map { "the output \($0)" }
        case .interface(let name): "the interface \(name)"
        case .tap(let name): "the interface \(name)"
        }
    }
}
