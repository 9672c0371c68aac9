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

    mutating func dropped(_ mbuf: MbufReference, by stage: Stage, because reason: DropReason) {
        drops.append(Drop(stage: stage, reason: reason))
    }

    mutating func routed(_ mbuf: MbufReference, _ choice: RouteChoice) {
        choices.append(Choice(group: choice.group, nextHop: choice.nextHop))
    }

    mutating func sent(_ mbuf: MbufReference, to port: UInt16) { sends.append(port) }
}
