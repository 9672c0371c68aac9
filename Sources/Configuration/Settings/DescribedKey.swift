// SPDX-License-Identifier: Apache-2.0

/// A key of a mapping that is no `SettingSection`: what is decoded from it is more than a value, so that it has a method
/// of the decoder. All else that there is to know of it is in its facts.
protocol DescribedKey: ConfigurationKey {
    /// Nil for a mapping whose keys have rows.
    var facts: KeyFacts? { get }
}

extension ConfigurationDecoder {
    /// The value of a key that the file must have; reports when it has not.
    mutating func required<Key: DescribedKey>(_ key: Key, in fields: Fields<Key>) -> Field? {
        if let field = fields[key] { return field }
        guard case .required(let hint) = key.facts?.standard else {
            preconditionFailure("the facts of \(key.rawValue) say that the file need not have it")
        }
        return required(key, in: fields, hint: hint)
    }
}
