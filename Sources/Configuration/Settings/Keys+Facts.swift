// SPDX-License-Identifier: Apache-2.0

extension Keys.Root: DescribedKey {
    var facts: KeyFacts? {
        switch self {
        case .version:
            KeyFacts(
                rawValue, .other(type: "`1`", schema: "\"enum\": [1, \"1\"]"),
                .required(hint: "write \"version: 1\""), "version of this format",
                description: "The version of this format.")
        case .forward:
            KeyFacts(
                rawValue, .words(Configuration.ForwardMode.self),
                .required(hint: "write \"forward: cross-connect\" or \"forward: route\""),
                "what is done with a frame",
                description:
                    "What Freeway does with a frame: pass it to the paired port, or route it by its destination."
            )
        case .workers:
            KeyFacts(
                rawValue, Configuration.WorkerSelection.shape,
                .value(Configuration.WorkerSelection.automaticWord), "how many workers, and where",
                description:
                    "How many workers there are, or on which CPUs. auto: one on each CPU but the first."
            )
        case .crossConnect:
            KeyFacts(
                rawValue,
                .other(
                    type: "list of pairs of interfaces",
                    schema:
                        "\"type\": \"array\", \"items\": { \"type\": \"array\", \"minItems\": 2, "
                        + "\"maxItems\": 2, \"uniqueItems\": true, \"items\": { \"type\": \"string\" } }"
                ),
                .words("required there"), "which interfaces are joined",
                description:
                    "Pairs of ports or interfaces that are joined, both directions. Needed with forward: cross-connect, and only there.",
                only: .crossConnect)
        case .routes:
            KeyFacts(
                rawValue, .list(of: "route"), .words("none"), "where packets go",
                description: "Where packets for a prefix go. Only with forward: route.",
                only: .route)
        case .neighbours:
            KeyFacts(
                rawValue, .list(of: "neighbour"), .words("none"), "hosts whose MAC is known",
                description:
                    "Hosts on the interfaces' networks whose MAC addresses are known. Only with forward: route.",
                only: .route)
        case .memory, .ports, .interfaces, .hash, .arp, .icmp, .control, .log: nil
        }
    }

    /// Whether a new value of one that has facts takes a restart.
    var isRestarted: Bool { self == .forward || self == .workers }
}

extension Keys.Route: DescribedKey {
    var facts: KeyFacts? {
        switch self {
        case .to:
            KeyFacts(
                rawValue,
                .other(
                    type: "prefix",
                    schema:
                        "\"type\": \"string\", \"pattern\": \"^([0-9.]+/([0-9]|[12][0-9]|3[0-2])|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*/[0-9]{1,3}|default)$\""
                ),
                .required(hint: "give the prefix, such as \"to: 10.0.0.0/8\""), "destinations",
                description:
                    "The prefix, such as 10.0.0.0/8 or 2001:db8::/32; default is 0.0.0.0/0, and that of IPv6 ::/0."
            )
        case .via:
            KeyFacts(
                rawValue,
                .other(
                    type: "address, mapping, or list",
                    schema:
                        "\"oneOf\": [{ \"$ref\": \"#/$defs/address\" }, { \"$ref\": \"#/$defs/way\" }, { \"type\": \"array\", \"minItems\": 1, "
                        + "\"maxItems\": \(Configuration.Route.maximumNextHopCount), \"items\": { \"oneOf\": ["
                        + "{ \"$ref\": \"#/$defs/address\" }, { \"$ref\": \"#/$defs/nextHop\" }] } }]"
                ),
                .words("this or `action`"), "next hops",
                description:
                    "A next hop on an interface's network, or several that share the flows; {interface: lan} for hosts behind an interface that have the destinations themselves; {vrf: blue} to look packets up in that VRF."
            )
        case .action:
            KeyFacts(
                rawValue, .words(Configuration.Route.Action.self), .words("this or `via`"), "drop",
                description:
                    "What to do in the place of a next hop: drop without a word, as unreachable, or as forbidden."
            )
        case .metric:
            KeyFacts(
                rawValue, .integer(Configuration.Route.metricRange), .value("0"),
                "which of several routes counts",
                description:
                    "Of several routes to one prefix, which need different metrics, the lowest counts by which packets can leave."
            )
        case .track:
            KeyFacts(
                rawValue, .words(Configuration.Route.Track.self), .value("link"),
                "what its next hops must be",
                description:
                    "link: a next hop counts while the link of its interface is up. neighbour: and while it answers; it is asked every two seconds."
            )
        case .vrf:
            KeyFacts(
                rawValue, .vrf, .value(Configuration.VRF.main), "whose packets it is for",
                description: "The VRF whose packets it is for.")
        }
    }
}

extension Keys.Way: DescribedKey {
    var facts: KeyFacts? {
        guard self == .vrf else { return Keys.NextHop(rawValue: rawValue)?.facts }
        return KeyFacts(
            rawValue, .vrf, .words("none"), "looked up there",
            description: "The VRF in which packets are looked up, in the place of a next hop.")
    }
}

extension Keys.NextHop: DescribedKey {
    var facts: KeyFacts? {
        switch self {
        case .address:
            KeyFacts(
                rawValue, .address, .required(hint: "give the next hop's address"),
                "a next hop")
        case .weight:
            KeyFacts(
                rawValue, .integer(Configuration.WeightedNextHop.weightRange), .value("1"),
                "its share of the flows",
                description: "Its share of the flows, beside the others' weights.")
        case .interface:
            KeyFacts(
                rawValue, .other(type: "name of an interface", schema: "\"type\": \"string\""),
                .words("that of its network"), "where it is",
                description:
                    "The port or interface that it is behind: needed for a link-local address, and with onlink."
            )
        case .onlink:
            KeyFacts(
                rawValue, .words(Configuration.Flag.self), .value("false"),
                "behind it on no network of it",
                description:
                    "true: the next hop is on the interface's link, although it is on no network of it."
            )
        }
    }
}

extension Keys.Neighbour: DescribedKey {
    var facts: KeyFacts? {
        switch self {
        case .port:
            KeyFacts(
                rawValue, .other(type: "name of an interface", schema: "\"type\": \"string\""),
                .required(hint: "name the port or interface that the neighbour is behind"),
                "where it is", description: "The name of the port or interface that it is behind.")
        case .address:
            KeyFacts(
                rawValue, .address, .required(hint: "give its address"), "its address")
        case .mac:
            KeyFacts(
                rawValue, .other(type: "MAC address", schema: "\"$ref\": \"#/$defs/mac\""),
                .required(hint: "give its MAC address"), "its MAC address")
        }
    }
}

extension ValueShape {
    fileprivate static let address = ValueShape.other(
        type: "address", schema: "\"$ref\": \"#/$defs/address\"")

    fileprivate static let vrf = ValueShape.other(
        type: "name of a VRF",
        schema: "\"type\": \"string\", \"pattern\": \"^[A-Za-z][A-Za-z0-9_-]{0,31}$\"")

    /// - Parameter definition: of an item, among the schema's `$defs`.
    fileprivate static func list(of definition: String) -> ValueShape {
        .other(
            type: "list",
            schema: "\"type\": \"array\", \"items\": { \"$ref\": \"#/$defs/\(definition)\" }")
    }
}

extension Configuration.WorkerSelection {
    fileprivate static let shape = ValueShape.other(
        type: "`\(automaticWord)`, 1-\(maximumCount), list of CPUs",
        schema:
            "\"oneOf\": [{ \"const\": \"\(automaticWord)\" }, { \"type\": \"integer\", \"minimum\": 1, "
            + "\"maximum\": \(maximumCount) }, { \"type\": \"array\", \"minItems\": 1, \"maxItems\": "
            + "\(maximumCount), \"uniqueItems\": true, \"items\": { \"type\": \"integer\", \"minimum\": 0, "
            + "\"maximum\": 1023 } }]")
}
