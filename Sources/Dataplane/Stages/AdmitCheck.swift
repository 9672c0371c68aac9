// SPDX-License-Identifier: Apache-2.0

/// Why the admit stage lets a frame in.
public enum AdmitCheck: UInt8, Sendable {
    /// The destination MAC is the port's own.
    case ownAddress
    /// The destination MAC is that of a group: broadcast or multicast (RFC 1812, 5.3.4).
    case groupAddress
    /// The destination MAC is another's, and the port takes frames for any.
    case anyAddress
}

extension AdmitCheck {
    /// - Parameter note: of the admit stage.
    public init?(_ note: StageNote) {
        self.init(rawValue: UInt8(truncatingIfNeeded: note.first))
    }
}

extension StageNote {
    @inline(__always) init(_ check: AdmitCheck) { self.init(UInt64(check.rawValue)) }
}
