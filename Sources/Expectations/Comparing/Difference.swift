// SPDX-License-Identifier: Apache-2.0

/// One thing that is not as expected. `summary` says it in a line, `text` says all of it.
public struct Difference: Hashable, Sendable {
    public enum Kind: String, Sendable, Codable {
        /// A frame left, and differs from the one expected in its place.
        case changed
        /// An expected frame did not leave.
        case missing
        /// A frame left that was not expected.
        case extra
        /// A frame left, but earlier or later than expected.
        case outOfOrder
        /// A frame left with a wrong checksum.
        case checksum
        /// A named frame does not say what it must.
        case field
        /// The frames dropped for a reason are not as many as expected.
        case drops
        /// A query's answer is not as expected.
        case query
        /// Flows or frames are not shared out among ports or next hops as expected.
        case shares
    }

    public var kind: Kind
    /// The port that the frame left or should have left; `nil` where no port is meant.
    public var port: String?
    /// The ports by one of which a packet in words should have left; `nil` for other frames.
    public var ports: [String]?
    /// The flow as the frame goes through it, such as `udp 192.0.2.1:1000 > 198.51.100.7:53`.
    public var flow: String?
    /// The frame's number in the expected capture, from 1.
    public var expectedFrame: Int?
    /// The frame's number among those that left the port, from 1.
    public var gotFrame: Int?
    /// The expected frame's number among those of its flow in the expected capture, from 1.
    public var expectedFrameInFlow: Int?
    /// The frame's number among those of its flow that left the port, from 1.
    public var gotFrameInFlow: Int?
    public var fields: [FieldDifference]
    /// Of a packet in words, the frame that they give with what is usual for the rest.
    public var expectedBytes: HexBytes?
    public var gotBytes: HexBytes?
    /// Where the expectation is written, when that is a line of a case file.
    public var place: String?
    /// Why the frame did not leave, where the caller knows.
    public var dropReason: String?
    /// The frame's way through the stages in lines, where the caller knows.
    public var journey: [String]

    public init(
        _ kind: Kind, port: String? = nil, fields: [FieldDifference] = [], place: String? = nil
    ) {
        self.kind = kind
        self.port = port
        self.fields = fields
        self.place = place
        journey = []
    }
}

extension Difference: Codable {
    private enum SummaryKey: String, CodingKey { case summary }

    private enum CodingKeys: String, CodingKey {
        case kind, port, ports, flow, expectedFrame, gotFrame, expectedFrameInFlow, gotFrameInFlow,
            fields
        case expectedBytes, gotBytes, place, dropReason, journey
    }

    /// With `summary`, which follows from the rest.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        try container.encodeIfPresent(port, forKey: .port)
        try container.encodeIfPresent(ports, forKey: .ports)
        try container.encodeIfPresent(flow, forKey: .flow)
        try container.encodeIfPresent(expectedFrame, forKey: .expectedFrame)
        try container.encodeIfPresent(gotFrame, forKey: .gotFrame)
        try container.encodeIfPresent(expectedFrameInFlow, forKey: .expectedFrameInFlow)
        try container.encodeIfPresent(gotFrameInFlow, forKey: .gotFrameInFlow)
        try container.encode(fields, forKey: .fields)
        try container.encodeIfPresent(expectedBytes, forKey: .expectedBytes)
        try container.encodeIfPresent(gotBytes, forKey: .gotBytes)
        try container.encodeIfPresent(place, forKey: .place)
        try container.encodeIfPresent(dropReason, forKey: .dropReason)
        if !journey.isEmpty { try container.encode(journey, forKey: .journey) }
        var text = encoder.container(keyedBy: SummaryKey.self)
        try text.encode(summary, forKey: .summary)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        kind = try container.decode(Kind.self, forKey: .kind)
        port = try container.decodeIfPresent(String.self, forKey: .port)
        ports = try container.decodeIfPresent([String].self, forKey: .ports)
        flow = try container.decodeIfPresent(String.self, forKey: .flow)
        expectedFrame = try container.decodeIfPresent(Int.self, forKey: .expectedFrame)
        gotFrame = try container.decodeIfPresent(Int.self, forKey: .gotFrame)
        expectedFrameInFlow = try container.decodeIfPresent(Int.self, forKey: .expectedFrameInFlow)
        gotFrameInFlow = try container.decodeIfPresent(Int.self, forKey: .gotFrameInFlow)
        fields = try container.decode([FieldDifference].self, forKey: .fields)
        expectedBytes = try container.decodeIfPresent(HexBytes.self, forKey: .expectedBytes)
        gotBytes = try container.decodeIfPresent(HexBytes.self, forKey: .gotBytes)
        place = try container.decodeIfPresent(String.self, forKey: .place)
        dropReason = try container.decodeIfPresent(String.self, forKey: .dropReason)
        journey = try container.decodeIfPresent([String].self, forKey: .journey) ?? []
    }
}
