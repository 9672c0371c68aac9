// SPDX-License-Identifier: Apache-2.0

extension CaptureFile {
    /// The frames of a survey in a form that libpcap reads, and so DPDK's net_pcap: the file itself where that will
    /// do, otherwise a copy as pcap. Times that pcap cannot hold are not right in it.
    /// - Parameter survey: of this file.
    /// - Throws: `CaptureError` when there is no room for a copy, or `watch` wants no more.
    public func readableByLibpcap(
        _ survey: CaptureSurvey, watch: CaptureWatch = { _ in true }
    ) throws(CaptureError) -> CaptureFile {
        guard !survey.isReadByLibpcap else { return self }
        let copy = try SpoolFile(for: path)
        // In the byte order of this machine, as libpcap expects of a file with this magic: version 2.4, two
        // fields that nobody uses, the longest frame, Ethernet.
        try copy.addNumbers(
            (UInt32(0xa1b2_3c4d), UInt16(2), UInt16(4), UInt64(0), UInt32(262_144), UInt32(1)))
        let reader = try CaptureReader(self)
        for _ in 0..<survey.frameCount {
            guard let frame = try reader.next(watch: watch) else {
                throw CaptureError(.unreadable, path, "changed while it was read")
            }
            try copy.addNumbers(
                (
                    UInt32(truncatingIfNeeded: frame.moment.seconds), frame.moment.nanoseconds,
                    UInt32(frame.bytes.count), UInt32(frame.wireLength)
                ))
            try copy.add(frame.bytes)
        }
        try copy.flush()
        return CaptureFile(self, copy: copy)
    }
}

extension SpoolFile {
    /// Adds numbers of which none needs padding before it.
    fileprivate func addNumbers<Numbers>(_ numbers: Numbers) throws(CaptureError) {
        try withUnsafeBytes(of: numbers) { raw throws(CaptureError) in try add(raw) }
    }
}
