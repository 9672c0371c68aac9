// SPDX-License-Identifier: Apache-2.0

/// The values of a mapping by key, the first where a key is given twice.
package struct Fields<Key: ConfigurationKey> {
    package let location: Location
    package let path: FieldPath
    // No dictionary: there are ten keys at most, and a million routes.
    private var entries: [(key: Key, entry: YAMLEntry)] = []

    init(location: Location, path: FieldPath) {
        self.location = location
        self.path = path
    }

    private func entry(_ key: Key) -> YAMLEntry? {
        entries.first { $0.key == key }?.entry
    }

    package subscript(key: Key) -> Field? {
        entry(key).map { Field(node: $0.value, path: path.appending(key.rawValue)) }
    }

    /// Where the key itself stands.
    package func keyLocation(_ key: Key) -> Location? { entry(key)?.key.location }

    mutating func insert(_ key: Key, _ entry: YAMLEntry) { entries.append((key, entry)) }
}
