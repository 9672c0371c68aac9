// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a pcapng file holds, read block by block in Python: what Freeway's writer is held against. Scapy
/// 2.5 reads no comments.
public struct PcapngDump: Decodable, Sendable {
    public struct Interface: Decodable, Sendable, Equatable {
        public let linkType: Int
        public let snapLength: Int
        public let name: String
        /// The byte of the option if_tsresol.
        public let resolution: Int
    }

    public struct Frame: Decodable, Sendable, Equatable {
        public let interface: Int
        /// In units of the interface's resolution.
        public let time: UInt64
        public let length: Int
        /// Hexadecimal digits.
        public let bytes: String
        public let comment: String?
    }

    public let application: String
    public let interfaces: [Interface]
    public let frames: [Frame]

    /// Reads the file, and fails where a block is not what draft-ietf-opsawg-pcapng says.
    public init(path: String) async throws {
        let outcome = try await FreewayProcess.run(
            ["-c", Self.script, path], program: "/usr/bin/python3")
        guard outcome.code == 0 else { throw Failure(description: "\(outcome)") }
        self = try outcome.decoded(PcapngDump.self)
    }

    public struct Failure: Error, CustomStringConvertible { public let description: String }

    private static let script = """
        import json, struct, sys
        data = open(sys.argv[1], "rb").read()
        result = {"interfaces": [], "frames": []}

        def options(body):
            found, at = {}, 0
            while at < len(body):
                code, length = struct.unpack_from("<HH", body, at)
                if code == 0:
                    assert length == 0 and at + 4 == len(body), "end of options"
                    return found
                assert code not in found
                found[code] = body[at + 4:at + 4 + length]
                assert not any(body[at + 4 + length:at + 4 + (length + 3) // 4 * 4]), "padding"
                at += 4 + (length + 3) // 4 * 4
            assert not found, "no end of options"
            return found

        at = 0
        while at < len(data):
            kind, size = struct.unpack_from("<II", data, at)
            assert size % 4 == 0 and size >= 12, "block length"
            assert struct.unpack_from("<I", data, at + size - 4)[0] == size, "trailing length"
            body = data[at + 8:at + size - 4]
            if kind == 0x0A0D0D0A:
                assert at == 0, "second section"
                magic, major, minor, section = struct.unpack_from("<IHHq", body)
                assert (magic, major, minor, section) == (0x1A2B3C4D, 1, 0, -1)
                result["application"] = options(body[16:])[4].decode()
            elif kind == 1:
                link, reserved, snap = struct.unpack_from("<HHI", body)
                assert reserved == 0
                found = options(body[8:])
                result["interfaces"].append({
                    "linkType": link, "snapLength": snap, "name": found[2].decode(),
                    "resolution": found[9][0]})
            elif kind == 6:
                interface, high, low, kept, length = struct.unpack_from("<5I", body)
                assert interface < len(result["interfaces"])
                end = 20 + (kept + 3) // 4 * 4
                assert not any(body[20 + kept:end]), "padding"
                found = options(body[end:])
                frame = {
                    "interface": interface, "time": high << 32 | low, "length": length,
                    "bytes": body[20:20 + kept].hex()}
                if 1 in found:
                    frame["comment"] = found[1].decode()
                result["frames"].append(frame)
            else:
                raise AssertionError("block type %d" % kind)
            at += size
        print(json.dumps(result))
        """
}
