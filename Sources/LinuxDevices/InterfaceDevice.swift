// SPDX-License-Identifier: Apache-2.0

import CLinux
public import DPDK
import Glibc

/// An interface of this machine as a port's device, reached through packet sockets. It may be deleted, renamed,
/// moved to another namespace and made again: the port has its link down then, and goes on when an interface of
/// the name is there again.
public final class InterfaceDevice: LinuxDevice, @unchecked Sendable {
    public let driver = "packet socket"
    public let name: String
    /// The interface's own address when the port began.
    public let macAddress: UInt64
    public private(set) var isPromiscuous = false

    private let queues: DeviceQueues<PacketReceiver, PacketSender>
    private var mtu: Int
    /// Where frames for the port are sent.
    private var portAddress: UInt64
    private var wantsAll = false
    /// Frames that rings lost which are closed by now, and those that were already asked for.
    private var lost: UInt64 = 0
    private var attachment: Attachment?

    /// What there is only while the interface is.
    private final class Attachment {
        let index: Int32
        let lock: DeviceLock
        var settings: BorrowedInterface
        let ring: UnsafeMutablePointer<PacketRing>
        let link: UnsafeMutablePointer<PacketSender.Link>

        init(_ interface: NetworkInterface, mtu: Int) throws(LinuxError) {
            index = interface.index
            do throws(DeviceLock.Taken) {
                lock = try DeviceLock(interface: interface.index)
            } catch {
                throw LinuxError(error, of: interface.name)
            }
            settings = try BorrowedInterface(interface, mtu: mtu)
            ring = .allocate(capacity: 1)
            link = .allocate(capacity: 1)
            do throws(LinuxError) {
                try open(interface)
            } catch {
                settings.giveBack()
                ring.deallocate()
                link.deallocate()
                throw error
            }
        }

        private func open(_ interface: NetworkInterface) throws(LinuxError) {
            // The MTU may be another by now.
            let now = try NetworkInterface(index: index)
            let ring = try PacketRing(interface: now ?? interface)
            do throws(LinuxError) {
                link.initialize(to: PacketSender.Link(socket: try PacketSender.open(index)))
            } catch {
                ring.close()
                throw error
            }
            self.ring.initialize(to: ring)
        }

        /// No worker may use the ring or the socket any more.
        func end() {
            settings.giveBack()
            ring.pointee.close()
            Glibc.close(link.pointee.socket)
            ring.deallocate()
            link.deallocate()
        }
    }

    /// - Parameters:
    ///   - port: of ``DPDK/Port/functionDevice(named:)``, whose queues are set up and which nobody polls.
    ///   - mtu: the interface's is raised to it.
    /// - Throws: `LinuxError` or `DPDKError`; then the interface is as it was.
    public init(
        _ name: String, port: Port, pool: Mempool, transmitQueues: Int, mtu: Int
    ) throws {
        guard let interface = try NetworkInterface(named: name) else {
            throw LinuxError(code: ENODEV, "find interface \(name)", because: "there is none")
        }
        self.name = name
        self.mtu = mtu
        macAddress = interface.macAddress ?? 0
        portAddress = macAddress
        queues = DeviceQueues(
            sendQueues: transmitQueues, { PacketReceiver($0, $1, pool) },
            { PacketSender($0, $1, $2) })
        do {
            try attach(interface)
            try queues.connect(
                to: port, receive: PacketReceiver.function, transmit: PacketSender.function)
        } catch {
            detach()
            queues.free()
            throw error
        }
    }

    private func attach(_ interface: NetworkInterface) throws(LinuxError) {
        attachment = try Attachment(interface, mtu: mtu)
        do throws(LinuxError) {
            try setMembership()
        } catch {
            detach()
            throw error
        }
        queues.lend(
            receive: UnsafeMutableRawPointer(attachment!.ring),
            transmit: UnsafeMutableRawPointer(attachment!.link))
    }

    private func detach() {
        guard attachment != nil else { return }
        queues.lend(receive: nil, transmit: nil)
        lost += attachment!.ring.pointee.takeLostFrames()
        attachment!.end()
        attachment = nil
        isPromiscuous = false
    }

    public func refresh() -> DeviceLink {
        do throws(LinuxError) {
            let interface = try NetworkInterface(named: name)
            if attachment != nil {
                let index = attachment!.index
                if interface?.index != index || !attachment!.ring.pointee.isBound(to: index) {
                    detach()
                }
            }
            guard let interface else { return DeviceLink(isUp: false, obstacle: absence) }
            if attachment == nil { try attach(interface) }
            return link(interface)
        } catch {
            return DeviceLink(isUp: false, obstacle: "\(error)")
        }
    }

    private var absence: String {
        "there is no interface \(name): it was deleted, renamed or moved to another network namespace"
    }

    private func link(_ interface: NetworkInterface) -> DeviceLink {
        guard interface.isUp else {
            return DeviceLink(
                isUp: false, obstacle: "\(name) is switched off (ip link set \(name) up)")
        }
        return interface.hasCarrier
            ? DeviceLink(isUp: true) : DeviceLink(isUp: false, obstacle: "\(name) has no carrier")
    }

    public func admit(macAddress: UInt64, all: Bool) throws(LinuxError) {
        portAddress = macAddress
        wantsAll = all
        try setMembership()
    }

    /// The interface lets frames for other addresses than its own in when the port has another one.
    private func setMembership() throws(LinuxError) {
        guard attachment != nil else { return }
        let own = try NetworkInterface(index: attachment!.index)?.macAddress
        let needsAll = wantsAll || own != portAddress
        guard needsAll != isPromiscuous else { return }
        try PacketAddress.setMembership(
            attachment!.ring.pointee.socket, attachment!.index, PACKET_MR_PROMISC,
            isMember: needsAll)
        isPromiscuous = needsAll
    }

    public func setMTU(_ mtu: Int) throws(LinuxError) {
        if attachment != nil { try attachment!.settings.changeMTU(to: mtu) }
        self.mtu = mtu
    }

    public var refusals: [UnsafePointer<Bool>] { queues.refusals }

    public var counters: LinuxDeviceCounters {
        if attachment != nil { lost += attachment!.ring.pointee.takeLostFrames() }
        var counters = queues.counters
        counters.lost += lost
        return counters
    }

    public func giveBack() { attachment?.settings.giveBack() }

    public func close() {
        detach()
        queues.free()
    }
}
