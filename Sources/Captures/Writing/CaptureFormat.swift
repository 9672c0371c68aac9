// SPDX-License-Identifier: Apache-2.0

/// The kinds of capture that are written.
public enum CaptureFormat: Sendable {
    case pcap, pcapng

    /// What a name asks for: pcapng where it ends so.
    public init(ofFileNamed path: String) {
        self = path.lowercased().hasSuffix(".pcapng") ? .pcapng : .pcap
    }

    /// Whether times fit: a pcap file has 32 bits for the seconds since 1970, so it ends in 2106.
    /// - Parameters:
    ///   - epoch: the second that times count from, counted from 1970.
    ///   - latest: nanoseconds since then; nil where it is not known how late it gets.
    public static func pcapHolds(from epoch: Int64, to latest: UInt64?) -> Bool {
        guard epoch >= 0, let latest else { return false }
        let (end, overflows) = UInt64(epoch).addingReportingOverflow(latest / 1_000_000_000)
        return !overflows && end <= UInt64(UInt32.max)
    }
}
