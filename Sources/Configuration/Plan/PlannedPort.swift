// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

extension Plan {
    /// A port's queues and the workers that serve them.
    public struct Port: Equatable, Sendable {
        /// Where the MAC address comes from.
        public enum MACSource: String, Encodable, Sendable {
            case configuration
            /// The device's own, which is known when it is attached.
            case device
            /// From the port's name; see ``Configuration/Port/derivedMAC(name:)``.
            case name
        }

        public let index: Int
        public let name: String
        public let device: Configuration.Device
        /// `nil` when it is the device's.
        public let mac: MACAddress?
        public let macSource: MACSource
        public let mtu: Int
        /// What Linux must take for an MTU so that all frames of the port's interfaces fit: it has room for one tag
        /// beside, if that is one of 802.1Q (`packet_extra_vlan_len_allowed`).
        public let linuxMTU: Int
        public let rxQueues: Int
        public let txQueues: Int
        /// In each queue.
        public let rxDescriptors: Int
        public let txDescriptors: Int
        /// The worker that polls each rx queue.
        public let rxWorkers: [Int]
        /// The worker that owns each tx queue; queues that no one uses are left out.
        public let txWorkers: [Int]
        /// The tx queue of each worker, which hands its frames to the owner unless it is that.
        public let txQueueOfWorker: [Int]
        /// Frames are handed to the worker that their flow belongs to.
        public let usesSoftwareRSS: Bool
        /// A network card gives each worker flows of its own. Virtual devices have no hash.
        public let usesHardwareRSS: Bool
        let readsCaptures: Bool
        private let hasLink: Bool
        private let keepsToMTU: Bool

        /// Some workers have no tx queue of their own.
        public var usesTxHandoff: Bool { txQueues < txQueueOfWorker.count }

        /// The MTU that frames are measured by which cross from this port to another; nil when there is
        /// nothing to measure.
        ///
        /// What is too long for the way out is what the way in lets in beyond it: by its own, larger MTU,
        /// or because it keeps to none. Only a link's MTU holds for the latter: a capture has frames that
        /// offloads merged, longer than any MTU, and they cross to another capture as they are.
        public func mtuOfCrossing(to peer: Port) -> Int? {
            mtuOfCrossing(to: peer, peer.mtu)
        }

        /// The same where they cross to an interface of the other port.
        /// - Parameter peerMTU: the interface's.
        public func mtuOfCrossing(to peer: Port, _ peerMTU: Int) -> Int? {
            peerMTU < mtu || (peer.hasLink && !keepsToMTU) ? peerMTU : nil
        }

        /// - Parameters:
        ///   - firstWorker: that gets the first queue where there are fewer queues than workers.
        ///   - isSpread: whether what each queue receives are flows of its own.
        init(
            index: Int, in configuration: Configuration, _ purpose: Purpose, workerCount: Int,
            firstWorker: Int = 0, isSpread: Bool = false
        ) {
            let port = configuration.ports[index]
            let source: Configuration.Device =
                switch purpose {
                case .run: port.device
                case .replay: .pcap(file: "", output: nil, infinite: false)
                }
            let limits = source.queueLimits
            let asked = purpose == .run ? port.queues : nil
            let wanted = asked ?? limits.usual ?? workerCount
            rxQueues = min(wanted, limits.receive ?? .max)
            txQueues =
                limits.isPaired ? rxQueues : min(workerCount, limits.transmit ?? .max)
            let firstPoller = rxQueues < workerCount ? firstWorker : 0
            rxWorkers = (0..<rxQueues).map { (firstPoller + $0) % workerCount }
            let txQueues = txQueues
            let firstSender = txQueues < workerCount ? firstWorker : 0
            txWorkers = (0..<min(txQueues, workerCount)).map {
                (firstSender + $0) % workerCount
            }
            txQueueOfWorker = (0..<workerCount).map {
                ($0 + workerCount - firstSender) % workerCount % txQueues
            }
            usesSoftwareRSS =
                workerCount > 1
                && (rxQueues < workerCount || !(limits.spreadsFlows || isSpread))
            if case .pci = source {
                usesHardwareRSS = workerCount > 1 && !usesSoftwareRSS
            } else {
                usesHardwareRSS = false
            }
            readsCaptures = source.readsCaptures
            hasLink = source.hasLink
            keepsToMTU = source.keepsToMTU
            rxDescriptors = limits.holdsMbufs ? 1_024 : 256
            txDescriptors = rxDescriptors
            self.index = index
            name = port.name
            device = port.device
            mtu = port.mtu
            linuxMTU = port.mtu + configuration.roomForTags(ofPort: index)
            if let configured = port.mac {
                mac = configured
                macSource = .configuration
            } else if purpose == .replay || port.device.hasNoAddress {
                mac = Configuration.Port.derivedMAC(name: port.name)
                macSource = .name
            } else {
                mac = nil
                macSource = .device
            }
        }
    }
}
