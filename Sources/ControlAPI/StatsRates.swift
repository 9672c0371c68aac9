// SPDX-License-Identifier: Apache-2.0

/// Rates over the last sampling interval of the forwarder.
public struct StatsRates: Codable, Sendable, Equatable {
    public var received: Rate
    public var transmitted: Rate
    /// Length of the interval.
    public var seconds: Double

    public init(received: Rate, transmitted: Rate, seconds: Double) {
        self.received = received
        self.transmitted = transmitted
        self.seconds = seconds
    }
}
