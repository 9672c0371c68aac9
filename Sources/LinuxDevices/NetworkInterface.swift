// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// An interface of this machine's network namespace, as the kernel describes it at one moment:
/// `RTM_GETLINK` of rtnetlink(7).
public struct NetworkInterface: Sendable, Equatable {
    public let index: Int32
    public let name: String
    /// Whether it is switched on (`ip link set … up`).
    public let isUp: Bool
    /// Whether there is something at the other end.
    public let hasCarrier: Bool
    public let mtu: Int
    /// What its driver takes for an MTU.
    public let mtuRange: ClosedRange<Int>
    /// In the low 48 bits; nil where it has none of six bytes.
    public let macAddress: UInt64?

    /// Whether frames can pass.
    public var isLinkUp: Bool { isUp && hasCarrier }

    /// The interface of a name, which may be an alternative one; nil when there is none.
    public init?(named name: String) throws(LinuxError) {
        try self.init(index: 0, name: name)
    }

    /// The interface of an index; nil when there is none.
    public init?(index: Int32) throws(LinuxError) {
        try self.init(index: index, name: nil)
    }

    private init?(index: Int32, name: String?) throws(LinuxError) {
        let socket = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let operation = "ask the kernel for interface \(name ?? "\(index)")"
        guard socket >= 0 else { throw LinuxError(operation) }
        defer { close(socket) }
        let question = Self.question(index, name)
        guard send(socket, question, question.count, 0) == question.count else {
            throw LinuxError(operation)
        }
        var answer = [UInt8](repeating: 0, count: 65_536)
        let length = recv(socket, &answer, answer.count, 0)
        guard length >= 20 else { throw LinuxError(operation) }
        let words = NetlinkWords(answer[..<length])
        guard words.type != NLMSG_ERROR else {
            let code = -Int32(bitPattern: words.word32(at: 16))
            if code == ENODEV { return nil }
            throw LinuxError(code: code, operation)
        }
        guard length >= 32 else { throw LinuxError(code: EBADMSG, operation) }
        self.init(words)
    }

    /// `struct nlmsghdr`, `struct ifinfomsg` and, for a name, one attribute.
    private static func question(_ index: Int32, _ name: String?) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 32)
        if let name {
            let text = Array(name.utf8) + [0]
            bytes += word16(UInt16(4 + text.count)) + word16(UInt16(IFLA_IFNAME)) + text
            bytes += [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
        }
        bytes.replaceSubrange(0..<4, with: word32(UInt32(bytes.count)))
        bytes.replaceSubrange(4..<6, with: word16(UInt16(RTM_GETLINK)))
        bytes.replaceSubrange(6..<8, with: word16(UInt16(NLM_F_REQUEST)))
        bytes.replaceSubrange(20..<24, with: word32(UInt32(bitPattern: index)))
        return bytes
    }

    private static func word16(_ value: UInt16) -> [UInt8] {
        withUnsafeBytes(of: value) { Array($0) }
    }

    private static func word32(_ value: UInt32) -> [UInt8] {
        withUnsafeBytes(of: value) { Array($0) }
    }

    private init(_ words: NetlinkWords) {
        index = Int32(bitPattern: words.word32(at: 20))
        let flags = words.word32(at: 24)
        isUp = flags & UInt32(IFF_UP) != 0
        hasCarrier = flags & UInt32(IFF_RUNNING) != 0
        let attributes = words.attributes(from: 32)
        func number(_ attribute: Int) -> Int? {
            attributes[UInt16(attribute)].flatMap { $0.count >= 4 ? Int($0.word32(at: 0)) : nil }
        }
        name =
            attributes[UInt16(IFLA_IFNAME)].map {
                String(decoding: $0.bytes.prefix { $0 != 0 }, as: UTF8.self)
            } ?? ""
        mtu = number(IFLA_MTU) ?? 0
        let least = number(IFLA_MIN_MTU) ?? 68
        // 0: the driver names no limit.
        let most = number(IFLA_MAX_MTU) ?? 0
        mtuRange = least...max(least, most == 0 ? 65_535 : most)
        macAddress = attributes[UInt16(IFLA_ADDRESS)].flatMap {
            $0.count == 6 ? $0.bytes.reduce(0) { $0 << 8 | UInt64($1) } : nil
        }
    }
}

/// A message of rtnetlink, or a part of one, in the machine's byte order.
private struct NetlinkWords {
    let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    var count: Int { bytes.count }
    /// Of a whole message.
    var type: Int32 { Int32(word16(at: 4)) }

    func word16(at offset: Int) -> UInt16 {
        bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt16.self) }
    }

    func word32(at offset: Int) -> UInt32 {
        bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
    }

    /// `struct rtattr`s: a length of header and value, a type, the value, each on a boundary of 4.
    func attributes(from start: Int) -> [UInt16: NetlinkWords] {
        var found: [UInt16: NetlinkWords] = [:]
        var offset = start
        while offset + 4 <= count {
            let length = Int(word16(at: offset))
            guard length >= 4, offset + length <= count else { break }
            let first = bytes.startIndex + offset
            found[word16(at: offset + 2)] = NetlinkWords(bytes[first + 4..<first + length])
            offset += (length + 3) & ~3
        }
        return found
    }
}
