// SPDX-License-Identifier: Apache-2.0

import Captures
import Expectations
import FreewayConfiguration

/// The packets in words of a case as captures, in a folder that goes with the object.
struct WordInputs {
    /// The capture of each port that receives packets in words.
    let captures: [(port: String, path: String)]
    private let folder: WorkFolder?

    init(_ plan: CasePlan) throws(CasePlan.Fault) {
        guard !plan.file.inputs.isEmpty else {
            captures = []
            folder = nil
            return
        }
        let ports = plan.configuration.ports
        let frames = plan.file.inputs.frames { name in
            ports.first { $0.name == name }.map {
                "\($0.mac ?? Configuration.Port.derivedMAC(name: name))"
            } ?? ""
        }
        do throws(WorkFolder.Failure) {
            folder = try WorkFolder()
        } catch {
            throw CasePlan.Fault(error.description)
        }
        var captures: [(port: String, path: String)] = []
        do throws(CaptureError) {
            let start = try Self.start(plan.folder.inputs)
            for (index, (port, frames)) in frames.sorted(by: { $0.key < $1.key }).enumerated() {
                let path = "\(folder?.path ?? "")/\(index).pcap"
                let writer = try CaptureWriter(path: path)
                for frame in frames {
                    try writer.write(CapturedFrame(frame.bytes, time: start + frame.time))
                }
                try writer.publish()
                captures.append((port, path))
            }
        } catch {
            throw CasePlan.Fault(error.description)
        }
        self.captures = captures
    }

    /// Nanoseconds since 1970 of the first frame of all captures; 0 without frames.
    private static func start(
        _ inputs: [CaseFolder.Capture]
    ) throws(CaptureError) -> UInt64 {
        var first: UInt64?
        for input in inputs {
            guard let frame = try CaptureReader(path: input.path).next() else { continue }
            first = min(first ?? frame.time, frame.time)
        }
        return first ?? 0
    }
}
