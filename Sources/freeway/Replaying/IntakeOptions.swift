// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Replays

/// How the frames of captures come in, for `freeway replay` and `freeway test`.
struct IntakeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The most frames that come in at once, with threads: 1 to \(Replay.mostInBurst).",
            valueName: "frames"))
    var burst: Int?

    @Flag(
        help: """
            Let workers take bursts on threads of their own, also where Freeway routes: what frames do to each \
            other then goes by chance.
            """)
    var threads = false

    @Flag(
        help: """
            Let each frame, and all that follows from it, come to its end before the next one comes in: what \
            is done where Freeway routes.
            """)
    var lockStep = false

    var intake: Replay.Intake {
        if lockStep { return .lockStep }
        return (burst ?? (threads ? Replay.mostInBurst : nil)).map { .bursts(of: $0) } ?? .usual
    }

    func validate() throws {
        guard !threads || !lockStep else {
            throw ValidationError(
                "--threads and --lock-step exclude each other: in lock-step there is one thread")
        }
        guard let burst else { return }
        guard (1...Replay.mostInBurst).contains(burst) else {
            throw ValidationError("--burst takes 1 to \(Replay.mostInBurst), not \(burst)")
        }
        guard !lockStep else {
            throw ValidationError(
                "--burst and --lock-step exclude each other: in lock-step one frame comes in at a time"
            )
        }
    }
}
