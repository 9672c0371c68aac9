// SPDX-License-Identifier: Apache-2.0

extension Configuration {
    /// The control socket.
    public struct Control: Equatable, Sendable {
        public static let defaultSocket = "/run/freeway/freeway.sock"
        /// `sockaddr_un.sun_path` has 108 bytes, one of them the zero at the end.
        public static let maximumSocketLength = 107

        public var socket: String
        /// The group that may use the socket; `nil` = the process's own.
        public var group: String?

        public init(socket: String = Control.defaultSocket, group: String? = nil) {
            self.socket = socket
            self.group = group
        }
    }
}

extension Configuration.Control: SettingSection {
    static let rows = [
        SettingRow<Self>(
            KeyFacts(
                "socket", .text("path", lengths: 1...maximumSocketLength), .value(defaultSocket),
                "the control socket", description: "Its path."),
            .onRestart, text: \.socket.quoted,
            decode: {
                if let path = $0.socketPath($1) { $2.socket = path }
            }),
        SettingRow<Self>(
            KeyFacts(
                "group", .text("group", lengths: 1...64), .words("the process's own"),
                "who may use it", description: "The group that may use it."),
            .onRestart, text: { $0.group?.quoted ?? "no group" },
            decode: {
                $2.group = $0.groupName($1)
            }),
    ]
}
