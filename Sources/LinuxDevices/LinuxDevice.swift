// SPDX-License-Identifier: Apache-2.0

import DPDK

/// Something of Linux's that a port receives from and sends to: an interface, or a TAP. One caller at a
/// time, none of them a worker.
public protocol LinuxDevice: AnyObject, Sendable {
    /// The interface's, by which it is found again when it was gone.
    var name: String { get }
    /// What stands between the port and Linux, for those who ask.
    var driver: String { get }
    /// The device's own address, in the low 48 bits.
    var macAddress: UInt64 { get }
    var isPromiscuous: Bool { get }

    /// Whether Linux refuses the frame that the last call for a transmit queue left in front, for each of
    /// these. The queue's worker may read it.
    var refusals: [UnsafePointer<Bool>] { get }

    /// Looks how the device is, and takes hold of it again when it was gone and is back.
    func refresh() -> DeviceLink

    /// Says to which address frames for the port are sent, and whether those to others are wanted too.
    func admit(macAddress: UInt64, all: Bool) throws(LinuxError)

    func setMTU(_ mtu: Int) throws(LinuxError)

    var counters: LinuxDeviceCounters { get }

    /// Puts back what was changed of Linux's, while a worker that is stuck may still use the port.
    func giveBack()

    /// Puts back what was changed, and closes all. No worker may use the port any more.
    func close()
}

/// What a device counts beside the frames that workers count.
public struct LinuxDeviceCounters: Sendable, Equatable {
    /// Frames that were brought in.
    public var received: UInt64 = 0
    /// Frames that Linux had, and that were lost since the worker was too slow.
    public var lost: UInt64 = 0
    /// Frames that could not be brought in as they were on the wire, and were left out.
    public var inseparable: UInt64 = 0
    /// Frames that were lost since the pool had no buffer.
    public var withoutBuffer: UInt64 = 0
    /// Times that Linux refused to send a frame.
    public var refused: UInt64 = 0

    public init() {}
}

/// Whether frames can pass, and if not, why.
public struct DeviceLink: Sendable, Equatable {
    public let isUp: Bool
    /// In words; nil while all is well.
    public let obstacle: String?

    public init(isUp: Bool, obstacle: String? = nil) {
        self.isUp = isUp
        self.obstacle = obstacle
    }
}
