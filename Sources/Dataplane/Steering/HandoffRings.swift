// SPDX-License-Identifier: Apache-2.0

import DPDK

/// The rings between the workers of a group under construction.
struct HandoffRings {
    private enum Kind: Hashable {
        /// Received frames, to the owner of their flow.
        case received
        /// Frames on their second hop.
        case secondHop
        /// Forwarded frames, to the owner of a port's transmit queue.
        case transmit(port: UInt16)

        var name: String {
            switch self {
            case .received: "rx"
            case .secondHop: "hop"
            case .transmit(let port): "tx\(port)"
            }
        }
    }

    private struct Path: Hashable {
        let from: Int
        let to: Int
        let kind: Kind
    }

    private let workers: Int
    private let slots: Int
    private var rings: [Path: Ring] = [:]

    init(workers: Int, slots: Int) {
        self.workers = workers
        self.slots = slots
    }

    var all: [Ring] { Array(rings.values) }

    private mutating func ring(
        _ kind: Kind, from: Int, to: Int, slots: Int? = nil
    ) throws(DPDKError) -> Ring {
        let path = Path(from: from, to: to, kind: kind)
        if let ring = rings[path] { return ring }
        let ring = try Ring(
            name: "handoff-\(kind.name)-\(from)-\(to)", slots: slots ?? self.slots, numaNode: nil)
        rings[path] = ring
        return ring
    }

    mutating func transmitRing(from: Int, to: Int, port: UInt16) throws(DPDKError) -> Ring {
        try ring(.transmit(port: port), from: from, to: to)
    }

    /// A worker's ends of the rings.
    /// - Parameter order: the ring of lock-step, in which there are no others; nil elsewhere.
    mutating func handoff(
        of index: Int, _ description: WorkerGroup.Description, isSteered: Bool, order: Ring?
    ) throws(DPDKError) -> Handoff {
        let isSteered = isSteered && order == nil
        var outgoing = [Ring?](repeating: nil, count: workers)
        var incoming: [Ring] = []
        if isSteered {
            let pollers = description.steeringWorkers
            for other in 0..<workers where other != index {
                if pollers.contains(index) {
                    outgoing[other] = try ring(.received, from: index, to: other)
                }
                if pollers.contains(other) {
                    incoming.append(try ring(.received, from: other, to: index))
                }
            }
        }
        let firstHopCount = incoming.count
        var secondHops: [Ring] = []
        if description.hasSecondHops || (description.resolves && workers > 1), order == nil,
            index < workers
        {
            let slots =
                description.hasSecondHops ? nil : WorkerGroup.Description.secondHopSlots
            for other in 0..<workers {
                secondHops.append(try ring(.secondHop, from: index, to: other, slots: slots))
                incoming.append(try ring(.secondHop, from: other, to: index, slots: slots))
            }
        }
        var transmitIncoming: [(ring: Ring, port: UInt16)] = []
        for port in description.ports {
            guard case .device = port.way else { continue }
            for other in 0..<workers where other != index && port.txOwner(of: other) == index {
                transmitIncoming.append(
                    (try transmitRing(from: other, to: index, port: port.port), port.port))
            }
        }
        var steering: UnsafeMutablePointer<FlowSteering>?
        if isSteered || !secondHops.isEmpty {
            steering = .allocate(capacity: 1)
            steering?.initialize(
                to: FlowSteering(workers: workers, asHardware: description.steersAsHardware))
        }
        return Handoff(
            incomingCount: incoming.count, transmitIncomingCount: transmitIncoming.count,
            incoming: linesOf(incoming), firstHopCount: firstHopCount,
            transmitIncoming: linesOf(transmitIncoming), steering: steering,
            buffers: bursts(workers), outgoing: linesOf(outgoing), workerCount: workers,
            waits: description.waitsForOwners,
            secondHops: secondHops.isEmpty ? nil : linesOf(secondHops), order: order)
    }
}

extension WorkerGroup.Description {
    /// The workers that poll a queue of a steered port.
    var steeringWorkers: Set<Int> { Set(ports.filter(\.isSteered).flatMap(\.rxWorkers)) }

    /// Ways to all of DPDK's port indices that count frames and forget them.
    static var nowhere: [TransmitPath] {
        (0..<UInt16(Port.limit)).map {
            TransmitPath(kind: .discard, port: $0, queue: 0, ring: nil, waits: false)
        }
    }

    func polledQueues(of worker: Int) -> [PolledQueue] {
        ports.flatMap { port in
            port.rxWorkers.indices.filter { port.rxWorkers[$0] == worker }.map {
                PolledQueue(port: port.port, queue: UInt16($0), isSteered: port.isSteered)
            }
        }
    }

    /// A worker's ways to all of DPDK's port indices.
    func paths(
        of worker: Int, _ rings: inout HandoffRings
    ) throws(DPDKError) -> [TransmitPath] {
        var paths = Self.nowhere
        for port in ports {
            let waits = schedule != nil
            switch port.way {
            case .discard: break
            case .collector(let collectors):
                paths[Int(port.port)] = TransmitPath(
                    kind: .collector, port: port.port, queue: 0, ring: collectors[worker],
                    waits: waits)
            case .device where port.txOwner(of: worker) == worker:
                let queue = port.txQueueOfWorker[worker]
                paths[Int(port.port)] = TransmitPath(
                    kind: .queue, port: port.port, queue: UInt16(queue), ring: nil, waits: false,
                    isRefusing: port.refusals.isEmpty ? nil : port.refusals[queue])
            case .device:
                paths[Int(port.port)] = TransmitPath(
                    kind: .worker, port: port.port, queue: 0,
                    ring: try rings.transmitRing(
                        from: worker, to: port.txOwner(of: worker), port: port.port),
                    waits: waits)
            }
        }
        return paths
    }
}
