// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The files of the repository that the tests hold to the decoder.
enum ReadyFiles {
    static let configurations = [
        "config/cross-connect.yaml", "config/router.yaml", "config/nic-10g.yaml",
        "config/vlan-trunk.yaml", "config/gateway.yaml", "config/dual-stack.yaml",
        "config/vrf-pair.yaml",
    ]

    static func path(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: name).path(percentEncoded: false)
    }

    static func text(_ name: String) throws -> String {
        try String(contentsOfFile: path(name), encoding: .utf8)
    }

    /// The fenced blocks of a page in this language, in order.
    static func blocks(_ language: String, in name: String) throws -> [String] {
        try text(name).split(separator: "```\(language)\n").dropFirst().map { part in
            String(part[..<(part.firstRange(of: "```")?.lowerBound ?? part.endIndex)])
        }
    }
}
