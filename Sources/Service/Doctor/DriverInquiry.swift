// SPDX-License-Identifier: Apache-2.0

public import ControlAPI
import DPDK
import Forwarding
public import FreewayConfiguration

/// Asks the driver of each port what it can do: attaches the device for a moment, as `run` does, and
/// lets it go again. A process does so once, since DPDK starts once.
public struct DriverInquiry {
    private let configuration: Configuration
    private let plan: Plan

    public init(_ configuration: Configuration, plan: Plan) {
        self.configuration = configuration
        self.plan = plan
    }

    public func findings() -> [DoctorReport.Finding] {
        do throws(ForwarderError) {
            return try ask()
        } catch {
            return [DoctorReport.Finding("attach", .bad, error.description)]
        }
    }

    private func ask() throws(ForwarderError) -> [DoctorReport.Finding] {
        let environment = try PacketEnvironment.start(plan)
        defer { environment.stop() }
        let devices = try LiveDevices(configuration, keptDrops: 0)
        return zip(plan.ports, devices.devices.attachments).map { planned, attachment in
            Self.ask(planned, attachment)
        }
    }

    private static func ask(
        _ planned: Plan.Port, _ attachment: Configuration.Device.Attachment
    ) -> DoctorReport.Finding {
        let topic = "ports.\(planned.name)"
        do throws(DPDKError) {
            let (device, port) = try Device.attach(
                bus: attachment.bus == "pci" ? .pci : .vdev, name: attachment.name,
                arguments: attachment.arguments)
            defer {
                try? port.close()
                try? device.detach()
            }
            return judge(topic, planned, try port.capabilities())
        } catch {
            return DoctorReport.Finding(
                topic, .bad, "\(planned.device) cannot be attached: \(error)",
                remedy:
                    "freeway run says more; a device that another process drives must be freed first"
            )
        }
    }

    private static func judge(
        _ topic: String, _ planned: Plan.Port, _ able: DPDK.Port.Capabilities
    ) -> DoctorReport.Finding {
        let hashing =
            able.hashableFlows == 0
            ? "no RSS"
            : "RSS over \(able.redirectionTableSize) entries, key of \(able.hashKeySize) bytes"
        let text =
            "\(planned.device), driver \(able.driver): up to \(able.rxQueues) receive and \(able.txQueues) "
            + "transmit queues, \(hashing)"
        if able.rxQueues < planned.rxQueues || able.txQueues < planned.txQueues {
            return DoctorReport.Finding(
                topic, .bad,
                text + "; the plan wants \(planned.rxQueues) and \(planned.txQueues)",
                remedy: "ports.\(planned.name).queues: \(min(able.rxQueues, able.txQueues))")
        }
        if planned.rxQueues > 1 && able.hashableFlows == 0 {
            return DoctorReport.Finding(
                topic, .warning,
                text + ": a device without RSS puts all frames into the first queue",
                remedy: "ports.\(planned.name).queues: 1 (workers then share by software RSS)")
        }
        return DoctorReport.Finding(topic, .good, text)
    }
}
