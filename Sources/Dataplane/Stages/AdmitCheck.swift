// SPDX-License-Identifier: Apache-2.0

/// Why the admit stage lets a frame in.
public enum AdmitCheck: UInt8, Sendable {
    /// The destination MAC is the port's own.
    case ownAddress
    /// The destination MAC is that of a group: broadcast or multicast (RFC 1812, 5.3.4).
    case groupAddress
    /// The destination MAC is another's, and the port takes frames for any.
    case anyAddress
    /// It goes no further: it is ARP that tells of a host.
    case learnt
}

/// What the admit stage tells of a frame that it lets in.
public struct AdmitNote: Sendable {
    public let check: AdmitCheck
    /// The number of the interface that the frame's tags belong to; nil for a frame without tags.
    public let interface: UInt16?

    /// - Parameter note: of the admit stage.
    public init?(_ note: StageNote) {
        guard let check = AdmitCheck(rawValue: UInt8(truncatingIfNeeded: note.first)) else {
            return nil
        }
        self.check = check
        interface = note.second == 0 ? nil : UInt16(truncatingIfNeeded: note.second &- 1)
    }
}

extension StageNote {
    @inline(__always) init(_ check: AdmitCheck) { self.init(UInt64(check.rawValue)) }

    /// - Parameter interface: the number of the interface that the frame's tags belong to.
    @inline(__always) init(_ check: AdmitCheck, taggedFor interface: UInt16) {
        self.init(UInt64(check.rawValue), UInt64(interface) &+ 1)
    }
}
