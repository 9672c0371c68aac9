// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// Where the files of the repository are that tests read.
public enum Repository {
    public static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Small captures of other projects.
    public static let realCaptures = root.appending(path: "Tests/Captures/real")

    /// The path of one of them.
    public static func realCapture(_ name: String) -> String {
        realCaptures.appending(path: name).path
    }

    /// The folder of larger captures beside the repository, which not every machine has; nil there.
    public static let corpora: URL? = {
        let beside = root.deletingLastPathComponent()
        return [beside.appending(path: "shared/corpora"), beside.appending(path: "corpora")]
            .first { FileManager.default.fileExists(atPath: $0.path) }
    }()

    /// The captures in a folder, sorted.
    public static func captures(in folder: URL) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { ["pcap", "pcapng"].contains($0.pathExtension) }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
    }
}
