// SPDX-License-Identifier: Apache-2.0

/// Why a forwarder gave no answer that can be used. The description names the socket and the way
/// out.
public enum ControlClientError: Error, Equatable, Sendable {
    /// There is no socket, or nobody listens on it.
    case notRunning(path: String)
    case notPermitted(path: String)
    case notASocket(path: String)
    /// An empty path, or one that is longer than Linux allows.
    case badPath(path: String)
    case timedOut(path: String, seconds: Double)
    case replyTooLarge(path: String, limit: Int)
    /// The forwarder ended, or was told to, before it had answered.
    case endedEarly(path: String)
    /// What answers is no Freeway, or one of another version.
    case badReply(path: String, reason: String)
    /// The forwarder answered with an error.
    case refused(status: Int, ErrorReply)

    /// The process's exit code: 64 usage, 66 the forwarder's file cannot be read, 69 no forwarder
    /// answers, 70 internal fault, 77 permission, 78 bad configuration.
    public var exitCode: Int32 {
        switch self {
        case .badPath: 64
        case .refused(_, let reply) where reply.error.code == ErrorReply.unknownReasonCode: 64
        case .notPermitted: 77
        case .refused(422, let reply): reply.error.code == "unreadableConfiguration" ? 66 : 78
        case .refused(413, _): 78
        case .refused(400, _): 64
        case .refused(let status, _) where status >= 500: 70
        default: 69
        }
    }
}

extension ControlClientError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notRunning(let path):
            "\(path): no forwarder answers; start one with freeway run CONFIG, or name its socket"
                + " with --socket"
        case .notPermitted(let path):
            "\(path): no permission; run as root or as a member of the socket's group"
        case .notASocket(let path):
            "\(path): not a socket; name the forwarder's with --socket"
        case .badPath(let path):
            path.isEmpty
                ? "the socket's path is empty; give one with --socket"
                : "\(path): the socket's path has \(path.utf8.count) bytes; Linux allows 107"
        case .timedOut(let path, let seconds):
            "\(path): no answer within \(seconds.formattedShort) s; is the forwarder stopped?"
        case .replyTooLarge(let path, let limit):
            "\(path): the reply is longer than \(limit) bytes"
        case .endedEarly(let path):
            "\(path): the connection ended before the answer did: did the forwarder stop meanwhile? its log says why"
        case .badReply(let path, let reason):
            "\(path): the answer is not Freeway's: \(reason); are both of the same version?"
        case .refused(_, let reply):
            reply.error.remedy.map { "\(reply.error.message); \($0)" } ?? reply.error.message
        }
    }
}

extension Double {
    /// Without decimals where there are none.
    fileprivate var formattedShort: String {
        self == rounded() && abs(self) < 1e15 ? String(Int64(self)) : String(self)
    }
}
