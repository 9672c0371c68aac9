// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
public import PacketHeaders

/// Which part of the forwarding table a request asks for.
public struct RoutePage: Sendable, Equatable {
    /// The most routes that a page may have, and how many it has where nobody says.
    public static let limits = 1...1_000
    public static let usualLimit = 100
    /// A page ends early when its routes have this many next hops.
    static let mostNextHops = 4_096

    /// The name of the VRF whose table it is.
    public var vrf = Configuration.VRF.main
    /// Only what lies in it; nil for all.
    public var within: IPPrefix?
    /// The last prefix of the page before, which need not be in the table any more; nil for the first page.
    public var after: IPPrefix?
    public var limit = RoutePage.usualLimit

    public init() {}
}

/// Which part of the neighbours a request asks for.
public struct NeighbourPage: Sendable, Equatable {
    /// The last address of the page before, and the interface that it was on, where that was told; nil for the first page.
    public var after: IPAddress?
    public var afterInterface: String?
    public var limit = RoutePage.usualLimit

    public init() {}
}
