// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// An interface of this machine whose settings were changed for forwarding, and what they were. Control thread.
///
/// Promiscuous mode is not among them: Linux takes it back when the socket that asked for it is closed.
struct BorrowedInterface {
    private let index: Int32
    private var featuresSwitchedOff: [String] = []
    private var formerMTU: Int?
    private var wasForwarding = false

    /// Features by which received frames would be put together before anybody sees them.
    private static let merging = [
        "rx-gro", "rx-gro-list", "rx-gro-hw", "rx-lro", "rx-udp-gro-forwarding",
    ]

    /// Has frames come as they were on the wire, up to an MTU, and keeps the host from forwarding them as
    /// well.
    /// - Throws: `LinuxError` that names what stands in the way; then everything is as it was.
    init(_ interface: NetworkInterface, mtu: Int) throws(LinuxError) {
        index = interface.index
        do throws(LinuxError) {
            try stopMerging(interface.name)
            try raiseMTU(interface, to: mtu)
            try stopForwarding(interface.name)
        } catch {
            giveBack()
            throw error
        }
    }

    private mutating func stopMerging(_ name: String) throws(LinuxError) {
        // An interface without features merges nothing.
        guard let features = try? InterfaceFeatures(of: name) else { return }
        let active = Self.merging.filter(features.active.contains)
        guard !active.isEmpty else { return }
        try features.set(active, to: false, of: name)
        featuresSwitchedOff = active
        let left = try InterfaceFeatures(of: name).active
        if let one = active.first(where: left.contains) {
            throw LinuxError(
                code: EOPNOTSUPP, "switch off \(one) of \(name)",
                because: "it stays on, and puts frames together that came apart")
        }
    }

    /// Larger ones stay: what comes in is taken whatever its size.
    private mutating func raiseMTU(_ interface: NetworkInterface, to mtu: Int) throws(LinuxError) {
        guard interface.mtu < mtu else { return }
        guard mtu <= interface.mtuRange.upperBound else {
            throw LinuxError(
                code: ERANGE, "set the MTU of \(interface.name) to \(mtu)",
                because: "its driver takes at most \(interface.mtuRange.upperBound)")
        }
        try Self.setMTU(mtu, of: interface.name)
        formerMTU = interface.mtu
    }

    /// - Throws: `LinuxError`; then it is as it was.
    mutating func changeMTU(to mtu: Int) throws(LinuxError) {
        guard let interface = try NetworkInterface(index: index) else { return }
        if interface.mtu < mtu {
            let former = formerMTU
            try raiseMTU(interface, to: mtu)
            formerMTU = former ?? formerMTU
        } else if let former = formerMTU {
            // We raised it; it need not be larger than it was, or than is wanted.
            try Self.setMTU(max(former, mtu), of: interface.name)
            if mtu <= former { formerMTU = nil }
        }
    }

    static func setMTU(_ mtu: Int, of name: String) throws(LinuxError) {
        guard
            InterfaceRequest(name, { $0.value.number = Int32(clamping: mtu) })
                .perform(UInt(SIOCSIFMTU))
        else {
            throw LinuxError("set the MTU of \(name) to \(mtu) (ip link set \(name) mtu \(mtu))")
        }
    }

    /// A host that forwards would send each packet a second time.
    private mutating func stopForwarding(_ name: String) throws(LinuxError) {
        let setting = Self.forwardingSetting(name)
        guard Self.read(setting) == "1" else { return }
        guard Self.write("0", to: setting) else {
            throw LinuxError(
                "keep this machine from forwarding what comes in by \(name) as well "
                    + "(sysctl -w net.ipv4.conf.\(name).forwarding=0)")
        }
        wasForwarding = true
    }

    private static func forwardingSetting(_ name: String) -> String {
        "/proc/sys/net/ipv4/conf/\(name)/forwarding"
    }

    private static func read(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        let character = fgetc(file)
        return character < 0 ? nil : String(UnicodeScalar(UInt8(truncatingIfNeeded: character)))
    }

    private static func write(_ text: String, to path: String) -> Bool {
        guard let file = fopen(path, "w") else { return false }
        let isWritten = fputs(text, file) >= 0
        return fclose(file) == 0 && isWritten
    }

    /// Puts everything back, under the name that the interface has by now. One that is gone needs nothing.
    mutating func giveBack() {
        guard let interface = try? NetworkInterface(index: index) else { return }
        if !featuresSwitchedOff.isEmpty {
            try? InterfaceFeatures(of: interface.name).set(
                featuresSwitchedOff, to: true, of: interface.name)
        }
        if let formerMTU { try? Self.setMTU(formerMTU, of: interface.name) }
        if wasForwarding { _ = Self.write("1", to: Self.forwardingSetting(interface.name)) }
        featuresSwitchedOff = []
        formerMTU = nil
        wasForwarding = false
    }
}
