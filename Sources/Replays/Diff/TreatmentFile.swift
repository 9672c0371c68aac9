// SPDX-License-Identifier: Apache-2.0

import Foundation
import PacketHeaders

/// What became of each frame of a replay, in a file: what one process of `freeway diff` tells the other.
///
/// First the names of ports and drop reasons; then, for each input in turn, how many frames it had and
/// a record for each, in the order of the capture. Numbers are little-endian.
enum TreatmentFile {
    /// Puts frames into the file. One thread.
    final class Writer {
        private let handle: FileHandle
        private var buffer = Data()
        private var names: [String: UInt8] = [:]

        /// - Parameter names: of ports and drop reasons, 255 at most.
        init(path: String, names: [String]) throws {
            _ = FileManager.default.createFile(atPath: path, contents: nil)
            handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            append(UInt8(names.count))
            for (index, name) in names.enumerated() {
                self.names[name] = UInt8(index)
                append(UInt8(name.utf8.count))
                buffer.append(contentsOf: name.utf8)
            }
        }

        func begin(frames: Int) { append(UInt64(frames)) }

        func write(_ treatment: FrameTreatment) throws {
            switch treatment.exit {
            case .transmitted(let port): append(0 as UInt8, names[port] ?? 255)
            case .dropped(let reason): append(1 as UInt8, names[reason] ?? 255)
            case .consumed: append(2 as UInt8, 0 as UInt8)
            }
            append(UInt8(treatment.nextHop == nil ? 0 : 1), UInt8(treatment.bytes.count))
            append(treatment.nextHop?.high ?? 0, treatment.nextHop?.low ?? 0)
            append(UInt32(treatment.length))
            append(treatment.digest)
            buffer.append(contentsOf: treatment.bytes)
            if buffer.count > 1 << 20 { try flush() }
        }

        func finish() throws {
            try flush()
            try handle.close()
        }

        private func flush() throws {
            try handle.write(contentsOf: buffer)
            buffer.removeAll(keepingCapacity: true)
        }

        private func append<each Number: FixedWidthInteger>(_ number: repeat each Number) {
            repeat withUnsafeBytes(of: (each number).littleEndian) {
                buffer.append(contentsOf: $0)
            }
        }
    }

    /// Takes frames out of the file, in order. One thread.
    struct Reader {
        struct Malformed: Error, CustomStringConvertible {
            var description: String { "what the replay told of its frames is cut short" }
        }

        private let data: Data
        private var position: Int
        private var names: [String] = []

        init(path: String) throws {
            data = try Data(
                contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
            position = 0
            for _ in 0..<(try number() as UInt8) {
                let length = Int(try number() as UInt8)
                names.append(String(decoding: try bytes(length), as: UTF8.self))
            }
        }

        mutating func frameCount() throws -> Int { Int(try number() as UInt64) }

        mutating func next() throws -> FrameTreatment {
            let kind = try number() as UInt8
            let index = Int(try number() as UInt8)
            let hasNextHop = try number() as UInt8 == 1
            let held = Int(try number() as UInt8)
            let high = try number() as UInt64
            let address = IPAddress(high: high, low: try number())
            let length = Int(try number() as UInt32)
            let digest = try number() as UInt64
            guard index < names.count else { throw Malformed() }
            let exit: FrameTreatment.Exit =
                switch kind {
                case 0: .transmitted(port: names[index])
                case 1: .dropped(reason: names[index])
                default: .consumed
                }
            return FrameTreatment(
                exit: exit, nextHop: hasNextHop ? address : nil, length: length,
                bytes: try bytes(held),
                digest: digest)
        }

        private mutating func bytes(_ count: Int) throws -> [UInt8] {
            guard count <= data.count - position else { throw Malformed() }
            defer { position += count }
            return Array(data[position..<position + count])
        }

        private mutating func number<Number: FixedWidthInteger>() throws -> Number {
            let width = Number.bitWidth / 8
            guard width <= data.count - position else { throw Malformed() }
            defer { position += width }
            return data.withUnsafeBytes {
                Number(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: Number.self))
            }
        }
    }
}
