// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import PacketHeaders

/// Reads what stands behind a prefix in the words of `ip route`: next hops, and what Linux says of a route beside
/// them. Whatever does not say where packets go is passed over; what does and is nothing that Freeway has is an
/// error.
struct RouteTargetReader {
    enum Table: Equatable {
        case main, local
        /// That of a VRF.
        case other(String)
    }

    struct Rest {
        /// Nil where no next hop stands there.
        var target: RouteChanges.Target?
        var preference = RouteChanges.Preference()
        /// Whether the next hop is on no network of its interface.
        var isOnLink = false
        var table = Table.main
        /// `proto kernel`.
        var isKernels = false
        /// `dev`
        var device: String?
        /// Whether it has words that Linux says of routes of IPv6 alone.
        var isOfIPv6 = false

        /// The VRF whose table it is; nil for the main one.
        var vrf: String? { if case .other(let name) = table { name } else { nil } }
    }

    /// Each has a value behind it; that of a locked metric has `lock` in front.
    private static let values: [StaticString] = [
        "scope", "src", "pref", "nhid", "realm", "realms", "error", "expires", "mtu", "advmss",
        "hoplimit", "window", "rtt", "rttvar", "rto_min", "ssthresh", "cwnd", "initcwnd",
        "initrwnd", "quickack", "reordering", "congctl", "features", "fastopen_no_cookie",
    ]
    private static let flags: [StaticString] = [
        "linkdown", "dead", "pervasive", "offload", "trap", "notify", "rt_offload",
        "rt_trap", "offload_failed", "unresolved", "cache",
        // Where ip -oneline joins lines.
        "\\",
    ]

    /// Whether a next hop of the line has its family in front of it (`via inet6 2001:db8::9`).
    private(set) var hasFamily = false

    /// Most lines name the same next hop as the one before.
    private var lastHop: (address: IPAddress, target: RouteChanges.Target)?

    /// Reads to the end of a line.
    /// - Parameter isDrop: whether the route has a type that goes without a next hop.
    mutating func read(
        _ words: inout WordReader, isDrop: Bool
    ) throws(RouteTextError) -> Rest {
        var rest = Rest()
        var address: IPAddress?
        hasFamily = false
        while let word = words.next() {
            let isTarget = word == "via" || word == "nexthop"
            if !isTarget, try readAttribute(word, &words, &rest) { continue }
            if isDrop {
                throw RouteTextError("found \(word.quoted) behind the prefix, expected nothing")
            }
            if rest.target != nil || address != nil {
                throw RouteTextError("found \(word.quoted) behind the next hop, expected nothing")
            }
            if word == "nexthop" {
                let members = try members(word, &words)
                if let problem = RouteChanges.problem(with: members) {
                    throw RouteTextError(problem)
                }
                rest.target = .via(members)
            } else if word == "via" {
                var ahead = words
                if let next = ahead.next(), next == "vrf" {
                    rest.target = .table(try value(of: next, &ahead).text)
                    words = ahead
                } else {
                    address = try self.address(&words)
                }
            } else {
                throw RouteTextError(
                    "found \(word.quoted), expected via ADDRESS or nexthop via ADDRESS")
            }
        }
        if let address { rest.target = target(address, rest.device, isOnLink: rest.isOnLink) }
        return rest
    }

    /// Reads `nexthop via A [weight N]` once or more, to the end of a line.
    mutating func members(
        _ first: Word, _ words: inout WordReader
    ) throws(RouteTextError) -> [RouteChanges.Hop] {
        var members: [RouteChanges.Hop] = []
        var keyword: Word? = first
        while let word = keyword {
            guard word == "nexthop" else {
                throw RouteTextError("found \(word.quoted), expected nexthop via ADDRESS")
            }
            guard let via = words.next(), via == "via" else {
                throw RouteTextError("expected via ADDRESS behind nexthop")
            }
            var member = RouteChanges.Hop(address: try address(&words))
            var rest = Rest()
            keyword = nil
            while let word = words.next() {
                if word == "weight" {
                    member.weight = try weight(words.next() ?? Word())
                } else if try !readAttribute(word, &words, &rest) {
                    keyword = word
                    break
                }
            }
            if member.address.ipv6?.isLinkLocal == true || rest.isOnLink {
                member.interface = rest.device
            }
            member.isOnLink = rest.isOnLink && rest.device != nil
            members.append(member)
        }
        return members
    }

    /// - Parameter device: counts where the address is of one link alone.
    private mutating func target(
        _ address: IPAddress, _ device: String?, isOnLink: Bool
    ) -> RouteChanges.Target {
        if address.ipv6?.isLinkLocal == true || isOnLink {
            return .via([
                .init(
                    address: address, interface: device, isOnLink: isOnLink && device != nil)
            ])
        }
        if let lastHop, lastHop.address == address { return lastHop.target }
        let target = RouteChanges.Target.via([.init(address: address)])
        lastHop = (address, target)
        return target
    }

    private mutating func address(
        _ words: inout WordReader
    ) throws(RouteTextError) -> IPAddress {
        var word = words.next() ?? Word()
        // Linux names the family where it is not that of the route, or always, as it likes.
        if word == "inet" || word == "inet6" {
            hasFamily = true
            word = words.next() ?? Word()
        }
        guard let (address, _) = word.addressAndLength, !word.hasLength else {
            throw RouteTextError(
                word.isEmpty
                    ? "has no next hop behind via: expected an address such as 192.0.2.9"
                    : "found \(word.quoted), expected a next hop such as 192.0.2.9")
        }
        return address
    }

    private func weight(_ word: Word) throws(RouteTextError) -> Int {
        let range = Configuration.WeightedNextHop.weightRange
        guard let weight = word.number, range.contains(weight) else {
            throw RouteTextError(
                "found \(word.quoted), expected a weight from \(range.lowerBound) to "
                    + "\(range.upperBound)")
        }
        return weight
    }

    /// - Returns: false when the word is none that can be passed over.
    private func readAttribute(
        _ word: Word, _ words: inout WordReader, _ rest: inout Rest
    ) throws(RouteTextError) -> Bool {
        if word == "dev" {
            rest.device = try value(of: word, &words).text
        } else if word == "proto" || word == "protocol" {
            let name = try value(of: word, &words)
            // Its number, where names are not looked up.
            rest.isKernels = name == "kernel" || name == "2"
        } else if word == "metric" || word == "priority" || word == "preference" {
            let value = try value(of: word, &words)
            guard let metric = value.unsigned else {
                throw RouteTextError("found \(value.quoted), expected a metric such as 100")
            }
            rest.preference.metric = metric
        } else if word == "track" {
            let value = try value(of: word, &words)
            guard value == "neighbour" || value == "link" else {
                throw RouteTextError(
                    "found \(value.quoted), expected track neighbour or track link")
            }
            rest.preference.tracksNeighbours = value == "neighbour"
        } else if word == "onlink" {
            rest.isOnLink = true
        } else if word == "table" {
            let name = try value(of: word, &words)
            rest.table =
                name == "main" || name == "254"
                ? .main : name == "local" || name == "255" ? .local : .other(name.text)
        } else if word == "vrf" {
            let name = try value(of: word, &words)
            rest.table = name == "main" ? .main : .other(name.text)
        } else if word == "tos" || word == "dsfield" {
            throw RouteTextError("is for one type of service; Freeway's routes are for all")
        } else if Self.flags.contains(where: { word == $0 }) {
            return true
        } else if Self.values.contains(where: { word == $0 }) {
            if word == "pref" { rest.isOfIPv6 = true }
            if try value(of: word, &words) == "lock" { _ = try value(of: word, &words) }
        } else {
            return false
        }
        return true
    }

    private func value(
        of word: Word, _ words: inout WordReader
    ) throws(RouteTextError) -> Word {
        guard let value = words.next() else {
            throw RouteTextError("has nothing behind \(word.text)")
        }
        return value
    }
}

extension RouteChanges {
    /// What is wrong with a set of next hops beside their addresses; nil when nothing is.
    static func problem(with members: [Hop]) -> String? {
        let most = Configuration.Route.maximumNextHopCount
        guard (1...most).contains(members.count) else {
            return "found \(members.count) next hops, expected 1 to \(most)"
        }
        var seen: Set<Hop> = []
        for member in members
        where !seen.insert(Hop(address: member.address, interface: member.interface)).inserted {
            return "\(member.address) is given twice; give it a weight instead"
        }
        return nil
    }
}

extension RouteTargetReader {
    /// What stands for all addresses: of IPv6 where the rest of the line says so, since `ip -6 route` has the same word.
    func prefix(_ word: Word, _ rest: Rest) throws(RouteTextError) -> IPPrefix {
        let prefix = try word.prefix()
        guard word == "default" else { return prefix }
        if rest.isOfIPv6 { return .allIPv6 }
        guard !hasFamily, case .via(let hops) = rest.target,
            hops.allSatisfy({ !$0.address.isIPv4 })
        else { return prefix }
        return .allIPv6
    }
}
