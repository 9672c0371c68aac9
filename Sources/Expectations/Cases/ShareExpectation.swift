// SPDX-License-Identifier: Apache-2.0

public import FreewayConfiguration
public import PacketHeaders

/// How what leaves is shared out among ports, or among next hops.
public struct ShareExpectation: Sendable, Equatable {
    /// What is counted.
    public enum Unit: String, CaseIterable, Sendable {
        /// A flow counts once, and all its frames must go one way.
        case flows
        case frames
    }

    /// Where frames go.
    public enum Way: Sendable, Hashable, CustomStringConvertible {
        case port(String)
        case nextHop(IPAddress)

        public var description: String {
            switch self {
            case .port(let name): name
            case .nextHop(let address): "\(address)"
            }
        }
    }

    /// The share of a way.
    public struct Part: Sendable, Equatable {
        public var way: Way
        public var bounds: ShareBounds

        public init(_ way: Way, _ bounds: ShareBounds) {
            self.way = way
            self.bounds = bounds
        }
    }

    public var unit: Unit
    /// How many there must be in all; `nil` for any number but none.
    public var count: Int?
    /// Only packets with a destination in this network count; `nil` for all frames.
    public var destination: IPPrefix?
    /// In the order of the file; all ports, or all next hops.
    public var parts: [Part]
    /// Where the case file says so.
    public var origin: Origin

    public init(
        _ parts: [Part], of unit: Unit = .flows, count: Int? = nil,
        to destination: IPPrefix? = nil, origin: Origin = Origin()
    ) {
        self.unit = unit
        self.count = count
        self.destination = destination
        self.parts = parts
        self.origin = origin
    }
}
