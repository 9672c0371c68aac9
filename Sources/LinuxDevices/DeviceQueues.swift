// SPDX-License-Identifier: Apache-2.0

import DPDK
import Synchronization

/// The memory that workers use for the queues of one device: one for receiving, one for sending for each
/// worker. Made and freed by the control thread.
struct DeviceQueues<Receiver: ~Copyable, Sender: ~Copyable> {
    /// The first is the receive queue's, the others those of the transmit queues.
    private let gates: UnsafeMutablePointer<DeviceGate>
    private let tallies: UnsafeMutablePointer<DeviceTallies>
    /// Whether Linux refuses the frame in front, for each transmit queue. Its worker writes and reads.
    private let refusing: UnsafeMutablePointer<Bool>
    private let receiver: UnsafeMutablePointer<Receiver>
    private let senders: UnsafeMutablePointer<Sender>
    let sendQueues: Int

    typealias Gate = UnsafeMutablePointer<DeviceGate>
    typealias Counts = UnsafeMutablePointer<DeviceTallies>
    typealias Refusal = UnsafeMutablePointer<Bool>

    init(
        sendQueues: Int, _ makeReceiver: (Gate, Counts) -> Receiver,
        _ makeSender: (Gate, Counts, Refusal) -> Sender
    ) {
        self.sendQueues = sendQueues
        // Each in a cache line of its own, since each has a worker of its own.
        gates = Self.lines(sendQueues + 1)
        tallies = Self.lines(sendQueues + 1)
        refusing = Self.lines(sendQueues)
        for queue in 0...sendQueues {
            Self.at(gates, queue).initialize(to: DeviceGate())
            Self.at(tallies, queue).initialize(to: DeviceTallies())
        }
        receiver = .allocate(capacity: 1)
        receiver.initialize(to: makeReceiver(gates, tallies))
        senders = .allocate(capacity: sendQueues)
        for queue in 0..<sendQueues {
            Self.at(refusing, queue).initialize(to: false)
            (senders + queue).initialize(
                to: makeSender(
                    Self.at(gates, queue + 1), Self.at(tallies, queue + 1),
                    Self.at(refusing, queue)))
        }
    }

    private static var lineBytes: Int { 128 }

    private static func lines<Value: ~Copyable>(_ count: Int) -> UnsafeMutablePointer<Value> {
        UnsafeMutableRawPointer.allocate(byteCount: count * lineBytes, alignment: lineBytes)
            .assumingMemoryBound(to: Value.self)
    }

    private static func at<Value: ~Copyable>(
        _ values: UnsafeMutablePointer<Value>, _ index: Int
    ) -> UnsafeMutablePointer<Value> {
        (UnsafeMutableRawPointer(values) + index * lineBytes).assumingMemoryBound(to: Value.self)
    }

    /// Has a port, whose queues are set up, use these.
    func connect(
        to port: Port, receive: @escaping Port.ReceiveFunction,
        transmit: @escaping Port.TransmitFunction
    ) throws(DPDKError) {
        try port.receive(queue: 0, by: receive, UnsafeMutableRawPointer(receiver))
        for queue in 0..<sendQueues {
            try port.transmit(
                queue: queue, by: transmit, UnsafeMutableRawPointer(senders + queue))
        }
    }

    /// For each transmit queue.
    var refusals: [UnsafePointer<Bool>] {
        (0..<sendQueues).map { UnsafePointer(Self.at(refusing, $0)) }
    }

    /// Lends the workers what they receive from and send to; nil takes it back.
    func lend(receive: UnsafeMutableRawPointer?, transmit: UnsafeMutableRawPointer?) {
        for queue in 0..<sendQueues { Self.at(gates, queue + 1).pointee.replace(by: transmit) }
        gates.pointee.replace(by: receive)
    }

    /// All queues together.
    var counters: LinuxDeviceCounters {
        var sum = LinuxDeviceCounters()
        for queue in 0...sendQueues {
            let part = Self.at(tallies, queue)
            sum.received += part.pointee.received.load(ordering: .relaxed)
            sum.lost += part.pointee.cutOff.load(ordering: .relaxed)
            sum.inseparable += part.pointee.inseparable.load(ordering: .relaxed)
            sum.withoutBuffer += part.pointee.withoutBuffer.load(ordering: .relaxed)
            sum.refused += part.pointee.refused.load(ordering: .relaxed)
        }
        return sum
    }

    /// No worker may use the port any more.
    func free() {
        receiver.deinitialize(count: 1)
        receiver.deallocate()
        senders.deinitialize(count: sendQueues)
        senders.deallocate()
        UnsafeMutableRawPointer(gates).deallocate()
        UnsafeMutableRawPointer(tallies).deallocate()
        UnsafeMutableRawPointer(refusing).deallocate()
    }
}
