// SPDX-License-Identifier: Apache-2.0

/// A frame that was dropped, as it was kept to be looked at.
public struct DroppedFrame: Codable, Sendable, Equatable {
    /// The field that decided, and what it held.
    public struct Field: Codable, Sendable, Equatable {
        /// As in expectations: `ipv4.destination`.
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// lowerCamelCase.
    public var reason: String
    /// In a replay the time of the frame in its capture.
    public var time: Timestamp
    /// The port that received it; absent where the device's driver does not say.
    public var port: String?
    /// The name of the interface whose tags it has: the port's own, but for tagged frames; absent where none has them, and for a
    /// frame that was about to leave.
    public var interface: String?
    public var worker: Int
    /// The stage that dropped it; absent for a frame between workers.
    public var stage: String?
    /// Bytes of the whole frame without FCS.
    public var length: Int
    /// Source, destination and protocol; absent for a frame without a whole Ethernet header.
    public var flow: String?
    /// Absent where a queue or the end of the forwarder decided.
    public var field: Field?
    /// The beginning of the frame as the stage saw it, in hexadecimal digits.
    public var bytes: String

    public init(
        reason: String, time: Timestamp, port: String?, interface: String? = nil, worker: Int,
        stage: String?, length: Int, flow: String?, field: Field?, bytes: some Sequence<UInt8>
    ) {
        self.reason = reason
        self.time = time
        self.port = port
        self.interface = interface
        self.worker = worker
        self.stage = stage
        self.length = length
        self.flow = flow
        self.field = field
        self.bytes = bytes.map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    /// The bytes behind the digits; nil where they are none.
    public var decodedBytes: [UInt8]? {
        let digits = bytes.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count.isMultiple(of: 2), !digits.contains(nil) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0]! << 4 | digits[$0 + 1]!)
        }
    }

    /// One line: `noRoute in route: ipv4.destination 203.0.113.9 (worker 0)`.
    public var comment: String {
        let place = stage.map { " in \($0)" } ?? " between workers"
        let cause = field.map { ": \($0.name) \($0.value)" } ?? ""
        return "\(reason)\(place)\(cause) (worker \(worker))"
    }
}
