// SPDX-License-Identifier: Apache-2.0

extension Configuration {
    /// Reads, decodes and checks a file. All that is wrong with it is in the one error.
    public static func load(path: String) throws(ConfigurationErrors) -> Configuration {
        try Configuration(yaml: YAMLFile.contents(of: path), path: path)
    }

    /// Decodes and checks a text; `path` is what messages call it.
    public init(yaml: String, path: String) throws(ConfigurationErrors) {
        try self.init(yaml: Array(yaml.utf8), path: path)
    }

    /// Decodes and checks a text in UTF-8; `path` is what messages call it.
    /// - Parameter memory: bytes that reading it may take; nil for any. Short texts can have many values.
    public init(
        yaml: [UInt8], path: String, memory: Int? = nil
    ) throws(ConfigurationErrors) {
        guard let root = try YAMLFile.tree(of: yaml, path: path, memory: memory) else {
            throw ConfigurationErrors([
                Diagnostic(path: path, message: ConfigurationDecoder.emptyMessage)
            ])
        }
        var decoder = ConfigurationDecoder(path: path)
        self = try decoder.decode(root)
    }

    /// What is said of a file that gives nothing for so long.
    public static func slowness(_ limit: Duration) -> String { YAMLFile.slowness(limit) }

    /// The bytes of a file, or a few more than the limit of one that is too large, which decoding them
    /// then finds.
    /// - Parameter limit: how long a pipe may keep its reader waiting; nil for ever.
    public static func contents(
        of path: String, within limit: Duration? = nil
    ) throws(ConfigurationErrors) -> [UInt8] {
        try YAMLFile.contents(of: path, within: limit)
    }
}
