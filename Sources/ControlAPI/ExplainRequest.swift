// SPDX-License-Identifier: Apache-2.0

/// The body of `POST /v1/explain`: a frame, and the port that receives it.
public struct ExplainRequest: Codable, Sendable, Equatable {
    /// The port's name.
    public var port: String
    /// The frame in hexadecimal digits.
    public var hex: String

    public init(port: String, hex: String) {
        self.port = port
        self.hex = hex
    }
}
