// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration

/// The numbers by which workers know VRFs: 0 for the main one, and for each other a number that stays its own from one
/// configuration to the next. Control thread.
struct VRFNumbers: Sendable {
    private(set) var byName = [Configuration.VRF.main: UInt16(0)]
    private(set) var names: [UInt16: String] = [0: Configuration.VRF.main]
    /// Those of the configuration before, in which a packet may still be that waits.
    private var leaving: Set<UInt16> = []

    init() {}

    /// Of a configuration that comes after none.
    init(_ configuration: Configuration) { self = VRFNumbers().following(configuration) }

    /// The numbers under another configuration.
    func following(_ configuration: Configuration) -> VRFNumbers {
        var result = self
        let wanted = configuration.vrfs
        result.leaving = []
        for (name, number) in byName where !wanted.contains(name) {
            result.byName[name] = nil
            result.names[number] = nil
            result.leaving.insert(number)
        }
        var next: UInt16 = 1
        for name in wanted where result.byName[name] == nil {
            while result.names[next] != nil || result.leaving.contains(next)
                || leaving.contains(next)
            {
                next += 1
            }
            result.byName[name] = next
            result.names[next] = name
        }
        return result
    }

    subscript(name: String) -> UInt16? { byName[name] }

    /// The name of a VRF, for messages.
    func name(_ number: UInt16) -> String { names[number] ?? "\(number)" }
}
