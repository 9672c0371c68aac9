// SPDX-License-Identifier: Apache-2.0

/// The numbers of the interfaces between which a frame crosses, or would. Frames of ports that are joined as a whole have
/// none.
public struct CrossConnectChoice: Equatable, Sendable, BitwiseCopyable {
    public let from: UInt16
    /// Nil where frames of the interface cross to none now.
    public let to: UInt16?

    /// - Parameter to: `InterfaceEntry.none` for none.
    init(from: UInt16, to: UInt16) {
        self.from = from
        self.to = to == InterfaceEntry.none ? nil : to
    }

    /// - Parameter note: of the cross-connect stage.
    public init(_ note: StageNote) {
        self.init(
            from: UInt16(truncatingIfNeeded: note.first),
            to: UInt16(truncatingIfNeeded: note.second))
    }
}

extension StageNote {
    @inline(__always) init(_ choice: CrossConnectChoice) {
        self.init(UInt64(choice.from), UInt64(choice.to ?? InterfaceEntry.none))
    }
}
