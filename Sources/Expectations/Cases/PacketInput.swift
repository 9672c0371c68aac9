// SPDX-License-Identifier: Apache-2.0

public import FreewayConfiguration
public import PacketFields

/// A packet in words that comes in by a port, or as many of them as there are flows.
public struct PacketInput: Sendable, Equatable {
    public var port: String
    public var packet: PacketText
    /// Packets that differ in their source port, which counts up from the one in the words.
    public var flows = 1
    /// Nanoseconds of virtual time since the first frame of all inputs; `nil` for right behind the packet
    /// before.
    public var at: UInt64?
    /// Where the case file says so.
    public var origin = Origin()

    /// Nanoseconds between a packet and the next one, unless the case file gives its time.
    public static let gap: UInt64 = 1_000
}

extension [PacketInput] {
    /// The frames that each port receives, in their order, with times since the start of the case.
    /// - Parameter mac: the address of a port, as text.
    public func frames(mac: (String) -> String) -> [String: [CapturedFrame]] {
        var frames: [String: [CapturedFrame]] = [:]
        var next: UInt64 = 0
        for input in self {
            next = Swift.max(next, input.at ?? next)
            for number in 0..<input.flows {
                let bytes = input.packet.flow(number).bytes(forPort: mac(input.port))
                frames[input.port, default: []].append(CapturedFrame(bytes, time: next))
                next += PacketInput.gap
            }
        }
        return frames
    }
}
