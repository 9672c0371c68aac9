// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import FoundationEssentials

extension ConfigReply {
    /// Bytes of a text that are turned into JSON at a time.
    private static let pieceBytes = 64 << 10

    /// The reply as it is sent, made piece by piece: a configuration may have many megabytes, of which
    /// there is to be one copy.
    /// - Parameter yaml: valid UTF-8.
    static func bytes(path: String, yaml: [UInt8], loadedAt: Timestamp) throws -> ReplyBytes {
        let frame = ConfigReply(path: path, yaml: "", loadedAt: loadedAt)
        // The keys are sorted, so that the text is the last.
        let end = Data("\"}\n".utf8)
        var data = try ControlJSON.encode(frame)
        precondition(data.suffix(end.count) == end, "yaml is not the last key")
        data.removeLast(end.count)
        data.reserveCapacity(data.count + yaml.count + yaml.count / 16)
        var rest = yaml[...]
        while !rest.isEmpty {
            var cut = min(rest.startIndex + pieceBytes, rest.endIndex)
            // Not in the middle of a character.
            while cut < rest.endIndex, rest[cut] & 0xc0 == 0x80 { cut += 1 }
            let text = try ControlJSON.encode(String(decoding: rest[..<cut], as: UTF8.self))
            // Without its quotes and the newline.
            data += text[(text.startIndex + 1)..<(text.endIndex - 2)]
            rest = rest[cut...]
        }
        data += end
        return ReplyBytes(data, isKept: true)
    }
}
