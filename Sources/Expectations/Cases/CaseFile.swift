// SPDX-License-Identifier: Apache-2.0

public import FreewayConfiguration

/// What `case.yaml` says: how a case is run, and what is expected of it.
public struct CaseFile: Sendable, Equatable {
    /// The file as the caller named it.
    public var path: String
    /// One line that says what the case proves.
    public var title: String?
    /// The configuration, relative to the folder of the case unless it starts with a slash.
    public var config: String
    /// Whether ports take frames for any MAC address.
    public var anyMAC: Bool
    /// For comparing what left a port with its capture.
    public var rules: ComparisonRules
    /// Packets in words that come in, in the order of their times.
    public var inputs: [PacketInput]
    /// Packets in words that must leave.
    public var packets: [PacketExpectation]
    /// How what leaves is shared out.
    public var shares: [ShareExpectation]
    /// Frames by drop reason, when the file says anything about drops. Reasons that it does not name
    /// must be 0.
    public var drops: DropExpectation?
    /// Whether ports of which nothing is expected must send nothing.
    public var nothingElse: Bool
    /// What single frames must say.
    public var frames: [FrameExpectation]
    /// In the order of the file.
    public var steps: [CaseStep]

    public static let defaultConfig = "freeway.yaml"

    /// The case of a folder without a case file.
    public init(path: String = "case.yaml") {
        self.path = path
        config = Self.defaultConfig
        anyMAC = false
        rules = ComparisonRules()
        inputs = []
        packets = []
        shares = []
        nothingElse = false
        frames = []
        steps = []
    }

    /// Reads, decodes and checks a file. All that is wrong with it is in the one error.
    /// - Parameter dropReasons: every drop reason that there is.
    public init(path: String, dropReasons: [String]) throws(ConfigurationErrors) {
        self = try Self.decoded(YAMLFile.tree(path: path), path, dropReasons)
    }

    /// Decodes and checks a text; `path` is what messages call it.
    public init(yaml: String, path: String, dropReasons: [String]) throws(ConfigurationErrors) {
        self = try Self.decoded(
            YAMLFile.tree(of: Array(yaml.utf8), path: path), path, dropReasons)
    }

    private static func decoded(
        _ root: YAMLNode?, _ path: String, _ dropReasons: [String]
    ) throws(ConfigurationErrors) -> CaseFile {
        guard let root, !root.isNull else {
            throw ConfigurationErrors([
                Diagnostic(
                    path: path,
                    message: "says nothing; write \"title: …\", or remove the file")
            ])
        }
        var decoder = CaseDecoder(path: path, dropReasons: dropReasons)
        return try decoder.decode(root)
    }
}
