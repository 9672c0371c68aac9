// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import ProcessSupport
import Testing

/// Captures of other projects, whole and broken: none may stop a replay or unbalance its ledger.
@Suite struct ReplayCorpusTests {
    static let real = Repository.captures(in: Repository.capture("real"))
    static let corpora = ["pcaps", "malformed"].flatMap { folder in
        Repository.corpora.map { Repository.captures(in: "\($0)/\(folder)") } ?? []
    }

    @Test("the captures in the repository replay", arguments: real)
    func realCapture(path: String) async throws { try await replay(path) }

    @Test(
        "the captures of the corpora replay",
        .enabled(
            if: !corpora.isEmpty,
            "no corpora beside the repository: set FREEWAY_CORPORA to a folder with pcaps/ and malformed/"
        ),
        arguments: corpora)
    func corpusCapture(path: String) async throws { try await replay(path) }

    private func replay(_ path: String) async throws {
        for words in [
            ["config/router.yaml", "--any-mac", "--in", "wan=\(path)", "--workers", "2"],
            ["config/cross-connect.yaml", "--in", "left=\(path)"],
        ] {
            let outcome = try await FreewayProcess.run(["replay"] + words + ["--json"])
            #expect(outcome.leftovers == [])
            if path.hasSuffix("tcpdump-tcp-handshake-nano.pcap") {
                #expect(outcome.code == 65, "\(outcome)")
                continue
            }
            try #require(outcome.code == 0, "\(path): \(outcome)")
            let report = try outcome.decoded(ReplayReport.self)
            #expect(report.balanced && report.ledger.isBalanced, "\(path)")
            #expect(report.ledger.inTransit == 0)
        }
    }
}
