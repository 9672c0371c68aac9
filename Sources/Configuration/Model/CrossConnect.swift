// SPDX-License-Identifier: Apache-2.0

extension Configuration {
    /// Two interfaces, as indices into ``Configuration/interfaces``: what comes in by one leaves by the other.
    public struct CrossConnect: Equatable, Sendable {
        public var left: Int
        public var right: Int
        public var origin: Origin

        public init(left: Int, right: Int, origin: Origin = Origin()) {
            self.left = left
            self.right = right
            self.origin = origin
        }
    }
}
