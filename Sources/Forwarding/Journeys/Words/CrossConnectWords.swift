// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dataplane
import PacketFields

enum CrossConnectWords: StageWords {
    /// What it notes shows in the frame that leaves.
    static func noted(_ note: StageNote, _ story: inout JourneyStory) -> JourneyStep? {
        let crossing = CrossConnectChoice(note)
        story.crossing = crossing
        story.interface = crossing.from
        return nil
    }

    static func sent(
        _ frame: ToldFrame, by port: UInt16, _ story: JourneyStory
    ) -> JourneyStep? {
        let teller = story.teller
        let name = teller.name(of: port)
        var facts: [String: JSONValue] = [
            "port": .string(name), "frame.length": "\(frame.length)",
        ]
        guard let crossing = story.crossing, let peer = crossing.to else {
            return JourneyStep(
                stage: "crossConnect",
                text: "\(teller.name(of: story.port)) is joined with \(name): leaves unchanged",
                facts: facts)
        }
        let (from, to) = (teller.name(of: crossing.from), teller.name(of: peer))
        facts["interface"] = .string(from)
        facts["peer"] = .string(to)
        facts.add(story.frame, .vlanIdentifier, .vlan2Identifier, moment: ".before")
        facts.add(frame, .vlanIdentifier, .vlan2Identifier, moment: ".after")
        let (before, after) = (story.frame.tags, frame.tags)
        let change =
            before == after
            ? "leaves unchanged"
            : "leaves with \(after ?? "no tag") in the place of \(before ?? "none")"
        return JourneyStep(
            stage: "crossConnect", text: "\(from) is joined with \(to): \(change)", facts: facts)
    }
}
