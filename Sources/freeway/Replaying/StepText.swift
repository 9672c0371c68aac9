// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FreewayConfiguration
import Replays

/// A step of a replay, as `--step 1s:link-down=wan` names it.
struct StepText {
    enum Verb: String, CaseIterable {
        case reload, query
        case linkDown = "link-down"
        case linkUp = "link-up"

        /// What stands behind the `=`.
        var operand: String {
            switch self {
            case .reload: "FILE"
            case .query: "PATH"
            case .linkDown, .linkUp: "PORT"
            }
        }
    }

    private let text: String
    private let moment: ReplayStep.Moment
    private let verb: Verb
    private let value: String

    /// - Throws: `ValidationError` that names the word that is wrong, and what would be right.
    static func parse(_ argument: String) throws -> StepText {
        guard let colon = argument.firstIndex(of: ":") else {
            throw ValidationError("it wants a time and an action, as in 1s:link-down=wan")
        }
        let time = String(argument[..<colon])
        guard let moment = ReplayStep.Moment(time) else {
            throw ValidationError(
                "\"\(time)\" is no time; "
                    + (MomentText.remedy(time)
                        ?? "write one such as 500us, 1500ms, 2s, 1.5s, or end"))
        }
        let action = argument[argument.index(after: colon)...]
        let sign = action.firstIndex(of: "=")
        let word = String(action[..<(sign ?? action.endIndex)])
        let words = Verb.allCases.map(\.rawValue)
        guard let verb = Verb(rawValue: word) else {
            let near = Spelling.nearest(to: word, among: words).map {
                "did you mean \"\($0)\"? The"
            }
            throw ValidationError(
                "there is no action \"\(word)\"; \(near ?? "the") actions are "
                    + words.joined(separator: ", "))
        }
        guard let sign, action.index(after: sign) < action.endIndex else {
            throw ValidationError(
                "\(word) wants a value: \(time):\(word)=\(verb.operand)")
        }
        return StepText(
            text: argument, moment: moment, verb: verb,
            value: String(action[action.index(after: sign)...]))
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
