// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

extension Configuration {
    /// Where packets for a prefix go.
    public struct Route: Equatable, Sendable {
        public enum Target: Equatable, Sendable {
            /// To one of these next hops, chosen by flow in proportion to the weights. Never empty.
            case via([WeightedNextHop])
            /// They are dropped.
            case drop(Action)
        }

        /// How packets are dropped: what the file writes under `action`, in the words of Linux's `ip route`.
        public enum Action: String, CaseIterable, Sendable {
            /// Without a word.
            case blackhole
            /// The sender is told that the host cannot be reached.
            case unreachable
            /// The sender is told that somebody forbids it.
            case prohibit
        }

        public static let maximumNextHopCount = 64
        /// The data plane's next-hop groups have 15-bit numbers, some of them its own.
        public static let maximumGroupCount = 32_000

        public var to: IPPrefix
        public var target: Target
        public var origin: Origin

        public init(to: IPPrefix, target: Target, origin: Origin = Origin()) {
            self.to = to
            self.target = target
            self.origin = origin
        }
    }
}
