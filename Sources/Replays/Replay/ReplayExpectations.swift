// SPDX-License-Identifier: Apache-2.0

import Captures
public import Expectations
public import Forwarding

/// What must leave ports in a replay, and the captures in which it is kept meanwhile.
public struct ReplayExpectations {
    /// How a port did.
    public struct Outcome: Sendable, Codable, Equatable {
        public var port: String
        /// The capture that says what was expected.
        public var capture: String
        public var expectedFrames: Int
        public var gotFrames: Int
        public var differences: [Difference]
        /// How many more there are than `differences` holds.
        public var omitted: Int
    }

    private let expected: [(port: String, path: String, frames: [CapturedFrame])]
    /// Absent when nothing is compared.
    private let folder: PrivateFolder?
    /// What a user should know about the captures, in sentences.
    public let notes: [String]

    /// The frames whose journeys are worth their memory, from the first to come in on.
    public static let tracedFrames = 100_000

    /// Reads the captures.
    /// - Parameter files: a port and a capture each.
    /// - Throws: `ForwarderError` for a capture that cannot be read or compared.
    public init(
        _ files: [(port: String, path: String)],
        progress: @escaping (ReadingProgress) -> Void = { _ in }
    ) throws(ForwarderError) {
        var expected: [(String, String, [CapturedFrame])] = []
        var notes: [String] = []
        for (port, path) in files {
            do throws(CaptureError) {
                let watch = ReadingProgress.watch(progress)
                let file = try CaptureFile(path: path, watch: watch)
                let survey = try CaptureSurvey(file, watch: watch)
                expected.append((port, path, try CapturedFrame.all(in: file)))
                // One without frames is a plain thing to say: nothing leaves the port.
                if survey.frameCount > 0 { notes += survey.notes }
            } catch {
                throw ForwarderError(error)
            }
        }
        self.expected = expected
        self.notes = notes
        folder = files.isEmpty ? nil : try PrivateFolder()
    }

    /// The outputs of a replay, and a capture of its own for each port that is compared and has none.
    public func outputs(_ outputs: [String: String]) -> [String: String] {
        guard let folder else { return outputs }
        var all = outputs
        for (index, port) in expected.enumerated() where outputs[port.port] == nil {
            all[port.port] = "\(folder.path)/\(index).pcapng"
        }
        return all
    }

    /// Compares what left the ports, once the replay has ended.
    /// - Parameters:
    ///   - outputs: what `outputs(_:)` gave to the replay.
    ///   - journeys: what explains the differences, if the replay wrote it down.
    public func compare(
        _ outputs: [String: String], rules: ComparisonRules, journeys: FrameJourneys? = nil
    ) throws(ForwarderError) -> [Outcome] {
        var outcomes: [Outcome] = []
        // Only what is wrong needs it.
        var tracing: FrameTracing?
        for port in expected {
            guard let path = outputs[port.port] else { continue }
            do throws(CaptureError) {
                let got = try CapturedFrame.all(in: path)
                let comparison = Comparison(
                    port: port.port, expected: port.frames, got: got, rules: rules)
                var differences = comparison.differences
                if let journeys, !differences.isEmpty {
                    let known = tracing ?? FrameTracing(journeys)
                    known.explain(&differences)
                    tracing = known
                }
                outcomes.append(
                    Outcome(
                        port: port.port, capture: port.path, expectedFrames: port.frames.count,
                        gotFrames: got.count, differences: differences,
                        omitted: comparison.omitted))
            } catch {
                throw ForwarderError(error)
            }
        }
        return outcomes
    }
}
