// SPDX-License-Identifier: Apache-2.0

/// One option of an IPv4 or TCP header.
@frozen public struct HeaderOption {
    /// IPv4's option type (RFC 791, 3.1) or TCP's option kind (RFC 9293, 3.1).
    public let kind: UInt8
    /// Where the option begins, in bytes from the start of its header: what an ICMP parameter
    /// problem points to.
    public let offset: Int
    /// What stands behind the kind and the length.
    public let data: FrameBytes

    @inlinable @inline(__always) init(kind: UInt8, offset: Int, data: FrameBytes) {
        self.kind = kind
        self.offset = offset
        self.data = data
    }
}
