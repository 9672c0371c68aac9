// SPDX-License-Identifier: Apache-2.0

import Captures
import Foundation
package import FreewayConfiguration

/// The devices of a live forwarder, in DPDK's words.
package struct LiveDevices {
    package let devices: Forwarder.Devices
    /// They live as long as the devices that read through them.
    private let links: CaptureLinks
    /// The captures that devices write.
    private let outputs: [DeviceOutput]

    /// - Parameter captures: what was found out about the captures that devices read; nil where they are known to
    ///   be in order.
    package init(
        _ configuration: Configuration, captures: LiveCaptures? = nil, keptDrops: Int
    ) throws(ForwarderError) {
        let links = try CaptureLinks()
        var attachments: [Configuration.Device.Attachment] = []
        var outputs: [DeviceOutput] = []
        for port in configuration.ports {
            attachments.append(try Self.attachment(port, captures, links, &outputs))
        }
        self.outputs = outputs
        self.links = links
        devices = Forwarder.Devices(attachments: attachments, keptDrops: keptDrops)
    }

    private static func attachment(
        _ port: Configuration.Port, _ captures: LiveCaptures?, _ links: CaptureLinks,
        _ outputs: inout [DeviceOutput]
    ) throws(ForwarderError) -> Configuration.Device.Attachment {
        guard case .pcap(let file, let output, let infinite) = port.device else {
            return port.device.attachment(portName: port.name)
        }
        let link =
            if let capture = captures?.files[port.name] {
                try links.link(to: capture)
            } else {
                try links.link(to: file)
            }
        let device = Configuration.Device.pcap(
            file: link,
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
    package func startOutputs(tell: @escaping @Sendable (ForwarderError) -> Void)
        throws(ForwarderError)
    {
        for output in outputs { try output.start(tell: tell) }
    }

    /// The forwarder is about to stop.
    package func prepareToEnd() { for output in outputs { output.prepareToEnd() } }

    /// The devices are closed: puts their captures in their places.
    /// - Parameter isComplete: whether the forwarder ended well; otherwise no capture is left.
    /// - Returns: what is wrong with them, as one error.
    package func finishOutputs(isComplete: Bool) -> ForwarderError? {
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
}
