// SPDX-License-Identifier: Apache-2.0

/// A field that two frames do not agree on.
public struct FieldDifference: Hashable, Sendable, Codable {
    /// The name of a field; for case files also what else can be expected, such as a drop reason.
    public var name: String
    /// `nil` when the expected frame has no such field.
    public var expected: String?
    /// `nil` when the frame that left has no such field.
    public var got: String?
}
