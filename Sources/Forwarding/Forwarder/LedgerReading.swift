// SPDX-License-Identifier: Apache-2.0

package import ControlAPI
package import Dataplane

/// The data plane's tallies in the words of the control API.
extension TallySet {
    /// The ledger over all workers.
    package var ledger: Ledger {
        var dropped: [String: UInt64] = [:]
        var droppedBytes: [String: UInt64] = [:]
        for reason in DropReason.allCases where self.dropped(reason).frames > 0 {
            dropped[reason.name] = self.dropped(reason).frames
            droppedBytes[reason.name] = self.dropped(reason).bytes
        }
        return Ledger(
            received: received.frames, generated: generated, copied: copied,
            transmitted: transmitted.frames, punted: punted, consumed: consumed,
            inTransit: inTransit, parked: parked, dropped: dropped,
            bytes: LedgerBytes(
                received: received.bytes, transmitted: transmitted.bytes, dropped: droppedBytes))
    }

    package func totals(port: UInt16) -> PortTotals {
        PortTotals(
            received: received(port: port).frames, transmitted: transmitted(port: port).frames,
            receivedBytes: received(port: port).bytes,
            transmittedBytes: transmitted(port: port).bytes)
    }
}

extension Traffic {
    package init(_ count: TallySet.Count) { self.init(frames: count.frames, bytes: count.bytes) }
}
