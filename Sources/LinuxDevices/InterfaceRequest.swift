// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// One question or order to an interface by ioctl: netdevice(7).
struct InterfaceRequest {
    private(set) var content = clinux_interface_request()

    /// - Parameters:
    ///   - name: of at most 15 bytes; the kernel cuts a longer one.
    ///   - fill: writes the value.
    init(_ name: String, _ fill: (inout clinux_interface_request) -> Void = { _ in }) {
        withUnsafeMutableBytes(of: &content.name) { $0.copyBytes(from: name.utf8.prefix(15)) }
        fill(&content)
    }

    /// - Returns: false when the kernel refused; `errno` tells why.
    func perform(_ request: UInt) -> Bool { performed(request) != nil }

    /// What the kernel made of it; nil when it refused; `errno` tells why.
    func performed(_ request: UInt) -> InterfaceRequest? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var result = self
        let status = clinux_interface_ioctl(descriptor, request, &result.content)
        let code = errno
        close(descriptor)
        errno = code
        return status < 0 ? nil : result
    }
}
