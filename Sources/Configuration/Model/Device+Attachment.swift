// SPDX-License-Identifier: Apache-2.0

extension Configuration.Device {
    /// How a device is named to `rte_eal_hotplug_add`, and what stands behind it.
    public struct Attachment: Hashable, Sendable {
        /// What of Linux's our own functions receive from and send to.
        public enum Backing: Hashable, Sendable {
            case interface(String)
            case tap(String)
        }

        /// `pci` or `vdev`.
        public let bus: String
        public let name: String
        public let arguments: String
        /// nil for a device that DPDK's driver serves.
        public let backing: Backing?
        /// Linux's interfaces that DPDK's driver uses: nobody else may have them.
        public let interfaces: [String]

        public init(
            bus: String, name: String, arguments: String, backing: Backing? = nil,
            interfaces: [String] = []
        ) {
            self.bus = bus
            self.name = name
            self.arguments = arguments
            self.backing = backing
            self.interfaces = interfaces
        }
    }

    /// The words that attach the device for the named port.
    ///
    /// Interfaces and TAPs are served by our own functions on a device of DPDK's that does nothing. A comma
    /// in a capture's path cannot be written in devargs, and ``init(_:)`` does not take one.
    public func attachment(portName: String) -> Attachment {
        switch self {
        case .pci(let address):
            Attachment(bus: "pci", name: address, arguments: "")
        case .vdev(let name, let arguments):
            Attachment(
                bus: "vdev", name: name, arguments: arguments,
                interfaces: Self.interfaces(in: arguments))
        case .pcap(let file, let output, let infinite):
            Attachment(
                bus: "vdev", name: "net_pcap_\(portName)",
                arguments: "rx_pcap=\(file)" + (output.map { ",tx_pcap=\($0)" } ?? "")
                    + (infinite ? ",infinite_rx=1" : ""))
        case .interface(let name):
            Self.idle(portName, .interface(name))
        case .tap(let name):
            Self.idle(portName, .tap(name))
        }
    }

    private static func idle(_ portName: String, _ backing: Attachment.Backing) -> Attachment {
        Attachment(
            bus: "vdev", name: "net_null_\(portName)", arguments: "no-rx=1", backing: backing)
    }

    /// The interfaces that drivers of DPDK are told to use: net_af_packet, net_af_xdp, net_pcap, net_tap.
    private static func interfaces(in arguments: String) -> [String] {
        let keys = ["iface", "rx_iface", "rx_iface_in", "tx_iface", "remote"]
        return arguments.split(separator: ",").compactMap { argument in
            let parts = argument.split(separator: "=", maxSplits: 1)
            return parts.count == 2 && keys.contains(String(parts[0])) ? String(parts[1]) : nil
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

    /// Whether a port on it needs an address of its own: that of a TAP is Linux's end's.
    var hasNoAddress: Bool {
        if case .tap = self { true } else { false }
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
