// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a process did, from its start to its end.
public struct ProcessOutcome: Sendable, CustomStringConvertible {
    public let pid: Int32
    /// The exit code, or 128 and the number of the signal that ended it.
    public let code: Int32
    public let output: String
    public let errors: String
    /// What it left in its TMPDIR and where DPDK keeps its files.
    public let leftovers: [String]

    public var errorLines: [String] {
        errors.split(separator: "\n").map(String.init)
    }

    public var description: String { "exit \(code)\n\(output)\n\(errors)" }

    /// Decodes standard output.
    public func decoded<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(output.utf8))
    }
}

/// A process that did not end in time; it was killed.
public struct TimeLimitExceeded: Error, CustomStringConvertible {
    public let description: String
}
