// SPDX-License-Identifier: Apache-2.0

extension Configuration {
    /// The memory that DPDK is given.
    public struct Memory: Equatable, Sendable {
        public enum Pages: String, CaseIterable, Sendable {
            /// Huge pages when enough are free, otherwise ordinary ones.
            case automatic = "auto"
            case huge
            case ordinary
        }

        public static let routesRange = 1...4_000_000
        public static let megabytesRange = 64...1_048_576
        public static let defaultRoutes = 10_000

        public var pages: Pages
        /// What to ask for, in MiB; `nil` = what the plan's bill says.
        public var megabytes: Int?
        public var megabytesOrigin: Origin
        /// The number of routes that there is room for.
        public var routes: Int

        public init(
            pages: Pages = .automatic, megabytes: Int? = nil, megabytesOrigin: Origin = Origin(),
            routes: Int = Memory.defaultRoutes
        ) {
            self.pages = pages
            self.megabytes = megabytes
            self.megabytesOrigin = megabytesOrigin
            self.routes = routes
        }
    }
}
