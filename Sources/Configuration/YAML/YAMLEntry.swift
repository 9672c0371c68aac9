// SPDX-License-Identifier: Apache-2.0

/// A key and its value, as they stand in a mapping; a key may stand there twice.
struct YAMLEntry {
    let key: YAMLNode
    let value: YAMLNode
}
