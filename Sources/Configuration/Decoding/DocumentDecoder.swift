// SPDX-License-Identifier: Apache-2.0

/// Turns the tree of a file into a model, gathering everything that is wrong with it.
///
/// A method that returns `nil`, or a value after an error, has reported why.
package protocol DocumentDecoder {
    var diagnostics: DiagnosticLog { get set }
}

extension DocumentDecoder {
    package mutating func report(
        _ location: Location?, _ field: @autoclosure () -> FieldPath,
        _ message: @autoclosure () -> String
    ) {
        diagnostics.report(location, field, message)
    }

    package mutating func report(_ field: Field, _ message: @autoclosure () -> String) {
        diagnostics.report(field.node.location, { field.path }, message)
    }

    package mutating func reportFound(_ field: Field, expected: @autoclosure () -> String) {
        report(field, "found \(field.node), expected \(expected())")
    }

    package mutating func warn(_ location: Location?, _ field: FieldPath, _ message: String) {
        diagnostics.warn(location, field, message)
    }
}
