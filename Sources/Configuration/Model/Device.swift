// SPDX-License-Identifier: Apache-2.0

extension Configuration {
    /// What stands behind a port.
    public enum Device: Hashable, Sendable {
        /// A network card, by its PCI address in full: `0000:3b:00.0`.
        case pci(String)
        /// Any virtual device of DPDK, by name and the arguments after the first comma.
        case vdev(name: String, arguments: String)
        /// A capture file that is read as fast as it is polled.
        case pcap(file: String, output: String?, infinite: Bool)
        /// An interface of this Linux machine.
        case interface(String)
        /// A TAP interface that Freeway makes, for programs of this machine.
        case tap(String)

        /// The word before the colon.
        enum Scheme: String, CaseIterable {
            case pci, vdev, pcap, interface, tap
        }

        /// Why a text is no device; the message follows "found …, ".
        public struct Malformed: Error, Hashable, Sendable {
            public let message: String
        }
    }
}

extension Configuration.Device: CustomStringConvertible {
    /// The form that the file uses; parsing it gives the same device.
    public var description: String {
        switch self {
        case .pci(let address): "pci:\(address)"
        case .vdev(let name, let arguments):
            arguments.isEmpty ? "vdev:\(name)" : "vdev:\(name),\(arguments)"
        case .pcap(let file, let output, let infinite):
            "pcap:\(file)" + (output.map { ",output=\($0)" } ?? "") + (infinite ? ",infinite" : "")
        case .interface(let name): "interface:\(name)"
        case .tap(let name): "tap:\(name)"
        }
    }
}
