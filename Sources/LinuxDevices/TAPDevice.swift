// SPDX-License-Identifier: Apache-2.0

import CLinux
public import DPDK
import Glibc

/// A TAP interface that Freeway makes: what Linux sends out of it the port receives, and the other way round.
/// Linux's end has a MAC address of its own. It may be moved to another network namespace, and frames go on; when
/// somebody deletes it, it is made anew.
public final class TAPDevice: LinuxDevice, @unchecked Sendable {
    public let driver = "tap"
    public let name: String
    /// None of Linux's: the port has one of its own.
    public let macAddress: UInt64
    /// A TAP brings whatever Linux sends into it.
    public let isPromiscuous = true

    private let queues: DeviceQueues<TAPReceiver, TAPSender>
    private var mtu: Int
    private var attachment: Attachment?

    private final class Attachment {
        let lock: DeviceLock
        let link: UnsafeMutablePointer<TAPLink>

        /// - Throws: `LinuxError`; then there is no new interface.
        init(_ name: String, mtu: Int) throws(LinuxError) {
            let descriptor = try Self.open(name)
            do throws(LinuxError) {
                guard let interface = try NetworkInterface(named: name) else {
                    throw LinuxError(code: ENODEV, "find the TAP \(name)")
                }
                do throws(DeviceLock.Taken) {
                    lock = try DeviceLock(interface: interface.index)
                } catch {
                    throw LinuxError(error, of: name)
                }
                try BorrowedInterface.setMTU(mtu, of: name)
            } catch {
                Glibc.close(descriptor)
                throw error
            }
            link = .allocate(capacity: 1)
            link.initialize(to: TAPLink(descriptor: descriptor))
        }

        private static func open(_ name: String) throws(LinuxError) -> Int32 {
            let descriptor = Glibc.open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC)
            guard descriptor >= 0 else { throw LinuxError("open /dev/net/tun") }
            // One that is there already belongs to somebody else, even if nobody uses it now.
            var request = InterfaceRequest(name) {
                $0.value.flags = Int16(
                    truncatingIfNeeded: IFF_TAP | IFF_NO_PI | IFF_TUN_EXCL)
            }.content
            guard clinux_interface_ioctl(descriptor, clinux_tun_set_interface, &request) == 0 else {
                let code = errno
                Glibc.close(descriptor)
                if let owner = owner(of: name) { throw owner }
                throw LinuxError(
                    code: code, "make the TAP \(name)",
                    because: code == EBUSY || code == EINVAL
                        ? "an interface of this name exists already; remove it (ip link del \(name)), or "
                            + "choose another name" : nil)
            }
            return descriptor
        }

        /// Which forwarder has the interface of the name; nil when none has.
        private static func owner(of name: String) -> LinuxError? {
            guard let interface = try? NetworkInterface(named: name) else { return nil }
            do throws(DeviceLock.Taken) {
                _ = try DeviceLock(interface: interface.index)
                return nil
            } catch {
                return LinuxError(error, of: name)
            }
        }

        /// No worker may use it any more. The interface goes.
        func end() {
            Glibc.close(link.pointee.descriptor)
            link.deallocate()
        }
    }

    /// - Parameters:
    ///   - address: the port's own, in the low 48 bits.
    ///   - port: of ``DPDK/Port/functionDevice(named:)``, whose queues are set up and which nobody polls.
    /// - Throws: `LinuxError` or `DPDKError`; then there is no new interface.
    public init(
        _ name: String, address: UInt64, port: Port, pool: Mempool, transmitQueues: Int, mtu: Int
    ) throws {
        self.name = name
        self.mtu = mtu
        macAddress = address
        queues = DeviceQueues(
            sendQueues: transmitQueues, { TAPReceiver($0, $1, pool) }, { TAPSender($0, $1, $2) })
        do {
            try attach()
            try queues.connect(
                to: port, receive: TAPReceiver.function, transmit: TAPSender.function)
        } catch {
            detach()
            queues.free()
            throw error
        }
    }

    private func attach() throws(LinuxError) {
        attachment = try Attachment(name, mtu: mtu)
        let link = UnsafeMutableRawPointer(attachment!.link)
        queues.lend(receive: link, transmit: link)
    }

    private func detach() {
        guard attachment != nil else { return }
        queues.lend(receive: nil, transmit: nil)
        attachment!.end()
        attachment = nil
    }

    public func refresh() -> DeviceLink {
        do throws(LinuxError) {
            if attachment != nil, !exists { detach() }
            if attachment == nil { try attach() }
            guard let interface = try interface() else {
                return DeviceLink(isUp: false, obstacle: "the TAP \(name) is gone")
            }
            return interface.isUp
                ? DeviceLink(isUp: true)
                : DeviceLink(
                    isUp: false,
                    obstacle: "\(interface.name) is switched off (ip link set \(interface.name) up)"
                )
        } catch {
            // Where this process may not look, frames may pass all the same: those that do not are `notSent`.
            let isElsewhere = error.isRefusal && attachment != nil
            return DeviceLink(isUp: isElsewhere, obstacle: isElsewhere ? nil : "\(error)")
        }
    }

    /// Whether the interface behind the descriptor was not deleted.
    private var exists: Bool {
        var request = clinux_interface_request()
        let descriptor = attachment!.link.pointee.descriptor
        return clinux_interface_ioctl(descriptor, clinux_tun_get_interface, &request) == 0
    }

    /// Linux's end, wherever it is by now and whatever its name.
    private func interface() throws(LinuxError) -> NetworkInterface? {
        try inItsNamespace { name throws(LinuxError) in try NetworkInterface(named: name) } ?? nil
    }

    /// Does something where Linux's end is, with the name that it has there; nil once it was deleted.
    private func inItsNamespace<Value: Sendable>(
        _ work: @escaping @Sendable (String) throws(LinuxError) -> Value
    ) throws(LinuxError) -> Value? {
        guard attachment != nil else { return nil }
        var request = clinux_interface_request()
        let descriptor = attachment!.link.pointee.descriptor
        guard clinux_interface_ioctl(descriptor, clinux_tun_get_interface, &request) == 0 else {
            return nil
        }
        let name = withUnsafeBytes(of: request.name) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        let namespace = ioctl(descriptor, clinux_tun_get_namespace, 0)
        guard namespace >= 0 else { return try work(name) }
        defer { Glibc.close(namespace) }
        return try NetworkNamespace(namespace).perform { () throws(LinuxError) in
            try work(name)
        }
    }

    /// Frames for other addresses are brought anyway.
    public func admit(macAddress: UInt64, all: Bool) {}

    public func setMTU(_ mtu: Int) throws(LinuxError) {
        _ = try inItsNamespace { name throws(LinuxError) in
            try BorrowedInterface.setMTU(mtu, of: name)
        }
        self.mtu = mtu
    }

    public var refusals: [UnsafePointer<Bool>] { queues.refusals }

    public var counters: LinuxDeviceCounters { queues.counters }

    /// Linux takes the interface away when the process ends.
    public func giveBack() {}

    public func close() {
        detach()
        queues.free()
    }
}
