// SPDX-License-Identifier: Apache-2.0

import DPDK
import FreewayConfiguration
import LinuxDevices
import PacketHeaders

/// What a port's device is asked and told, whoever serves it. One caller at a time.
extension AttachedPort {
    /// Gives the device the port's MTU and address. A device of DPDK's that has no function for it stays as it
    /// is.
    /// - Parameter acceptsAll: whether the device itself must let every frame in.
    func prepareDevice(acceptsAll: Bool) throws(LinuxError) {
        if linux == nil {
            if mac != ownMAC { _ = port.setMACAddress(mac.rawValue) }
            _ = port.setMTU(planned.mtu)
        }
        try admit(acceptsAll: acceptsAll)
    }

    /// Gives the device, which may run, the MTU and the addresses of this port where they differ from
    /// those of the same port under the old configuration.
    /// - Throws: when the device has a function for it and refuses; then nothing was changed.
    func adjustDevice(from old: AttachedPort, acceptsAll: Bool) throws {
        if planned.mtu != old.planned.mtu {
            if let linux {
                try linux.setMTU(planned.mtu)
            } else {
                _ = try port.changeMTU(planned.mtu)
            }
        }
        if mac != old.mac, linux == nil { _ = port.setMACAddress(mac.rawValue) }
        try admit(acceptsAll: acceptsAll)
    }

    private func admit(acceptsAll: Bool) throws(LinuxError) {
        let wantsAll = acceptsAll || configured.admit == .any
        if let linux { return try linux.admit(macAddress: mac.rawValue, all: wantsAll) }
        // A device that cannot take our MAC drops our frames unless it takes all.
        let hasMAC = (try? port.macAddress()) == mac.rawValue
        let needsAll = wantsAll || !hasMAC
        if needsAll != port.isPromiscuous {
            _ = needsAll ? port.enablePromiscuousMode() : port.disablePromiscuousMode()
        }
    }

    var isPromiscuous: Bool { linux?.isPromiscuous ?? port.isPromiscuous }

    /// The link of a live forwarder's device; nil when it cannot be asked.
    var link: DeviceLink? {
        if let linux { return linux.refresh() }
        return (try? port.link()).map { DeviceLink(isUp: $0.isUp) }
    }

    /// Counters that stand beside the workers'.
    func statistics() throws(DPDKError) -> Port.Statistics {
        let statistics = try port.statistics()
        guard let counters = linux?.counters else { return statistics }
        return Port.Statistics(
            receivedFrames: counters.received, transmittedFrames: statistics.transmittedFrames,
            missed: counters.lost, receiveErrors: counters.inseparable,
            transmitErrors: counters.refused, withoutMbuf: counters.withoutBuffer)
    }
}
