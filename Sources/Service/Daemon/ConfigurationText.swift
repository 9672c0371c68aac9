// SPDX-License-Identifier: Apache-2.0

package import ControlAPI
import Synchronization

/// The text of the configuration in force, in the form in which `GET /v1/config` sends it: the one copy
/// that the process keeps. Any thread.
package final class ConfigurationText: Sendable {
    private let reply: Mutex<ReplyBytes>

    /// - Parameter yaml: valid UTF-8, as what was decoded is.
    package init(path: String, yaml: [UInt8], loadedAt: Timestamp) throws {
        reply = Mutex(try ConfigReply.bytes(path: path, yaml: yaml, loadedAt: loadedAt))
    }

    var bytes: ReplyBytes { reply.withLock { $0 } }

    /// Another text is in force.
    package func replace(path: String, yaml: [UInt8], loadedAt: Timestamp) throws {
        let new = try ConfigReply.bytes(path: path, yaml: yaml, loadedAt: loadedAt)
        let old = reply.withLock { reply in
            defer { reply = new }
            return reply
        }
        old.letGo()
    }
}
