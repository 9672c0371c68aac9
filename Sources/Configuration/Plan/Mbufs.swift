// SPDX-License-Identifier: Apache-2.0

extension Plan {
    /// How many mbufs a pool needs: the most that can be away from it at once.
    public struct Mbufs: Equatable, Sendable, Encodable {
        public static let burst = 64
        public static let cache = 256
        public static let ring = 1_024
        /// Parts of datagrams for own addresses that wait for the others.
        public static let parts = 6_144

        /// rx queues × rx descriptors, over all ports.
        public let rxDescriptors: Int
        /// tx queues × tx descriptors, over all ports.
        public let txDescriptors: Int
        /// workers × 2 bursts: the one that is being handled and the one that re-enters.
        public let bursts: Int
        /// workers × ports × 1 burst that waits for its end of the round.
        public let txBuffers: Int
        /// (workers + control) × 1.5 × the cache of 256: DPDK flushes a cache that holds half more.
        public let caches: Int
        /// Rings of 1,024: one for each pair of workers of which one hands received frames to the other,
        /// and one for each pair and port for frames that leave by a queue of the other.
        public let handoffRings: Int
        /// Where captures are read: 2 bursts of frames of 65,535 bytes, the longest there are, as
        /// chains of mbufs. One is being handled, one is there before the reader polls again.
        public let longFrames: Int
        /// Where MACs are asked for: the packets that wait for them, 1,024 at the most, and parts of datagrams for own
        /// addresses that wait for the others, 6,144 at the most; and of a live forwarder the rings
        /// by which they get to the worker that has them wait (64 from each worker to each), and questions to it (1,024).
        public let waiting: Int
        /// Frames of endless captures, which the device keeps for good.
        public let heldFrames: Int
        /// Bytes of data that an mbuf holds, the headroom of 128 not counted.
        public let dataBytes: Int
        /// Bytes of memory that an mbuf takes.
        public let objectBytes: Int

        public var count: Int {
            rxDescriptors + txDescriptors + bursts + txBuffers + caches + handoffRings
                + longFrames + waiting + heldFrames
        }

        public var bytes: Int { count * objectBytes }

        init(
            _ purpose: Purpose, ports: [Port], workerCount: Int, asksForMACs: Bool = false,
            heldFrames: Int, isSpreadOverPages: Bool
        ) {
            self.heldFrames = heldFrames
            let rings = workerCount > 1 ? workerCount * workerCount * Self.burst : 0
            waiting =
                asksForMACs
                ? Self.ring + Self.parts + (purpose == .run ? rings + workerCount * Self.ring : 0)
                : 0
            rxDescriptors = ports.reduce(0) { $0 + $1.rxQueues * $1.rxDescriptors }
            txDescriptors = ports.reduce(0) { $0 + $1.txQueues * $1.txDescriptors }
            bursts = workerCount * 2 * Self.burst
            txBuffers = workerCount * ports.count * Self.burst
            caches = (workerCount + 1) * Self.cache * 3 / 2
            handoffRings = Self.ringCount(purpose, ports, workerCount) * Self.ring
            let longest = ports.map(\.mtu).max() ?? Configuration.Port.defaultMTU
            dataBytes = Self.dataBytes(mtu: longest)
            longFrames =
                ports.contains(where: \.readsCaptures)
                ? 2 * Self.burst * ((65_535 + dataBytes - 1) / dataBytes) : 0
            objectBytes = Self.objectBytes(dataBytes: dataBytes, isSpread: isSpreadOverPages)
        }

        /// The rings that the workers of the plan have between them. In a replay frames leave by captures,
        /// which every worker reaches itself.
        private static func ringCount(
            _ purpose: Purpose, _ ports: [Port], _ workerCount: Int
        ) -> Int {
            var receive: Set<[Int]> = []
            var transmit = 0
            for port in ports {
                for poller in Set(port.rxWorkers) where port.usesSoftwareRSS {
                    for worker in 0..<workerCount where worker != poller {
                        receive.insert([poller, worker])
                    }
                }
                guard purpose == .run else { continue }
                transmit += port.txQueueOfWorker.enumerated().count {
                    port.txWorkers[$0.element] != $0.offset
                }
            }
            return receive.count + transmit
        }

        /// Ethernet header, two VLAN tags and FCS.
        private static let frameOverhead = 14 + 8 + 4

        /// Room for a whole frame of the MTU; at least 2,048, in lines of 64.
        static func dataBytes(mtu: Int) -> Int {
            max(2_048, (mtu + frameOverhead + 63) / 64 * 64)
        }

        /// The largest MTU whose frames have room.
        static func mtu(dataBytes: Int) -> Int { dataBytes - frameOverhead }

        /// The pool's header of 64, `rte_mbuf` of 128, one line of metadata, headroom and data;
        /// then a line more where the number of lines is even, as DPDK does to spread objects over
        /// memory channels. Without huge pages a pool for DMA lets no object cross a page of 4 KiB.
        static func objectBytes(dataBytes: Int, isSpread: Bool) -> Int {
            let lines = (64 + 128 + 64 + 128 + dataBytes) / 64
            let bytes = (lines | 1) * 64
            return isSpread ? (bytes + 4_095) / 4_096 * 4_096 : bytes
        }
    }
}
