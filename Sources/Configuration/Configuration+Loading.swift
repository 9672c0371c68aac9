// SPDX-License-Identifier: Apache-2.0

import Foundation

extension Configuration {
    /// Reads, decodes and checks a file. All that is wrong with it is in the one error.
    public static func load(path: String) throws(ConfigurationErrors) -> Configuration {
        try Configuration(yaml: contents(of: path), path: path)
    }

    /// Decodes and checks a text; `path` is what messages call it.
    public init(yaml: String, path: String) throws(ConfigurationErrors) {
        try self.init(yaml: Array(yaml.utf8), path: path)
    }

    /// Decodes and checks a text in UTF-8; `path` is what messages call it.
    public init(yaml: [UInt8], path: String) throws(ConfigurationErrors) {
        let root: YAMLNode?
        do throws(YAMLReader.Failure) {
            root = try YAMLReader.read(yaml)
        } catch {
            throw ConfigurationErrors([
                Diagnostic(path: path, location: error.location, message: error.message)
            ])
        }
        guard let root else {
            throw ConfigurationErrors([
                Diagnostic(path: path, message: ConfigurationDecoder.emptyMessage)
            ])
        }
        var decoder = ConfigurationDecoder(path: path)
        self = try decoder.decode(root)
    }

    /// The bytes of a file, or a few more than the limit of one that is too large, which decoding them
    /// then finds.
    public static func contents(of path: String) throws(ConfigurationErrors) -> [UInt8] {
        func failure() -> ConfigurationErrors {
            let reason = String(cString: strerror(errno))
            return ConfigurationErrors(
                kind: .unreadable,
                [Diagnostic(path: path, message: "cannot be read: \(reason)")])
        }
        guard let file = fopen(path, "rb") else { throw failure() }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= YAMLReader.Limits().bytes {
            let count = fread(&buffer, 1, buffer.count, file)
            guard count > 0 else {
                if ferror(file) != 0 { throw failure() }
                break
            }
            bytes += buffer[..<count]
        }
        return bytes
    }
}
