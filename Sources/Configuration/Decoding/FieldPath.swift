// SPDX-License-Identifier: Apache-2.0

/// Where a value stands in the tree of the file; spelt out only when something is wrong with it.
package indirect enum FieldPath {
    case root
    case key(FieldPath, String)
    case index(FieldPath, Int)

    package func appending(_ key: String) -> FieldPath { .key(self, key) }
    package func appending(_ index: Int) -> FieldPath { .index(self, index) }
}

extension FieldPath: CustomStringConvertible {
    /// `ports.wan.addresses[0]`, counting from 0.
    package var description: String {
        switch self {
        case .root: ""
        case .key(.root, let key): key
        case .key(let parent, let key): "\(parent).\(key)"
        case .index(let parent, let index): "\(parent)[\(index)]"
        }
    }
}
