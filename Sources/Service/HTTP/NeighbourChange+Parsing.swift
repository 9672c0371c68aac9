// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import FoundationEssentials
import FreewayConfiguration

extension NeighbourChange {
    private static let keys = ["action", "address", "mac", "interface"]

    /// Reads the body of a request by somebody who may be anybody: each action has the keys that it needs, and no others.
    /// - Throws: 400, with the place and what would be right.
    init(parsing body: Data) throws(ControlRefusal) {
        let object = try RequestObject(
            body, keys: Self.keys,
            example:
                "{\"action\":\"add\",\"address\":\"192.0.2.9\",\"mac\":\"02:00:00:00:01:09\"}")
        let word = try object.text("action")
        guard let action = Action(rawValue: word) else {
            let words = Action.allCases.map(\.rawValue)
            let near = Spelling.nearest(to: word, among: words)
            throw object.refusal(
                "found \"\(word.prefix(64))\", expected " + words.joined(separator: ", ")
                    + (near.map { "; did you mean \($0)?" } ?? ""), at: "action")
        }
        let wanted: [String] =
            switch action {
            case .add: ["address", "mac", "interface"]
            case .delete: ["address", "interface"]
            case .flush: ["interface"]
            }
        for key in Self.keys.dropFirst() where !wanted.contains(key) {
            if try object.textIfAny(key) != nil {
                throw object.refusal("\(action.rawValue) has no such key", at: key)
            }
        }
        self.init(
            action,
            address: action == .flush ? nil : try object.text("address"),
            mac: action == .add ? try object.text("mac") : nil,
            interface: try object.textIfAny("interface"))
    }
}
