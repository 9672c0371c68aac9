// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import ProcessSupport
import Testing

/// What Tests/Captures/journeys.py says that a frame's journey must tell.
struct ExpectedJourney: Decodable {
    let port: String
    let frame: Int
    /// Facts of the route stage; empty where no prefix matches or the frame never gets there.
    let route: [String: String]
    let dropped: String?
    let field: String?
    /// How the deciding field's value begins.
    let value: String?

    static func load(_ folder: String) throws -> [ExpectedJourney] {
        let path = Repository.capture("journeys/\(folder).json")
        return try JSONDecoder().decode(
            [ExpectedJourney].self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }
}

/// Where a frame came in.
struct FrameName: Hashable {
    let port: String
    let frame: Int

    init(_ journey: FrameJourney) { (port, frame) = (journey.port, journey.frame) }

    init(_ expected: ExpectedJourney) { (port, frame) = (expected.port, expected.frame) }

    init(port: String, frame: Int) { (self.port, self.frame) = (port, frame) }
}

/// Runs `freeway explain --json`.
func explain(_ words: [String]) async throws -> Explanation {
    let outcome = try await FreewayProcess.run(["explain"] + words + ["--json"])
    try #require(outcome.code == 0, "\(outcome)")
    #expect(outcome.leftovers == [])
    return try outcome.decoded(Explanation.self)
}

extension Explanation {
    var byName: [FrameName: ExplainedFrame] {
        Dictionary(
            frames.map { (FrameName($0.journey), $0) }, uniquingKeysWith: { first, _ in first })
    }
}

extension FrameJourney {
    func step(_ stage: String) -> JourneyStep? { steps.first { $0.stage == stage } }
}

extension String {
    init(hexadecimal bytes: [UInt8]) {
        self = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
