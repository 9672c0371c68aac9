// SPDX-License-Identifier: Apache-2.0

import Captures
import Foundation
import FreewayConfiguration

/// The devices of a live forwarder, in DPDK's words.
struct LiveDevices {
    let devices: Forwarder.Devices
    /// They live as long as the devices that read through them.
    private let links: CaptureLinks
    /// The captures that devices write.
    private let outputs: [DeviceOutput]

    init(_ configuration: Configuration, keptDrops: Int) throws(ForwarderError) {
        let links = try CaptureLinks()
        var attachments: [Configuration.Device.Attachment] = []
        var outputs: [DeviceOutput] = []
        for port in configuration.ports {
            attachments.append(try Self.attachment(port, links, &outputs))
        }
        self.outputs = outputs
        self.links = links
        devices = Forwarder.Devices(attachments: attachments, keptDrops: keptDrops)
    }

    private static func attachment(
        _ port: Configuration.Port, _ links: CaptureLinks, _ outputs: inout [DeviceOutput]
    ) throws(ForwarderError) -> Configuration.Device.Attachment {
        guard case .pcap(let file, let output, let infinite) = port.device else {
            return port.device.attachment(portName: port.name)
        }
        let device = Configuration.Device.pcap(
            file: try links.link(to: file),
            output: try output.map { path throws(ForwarderError) in
                let pipe = links.newPath()
                outputs.append(
                    try DeviceOutput(
                        field: "ports.\(port.name).device", path: path, pipePath: pipe))
                return pipe
            },
            infinite: infinite)
        return device.attachment(portName: port.name)
    }

    /// Begins to move what devices write to their captures.
    /// - Parameter tell: called, on another thread, for each capture that cannot be written any more.
    func startOutputs(tell: @escaping @Sendable (ForwarderError) -> Void) throws(ForwarderError) {
        for output in outputs { try output.start(tell: tell) }
    }

    /// The forwarder is about to stop.
    func prepareToEnd() { for output in outputs { output.prepareToEnd() } }

    /// The devices are closed: puts their captures in their places.
    /// - Parameter isComplete: whether the forwarder ended well; otherwise no capture is left.
    /// - Returns: what is wrong with them, as one error.
    func finishOutputs(isComplete: Bool) -> ForwarderError? {
        var faults: [ForwarderError] = []
        for output in outputs {
            do throws(ForwarderError) {
                try output.finish(isComplete: isComplete)
            } catch {
                faults.append(error)
            }
        }
        return faults.first.map {
            ForwarderError($0.code, faults.map(\.description).joined(separator: "\n"))
        }
    }

    /// Surveys the captures that the configuration's devices read, so that a bad one is refused before
    /// DPDK sees it, and counts the frames of those that repeat for ever: net_pcap keeps each of their
    /// frames in an mbuf of the pool.
    static func heldFrames(
        _ configuration: Configuration, watch: CaptureWatch = { _ in true }
    ) throws(ForwarderError) -> Int {
        var frames = 0
        for port in configuration.ports {
            let (files, isInfinite) = captures(of: port.device)
            for file in files {
                do throws(CaptureError) {
                    let survey = try CaptureSurvey(path: file, watch: watch)
                    if isInfinite { frames += survey.frameCount }
                } catch {
                    throw ForwarderError(naming: "ports.\(port.name).device", error)
                }
            }
        }
        return frames
    }

    private static func captures(
        of device: Configuration.Device
    ) -> (files: [String], isInfinite: Bool) {
        switch device {
        case .pcap(let file, _, let infinite): return ([file], infinite)
        case .vdev(let name, let arguments) where name.hasPrefix("net_pcap"):
            let words = arguments.split(separator: ",")
            let files = words.filter { $0.hasPrefix("rx_pcap=") }.map {
                String($0.dropFirst("rx_pcap=".count))
            }
            return (files, words.contains("infinite_rx=1"))
        default: return ([], false)
        }
    }
}
