// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration

@testable import DPDK
@testable import Dataplane
@testable import Forwarding

/// The production forwarder, with two workers that the fuzzer's thread drives round by round: the same
/// input always does the same. Frames come in by net_ring, and leave into rings that are emptied here.
struct Router {
    nonisolated(unsafe) static let shared = Router()

    struct SentFrame {
        let port: Int
        let bytes: [UInt8]
    }

    private let forwarder: Forwarder
    /// By port, then by worker.
    private let exits: [[Ring]]
    /// What each port is about to receive.
    private let waiting = bursts(2)
    private let pool: Mempool
    private let dataBytes: Int

    private init() {
        do {
            let configuration = try Configuration(
                yaml: Array(ReferenceRouter.configuration.utf8), path: "router.yaml")
            let plan = try Plan(configuration: configuration, machine: .current())
            var devices = try LiveDevices(configuration, keptDrops: 16).devices
            var exits: [[Ring]] = []
            devices.ways = { _, ports throws(ForwarderError) in
                for port in ports { exits.append(Self.rings(of: port.planned.name)) }
                return Forwarder.Ways(transmit: exits.map { .collector($0) })
            }
            forwarder = try Forwarder(configuration, plan, devices)
            self.exits = exits
            for port in forwarder.ports { try port.start() }
            pool = forwarder.environment.pool(for: forwarder.ports[0].port)
            dataBytes = plan.memory.mbufs.dataBytes
        } catch {
            fatalError("the forwarder does not start: \(error)")
        }
    }

    private static func rings(of port: String) -> [Ring] {
        (0..<2).map { worker in
            guard let ring = try? Ring(name: "exit-\(port)-\(worker)", slots: 1024, numaNode: nil)
            else { fatalError("no memory for a ring") }
            return ring
        }
    }

    /// Receives the frames and works until all of them have left.
    func forward(_ script: FrameScript) -> [SentFrame] {
        let before = forwarder.group.readTallies()
        let inUse = pool.inUseCount
        let isOpen = script.frames.contains {
            $0.mayBePart || $0.bytes.count > ReferenceRouter.smallestMTU
        }
        var fences = [Fences](
            repeating: Fences(dataBytes: dataBytes, isOpen: isOpen), count: exits.count)
        for frame in script.frames {
            waiting[frame.port].add(frame, pool, &fences[frame.port])
            if frame.endsBurst || waiting[frame.port].room == 0 {
                receive(frame.port)
                work()
                // Buffers of dropped frames are free now, and get the next ones.
                fences[frame.port].remove()
            }
        }
        for port in exits.indices { receive(port) }
        work()
        for port in exits.indices { fences[port].remove() }
        // Parts of datagrams wait for no other input.
        for worker in forwarder.group.workers { worker.abandonIncoming() }
        let after = forwarder.group.readTallies()
        let sent = exits.indices.flatMap(takeSent)
        check(script, sent, before, after)
        precondition(pool.inUseCount == inUse, "no buffer is lost, none is freed twice")
        return sent
    }

    private func receive(_ port: Int) {
        let index = forwarder.ports[port].port.index
        while !waiting[port].isEmpty {
            precondition(waiting[port].transmit(port: index, queue: 0) > 0, "net_ring has room")
        }
    }

    /// Round after round until no worker finds a frame: each gets frames from the other.
    private func work() {
        var isIdle = false
        while !isIdle {
            isIdle = forwarder.group.workers.reduce(true) { $1.takeRound() == 0 && $0 }
        }
    }

    private func takeSent(by port: Int) -> [SentFrame] {
        var sent: [SentFrame] = []
        var burst = Burst()
        for ring in exits[port] {
            while burst.dequeue(from: ring) > 0 {
                for index in 0..<burst.count {
                    let mbuf = burst[index]
                    let bytes = [UInt8](unsafeUninitializedCapacity: mbuf.frameLength) {
                        $1 = mbuf.copyBytes(to: UnsafeMutableRawBufferPointer($0))
                    }
                    precondition(bytes.count == mbuf.frameLength, "segments add up to the frame")
                    sent.append(SentFrame(port: port, bytes: bytes))
                }
                burst.removeAll()
            }
        }
        return sent
    }

    private func check(
        _ script: FrameScript, _ sent: [SentFrame], _ before: TallySet, _ after: TallySet
    ) {
        precondition(after.balances && after.isSettled, "the ledger balances")
        precondition(
            after.received.frames - before.received.frames == UInt64(script.frames.count),
            "every frame is counted as received")
        precondition(
            after.received.bytes - before.received.bytes
                == script.frames.reduce(0) { $0 + UInt64($1.bytes.count) },
            "every byte is counted as received")
        precondition(
            after.transmitted.frames - before.transmitted.frames == UInt64(sent.count),
            "what left is counted as transmitted")
        precondition(
            after.transmitted.bytes - before.transmitted.bytes
                == sent.reduce(0) { $0 + UInt64($1.bytes.count) },
            "its bytes too")
        // How long they may be, `ReferenceRouter` says.
        let generated = after.generated - before.generated
        precondition(generated <= UInt64(script.frames.count), "a frame has one answer at most")
        precondition(
            after.consumed - before.consumed <= UInt64(script.frames.count), "a frame ends once")
        precondition(after.punted == 0 && after.parked == 0, "nothing waits")
    }
}
