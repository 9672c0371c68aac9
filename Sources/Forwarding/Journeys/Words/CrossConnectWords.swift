// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dataplane

enum CrossConnectWords: StageWords {
    static func sent(
        _ frame: ToldFrame, by port: UInt16, _ story: JourneyStory
    ) -> JourneyStep? {
        let name = story.teller.name(of: port)
        return JourneyStep(
            stage: "crossConnect",
            text: "\(story.teller.name(of: story.port)) is joined with \(name): leaves unchanged",
            facts: ["port": .string(name), "frame.length": "\(frame.length)"])
    }
}
