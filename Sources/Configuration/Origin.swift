// SPDX-License-Identifier: Apache-2.0

/// Where an item of the model was written, when it comes from a file.
///
/// All origins are equal, so that two configurations compare by what they say.
public struct Origin: Hashable, Sendable {
    public let location: Location?

    public init(_ location: Location? = nil) { self.location = location }

    public static func == (left: Origin, right: Origin) -> Bool { true }

    public func hash(into hasher: inout Hasher) {}
}
