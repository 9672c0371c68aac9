// SPDX-License-Identifier: Apache-2.0

/// A part of the configuration whose keys are each a row: all that Freeway knows of a key stands in one place.
protocol SettingSection: Sendable {
    static var rows: [SettingRow<Self>] { get }
}

/// A key of a section. From the rows come the decoder, the JSON Schema, what a reload changes, what only a
/// restart can, and the table in the documents.
struct SettingRow<Section: Sendable>: Sendable {
    /// When a new value counts.
    enum Effect: Sendable {
        case onReload
        case onRestart
    }

    let facts: KeyFacts
    let effect: Effect
    /// Puts what the file says into the section, or reports what is wrong with it.
    let decode: @Sendable (inout ConfigurationDecoder, Field, inout Section) -> Void
    /// The value as messages have it; values are the same when their texts are.
    let text: @Sendable (Section) -> String

    /// A key that is read in a way of its own.
    init(
        _ facts: KeyFacts, _ effect: Effect, text: @escaping @Sendable (Section) -> String,
        decode: @escaping @Sendable (inout ConfigurationDecoder, Field, inout Section) -> Void
    ) {
        self.facts = facts
        self.effect = effect
        self.decode = decode
        self.text = text
    }

    /// One of a few words.
    init<Word: RawRepresentable<String> & CaseIterable & Sendable>(
        _ facts: KeyFacts, _ effect: Effect, _ path: any WritableKeyPath<Section, Word> & Sendable
    ) {
        self.init(
            facts, effect, text: { $0[keyPath: path].rawValue.quoted },
            decode: { if let word: Word = $0.choice($1) { $2[keyPath: path] = word } })
    }

    /// A number of the facts' range.
    /// - Parameter what: it is, such as "a number of bytes".
    init(
        _ facts: KeyFacts, _ effect: Effect, _ path: any WritableKeyPath<Section, Int> & Sendable,
        of what: String
    ) {
        self.init(
            facts, effect, text: { "\($0[keyPath: path])" },
            decode: {
                guard case .integer(let range) = facts.shape else { return }
                if let number = $0.integer($1, in: range, of: what) { $2[keyPath: path] = number }
            })
    }

    /// A number that need not be there.
    init(
        _ facts: KeyFacts, _ effect: Effect, _ path: any WritableKeyPath<Section, Int?> & Sendable,
        of what: String
    ) {
        self.init(
            facts, effect, text: { $0[keyPath: path].map(String.init) ?? "no number" },
            decode: {
                guard case .integer(let range) = facts.shape else { return }
                $2[keyPath: path] = $0.integer($1, in: range, of: what)
            })
    }
}

/// The keys of a section, for the decoder.
struct SectionKey<Section: SettingSection>: ConfigurationKey {
    private let index: Int

    init?(rawValue: String) {
        let index = Section.rows.firstIndex { $0.facts.name == rawValue }
        guard let index else { return nil }
        self.index = index
    }

    private init(index: Int) { self.index = index }

    static var allCases: [SectionKey] { Section.rows.indices.map(SectionKey.init) }

    var row: SettingRow<Section> { Section.rows[index] }
    var rawValue: String { row.facts.name }
}

extension ConfigurationDecoder {
    /// Reads a section; what is missing or wrong stays as it is.
    mutating func decode<Section: SettingSection>(
        _ fields: Fields<SectionKey<Section>>, into section: inout Section
    ) {
        for key in SectionKey<Section>.allCases {
            if case .required(let hint) = key.row.facts.standard {
                guard let field = required(key, in: fields, hint: hint) else { continue }
                key.row.decode(&self, field, &section)
            } else if let field = fields[key] {
                key.row.decode(&self, field, &section)
            }
        }
    }

    mutating func decode<Section: SettingSection>(
        _ field: Field?, or standard: Section
    ) -> Section {
        var section = standard
        if let field, let fields = fields(field, SectionKey<Section>.self) {
            decode(fields, into: &section)
        }
        return section
    }
}
