// SPDX-License-Identifier: Apache-2.0

import Captures
import Foundation
import ProcessSupport

/// Cases made for a test, in a folder of its own: frames cross from left to right unchanged, so that a
/// case's expect file is right when it is a copy of its input.
final class CaseLibrary: Sendable {
    let scratch = ScratchFolder()
    var path: String { scratch.path }

    static let input = Repository.capture("cross-connect/left.in.pcap")
    static let configuration = Repository.capture("cross-connect/cross-connect.yaml")

    func file(_ name: String) -> String { scratch.file(name) }

    /// A case that passes, unless it is changed afterwards.
    @discardableResult
    func add(_ name: String, caseFile: String? = nil) throws -> String {
        let folder = file(name)
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try copy(Self.configuration, to: "\(name)/freeway.yaml")
        try copy(Self.input, to: "\(name)/left.in.pcap")
        try copy(Self.input, to: "\(name)/right.expect.pcap")
        if let caseFile { try write(caseFile, to: "\(name)/case.yaml") }
        return folder
    }

    func copy(_ source: String, to name: String) throws {
        try? FileManager.default.removeItem(atPath: file(name))
        try FileManager.default.copyItem(atPath: source, toPath: file(name))
    }

    func write(_ text: String, to name: String) throws {
        try scratch.write(text, to: name)
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: file(name))
    }

    func bytes(_ name: String) -> Data {
        FileManager.default.contents(atPath: file(name)) ?? Data()
    }

    /// Rewrites a capture with its frames changed.
    /// - Parameter change: gives the frame's new bytes, by its number from 1; nil leaves it out.
    func edit(_ name: String, _ change: (Int, [UInt8]) -> [UInt8]?) throws {
        let reader = try CaptureReader(path: file(name))
        var frames: [(UInt64, [UInt8])] = []
        while let frame = try reader.next() { frames.append((frame.time, Array(frame.bytes))) }
        let writer = try CaptureWriter(path: file(name))
        for (index, frame) in frames.enumerated() {
            guard let bytes = change(index + 1, frame.1) else { continue }
            try bytes.withUnsafeBytes { try writer.write($0, time: frame.0) }
        }
        try writer.flush()
        try writer.publish()
    }

    /// `freeway test` on this folder.
    func test(_ arguments: String..., folders: [String]? = nil) async throws -> ProcessOutcome {
        try await FreewayProcess.run(FreewayProcess.test + (folders ?? [path]) + arguments)
    }
}
