// SPDX-License-Identifier: Apache-2.0

package import FreewayConfiguration

extension Plan.Lcore {
    package var cpuText: String {
        (cpus.count == 1 ? "CPU " : "CPUs ") + cpus.map(String.init).joined(separator: ",")
    }

    /// `worker 0 (lcore 1, CPU 1)`
    package func name(ofWorker index: Int) -> String {
        "worker \(index) (lcore \(lcore), \(cpuText))"
    }
}
