// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

/// One thing that a stage told of a frame, packed: recorders hold many of them.
struct JourneyRecord: BitwiseCopyable {
    enum Kind: UInt8 { case arrived, entered, admitted, routed, rewritten, sent, dropped }

    /// The frame's place in the order of the replay.
    let sequence: UInt32
    let kind: Kind
    /// A stage, an `AdmitCheck`, the kind of an outcome, or the worker that holds bytes (set when the
    /// workers' records are put together).
    var what: UInt8 = 0
    /// A `DropReason`.
    var reason: UInt8 = 0
    /// A port to leave by.
    var port: UInt8 = 0
    var first: UInt64 = 0
    var second: UInt64 = 0
}

extension JourneyRecord {
    /// Bytes of a frame: how many it had, how many of them are held, and where.
    init(
        _ kind: Kind, _ sequence: UInt32, port: UInt8, length: Int, held: Int, at offset: Int
    ) {
        self.init(
            sequence: sequence, kind: kind, port: port,
            first: UInt64(length) << 32 | UInt64(held), second: UInt64(offset))
    }

    var frameLength: Int { Int(first >> 32) }
    var heldLength: Int { Int(first & 0xffff_ffff) }
    var offset: Int { Int(second) }

    init(_ sequence: UInt32, _ choice: RouteChoice) {
        let what: UInt8
        var reason: UInt8 = 0
        var port: UInt8 = 0
        var address: UInt64 = 0
        switch choice.outcome {
        case .forward(let out, let mac):
            (what, port, address) = (0, UInt8(truncatingIfNeeded: out), mac.rawValue)
        case .unresolved(let out): (what, port) = (1, UInt8(truncatingIfNeeded: out))
        case .drop(let because): (what, reason) = (2, because.rawValue)
        }
        self.init(
            sequence: sequence, kind: .routed, what: what, reason: reason, port: port,
            first: UInt64(choice.group) << 48 | UInt64(choice.nextHop) << 32
                | UInt64(choice.flowHash),
            second: UInt64(choice.slotCount) << 48 | address)
    }

    /// Nothing where a byte names no case, which no recorder writes.
    var choice: RouteChoice? {
        let outcome: RouteChoice.Outcome
        switch what {
        case 0: outcome = .forward(port: UInt16(port), mac: MACAddress(rawValue: second))
        case 1: outcome = .unresolved(port: UInt16(port))
        default:
            guard let reason = DropReason(rawValue: reason) else { return nil }
            outcome = .drop(reason)
        }
        let flowHash = UInt32(truncatingIfNeeded: first)
        let slotCount = Int(second >> 48)
        return RouteChoice(
            group: Int(first >> 48), nextHop: Int(first >> 32 & 0xffff), flowHash: flowHash,
            slot: GroupMember.slot(of: flowHash, among: slotCount), slotCount: slotCount,
            outcome: outcome)
    }
}
