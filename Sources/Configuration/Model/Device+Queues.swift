// SPDX-License-Identifier: Apache-2.0

extension Configuration.Device {
    /// How many queues a device of this kind can have.
    public struct QueueLimits: Hashable, Sendable {
        /// The most receive queues; `nil`: only the device itself knows.
        public let receive: Int?
        /// The most transmit queues; `nil`: only the device itself knows.
        public let transmit: Int?
        /// The receive queues to use when the port does not say; `nil` = one for each worker.
        public let usual: Int?
        /// The driver wants as many transmit queues as receive queues.
        public let isPaired: Bool
        /// Whether descriptors of the queues hold mbufs.
        public let holdsMbufs: Bool

        /// Whether the device spreads flows over its queues by the RSS hash, so that both
        /// directions of a flow reach the same queue. Where not, software RSS does it.
        public var spreadsFlows: Bool { usual == nil }

        /// A device whose queues are a matter of its arguments.
        static func fixed(
            receive: Int, transmit: Int? = nil, usual: Int? = nil, isPaired: Bool = true,
            holdsMbufs: Bool = true
        ) -> QueueLimits {
            QueueLimits(
                receive: receive, transmit: transmit ?? receive, usual: usual ?? receive,
                isPaired: isPaired, holdsMbufs: holdsMbufs)
        }
    }

    public var queueLimits: QueueLimits {
        switch self {
        case .pci:
            QueueLimits(
                receive: nil, transmit: nil, usual: nil, isPaired: false, holdsMbufs: true)
        case .pcap: .fixed(receive: 1, isPaired: false, holdsMbufs: false)
        // One worker receives; each sends by itself. RTE_MAX_QUEUES_PER_PORT
        case .interface, .tap:
            .fixed(receive: 1, transmit: 1_024, isPaired: false, holdsMbufs: false)
        case .vdev(let name, let arguments):
            Self.queueLimits(ofVirtualDevice: name, arguments: arguments)
        }
    }

    private static func queueLimits(
        ofVirtualDevice name: String, arguments: String
    ) -> QueueLimits {
        let pairs = arguments.split(separator: ",").map {
            $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        }
        func count(_ keys: String...) -> Int {
            max(1, pairs.count { keys.contains(String($0[0])) })
        }
        func number(_ key: String) -> Int {
            let value = pairs.last { $0.count == 2 && $0[0] == key }.flatMap { Int(decimal: $0[1]) }
            return min(max(value ?? 1, 1), 1_024)
        }
        if name.hasPrefix("net_null") {
            // RTE_MAX_QUEUES_PER_PORT
            return QueueLimits(
                receive: 1_024, transmit: 1_024, usual: nil, isPaired: false, holdsMbufs: false)
        }
        if name.hasPrefix("net_pcap") {
            let receive = count("rx_pcap", "rx_iface", "rx_iface_in", "iface")
            let sends = pairs.contains { ["tx_pcap", "tx_iface", "iface"].contains($0[0]) }
            return .fixed(
                receive: receive,
                // Without any, the driver makes one that drops for each receive queue.
                transmit: sends ? count("tx_pcap", "tx_iface", "iface") : receive,
                isPaired: false, holdsMbufs: false)
        }
        if name.hasPrefix("net_tap") { return .fixed(receive: 16, usual: 1) }
        if name.hasPrefix("net_af_packet") { return .fixed(receive: number("qpairs")) }
        if name.hasPrefix("net_af_xdp") { return .fixed(receive: number("queue_count")) }
        return .fixed(receive: number("queues"))
    }
}
