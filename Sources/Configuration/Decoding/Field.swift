// SPDX-License-Identifier: Apache-2.0

/// A value together with the name that messages give it.
struct Field {
    let node: YAMLNode
    let path: FieldPath
}
