// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What Linux refused, and why.
public struct LinuxError: Error, Sendable, Equatable, CustomStringConvertible {
    /// An `errno`.
    public let code: Int32
    /// What was tried, as in "open a packet socket".
    public let operation: String
    /// Why, where the code alone says too little.
    public let reason: String?

    public init(code: Int32, _ operation: String, because reason: String? = nil) {
        self.code = code
        self.operation = operation
        self.reason = reason
    }

    /// Of the call that just failed.
    init(_ operation: @autoclosure () -> String) {
        code = errno
        self.operation = operation()
        reason = nil
    }

    public var description: String { "\(operation): \(reason ?? String(cString: strerror(code)))" }

    /// Another forwarder has an interface, or another port of this one.
    public init(_ taken: DeviceLock.Taken, of interface: String) {
        self.init(code: EBUSY, "use \(interface)", because: "\(taken)")
    }

    /// Whether this process lacks a capability for it.
    public var isRefusal: Bool { code == EPERM || code == EACCES }
}
