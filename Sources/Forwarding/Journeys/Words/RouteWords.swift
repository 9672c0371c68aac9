// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dataplane
import PacketFields
import PacketHeaders

enum RouteWords: StageWords {
    static var areKeptByDrops: Bool { true }

    static func noted(_ note: StageNote, _ story: inout JourneyStory) -> JourneyStep? {
        let teller = story.teller
        let destination = story.frame.destination ?? IPPrefix.allIPv4.address
        if let table = TableChoice(note) { return looks(in: table, for: destination, &story) }
        guard let choice = RouteChoice(note) else { return nil }
        let field = story.frame.isIPv6 ? "ipv6.destination" : "ipv4.destination"
        let named = NamedChoice(choice, to: destination, in: story.vrf, teller.tables)
        story.choice = named
        var facts: [String: JSONValue] = [
            field: "\(destination)", "entry": "\(choice.group)",
        ]
        var text = "\(destination) is in no prefix"
        if let match = named.match {
            facts["prefix"] = "\(match.prefix)"
            facts["source"] = .string(match.source.rawValue)
            text = "\(destination) is in \(match.prefix) (\(match.source))"
        }
        if let nextHop = named.nextHop, let interface = named.interface {
            let name = teller.name(of: interface)
            facts["nextHop"] = "\(nextHop)"
            facts["nextHop.port"] = .string(teller.interfaces[interface]?.port ?? name)
            facts["nextHop.interface"] = .string(name)
            text += ": to "
            if let remote = named.remote {
                facts["nextHop.remote"] = "\(remote)"
                text += "\(remote) through "
            }
            text += "\(nextHop)"
            if case .forward(_, let mac) = choice.outcome {
                facts["nextHop.mac"] = "\(mac)"
                text += " at \(mac)"
            }
            text += " on \(name)"
        }
        if let metric = named.metric {
            facts["metric"] = "\(metric)"
            text += ", by the route with metric \(metric)"
        }
        if let member = named.member {
            let hash = FieldValue.hexadecimal(UInt64(choice.flowHash), bits: 32)
            facts["member"] = "\(member.number)"
            facts["members"] = "\(member.count)"
            facts["flowHash"] = .string(hash)
            facts["flowSeed"] = "\(teller.flowSeed)"
            facts["slot"] = "\(member.slot)"
            facts["slots"] = "\(member.slotCount)"
            text += ", next hop \(member.number) of \(member.count) by flow hash "
            text += "\(hash) (slot \(member.slot) of \(member.slotCount))"
        }
        facts["agrees"] = .bool(named.agrees)
        if !named.agrees {
            text +=
                "; the stage chose entry \(choice.nextHop), \(describe(choice.outcome, teller)), "
            text += "which nothing in force asks for: this is a fault of Freeway, please report it"
        }
        return JourneyStep(stage: "route", text: text, facts: facts)
    }

    /// In which VRF a packet is looked up: its own, or one that a route leads to.
    private static func looks(
        in table: TableChoice, for destination: IPAddress, _ story: inout JourneyStory
    ) -> JourneyStep? {
        let teller = story.teller
        let before = story.vrf
        story.vrf = table.vrf
        let name = teller.tables.vrfs.name(table.vrf)
        guard table.entry != 0 else {
            // Which is told already of what came in just now.
            return before == table.vrf
                ? nil
                : JourneyStep(
                    stage: "route", text: "in VRF \(name)", facts: ["vrf": .string(name)])
        }
        let match = teller.tables.contents.longest(of: destination, in: before)
        var facts: [String: JSONValue] = ["vrf": .string(name)]
        var text = "\(destination)"
        if let match {
            facts["prefix"] = "\(match.prefix)"
            facts["source"] = .string(match.source.rawValue)
            text += " is in \(match.prefix) (\(match.source))"
        }
        return JourneyStep(stage: "route", text: text + ": looked up in VRF \(name)", facts: facts)
    }

    private static func describe(
        _ outcome: RouteChoice.Outcome, _ teller: JourneyTeller
    ) -> String {
        switch outcome {
        case .forward(let interface, let mac): "\(mac) on \(teller.name(of: interface))"
        case .unresolved(let interface):
            "an unknown neighbour on \(teller.name(of: interface))"
        case .drop(let reason): "to drop as \(reason.name)"
        }
    }
}
