// SPDX-License-Identifier: Apache-2.0

import CDPDK
import Glibc

/// A call to DPDK that failed: which, why, and the last line that DPDK itself logged about it.
public struct DPDKError: Error, Sendable {
    /// The positive errno.
    public let code: Int32
    /// What was attempted, in words.
    public let operation: String
    /// The last line of DPDK's own log, when it said anything during the operation.
    public let logLine: String?

    public init(code: Int32, operation: String, logLine: String? = LogCapture.shared.lastLine) {
        self.code = code
        self.operation = operation
        self.logLine = logLine
    }
}

extension DPDKError: CustomStringConvertible {
    public var description: String {
        let cause = String(cString: strerror(code))
        guard let logLine else { return "\(operation): \(cause)" }
        // Drivers fail with -1 for any reason: "Operation not permitted" would mislead.
        return code == EPERM
            ? "\(operation): DPDK says: \(logLine)"
            : "\(operation): \(cause) (DPDK says: \(logLine))"
    }
}

/// Calls DPDK, and turns its convention of negative errno values into a typed throw. Cold path only.
///
/// What was logged before the call is forgotten, so that the error quotes nothing else.
@discardableResult func check(
    _ call: @autoclosure () -> Int32, _ operation: @autoclosure () -> String
) throws(DPDKError) -> Int32 {
    LogCapture.shared.clear()
    let status = call()
    guard status >= 0 else { throw DPDKError(code: -status, operation: operation()) }
    return status
}

/// Makes a call that returns NULL and sets `rte_errno`, and unwraps the result. Cold path only.
func check<Pointer>(
    _ call: @autoclosure () -> Pointer?, _ operation: @autoclosure () -> String
) throws(DPDKError) -> Pointer {
    LogCapture.shared.clear()
    guard let pointer = call() else { throw DPDKError(code: cdpdk_errno(), operation: operation()) }
    return pointer
}
