// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import FreewayConfiguration
import TestSupport
import Testing

@testable import Forwarding
@testable import Service

/// The doctor on machines that are made up of files in a folder.
@Suite struct DoctorTests {
    @Test func givenNoGovernorFileTheFrequencyIsTheHostsMatter() throws {
        let finding = try examine(MadeUpMachine(), "frequency")
        #expect(finding.state == .neutral)
        #expect(finding.remedy == nil)
    }

    @Test func givenAPowersaveGovernorTheCommandThatChangesItIsTold() throws {
        let files = [
            "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "performance\n",
            "sys/devices/system/cpu/cpu1/cpufreq/scaling_governor": "powersave\n",
        ]
        let finding = try examine(MadeUpMachine(files), "frequency")
        #expect(finding.state == .warning)
        #expect(finding.text.contains("powersave"))
        #expect(finding.remedy == "sudo cpupower frequency-set --governor performance")
    }

    @Test func givenACPUWithoutSSSE3FreewayDoesNotRun() throws {
        let finding = try examine(
            MadeUpMachine(["proc/cpuinfo": "processor : 0\nflags\t\t: fpu sse2 constant_tsc\n"]),
            "cpu")
        #expect(finding.state == .bad)
        #expect(finding.text.contains("SSSE3"))
    }

    @Test func givenIsolatedCPUsWithoutAConfigurationAllIsGood() throws {
        let machine = Machine(allowedCPUs: [0, 1], isolatedCPUs: [2, 3])
        let finding = try examine(MadeUpMachine(), "isolation", machine: machine)
        #expect(finding.state == .good)
        #expect(finding.text == "CPUs 2,3 are isolated")
    }

    @Test func givenNoIsolatedCPUTheFirstIsLeftToLinux() throws {
        let machine = Machine(allowedCPUs: [0, 1, 2, 3])
        let finding = try examine(MadeUpMachine(), "isolation", machine: machine)
        #expect(finding.state == .warning)
        #expect(
            finding.remedy?.hasPrefix(
                "add isolcpus=managed_irq,domain,1,2,3 nohz_full=1,2,3 rcu_nocbs=1,2,3 ") == true)
    }

    @Test func givenIOMMUGroupsTheyAreCounted() throws {
        let finding = try examine(
            MadeUpMachine([
                "sys/kernel/iommu_groups/0/type": "DMA\n",
                "sys/kernel/iommu_groups/1/type": "DMA\n",
            ]), "iommu")
        #expect(finding.state == .good)
        #expect(finding.text == "on, 2 groups")
    }

    @Test func givenNoIOMMUOnAnAMDMachineTheFirmwareSettingHasItsNameThere() throws {
        let finding = try examine(
            MadeUpMachine(["proc/cpuinfo": "vendor_id : AuthenticAMD\n"]), "iommu")
        #expect(finding.remedy?.contains("AMD-Vi") == true)
    }

    @Test func givenACardThatLinuxUsesItIsNotAdvisedToTakeItAway() throws {
        let card = "sys/bus/pci/devices/0000:00:03.0"
        let finding = try examine(
            MadeUpMachine([
                "\(card)/class": "0x020000\n",
                "\(card)/virtio0/net/eth0/mtu": "1500\n",
                "sys/class/net/eth0/operstate": "up\n",
                "sys/class/net/eth0/queues/rx-0/rps_cpus": "0\n",
                "sys/class/net/eth0/queues/rx-1/rps_cpus": "0\n",
            ]), "cards")
        #expect(finding.text.contains("in Linux eth0 with 2 receive queues, in use by Linux"))
        #expect(finding.remedy == nil)
    }

    @Test func givenAFreeCardTheCommandThatBindsItIsTold() throws {
        let finding = try examine(
            MadeUpMachine(["sys/bus/pci/devices/0000:3b:00.0/class": "0x020000\n"]), "cards")
        #expect(finding.text == "0000:3b:00.0 is bound to no driver")
        #expect(finding.remedy == "sudo dpdk-devbind.py --bind=vfio-pci 0000:3b:00.0")
    }

    @Test func givenADeviceThatIsNoNetworkCardItIsNotListed() throws {
        let finding = try examine(
            MadeUpMachine(["sys/bus/pci/devices/0000:00:1f.0/class": "0x060100\n"]), "cards")
        #expect(finding.text == "no PCI network card in this machine")
    }

    @Test(arguments: [(511, DoctorReport.State.warning), (512, .good)])
    func givenHugepagesTheNeedDecides(free: Int, state: DoctorReport.State) throws {
        let machine = Machine(
            allowedCPUs: [0, 1], hugepages: [Machine.Hugepages(kibibytes: 2048, free: free)])
        let finding = try examine(MadeUpMachine(), "hugepages", machine: machine)
        #expect(finding.state == state)
        #expect(finding.text.hasPrefix("\(free) free of 2 MB"))
    }

    @Test(arguments: [
        ("always [madvise] never\n", DoctorReport.State.good, nil),
        ("[always] madvise never\n", .good, nil),
        (
            "always madvise [never]\n", .warning,
            "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled"
        ),
    ])
    func givenTransparentHugepagesTheKernelsChoiceDecides(
        choice: String, state: DoctorReport.State, remedy: String?
    ) throws {
        let finding = try examine(
            MadeUpMachine(["sys/kernel/mm/transparent_hugepage/enabled": choice]),
            "transparent-hugepages")
        #expect(finding.state == state)
        #expect(finding.remedy == remedy)
    }

    @Test func givenAKernelWithoutTransparentHugepagesNothingIsWrong() throws {
        #expect(try examine(MadeUpMachine(), "transparent-hugepages").state == .neutral)
    }

    @Test(arguments: [("1", "0", true), ("0", "0", false), ("1", "1", false)])
    func givenAHostThatForwardsIPv6TheInterfaceIsNamed(
        forwards: String, disabled: String, isNamed: Bool
    ) throws {
        let configuration = try Configuration(
            yaml: """
                version: 1
                forward: cross-connect
                ports: {a: {device: "interface:eth7"}, b: {device: "vdev:net_null0"}}
                crossConnect: [[a, b]]
                """, path: "wire.yaml")
        let machine = Machine(allowedCPUs: [0, 1])
        let files = try MadeUpMachine([
            "proc/sys/net/ipv6/conf/all/forwarding": "\(forwards)\n",
            "proc/sys/net/ipv6/conf/eth7/disable_ipv6": "\(disabled)\n",
        ])
        let findings = Doctor(
            configuration, plan: try Plan(configuration: configuration, machine: machine),
            machine: machine, system: SystemFiles(root: files.root)
        ).examine().findings
        let finding = findings.first { $0.text.contains("forwards IPv6") }
        #expect(
            finding?.remedy
                == (isNamed ? "sudo sysctl -w net.ipv6.conf.eth7.disable_ipv6=1" : nil))
    }

    @Test func theWorstFindingIsTheReportsState() {
        let report = DoctorReport(findings: [
            DoctorReport.Finding("a", .good, ""), DoctorReport.Finding("b", .bad, ""),
            DoctorReport.Finding("c", .warning, ""),
        ])
        #expect(report.state == .bad)
        #expect(DoctorReport(findings: []).state == .good)
    }

    private func examine(
        _ files: MadeUpMachine, _ topic: String, machine: Machine = Machine(allowedCPUs: [0, 1])
    ) throws -> DoctorReport.Finding {
        let doctor = Doctor(
            nil, plan: nil, machine: machine, system: SystemFiles(root: files.root))
        return try #require(doctor.examine().findings.first { $0.topic == topic })
    }
}

/// A folder that stands for `/`, gone when the test is over.
private final class MadeUpMachine {
    let root: String

    init(_ files: [String: String] = [:]) throws {
        root = NSTemporaryDirectory() + "freeway-doctor-\(UUID().uuidString)"
        for (path, text) in files {
            let file = "\(root)/\(path)"
            try FileManager.default.createDirectory(
                atPath: (file as NSString).deletingLastPathComponent,
                withIntermediateDirectories: true)
            try text.write(toFile: file, atomically: true, encoding: .utf8)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }
}
