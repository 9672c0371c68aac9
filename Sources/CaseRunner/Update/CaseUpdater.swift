// SPDX-License-Identifier: Apache-2.0

import Captures
public import ControlAPI
import Expectations
import Glibc

/// Writes what left a case's ports to its expect files, where the two differ.
public struct CaseUpdater {
    /// Why a file cannot be written; the text names it.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    private let suite: SuiteRun
    /// Whether ports without an expect file get one.
    private let createsFiles: Bool

    public init(_ suite: SuiteRun, createsFiles: Bool) {
        self.suite = suite
        self.createsFiles = createsFiles
    }

    /// Brings the files of one case up to date; a file that its rules find equal is not touched. A file
    /// that is written appears at once and whole.
    /// - Parameter run: how the case ended; one that could not be run changes nothing.
    public func update(
        _ entry: SuiteRun.Entry, _ run: CaseResult
    ) throws(Failure) -> [CaseUpdate] {
        guard [.passed, .failed].contains(run.verdict) else { return [] }
        let file: CaseFile
        do throws(CasePlan.Fault) {
            file = try CasePlan.read(entry.folder)
        } catch {
            throw Failure(description: error.text)
        }
        let outputs = suite.outputFolder(entry, workers: run.workers)
        var updates: [CaseUpdate] = []
        for name in ((try? Entries(of: outputs))?.files ?? []) where name.hasSuffix(".pcap") {
            let port = String(name.dropLast(5))
            let old = entry.folder.expectations.first { $0.port == port }
            // What case.yaml says in words is its author's to write.
            guard old != nil || createsFiles && !file.packets.ports.contains(port) else { continue }
            if let update = try self.update(
                port, in: entry.folder, from: "\(outputs)/\(name)", old?.path, file.rules)
            {
                updates.append(update)
            }
        }
        return updates
    }

    private func update(
        _ port: String, in folder: CaseFolder, from source: String, _ old: String?,
        _ rules: ComparisonRules
    ) throws(Failure) -> CaseUpdate? {
        do throws(CaptureError) {
            let got = try CapturedFrame.all(in: source)
            let changes: [String]
            if let old {
                let comparison = Comparison(
                    port: port, expected: try CapturedFrame.all(in: old), got: got, rules: rules)
                guard !comparison.isEqual else { return nil }
                changes = ChangeSummary(comparison).lines
            } else {
                changes = ["new, with \(got.count) \(got.count == 1 ? "frame" : "frames")"]
            }
            // Captures are written as pcap; a pcapng file of that name would say otherwise.
            let path = "\(folder.path)/\(port).expect.pcap"
            let writer = try CaptureWriter(path: path)
            for frame in got { try writer.write(frame) }
            try writer.flush()
            try writer.publish()
            if let old, old != path { unlink(old) }
            return CaseUpdate(
                file: path,
                changes: old.map { $0 == path ? changes : ["takes the place of \($0)"] + changes }
                    ?? changes)
        } catch {
            throw Failure(description: error.description)
        }
    }
}
