// SPDX-License-Identifier: Apache-2.0

import Captures
import Foundation
import FreewayConfiguration

/// The devices of a live forwarder, in DPDK's words.
struct LiveDevices {
    let devices: Forwarder.Devices
    /// They live as long as the devices that read through them.
    private let links: CaptureLinks

    init(_ configuration: Configuration, keptDrops: Int) throws(ForwarderError) {
        let links = try CaptureLinks()
        var attachments: [Configuration.Device.Attachment] = []
        for port in configuration.ports {
            attachments.append(try Self.attachment(port, links))
        }
        self.links = links
        devices = Forwarder.Devices(attachments: attachments, keptDrops: keptDrops)
    }

    private static func attachment(
        _ port: Configuration.Port, _ links: CaptureLinks
    ) throws(ForwarderError) -> Configuration.Device.Attachment {
        guard case .pcap(let file, let output, let infinite) = port.device else {
            return port.device.attachment(portName: port.name)
        }
        let device = Configuration.Device.pcap(
            file: try links.link(to: file),
            output: try output.map { path throws(ForwarderError) in try links.link(to: path) },
            infinite: infinite)
        return device.attachment(portName: port.name)
    }

    /// Surveys the captures that the configuration's devices read, so that a bad one is refused before
    /// DPDK sees it, and counts the frames of those that repeat for ever: net_pcap keeps each of their
    /// frames in an mbuf of the pool.
    static func heldFrames(_ configuration: Configuration) throws(ForwarderError) -> Int {
        var frames = 0
        for port in configuration.ports {
            let (files, isInfinite) = captures(of: port.device)
            for file in files {
                do throws(CaptureError) {
                    let survey = try CaptureSurvey(path: file)
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
