// SPDX-License-Identifier: Apache-2.0

/// When a frame was captured, as exactly as a capture says it. A pcap file holds 1970 to 2106, a pcapng file
/// billions of years around.
public struct CaptureTime: Hashable, Sendable {
    /// Whole seconds since 1970; negative before.
    public let seconds: Int64
    /// What follows them: 0 ..< 1,000,000,000.
    public let nanoseconds: UInt32

    public init(seconds: Int64, nanoseconds: UInt32 = 0) {
        precondition(nanoseconds < 1_000_000_000, "nanoseconds that are a second")
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// Nanoseconds since a second.
    /// - Parameter epoch: that second, counted from 1970.
    /// - Returns: nil before it, and more than 584 years after it.
    public func nanoseconds(since epoch: Int64) -> UInt64? {
        let (whole, isTooFar) = seconds.subtractingReportingOverflow(epoch)
        guard !isTooFar, whole >= 0 else { return nil }
        let (product, overflows) = UInt64(whole).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carries) = product.addingReportingOverflow(UInt64(nanoseconds))
        return overflows || carries ? nil : sum
    }

    /// Nanoseconds since 1970; 0 before it, and the most that there is after the year 2554.
    public var nanosecondsSince1970: UInt64 {
        nanoseconds(since: 0) ?? (seconds < 0 ? 0 : .max)
    }
}

extension CaptureTime: Comparable {
    public static func < (left: CaptureTime, right: CaptureTime) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
}
