// SPDX-License-Identifier: Apache-2.0

import Forwarding

/// Judges by looks at the control loop whether a step holds it up.
struct HeldLoopDetector: Sendable {
    enum Event: Sendable, Equatable {
        /// The step has taken so long by now.
        case held(ControlLoop.StepTime)
        /// Another step has come, or none.
        case released(by: String)
    }

    /// A step that takes so long is told of while it does.
    static let patience = Duration.seconds(1)

    /// The step that was told of.
    private var told: ControlLoop.StepTime?

    /// - Parameter current: the step that the loop is in; nil between steps.
    mutating func look(_ current: ControlLoop.StepTime?) -> Event? {
        if let told {
            // One of the same name may have come in its place, which has taken less time.
            if let current, current.name == told.name, current.time >= told.time { return nil }
            self.told = nil
            return .released(by: told.name)
        }
        guard let current, current.time > Self.patience else { return nil }
        told = current
        return .held(current)
    }
}
