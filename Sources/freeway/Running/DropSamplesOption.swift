// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Forwarding

/// How many dropped frames `freeway run` and `freeway replay` keep.
struct DropSamplesOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How many dropped frames are kept of each reason: 0 to \(DropReasonText.mostKept).",
            valueName: "frames"))
    var dropSamples = DropReasonText.usuallyKept

    func validate() throws {
        guard (0...DropReasonText.mostKept).contains(dropSamples) else {
            throw ValidationError(
                "--drop-samples takes 0 to \(DropReasonText.mostKept), not \(dropSamples)")
        }
    }
}
