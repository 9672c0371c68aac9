// SPDX-License-Identifier: Apache-2.0

import ControlAPI

extension Timestamp {
    /// - Parameter epoch: the second that the nanoseconds count from, counted from 1970.
    package init(nanoseconds: UInt64, since epoch: Int64 = 0) {
        let (seconds, overflows) = epoch.addingReportingOverflow(Int64(nanoseconds / 1_000_000_000))
        self.init(
            seconds: overflows ? .max : seconds, nanoseconds: UInt32(nanoseconds % 1_000_000_000))
    }

    /// Zero for what is earlier than the epoch, and the most that there is for what is 584 years later.
    package func nanoseconds(since epoch: Int64) -> UInt64 {
        let (whole, isTooFar) = seconds.subtractingReportingOverflow(epoch)
        guard whole >= 0, !isTooFar else { return isTooFar && seconds > epoch ? .max : 0 }
        let (product, overflows) = UInt64(whole).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carries) = product.addingReportingOverflow(UInt64(nanoseconds))
        return overflows || carries ? .max : sum
    }
}
