// SPDX-License-Identifier: Apache-2.0

/// The memory that this process may still take: what the machine has, or what a control group leaves of
/// its limit where that is less.
package struct AvailableMemory: Equatable {
    package let megabytes: Int
    /// The group whose limit decides; nil where the machine's memory does.
    let group: ControlGroupMemory?

    /// Nil where neither is known.
    package init?(_ system: SystemFiles = SystemFiles()) {
        let words = system.value(of: "MemAvailable", in: "/proc/meminfo")?.split(separator: " ")
        let machine = words?.first.flatMap { Int($0) }.map { $0 / 1024 }
        let group = ControlGroupMemory(
            membership: system.text("/proc/self/cgroup"), root: system.root + "/sys/fs/cgroup")
        if let group, group.availableMegabytes <= machine ?? .max {
            self.group = group
            megabytes = group.availableMegabytes
        } else if let machine {
            self.group = nil
            megabytes = machine
        } else {
            return nil
        }
    }

    /// What is missing, and what would help.
    package struct Shortage: CustomStringConvertible {
        package let lack: String
        package let remedy: String
        package var description: String { "\(lack); \(remedy)" }
    }

    /// Why a bill cannot be paid; nil when it can.
    package func shortage(of needed: Int) -> Shortage? {
        guard needed > megabytes else { return nil }
        guard let group else {
            return Shortage(
                lack: "\(needed) MB are needed, \(megabytes) MB are available",
                remedy: "free some")
        }
        return Shortage(
            lack: "\(needed) MB are needed, the control group \(group.group) has \(megabytes) of "
                + "its \(group.limitMegabytes) MB left",
            remedy: "raise its limit (MemoryMax= of a service, --memory of a container)")
    }
}
