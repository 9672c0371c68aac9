// SPDX-License-Identifier: Apache-2.0

/// What is said of a time on the command line that cannot be read.
enum MomentText {
    /// - Returns: what a number without a unit lacks; nil for any other text.
    static func remedy(_ text: String) -> String? {
        let isNumber =
            !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) || $0 == 46 }
        guard isNumber, text.utf8.first != 46, text.utf8.last != 46 else { return nil }
        return "it wants a unit: \(text)s, \(text)ms or \(text)min"
    }
}
