// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dataplane
import PacketFields
import PacketHeaders

/// A journey while it is told.
struct JourneyStory {
    /// In the words of what is in force.
    var teller: JourneyTeller
    /// DPDK's index of the port that the frame came in by.
    let port: UInt16
    private(set) var steps: [JourneyStep] = []
    private(set) var exits: [FrameJourney.Exit] = []
    /// The frame as it came in.
    private(set) var frame = ToldFrame(HeldFrame(length: 0, bytes: []))
    /// The number of the interface that the frame's tags belong to, once a stage has told; else that of the port.
    var interface: UInt16
    /// The number of the VRF that it is in, or is looked up in; 0 for the main one.
    var vrf: UInt16 = 0
    /// Where the route stage sent it, once it has.
    var choice: NamedChoice?
    /// Between which interfaces it crosses, once the stage has told.
    var crossing: CrossConnectChoice?
    /// That the frame came to, in order.
    private var stages: [Stage] = []

    init(teller: JourneyTeller, port: UInt16) {
        self.teller = teller
        self.port = port
        interface = port
    }

    mutating func add(_ event: JourneyEvent) {
        switch event {
        case .arrived(let held):
            frame = ToldFrame(held)
            steps.append(received())
        case .entered(let stage):
            // A packet that waited comes to some of them again, and leaves by each once.
            stages.removeAll { $0 == stage }
            stages.append(stage)
            if let step = stage.words.entered(self) { steps.append(step) }
        case .noted(let stage, let note):
            if let step = stage.words.noted(note, &self) { steps.append(step) }
        case .digest, .resumed: break
        case .sent(let port, let held):
            let after = ToldFrame(held)
            // Of parts behind the first, or copies, there is no more to be told than where they leave.
            let isPart = choice != nil && exits.contains { $0.kind == .transmitted }
            let told = isPart ? [.transmit] : stages
            steps += told.compactMap { $0.words.sent(after, by: port, self) }
            exits.append(.transmitted(port: teller.name(of: port)))
        case .dropped(let stage, let reason): drop(by: stage, because: reason)
        case .consumed(let stage):
            exits.append(.consumed(stage: "\(stage)"))
            guard stage == .route else { break }
            steps.append(
                JourneyStep(stage: "route", text: "ends here: \(frame.consumedAs)", facts: [:]))
        case .became(let stage, let held): become(ToldFrame(held), by: stage)
        }
    }

    /// What follows is told of the frame that a stage made.
    private mutating func become(_ made: ToldFrame, by stage: Stage) {
        var facts: [String: JSONValue] = ["frame.length": "\(made.length)"]
        facts.add(
            made, .ipv4Source, .ipv4Destination, .icmpType, .icmpCode, .icmpRest, .arpOperation,
            .arpSenderHardwareAddress, .arpSenderAddress, .arpTargetAddress, .ipv6Source,
            .ipv6Destination, .icmpv6Type, .icmpv6Code, .icmpv6Rest)
        steps.append(
            JourneyStep(stage: "\(stage)", text: "Freeway says: \(made.message)", facts: facts))
        frame = made
        choice = nil
        stages = []
    }

    private func received() -> JourneyStep {
        var facts: [String: JSONValue] = [
            "port": .string(teller.name(of: port)), "frame.length": "\(frame.length)",
        ]
        facts.add(frame, .ethernetDestination, .ethernetSource, .ethernetEtherType)
        return JourneyStep(
            stage: "receive", text: "from \(teller.name(of: port)): \(frame.summary)", facts: facts)
    }

    private mutating func drop(by stage: Stage, because reason: DropReason) {
        let out =
            stage == .crossConnect && reason != .linkDown
            ? teller.peer(of: interface) : choice?.interface.flatMap { teller.interfaces[$0] }
        let field = DecidingField(
            reason, in: frame.fields.bytes, length: frame.length,
            DecidingField.Context(
                port: teller.name(of: port), interface: teller.name(of: interface),
                mac: teller.interfaces[port]?.mac, wayOut: out,
                stage: stage, nextHop: choice?.nextHop,
                configuration: teller.tables.configuration))
        // The stage's own step, if it told something, ends in the drop.
        let name = "\(stage)"
        var facts: [String: JSONValue] = [:]
        var before = ""
        if let last = steps.last, last.stage == name, last.facts["waitsFor"] == nil {
            steps.removeLast()
            if stage.words.areKeptByDrops {
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
        exits.append(
            .dropped(reason: reason.name, stage: name, field: field?.name, value: field?.value))
    }
}
