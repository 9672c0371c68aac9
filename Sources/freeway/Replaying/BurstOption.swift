// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Replays

/// How many frames of a capture `freeway replay` and `freeway test` take in at once.
struct BurstOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The most frames that come in at once: 1 to \(Replay.mostInBurst).",
            valueName: "frames"))
    var burst = Replay.mostInBurst

    func validate() throws {
        guard (1...Replay.mostInBurst).contains(burst) else {
            throw ValidationError("--burst takes 1 to \(Replay.mostInBurst), not \(burst)")
        }
    }
}
