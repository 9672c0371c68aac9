// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

extension Configuration {
    /// Where packets for a prefix go.
    public struct Route: Equatable, Sendable {
        public enum Target: Equatable, Sendable {
            /// To one of these next hops, chosen by flow in proportion to the weights. Never empty.
            case via([WeightedNextHop])
            /// To the hosts that have the destinations, behind an interface: an index into ``Configuration/interfaces``.
            case interface(Int)
            /// They are looked up in another VRF, which this names.
            case table(String)
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

        /// What a route's next hop must be for the route to count, where there are others with higher metrics.
        public enum Track: String, CaseIterable, Sendable {
            /// Behind an interface whose link is up.
            case link
            /// That, and a host that answers: it is asked every two seconds.
            case neighbour
        }

        public static let maximumNextHopCount = 256
        public static let metricRange = 0...Int(UInt32.max)
        /// The data plane's next-hop groups have 15-bit numbers, some of them its own.
        public static let maximumGroupCount = 32_000

        /// The VRF whose packets it is for.
        public var vrf = VRF.main
        public var to: IPPrefix
        public var target: Target
        /// Of several routes of a prefix the lowest counts by whose next hop packets can leave.
        public var metric: UInt32
        public var track: Track
        public var origin: Origin

        public init(
            to: IPPrefix, target: Target, metric: UInt32 = 0, track: Track = .link,
            vrf: String = VRF.main, origin: Origin = Origin()
        ) {
            self.to = to
            self.target = target
            self.metric = metric
            self.track = track
            self.vrf = vrf
            self.origin = origin
        }
    }
}
