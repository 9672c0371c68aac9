// SPDX-License-Identifier: Apache-2.0

/// One thing that a stage told of a frame, packed: recorders hold many of them.
struct JourneyRecord: BitwiseCopyable {
    enum Kind: UInt8 {
        case arrived, entered, noted, digest, sent, dropped, became, resumed, consumed
    }

    /// The frame's place in the order of the replay.
    let sequence: UInt32
    let kind: Kind
    /// A stage, or the worker that holds bytes (set when the workers' records are put together).
    var what: UInt8 = 0
    /// A `DropReason`.
    var reason: UInt8 = 0
    /// A port to leave by; of `became` the stage.
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
}
