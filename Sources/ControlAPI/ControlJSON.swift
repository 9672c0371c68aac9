// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials

/// The one way in which replies and `--json` output become bytes: keys sorted, one line, ended by
/// a newline.
public enum ControlJSON {
    /// - Throws: `EncodingError`, when a value has a number that JSON cannot hold.
    public static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var data = try encoder.encode(value)
        data.append(UInt8(ascii: "\n"))
        return data
    }

    /// As ``encode(_:)``, for output.
    public static func text(_ value: some Encodable) throws -> String {
        String(decoding: try encode(value), as: UTF8.self)
    }

    /// - Throws: `DecodingError`.
    public static func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value
    {
        try JSONDecoder().decode(type, from: data)
    }
}
