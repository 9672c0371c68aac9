// SPDX-License-Identifier: Apache-2.0

/// One port of a ``ReplayReport``: its totals and its captures.
public struct ReplayPort: Codable, Sendable, Equatable {
    public var received: UInt64
    public var transmitted: UInt64
    public var receivedBytes: UInt64
    public var transmittedBytes: UInt64
    /// The capture given with `--in`; absent when the port receives nothing.
    public var input: String?
    /// The capture given with `--out`; absent when what the port sends is discarded.
    public var output: String?

    public init(totals: PortTotals, input: String? = nil, output: String? = nil) {
        received = totals.received
        transmitted = totals.transmitted
        receivedBytes = totals.receivedBytes
        transmittedBytes = totals.transmittedBytes
        self.input = input
        self.output = output
    }

    public var totals: PortTotals {
        PortTotals(
            received: received, transmitted: transmitted,
            receivedBytes: receivedBytes, transmittedBytes: transmittedBytes)
    }
}
