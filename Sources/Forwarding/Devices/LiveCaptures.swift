// SPDX-License-Identifier: Apache-2.0

package import Captures
package import FreewayConfiguration

/// The captures that the devices of a live forwarder read, found to be in order before DPDK sees them.
package struct LiveCaptures {
    /// By port: those of `pcap:`, so that net_pcap reads them.
    private(set) var files: [String: CaptureFile] = [:]
    /// The frames of captures that repeat for ever: net_pcap keeps each of them in an mbuf of the pool.
    package private(set) var heldFrames = 0
    /// What a user should know about the captures, in sentences.
    package private(set) var notes: [String] = []

    /// Reads each of them once.
    package init(
        _ configuration: Configuration, watch: CaptureWatch = { _ in true }
    ) throws(ForwarderError) {
        for port in configuration.ports {
            do throws(CaptureError) {
                try add(port, watch)
            } catch {
                throw ForwarderError(naming: "ports.\(port.name).device", error)
            }
        }
    }

    private mutating func add(
        _ port: Configuration.Port, _ watch: CaptureWatch
    ) throws(CaptureError) {
        switch port.device {
        case .pcap(let path, _, let isInfinite):
            let file = try CaptureFile(path: path, watch: watch)
            let survey = try CaptureSurvey(file, watch: watch)
            notes += survey.notes
            files[port.name] = try file.readableByLibpcap(survey, watch: watch)
            if isInfinite { heldFrames += survey.frameCount }
        case .vdev(let name, let arguments) where name.hasPrefix("net_pcap"):
            let words = arguments.split(separator: ",")
            for word in words where word.hasPrefix("rx_pcap=") {
                let path = String(word.dropFirst("rx_pcap=".count))
                let file = try CaptureFile(path: path, watch: watch)
                let survey = try CaptureSurvey(file, watch: watch)
                notes += survey.notes
                // The path is the user's, and what reads it is libpcap.
                guard !file.isCopy, survey.isReadByLibpcap else {
                    throw CaptureError(
                        .malformed, path,
                        "net_pcap reads no such capture by itself; name it as device: pcap:\(path)")
                }
                if words.contains("infinite_rx=1") { heldFrames += survey.frameCount }
            }
        default: break
        }
    }
}
