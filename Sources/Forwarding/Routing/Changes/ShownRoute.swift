// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import PacketHeaders

/// A line of `ip route show` that begins a route.
struct ShownRoute {
    enum Kind {
        case target(RouteChanges.Target)
        /// Its next hops are on the lines below.
        case open
        /// The kernel made it from an interface's addresses, as Freeway does from those of a port.
        case passedOver
    }

    let prefix: IPPrefix
    let kind: Kind
    let preference: RouteChanges.Preference
    /// Nil for the main one.
    private(set) var vrf: String?

    /// Types of routes that `ip route show` puts in front of the prefix (rtnetlink(7)), beside those that Freeway has.
    private static let ownTypes: [StaticString] = ["local", "broadcast", "multicast", "anycast"]
    private static let otherTypes: [StaticString] = ["throw", "nat"]

    /// Whether a line is one, by its first word.
    static func begins(with word: Word) -> Bool {
        word == "default" || word == "unicast" || word.beginsWithDigit
            || RouteChanges.Target.drop(word) != nil
            || (ownTypes + otherTypes).contains { word == $0 } || word.isIPv6
    }

    init(
        _ first: Word, _ words: inout WordReader, _ targets: inout RouteTargetReader
    ) throws(RouteTextError) {
        guard !Self.otherTypes.contains(where: { first == $0 }) else {
            throw RouteTextError(
                "\(first.text) is none of Freeway's routes: expected blackhole, unreachable or prohibit in its place"
            )
        }
        let drop = RouteChanges.Target.drop(first)
        let isOwn = Self.ownTypes.contains { first == $0 }
        let hasType = drop != nil || isOwn || first == "unicast"
        let word = hasType ? words.next() ?? Word() : first
        // What is wrong with the prefix comes first.
        _ = try word.prefix()
        let rest = try targets.read(&words, isDrop: drop != nil || isOwn)
        prefix = try targets.prefix(word, rest)
        preference = rest.preference
        // Of IPv6 the kernel has routes for links and groups, too, and for what is nobody's.
        let isKernels = rest.isKernels && rest.target == nil && (drop == nil || rest.isOfIPv6)
        let isOfScope = prefix.problemOfScope != nil || prefix.address.ipv6?.isLoopback == true
        if rest.table == .local || isKernels || isOfScope {
            kind = .passedOver
            return
        }
        vrf = rest.vrf
        guard !isOwn else {
            throw RouteTextError(
                "\(first.text) is none of Freeway's routes: its own addresses are those of ports")
        }
        if let target = drop ?? rest.target {
            kind = .target(target)
        } else if let device = rest.device {
            kind = .target(.interface(device))
        } else {
            kind = .open
        }
    }
}
