// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dataplane

enum VRFWords: StageWords {
    static func noted(_ note: StageNote, _ story: inout JourneyStory) -> JourneyStep? {
        story.vrf = VRFNote(note).vrf
        let name = story.teller.tables.vrfs.name(story.vrf)
        return JourneyStep(
            stage: "assignVRF", text: "in VRF \(name), as the interface is",
            facts: ["vrf": .string(name)])
    }
}
