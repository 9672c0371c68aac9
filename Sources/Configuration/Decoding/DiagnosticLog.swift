// SPDX-License-Identifier: Apache-2.0

/// What a decoder found to be wrong with a file, or doubtful.
package struct DiagnosticLog {
    package let path: String
    /// More than this many errors, or warnings, are only counted: a file can hold millions.
    private static let capacity = 20_000

    package private(set) var errors: [Diagnostic] = []
    package private(set) var warnings: [Diagnostic] = []
    package private(set) var errorCount = 0

    package init(path: String) { self.path = path }

    mutating func report(
        _ location: Location?, _ field: () -> FieldPath, _ message: () -> String
    ) {
        errorCount += 1
        guard errors.count < Self.capacity else { return }
        errors.append(
            Diagnostic(
                path: path, location: location, field: field().description, message: message()))
    }

    mutating func warn(_ location: Location?, _ field: FieldPath, _ message: String) {
        guard warnings.count < Self.capacity else { return }
        warnings.append(
            Diagnostic(
                path: path, location: location, field: field.description, message: message))
    }

    /// All errors as one. There must be some.
    package var failure: ConfigurationErrors {
        ConfigurationErrors(errors, omitted: errorCount - errors.count)
    }
}
