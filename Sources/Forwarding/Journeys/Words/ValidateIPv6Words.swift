// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dataplane
import PacketFields

enum ValidateIPv6Words: StageWords {
    static func entered(_ story: JourneyStory) -> JourneyStep? {
        let frame = story.frame
        guard frame.isIPv6 else {
            return JourneyStep(stage: "validateIPv6", text: "the header is right", facts: [:])
        }
        var facts: [String: JSONValue] = [:]
        facts.add(
            frame, .ipv6Version, .ipv6PayloadLength, .ipv6NextHeader, .ipv6Source, .ipv6Destination)
        return JourneyStep(
            stage: "validateIPv6",
            text:
                "payload length \(frame.text(.ipv6PayloadLength)), \(frame.text(.ipv6Source)) and "
                + "\(frame.text(.ipv6Destination)) can be routed, or are for Freeway",
            facts: facts)
    }
}
