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

extension Configuration.Memory: SettingSection {
    static let rows = [
        SettingRow<Self>(
            KeyFacts(
                "pages", .words(Pages.self), .value("auto"), "which pages DPDK's memory is made of",
                description: "auto: huge pages when enough are free, otherwise ordinary ones."),
            .onRestart, \.pages),
        SettingRow<Self>(
            KeyFacts(
                "megabytes", .integer(megabytesRange), .words("what is needed"),
                "how much memory, in MiB",
                description:
                    "What to ask for, in MiB. Without it Freeway asks for what `freeway check` shows."
            ),
            .onRestart, text: { $0.megabytes.map(String.init) ?? "no number" },
            decode: {
                $2.megabytes = $0.integer($1, in: megabytesRange, of: "a number of MiB")
                $2.megabytesOrigin = Origin($1.node.location)
            }),
        SettingRow<Self>(
            KeyFacts(
                "routes", .integer(routesRange), .value("\(defaultRoutes)"),
                "room for this many routes",
                description: "The number of routes that there is room for."),
            .onReload, \.routes, of: "a number of routes"),
    ]
}
