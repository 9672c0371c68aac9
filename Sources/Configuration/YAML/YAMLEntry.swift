// SPDX-License-Identifier: Apache-2.0

/// A key and its value, as they stand in a mapping; a key may stand there twice.
package struct YAMLEntry {
    package let key: YAMLNode
    package let value: YAMLNode
}
