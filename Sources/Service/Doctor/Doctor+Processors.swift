// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import DPDK
import Forwarding
import FreewayConfiguration

extension Doctor {
    typealias Finding = DoctorReport.Finding

    func dpdk() -> [Finding] {
        let build = EAL.buildVersion
        let runtime = EAL.runtimeVersion
        // The binary interface is stable within a release's year and month.
        let release = { (version: String) in
            version.split(separator: ".").prefix(2).joined(separator: ".")
        }
        guard release(build) == release(runtime) else {
            return [
                Finding(
                    "dpdk", .bad, "built with the headers of \(build), but \(runtime) is linked in",
                    remedy: "make clean build")
            ]
        }
        return [Finding("dpdk", .good, "built with \(build), runs with \(runtime)")]
    }

    func processors() -> [Finding] {
        let flags = system.text("/proc/cpuinfo")?.split(separator: "\n")
            .first { $0.hasPrefix("flags") }?.split(whereSeparator: \.isWhitespace).map(String.init)
        var findings: [Finding] = []
        if let flags {
            if !flags.contains("ssse3") {
                findings.append(
                    Finding(
                        "cpu", .bad, "the CPU has no SSSE3, which DPDK is built for",
                        remedy: "use another machine"))
            } else if !flags.contains("constant_tsc") && !flags.contains("tsc_known_freq") {
                findings.append(
                    Finding(
                        "cpu", .warning,
                        "the time stamp counter may change its speed with the CPU's: times are not exact"
                    ))
            } else {
                let vectors =
                    flags.contains("avx512f") ? "AVX-512" : flags.contains("avx2") ? "AVX2" : "SSE"
                findings.append(Finding("cpu", .good, "\(vectors), constant time stamp counter"))
            }
        }
        let count = Set(machine.allowedCPUs).union(machine.isolatedCPUs).count
        let workers = plan?.workers.count ?? 1
        if count >= workers + 1 {
            findings.append(
                Finding(
                    "cpus", .good,
                    "\(count) CPUs: one for the control plane, \(count - 1) for workers"))
        } else {
            findings.append(
                Finding(
                    "cpus", .warning,
                    "\(count) CPUs for \(workers) workers and the control plane: they share CPUs, and the "
                        + "speed with them",
                    remedy: "give the process more CPUs (taskset, cgroup), or lower workers"))
        }
        return findings
    }

    func frequency() -> [Finding] {
        let cpus = system.names("/sys/devices/system/cpu").filter {
            $0.hasPrefix("cpu") && Int($0.dropFirst(3)) != nil
        }
        let governors = cpus.compactMap {
            system.line("/sys/devices/system/cpu/\($0)/cpufreq/scaling_governor")
        }
        guard !governors.isEmpty else {
            return [
                Finding(
                    "frequency", .neutral,
                    "the kernel does not govern the frequency here (a virtual machine: its host does)"
                )
            ]
        }
        let others = Set(governors).subtracting(["performance"]).sorted()
        guard !others.isEmpty else {
            return [Finding("frequency", .good, "governor performance on all CPUs")]
        }
        return [
            Finding(
                "frequency", .warning,
                "governor \(others.joined(separator: ", ")): changes of frequency take tens of microseconds",
                remedy: "sudo cpupower frequency-set --governor performance")
        ]
    }

    func isolation() -> [Finding] {
        let list = { (cpus: [Int]) in cpus.map(String.init).joined(separator: ",") }
        let workers = Set(plan?.workers.flatMap(\.cpus) ?? [])
        let open = workers.subtracting(machine.isolatedCPUs).sorted()
        guard machine.isolatedCPUs.isEmpty || !open.isEmpty else {
            return [Finding("isolation", .good, "CPUs \(list(machine.isolatedCPUs)) are isolated")]
        }
        // The control plane keeps the first CPU, and Linux needs one that is its own as well.
        let first = machine.allowedCPUs.first
        let wanted = list((workers.isEmpty ? machine.allowedCPUs : open).filter { $0 != first })
        return [
            Finding(
                "isolation", wantsCard ? .warning : .neutral,
                machine.isolatedCPUs.isEmpty
                    ? "no CPU is isolated: Linux runs other programs on the workers' CPUs, and packets wait"
                    : "CPUs \(list(open)) of workers are not isolated",
                remedy: wanted.isEmpty
                    ? nil
                    : "add isolcpus=managed_irq,domain,\(wanted) nohz_full=\(wanted) rcu_nocbs=\(wanted) "
                        + "to the kernel's command line, and name these CPUs in workers")
        ]
    }
}
