// SPDX-License-Identifier: Apache-2.0

import Dataplane
import FreewayConfiguration

/// The numbers by which workers know the interfaces: DPDK's index of the port for untagged frames, and for tagged ones a
/// number that stays theirs from one configuration to the next. Control thread.
struct InterfaceNumbers: Sendable {
    /// By index into the configuration's interfaces.
    private(set) var numbers: [UInt16] = []
    private(set) var vrfs = VRFNumbers()
    /// Of tagged frames.
    private var byName: [String: UInt16] = [:]
    /// Taken back: no snapshot that a worker may still have uses them.
    private var free: [UInt16] = []
    /// Those of the configuration before, which a worker may still count for.
    private var leaving: [UInt16] = []
    private var next = WorkerGroup.interfaceNumbers.lowerBound
    /// What is to be added to what is counted for a number now, so that an interface's count goes on from what it was, or
    /// from nothing.
    private var offsets: [UInt16: InterfaceCount] = [:]
    /// Numbers of ports with VLANs: their untagged frames are counted by interface, those of others by port.
    private var tagged: Set<UInt16> = []

    init() {}

    /// The numbers under another configuration, whose predecessor's snapshot no worker has any more.
    /// - Parameters:
    ///   - portIndices: DPDK's, in the order of the configuration.
    ///   - count: what has been counted for an interface's number.
    ///   - countOfPort: what has been counted for a port.
    func following(
        _ configuration: Configuration, portIndices: [UInt16],
        count: (UInt16) -> InterfaceCount, countOfPort: (UInt16) -> InterfaceCount
    ) -> InterfaceNumbers {
        var result = self
        result.vrfs = vrfs.following(configuration)
        result.tagged = Set(configuration.portsWithVLANs.map { portIndices[$0] })
        for number in result.tagged.symmetricDifference(tagged) where !numbers.isEmpty {
            let before = tagged.contains(number) ? count(number) : countOfPort(number)
            let after = tagged.contains(number) ? countOfPort(number) : count(number)
            result.offsets[number] = offset(number) + before - after
        }
        let names = Set(configuration.vlanInterfaces.map(\.name))
        result.free = (free + leaving).sorted(by: >)
        result.leaving = []
        for (name, number) in byName.sorted(by: { $0.value < $1.value }) where !names.contains(name)
        {
            result.byName[name] = nil
            result.leaving.append(number)
        }
        result.numbers = portIndices
        for interface in configuration.vlanInterfaces {
            result.numbers.append(result.number(of: interface.name, count))
        }
        return result
    }

    private mutating func number(
        of name: String, _ count: (UInt16) -> InterfaceCount
    ) -> UInt16 {
        if let number = byName[name] { return number }
        let number: UInt16
        if let known = free.popLast() {
            number = known
        } else if WorkerGroup.interfaceNumbers.contains(next) {
            number = next
            next += 1
        } else {
            // As many interfaces as there can be are replaced by as many others: their numbers are given at once.
            number = leaving.removeLast()
        }
        byName[name] = number
        offsets[number] = InterfaceCount() - count(number)
        return number
    }

    /// What is to be added to what is counted for a number: differences that wrap, as sums with them do.
    private func offset(_ number: UInt16) -> InterfaceCount {
        offsets[number] ?? InterfaceCount()
    }

    /// What came in and left by an interface since it was there.
    func reading(
        _ number: UInt16, count: (UInt16) -> InterfaceCount,
        countOfPort: (UInt16) -> InterfaceCount
    ) -> InterfaceCount {
        let isByPort = !WorkerGroup.interfaceNumbers.contains(number) && !tagged.contains(number)
        return (isByPort ? countOfPort(number) : count(number)) + offset(number)
    }
}
