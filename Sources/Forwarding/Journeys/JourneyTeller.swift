// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dataplane
import FreewayConfiguration
import PacketHeaders

/// Puts what the stages told of a frame into words. Nothing here decides anything about a frame: it
/// reads the recorded events, the frame's bytes, and for names the tables that were in force.
package struct JourneyTeller: Sendable {
    /// What a journey says of a port.
    struct Port: Sendable {
        /// DPDK's index.
        let index: UInt16
        let name: String
        let mac: MACAddress
        let mtu: Int
    }

    /// In the order of the configuration.
    let ports: [Port]
    package let tables: NamedTables
    /// Of the hash that picked among the next hops of a group.
    let flowSeed: UInt32

    /// The journey's steps and its exit.
    /// - Parameter port: DPDK's index of the port that the frame came in by.
    func tell(
        _ events: [JourneyEvent], from port: UInt16
    ) -> (steps: [JourneyStep], exit: FrameJourney.Exit?) {
        var story = Story(teller: self, port: port)
        for event in events { story.add(event) }
        return (story.steps, story.exit)
    }

    package func name(of index: UInt16) -> String { port(index)?.name ?? "port \(index)" }

    func port(_ index: UInt16) -> Port? { ports.first { $0.index == index } }

    /// The port that a port is joined to.
    func peer(of index: UInt16) -> Port? {
        guard let place = ports.firstIndex(where: { $0.index == index }),
            let pair = tables.configuration.crossConnects.first(where: {
                $0.left == place || $0.right == place
            })
        else { return nil }
        return ports[pair.left == place ? pair.right : pair.left]
    }
}

extension JourneyTeller {
    /// A journey while it is told.
    struct Story {
        let teller: JourneyTeller
        let port: UInt16
        private(set) var steps: [JourneyStep] = []
        private(set) var exit: FrameJourney.Exit?
        /// The frame as it came in.
        private var frame = FrameFacts([], length: 0)
        private var bytes: [UInt8] = []
        private var reading: RouteReading?
        private var stage: Stage?

        init(teller: JourneyTeller, port: UInt16) {
            self.teller = teller
            self.port = port
        }

        mutating func add(_ event: JourneyEvent) {
            switch event {
            case .arrived(let held):
                frame = FrameFacts(held.bytes, length: held.length)
                bytes = held.bytes
                steps.append(received())
            case .entered(let stage):
                // A stage that tells nothing of its own has let the frame pass when the next begins.
                self.stage = stage
                if stage == .validateIPv4 { steps.append(validated()) }
            case .admitted(let check): steps.append(admitted(by: check))
            case .routed(let choice): steps.append(routed(choice))
            case .rewritten, .digest: break
            case .sent(let port, let held):
                let after = FrameFacts(held.bytes, length: held.length)
                if stage != .crossConnect { steps.append(rewritten(after)) }
                steps.append(sent(by: port, after))
                exit = .transmitted(port: teller.name(of: port))
            case .dropped(let stage, let reason): drop(by: stage, because: reason)
            }
        }

        private mutating func drop(by stage: Stage, because reason: DropReason) {
            let out =
                reason == .exceedsMTU && stage == .crossConnect
                ? teller.peer(of: port) : reading?.port.flatMap(teller.port)
            let field = DecidingField(
                reason, in: bytes, length: frame.length,
                DecidingField.Context(
                    port: teller.name(of: port), mac: teller.port(port)?.mac, wayOut: out,
                    stage: stage, nextHop: reading?.nextHop,
                    configuration: teller.tables.configuration))
            // The stage's own step, if it told something, ends in the drop.
            let name = String(describing: stage)
            var facts: [String: JSONValue] = [:]
            var before = ""
            if let last = steps.last, last.stage == name {
                steps.removeLast()
                if stage == .route {
                    facts = last.facts
                    before = last.text + "; "
                }
            }
            facts["reason"] = .string(reason.name)
            var text = "\(before)dropped, \(reason.name): \(reason.summary)"
            if let field {
                facts[field.name] = .string(field.value)
                text += " (\(field.name) \(field.value))"
            }
            steps.append(JourneyStep(stage: name, text: text, facts: facts))
            exit = .dropped(
                reason: reason.name, stage: name, field: field?.name, value: field?.value)
        }
    }
}

extension JourneyTeller.Story {
    private func received() -> JourneyStep {
        var facts: [String: JSONValue] = [
            "port": .string(teller.name(of: port)), "frame.length": "\(frame.length)",
        ]
        if let ethernet = frame.ethernet {
            facts["ethernet.destination"] = "\(ethernet.destination)"
            facts["ethernet.source"] = "\(ethernet.source)"
            facts["ethernet.etherType"] = "\(ethernet.etherType)"
        }
        return JourneyStep(
            stage: "receive", text: "from \(teller.name(of: port)): \(frame.summary)", facts: facts)
    }

    private func admitted(by check: AdmitCheck) -> JourneyStep {
        let destination = frame.ethernet.map { "\($0.destination)" } ?? "unknown"
        let text: String
        var facts: [String: JSONValue] = [
            "check": "\(check)", "ethernet.destination": .string(destination),
            "ethernet.etherType": frame.ethernet.map { "\($0.etherType)" } ?? "unknown",
        ]
        switch check {
        case .ownAddress: text = "for \(destination), the port's own MAC"
        case .groupAddress: text = "for \(destination), a group's MAC"
        case .anyAddress: text = "for \(destination), not the port's MAC, but it takes any"
        }
        if let mac = teller.port(port)?.mac { facts["port.mac"] = "\(mac)" }
        return JourneyStep(stage: "admit", text: "\(text); IPv4", facts: facts)
    }

    private func validated() -> JourneyStep {
        guard let ipv4 = frame.ipv4 else {
            return JourneyStep(stage: "validateIPv4", text: "the header is right", facts: [:])
        }
        return JourneyStep(
            stage: "validateIPv4",
            text:
                "header of \(ipv4.headerLength) bytes, total length \(ipv4.totalLength), checksum "
                + "\(ipv4.checksum.hexadecimal) is right, \(ipv4.source) and \(ipv4.destination) "
                + "can be routed",
            facts: [
                "ipv4.version": "\(ipv4.version)", "ipv4.headerLength": "\(ipv4.headerLength)",
                "ipv4.totalLength": "\(ipv4.totalLength)",
                "ipv4.headerChecksum": .string(ipv4.checksum.hexadecimal),
                "ipv4.source": "\(ipv4.source)",
                "ipv4.destination": "\(ipv4.destination)",
            ])
    }

    private mutating func routed(_ choice: RouteChoice) -> JourneyStep {
        let destination = frame.ipv4?.destination ?? IPv4Address(rawValue: 0)
        let reading = RouteReading(choice, to: destination, teller.tables)
        self.reading = reading
        var facts: [String: JSONValue] = [
            "ipv4.destination": "\(destination)", "entry": "\(choice.group)",
        ]
        var text = "\(destination) is in no prefix"
        if let match = reading.match {
            facts["prefix"] = "\(match.prefix)"
            facts["source"] = .string(match.source.rawValue)
            text = "\(destination) is in \(match.prefix) (\(match.source))"
        }
        if let nextHop = reading.nextHop, let port = reading.port {
            let name = teller.name(of: port)
            facts["nextHop"] = "\(nextHop)"
            facts["nextHop.port"] = .string(name)
            text += ": to \(nextHop)"
            if case .forward(_, let mac) = choice.outcome {
                facts["nextHop.mac"] = "\(mac)"
                text += " at \(mac)"
            }
            text += " on \(name)"
        }
        if let member = reading.member {
            facts["member"] = "\(member.number)"
            facts["members"] = "\(member.count)"
            facts["flowHash"] = .string(choice.flowHash.hexadecimal)
            facts["flowSeed"] = "\(teller.flowSeed)"
            facts["slot"] = "\(choice.slot)"
            facts["slots"] = "\(choice.slotCount)"
            text += ", next hop \(member.number) of \(member.count) by flow hash "
            text += "\(choice.flowHash.hexadecimal) (slot \(choice.slot) of \(choice.slotCount))"
        }
        facts["agrees"] = .bool(reading.agrees)
        if !reading.agrees {
            text +=
                "; the stage chose entry \(choice.nextHop), \(teller.describe(choice.outcome)), "
            text += "which nothing in force asks for: this is a fault of Freeway, please report it"
        }
        return JourneyStep(stage: "route", text: text, facts: facts)
    }

    private func rewritten(_ after: FrameFacts) -> JourneyStep {
        var facts: [String: JSONValue] = [:]
        var parts: [String] = []
        if let before = frame.ipv4, let new = after.ipv4 {
            facts["ipv4.timeToLive.before"] = "\(before.timeToLive)"
            facts["ipv4.timeToLive.after"] = "\(new.timeToLive)"
            facts["ipv4.headerChecksum.before"] = .string(before.checksum.hexadecimal)
            facts["ipv4.headerChecksum.after"] = .string(new.checksum.hexadecimal)
            parts.append("ttl \(before.timeToLive) to \(new.timeToLive)")
            parts.append("checksum \(before.checksum.hexadecimal) to \(new.checksum.hexadecimal)")
        }
        if let ethernet = after.ethernet {
            facts["ethernet.destination"] = "\(ethernet.destination)"
            facts["ethernet.source"] = "\(ethernet.source)"
            parts.append("MACs \(ethernet.source) > \(ethernet.destination)")
            if let hop = reading?.nextHop,
                teller.tables.contents.own.neighbour(at: hop)?.mac != ethernet.destination
            {
                parts.append(
                    "but \(hop) has another MAC in the configuration: this is a fault of Freeway, "
                        + "please report it")
            }
        }
        if after.length < frame.length {
            facts["frame.length.before"] = "\(frame.length)"
            facts["frame.length.after"] = "\(after.length)"
            parts.append("\(frame.length - after.length) bytes behind the packet cut")
        }
        return JourneyStep(
            stage: "rewrite", text: parts.joined(separator: ", "), facts: facts)
    }

    private func sent(by port: UInt16, _ after: FrameFacts) -> JourneyStep {
        let name = teller.name(of: port)
        let facts: [String: JSONValue] = [
            "port": .string(name), "frame.length": "\(after.length)",
        ]
        guard stage != .crossConnect else {
            return JourneyStep(
                stage: "crossConnect",
                text: "\(teller.name(of: self.port)) is joined with \(name): leaves unchanged",
                facts: facts)
        }
        return JourneyStep(
            stage: "transmit", text: "leaves by \(name), \(after.length) bytes", facts: facts)
    }
}

extension JourneyTeller {
    fileprivate func describe(_ outcome: RouteChoice.Outcome) -> String {
        switch outcome {
        case .forward(let port, let mac): "\(mac) on \(name(of: port))"
        case .unresolved(let port): "an unknown neighbour on \(name(of: port))"
        case .drop(let reason): "to drop as \(reason.name)"
        }
    }
}
