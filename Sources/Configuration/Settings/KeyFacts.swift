// SPDX-License-Identifier: Apache-2.0

/// What there is to know of a key of the file without a file: from it come the table in
/// docs/configuration.md and the keys' part of config/freeway.schema.json.
struct KeyFacts: Sendable {
    /// What counts where the file does not have the key.
    enum Standard: Sendable, Equatable {
        case value(String)
        /// What follows from something else, in words.
        case words(String)
        /// The file must have it; how to mend a file that has not.
        case required(hint: String)
    }

    let name: String
    let shape: ValueShape
    let standard: Standard
    /// For the table: no sentence.
    let meaning: String
    /// For the schema: a sentence; empty where the name says all.
    let description: String
    /// The only mode in which the key has an effect; nil where it has one in all.
    let mode: Configuration.ForwardMode?

    init(
        _ name: String, _ shape: ValueShape, _ standard: Standard, _ meaning: String,
        description: String = "", only mode: Configuration.ForwardMode? = nil
    ) {
        self.name = name
        self.shape = shape
        self.standard = standard
        self.meaning = meaning
        self.description = description
        self.mode = mode
    }
}
