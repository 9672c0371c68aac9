// SPDX-License-Identifier: Apache-2.0

/// A value together with the name that messages give it.
package struct Field {
    package let node: YAMLNode
    package let path: FieldPath

    package init(node: YAMLNode, path: FieldPath) {
        self.node = node
        self.path = path
    }
}
