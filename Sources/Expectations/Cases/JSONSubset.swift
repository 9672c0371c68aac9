// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import FreewayConfiguration

/// What an answer in JSON must say at least: objects by their keys, lists by position, scalars equal.
public indirect enum JSONSubset: Sendable, Equatable {
    case object([Member])
    /// The answer may have more elements.
    case list([JSONSubset])
    /// A word without quotes means a number, `true`, `false` or `null` where it reads as one, and a
    /// text anyway; one in quotes means a text alone.
    case scalar(String, isPlain: Bool)

    public struct Member: Sendable, Equatable {
        public var key: String
        public var value: JSONSubset

        public init(key: String, value: JSONSubset) {
            self.key = key
            self.value = value
        }
    }

    /// What the answer lacks, each by its path, such as `ledger.dropped.noRoute` or `ports[0].name`.
    public func differences(from answer: some Sequence<UInt8>) -> [FieldDifference] {
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(answer)) else {
            return [FieldDifference(name: "answer", expected: "JSON", got: "something else")]
        }
        var differences: [FieldDifference] = []
        collect(value, "", &differences)
        return differences
    }

    private func collect(
        _ value: JSONValue?, _ path: String, _ differences: inout [FieldDifference]
    ) {
        switch (self, value) {
        case (.object(let members), .object(let object)?):
            for member in members {
                let key = member.key.onOneLine
                member.value.collect(
                    object[member.key], path.isEmpty ? key : "\(path).\(key)", &differences)
            }
        case (.list(let items), .array(let list)?):
            for (index, item) in items.enumerated() {
                item.collect(
                    list.indices.contains(index) ? list[index] : nil, "\(path)[\(index)]",
                    &differences)
            }
        case (.scalar(let text, let isPlain), let value?) where value.equals(text, isPlain): break
        default:
            differences.append(
                FieldDifference(
                    name: path.isEmpty ? "answer" : path, expected: text, got: value?.shown))
        }
    }

    private var text: String {
        switch self {
        case .object: "an object"
        case .list: "a list"
        case .scalar(let text, true): text.onOneLine
        case .scalar(let text, false): text.quoted
        }
    }
}
