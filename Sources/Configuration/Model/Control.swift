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
