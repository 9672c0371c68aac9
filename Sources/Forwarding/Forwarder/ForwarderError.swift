// SPDX-License-Identifier: Apache-2.0

public import Captures
public import DPDK
package import Dataplane
package import FreewayConfiguration
import Glibc
import LinuxDevices

/// Why the forwarder cannot start or go on: one or more lines that name the thing and the way out, and
/// the exit code of the process.
public struct ForwarderError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The exit codes that come from here.
    public enum Code: Int32, Sendable {
        case usage = 64
        case malformedCapture = 65
        case unreadableInput = 66
        case internalFault = 70
        case memoryOrDevice = 71
        case outputNotCreated = 73
        case standardOutputNotWritten = 74
        case noPermission = 77
        case badConfiguration = 78
        case interrupted = 130
    }

    public let code: Code
    public let description: String

    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    public init(_ error: CaptureError) {
        let code: Code =
            switch error.kind {
            case .unreadable: .unreadableInput
            case .malformed: .malformedCapture
            case .unwritable where error.path == CaptureError.standardOutput:
                .standardOutputNotWritten
            case .unwritable: .outputNotCreated
            case .interrupted: .interrupted
            }
        self.init(code, error.description)
    }

    /// - Parameter field: the field of the configuration that names the capture.
    init(naming field: String, _ error: CaptureError) {
        let plain = ForwarderError(error)
        self.init(plain.code, "\(field): \(plain.description)")
    }

    /// Workers did not return when they were told to.
    package static func stuck(_ workers: [Worker], _ plan: Plan) -> ForwarderError {
        let names = workers.map { plan.workers[$0.index].name(ofWorker: $0.index) }
        return ForwarderError(
            .internalFault,
            "\(names.joined(separator: ", ")) did not return from a round within 5 s of being told to "
                + "stop; the process ends without it, and without the final ledger. Look at what its "
                + "CPU and its devices were doing; a device that it polls may need a reset")
    }

    /// - Parameter field: the field of the configuration that names the device.
    init(naming field: String, _ error: LinuxError) {
        self.init(
            error.isRefusal ? .noPermission : .memoryOrDevice,
            "\(field): \(error)"
                + (error.isRefusal
                    ? "; run as root, or with the capabilities CAP_NET_RAW and CAP_NET_ADMIN" : ""))
    }

    /// - Parameter remedy: what the user can do about it.
    public init(_ error: DPDKError, remedy: String) {
        self.init(error.isRefusal ? .noPermission : .memoryOrDevice, "\(error); \(remedy)")
    }
}

extension DPDKError {
    /// Whether the kernel refused. Drivers fail with -1, which reads as `EPERM`, for any reason: their
    /// own words decide then.
    fileprivate var isRefusal: Bool {
        guard let logLine, code == EPERM else { return code == EACCES || code == EPERM }
        return [EPERM, EACCES].contains { logLine.contains(String(cString: strerror($0))) }
    }
}
