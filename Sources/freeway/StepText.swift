// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlPlane
import FreewayConfiguration

/// A step of a replay, as `--step 1s:link-down=wan` names it.
struct StepText: ExpressibleByArgument {
    private enum Verb: String, CaseIterable {
        case reload, query
        case linkDown = "link-down"
        case linkUp = "link-up"
    }

    private let text: String
    private let moment: ReplayStep.Moment
    private let verb: Verb
    private let value: String

    init?(argument: String) {
        guard let colon = argument.firstIndex(of: ":"),
            let moment = ReplayStep.Moment(argument[..<colon])
        else { return nil }
        let action = argument[argument.index(after: colon)...]
        guard let sign = action.firstIndex(of: "="),
            let verb = Verb(rawValue: String(action[..<sign]))
        else { return nil }
        let value = action[action.index(after: sign)...]
        guard !value.isEmpty else { return nil }
        text = argument
        self.moment = moment
        self.verb = verb
        self.value = String(value)
    }

    /// The step, with its configuration loaded.
    func step() throws(ConfigurationErrors) -> ReplayStep {
        let action: ReplayStep.Action =
            switch verb {
            case .reload: .reload(try Configuration.load(path: value))
            case .query: .query(path: value)
            case .linkDown: .link(port: value, isUp: false)
            case .linkUp: .link(port: value, isUp: true)
            }
        return ReplayStep(moment, action)
    }
}

extension StepText: CustomStringConvertible {
    var description: String { text }
}
