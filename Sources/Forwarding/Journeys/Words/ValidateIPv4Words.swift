// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dataplane
import PacketFields

enum ValidateIPv4Words: StageWords {
    static func entered(_ story: JourneyStory) -> JourneyStep? {
        let frame = story.frame
        guard frame.isIPv4 else {
            return JourneyStep(stage: "validateIPv4", text: "the header is right", facts: [:])
        }
        var facts: [String: JSONValue] = [:]
        facts.add(
            frame, .ipv4Version, .ipv4HeaderLength, .ipv4TotalLength, .ipv4HeaderChecksum,
            .ipv4Source, .ipv4Destination)
        return JourneyStep(
            stage: "validateIPv4",
            text:
                "header of \(frame.text(.ipv4HeaderLength)) bytes, total length "
                + "\(frame.text(.ipv4TotalLength)), checksum \(frame.text(.ipv4HeaderChecksum)) is "
                + "right, \(frame.text(.ipv4Source)) and \(frame.text(.ipv4Destination)) can be routed",
            facts: facts)
    }
}
