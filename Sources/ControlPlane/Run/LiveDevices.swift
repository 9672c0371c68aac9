// SPDX-License-Identifier: Apache-2.0

import Captures
import FreewayConfiguration
import Foundation

/// The devices of a live forwarder, in DPDK's words.
struct LiveDevices {
    let devices: Forwarder.Devices
    private let links: CaptureLinks

    init(_ configuration: Configuration, _ plan: Plan) throws(ForwarderError) {
        let links = try CaptureLinks()
        var attachments: [Configuration.Device.Attachment] = []
        var preloaded = 0
        for (port, planned) in zip(configuration.ports, plan.ports) {
            attachments.append(
                try Self.attachment(port, queues: planned.rxQueues, links))
            preloaded += try Self.preloadedMbufs(
                port.device, dataBytes: plan.memory.mbufs.dataBytes)
        }
        self.links = links
        devices = Forwarder.Devices(attachments: attachments, extraMbufs: preloaded)
    }

    private static func attachment(
        _ port: Configuration.Port, queues: Int, _ links: CaptureLinks
    ) throws(ForwarderError) -> Configuration.Device.Attachment {
        guard case .pcap(let file, let output, let infinite) = port.device else {
            return port.device.attachment(portName: port.name, receiveQueues: queues)
        }
        let device = Configuration.Device.pcap(
            file: try links.link(to: file), output: try output.map { path throws(ForwarderError) in
                try links.link(to: path)
            }, infinite: infinite)
        return device.attachment(portName: port.name, receiveQueues: queues)
    }

    /// A capture that repeats for ever is loaded into buffers of the pool when its queue is set up.
    private static func preloadedMbufs(
        _ device: Configuration.Device, dataBytes: Int
    ) throws(ForwarderError) -> Int {
        let files: [String]
        switch device {
        case .pcap(let file, _, true): files = [file]
        case .vdev(_, let arguments) where arguments.contains("infinite_rx=1"):
            files = arguments.split(separator: ",").filter { $0.hasPrefix("rx_pcap=") }
                .map { String($0.dropFirst("rx_pcap=".count)) }
        default: return 0
        }
        var mbufs = 0
        for file in files {
            do throws(CaptureError) {
                let survey = try CaptureSurvey(path: file)
                mbufs += survey.frameCount * (survey.longestFrame / dataBytes + 1)
            } catch {
                throw ForwarderError(error)
            }
        }
        return mbufs
    }
}
