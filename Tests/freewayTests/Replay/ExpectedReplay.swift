// SPDX-License-Identifier: Apache-2.0

import Captures
import Foundation
import ProcessSupport

/// A folder of Tests/Captures with what must come out of it. See its README.
struct ExpectedReplay: Decodable {
    struct Count: Decodable, Equatable {
        let frames: UInt64
        let bytes: UInt64
    }

    struct Port: Decodable {
        let `in`: String
        let expect: String
        let received: Count
        let transmitted: Count
    }

    /// The ledger at a query among the steps.
    struct Answer: Decodable {
        let step: Int
        /// Since 1970.
        let nanoseconds: UInt64
        let received: UInt64
        let transmitted: UInt64
        let dropped: [String: UInt64]
    }

    let config: String
    /// As `--step` takes them; files are of the folder.
    let steps: [String]?
    let answers: [Answer]?
    let received: UInt64
    let transmitted: UInt64
    let dropped: [String: UInt64]
    let ports: [String: Port]

    static func load(_ folder: String) throws -> ExpectedReplay {
        let path = Repository.capture("\(folder)/expected.json")
        return try JSONDecoder().decode(
            ExpectedReplay.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// The words of `freeway replay` for the folder, with outputs in another one.
    func arguments(_ folder: String, outputs: ScratchFolder) -> [String] {
        let ports = ports.sorted { $0.key < $1.key }
        return ["replay", Repository.capture("\(folder)/\(config)"), "--json"]
            + ports.flatMap { name, port in
                ["--in", "\(name)=\(Repository.capture("\(folder)/\(port.in)"))"]
            }
            + ports.flatMap { name, _ in ["--out", "\(name)=\(outputs.file("\(name).pcap"))"] }
            + stepArguments(folder)
    }

    /// The words for the steps between the frames.
    func stepArguments(_ folder: String) -> [String] {
        (steps ?? []).flatMap { step in
            let file = step.replacing("reload=", with: "reload=\(Repository.capture(folder))/")
            return ["--step", file]
        }
    }
}

/// A frame of a capture, held.
struct CapturedFrame: Hashable {
    var time: UInt64
    var bytes: [UInt8]

    static func all(in path: String) throws -> [CapturedFrame] {
        let reader = try CaptureReader(path: path)
        var frames: [CapturedFrame] = []
        while let frame = try reader.next() {
            frames.append(CapturedFrame(time: frame.time, bytes: Array(frame.bytes)))
        }
        return frames
    }
}
