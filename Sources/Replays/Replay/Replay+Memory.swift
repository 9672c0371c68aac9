// SPDX-License-Identifier: Apache-2.0

public import Forwarding
import FreewayConfiguration

/// What replays in processes of their own want of the memory together.
extension Replay {
    /// A replay of a router with room for 10,000 routes, in MB: what most take.
    private static let usualMegabytes = 130

    /// Makes sure that there is memory for the smallest replay at least: processes that are killed say nothing.
    /// - Throws: `ForwarderError` where there is not.
    public static func requireMemory() throws(ForwarderError) {
        guard let shortage = AvailableMemory()?.shortage(of: Plan.Memory.fewestMegabytes) else {
            return
        }
        throw ForwarderError(.memoryOrDevice, "memory: \(shortage)")
    }

    /// How many usual replays at a time there is memory for: at least one, and at most so many.
    public static func atOnce(_ most: Int) -> Int {
        guard let available = AvailableMemory() else { return most }
        return max(1, min(most, available.megabytes / usualMegabytes))
    }
}
