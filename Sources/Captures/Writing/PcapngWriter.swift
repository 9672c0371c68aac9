// SPDX-License-Identifier: Apache-2.0

/// Writes Ethernet frames to a pcapng file with a comment on each, which pcap cannot hold and libpcap
/// cannot write (draft-ietf-opsawg-pcapng: section header, interface description and enhanced packet
/// blocks). Times are in nanoseconds. One thread.
///
/// The frames take their place with `publish()`, as those of `CaptureWriter` do.
public final class PcapngWriter {
    /// Frames that the reader can tell apart by where they came from.
    public struct Interface: Sendable {
        public let name: String
        /// The most bytes that are kept of a frame; 0 for no limit.
        public let snapLength: Int

        public init(name: String, snapLength: Int = 0) {
            self.name = name
            self.snapLength = snapLength
        }
    }

    public let path: String
    private let output: BufferedOutput
    private let interfaceCount: Int
    private let epoch: Int64
    public private(set) var frameCount = 0

    /// What the 16 bits of an option's length hold, less the padding.
    private static let longestOption = 65_532

    /// - Parameters:
    ///   - path: `-` for standard output.
    ///   - interfaces: at least one, since some readers take no file without.
    ///   - application: what the file says about its maker.
    ///   - epoch: the second that times count from, counted from 1970.
    ///   - isInterrupted: as of `CaptureWriter`.
    /// - Throws: `CaptureError` when the file cannot be created.
    public init(
        path: String, interfaces: [Interface], application: String, epoch: Int64 = 0,
        isInterrupted: @escaping () -> Bool = { false }
    ) throws(CaptureError) {
        precondition(!interfaces.isEmpty, "a pcapng file of no interface")
        self.path = path
        self.epoch = epoch
        interfaceCount = interfaces.count
        output = try BufferedOutput(path: path, isInterrupted: isInterrupted)
        addSection(application)
        for interface in interfaces { add(interface) }
    }

    /// Adds a frame.
    /// - Parameters:
    ///   - time: nanoseconds since the epoch.
    ///   - length: bytes that the frame had; `bytes` may be only its beginning.
    ///   - interface: the position of one that the writer was made with.
    ///   - comment: cut where it is longer than a comment can be.
    public func write(
        _ bytes: some Collection<UInt8>, time: UInt64, length: Int, interface: Int = 0,
        comment: String? = nil
    ) throws(CaptureError) {
        precondition((0..<interfaceCount).contains(interface), "there is no such interface")
        addBlock(type: 6) { body in
            body.add(UInt32(interface))
            body.add(UInt32(time >> 32))
            body.add(UInt32(truncatingIfNeeded: time))
            body.add(UInt32(bytes.count))
            body.add(UInt32(length))
            body += bytes
            body.pad()
            if let comment {
                body.addOption(1, Self.cut(comment))
                body.addEndOfOptions()
            }
        }
        try output.endRecord()
        frameCount += 1
    }

    /// Writes what is buffered.
    public func flush() throws(CaptureError) { try output.flush() }

    /// Writes the rest and puts the file in its place.
    public func publish() throws(CaptureError) { try output.publish() }

    /// The section's length is not given: it may be written to a pipe.
    private func addSection(_ application: String) {
        addBlock(type: 0x0a0d_0d0a) { body in
            body.add(UInt32(0x1a2b_3c4d))
            body.add(UInt16(1))
            body.add(UInt16(0))
            body.add(UInt64.max)
            body.addOption(4, Self.cut(application))
            body.addEndOfOptions()
        }
    }

    private func add(_ interface: Interface) {
        addBlock(type: 1) { body in
            // Link type 1 is Ethernet.
            body.add(UInt16(1))
            body.add(UInt16(0))
            body.add(UInt32(interface.snapLength))
            body.addOption(2, Self.cut(interface.name))
            // Times in units of 10⁻⁹ seconds.
            body.addOption(9, [9])
            if epoch != 0 {
                body.addOption(14, Swift.withUnsafeBytes(of: epoch.littleEndian) { Array($0) })
            }
            body.addEndOfOptions()
        }
    }

    /// A block has its length, which counts type and both lengths, in front and at its end.
    private func addBlock(type: UInt32, _ fill: (inout [UInt8]) -> Void) {
        var body: [UInt8] = []
        fill(&body)
        let length = UInt32(body.count + 12)
        output.add(type)
        output.add(length)
        output.add(body)
        output.add(length)
    }

    /// At most what an option holds, and no half of a character.
    private static func cut(_ text: String) -> [UInt8] {
        var bytes = Array(text.utf8)
        guard bytes.count > longestOption else { return bytes }
        var end = longestOption
        while bytes[end] & 0xc0 == 0x80 { end -= 1 }
        bytes.removeLast(bytes.count - end)
        return bytes
    }
}

/// The fields of a section are in the order of the machine that writes it; this one chose little-endian.
extension [UInt8] {
    fileprivate mutating func add(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { self += $0 }
    }

    fileprivate mutating func pad() {
        while count % 4 != 0 { append(0) }
    }

    fileprivate mutating func addOption(_ code: UInt16, _ value: [UInt8]) {
        add(code)
        add(UInt16(value.count))
        self += value
        pad()
    }

    fileprivate mutating func addEndOfOptions() {
        add(UInt32(0))
    }
}
