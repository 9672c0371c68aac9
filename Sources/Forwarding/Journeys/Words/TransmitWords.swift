// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dataplane

enum TransmitWords: StageWords {
    static func sent(
        _ frame: ToldFrame, by port: UInt16, _ story: JourneyStory
    ) -> JourneyStep? {
        let name = story.teller.name(of: port)
        return JourneyStep(
            stage: "transmit",
            text: "leaves by \(name), \(frame.length) bytes"
                + (frame.fragmentOffset.map { ", the part from byte \($0) on" } ?? ""),
            facts: ["port": .string(name), "frame.length": "\(frame.length)"])
    }
}
