// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

/// Which part of the forwarding table a request asks for.
public struct RoutePage: Sendable, Equatable {
    /// The most routes that a page may have, and how many it has where nobody says.
    public static let limits = 1...1_000
    public static let usualLimit = 100
    /// A page ends early when its routes have this many next hops.
    static let mostNextHops = 4_096

    /// Only what lies in it; nil for all.
    public var within: IPv4Prefix?
    /// The last prefix of the page before, which need not be in the table any more; nil for the first page.
    public var after: IPv4Prefix?
    public var limit = RoutePage.usualLimit

    public init() {}
}

/// Which part of the neighbours a request asks for.
public struct NeighbourPage: Sendable, Equatable {
    /// The last address of the page before; nil for the first page.
    public var after: IPv4Address?
    public var limit = RoutePage.usualLimit

    public init() {}
}
