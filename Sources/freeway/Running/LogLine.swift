// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import FoundationEssentials
import FreewayConfiguration
import Logging

/// A line of the log. What came from outside makes neither two lines of one nor a line that is too long.
struct LogLine {
    let time: Timestamp
    let level: Logger.Level
    let message: String
    let metadata: Logger.Metadata
    /// The module that says it.
    let source: String
    /// The lines that were lost before this one, since nobody read them.
    let lost: Int

    /// Bytes of the message that are kept in any case.
    private static let shortMessage = 600
    private static let longMessage = 2_048

    /// Ended by a newline; within the bytes that a ``LogOutlet`` has room for.
    func rendered(as log: Configuration.Log) -> String {
        let whole = text(log, Self.longMessage, metadata)
        if whole.utf8.count <= LogOutlet.longestLine { return whole }
        // Each byte takes six in JSON at the most.
        return text(log, Self.shortMessage, ["omitted": "what else belongs to this line"])
    }

    private func text(
        _ log: Configuration.Log, _ most: Int, _ metadata: Logger.Metadata
    ) -> String {
        var message = self.message
        if message.utf8.count > most {
            message = String(decoding: message.utf8.prefix(most), as: UTF8.self) + "…"
        }
        switch log.format {
        case .text:
            var words = log.time == .none ? [] : ["\(time)"]
            words += ["\(level):", Self.printable(message)]
            for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
                words.append("\(Self.printable(key))=\(Self.word("\(value)"))")
            }
            if lost > 0 {
                words.append("(lost before this line, since nobody read the log: \(lost))")
            }
            return words.joined(separator: " ") + "\n"
        case .json:
            let line = JSONLine(
                time: log.time == .none ? nil : time, level: level.rawValue, message: message,
                source: source, metadata: metadata.mapValues(Self.json),
                lost: lost == 0 ? nil : lost)
            // Texts and counts have nothing that JSON cannot hold.
            return (try? ControlJSON.encode(line)).map { String(decoding: $0, as: UTF8.self) }
                ?? "\n"
        }
    }

    private struct JSONLine: Encodable {
        let time: Timestamp?
        let level: String
        let message: String
        let source: String
        let metadata: [String: JSONValue]
        let lost: Int?
    }

    private static func json(_ value: Logger.MetadataValue) -> JSONValue {
        switch value {
        case .string(let text): .string(text)
        case .stringConvertible(let value): .string("\(value)")
        case .array(let values): .array(values.map(json))
        case .dictionary(let values): .object(values.mapValues(json))
        }
    }

    /// In quotation marks where it would not stand for itself.
    private static func word(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.unicodeScalars.allSatisfy {
                !isControl($0) && $0 != " " && $0 != "\"" && $0 != "="
            }
        if isPlain { return text }
        let quoted = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(printable(quoted))\""
    }

    /// With escapes in the place of control characters.
    private static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return text.unicodeScalars.map { scalar in
            switch scalar {
            case "\n": "\\n"
            case "\t": "\\t"
            case _ where isControl(scalar): "\\u{\(String(scalar.value, radix: 16))}"
            default: String(scalar)
            }
        }.joined()
    }

    /// Also what ends a line, or turns its direction, without being called a control character.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
