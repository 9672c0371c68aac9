// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where the files are that tests work with.
public enum Repository {
    /// The folder of Package.swift.
    public static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    public static func path(_ relative: String) -> String { "\(root)/\(relative)" }

    public static func capture(_ relative: String) -> String {
        path("Tests/Captures/\(relative)")
    }

    /// Captures that are not part of the repository; nil when this machine does not have them.
    public static let corpora: String? = {
        let path =
            ProcessInfo.processInfo.environment["FREEWAY_CORPORA"] ?? "\(root)/../shared/corpora"
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }()

    /// The pcap and pcapng files of a folder, sorted.
    public static func captures(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().filter { $0.hasSuffix(".pcap") || $0.hasSuffix(".pcapng") }
            .map { "\(folder)/\($0)" }
    }
}
