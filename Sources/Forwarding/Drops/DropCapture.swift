// SPDX-License-Identifier: Apache-2.0

import Captures
public import ControlAPI
import Dataplane

/// Kept frames as a pcapng file: an interface for each port, and the reason and the field that decided in
/// each frame's comment.
public final class DropCapture {
    private let writer: PcapngWriter
    /// Positions of the interfaces by the ports' names.
    private let interfaces: [String: Int]

    private let epoch: Int64

    /// Stands for the port of frames that came in by none that is known.
    public static let unknownPort = "unknown"

    /// - Parameters:
    ///   - path: `-` for standard output.
    ///   - ports: those that frames came in by, or may have; a frame of another is told as of the first.
    ///   - epoch: a second, counted from 1970, that is not later than any frame.
    public init(path: String, ports: [String], epoch: Int64 = 0) throws(ForwarderError) {
        self.epoch = epoch
        let names = ports.isEmpty ? [Self.unknownPort] : ports
        interfaces = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
        do throws(CaptureError) {
            writer = try PcapngWriter(
                path: path,
                interfaces: names.map {
                    PcapngWriter.Interface(name: $0, snapLength: DropSample.snapLength)
                },
                application: "freeway", epoch: epoch)
        } catch {
            throw ForwarderError(error)
        }
    }

    /// Adds frames in the order of their times.
    public func write(_ frames: [DroppedFrame]) throws(ForwarderError) {
        let inOrder = frames.enumerated().sorted {
            ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
        }
        do throws(CaptureError) {
            for (_, frame) in inOrder {
                let port = frame.port ?? Self.unknownPort
                try writer.write(
                    frame.decodedBytes ?? [], time: frame.time.nanoseconds(since: epoch),
                    length: frame.length,
                    interface: interfaces[port] ?? 0,
                    comment: frame.comment)
            }
        } catch {
            throw ForwarderError(error)
        }
    }

    /// Puts the file in its place. Without it none is left.
    public func publish() throws(ForwarderError) {
        do throws(CaptureError) {
            try writer.publish()
        } catch {
            throw ForwarderError(error)
        }
    }
}
