// SPDX-License-Identifier: Apache-2.0

import DPDK
import Dataplane

/// Writes down what the stages say.
struct RecordingObserver: StageObserver {
    struct Drop: Equatable {
        let stage: Stage
        let reason: DropReason
    }

    struct Choice: Equatable {
        let group: Int
        let nextHop: Int
    }

    var drops: [Drop] = []
    var choices: [Choice] = []
    var sends: [UInt16] = []

    mutating func noted(_ mbuf: MbufReference, by stage: Stage, _ note: StageNote) {
        guard stage == .route, let choice = RouteChoice(note) else { return }
        choices.append(Choice(group: choice.group, nextHop: choice.nextHop))
    }

    mutating func left(_ mbuf: MbufReference, by exit: FrameExit) {
        switch exit {
        case .sent(let port): sends.append(port)
        case .dropped(let stage, let reason): drops.append(Drop(stage: stage, reason: reason))
        case .consumed: break
        }
    }
}
