// SPDX-License-Identifier: Apache-2.0

import DPDK
import Foundation

/// Keeps the control plane off the workers' CPUs.
package enum ControlThreads {
    /// Binds every thread that the process has, and those that they will make, to some CPUs. Called
    /// before DPDK makes its lcores, which have affinities of their own.
    package static func bind(to cpus: [Int]) {
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        for task in tasks.compactMap(Int32.init) { ThreadAffinity.bind(thread: task, to: cpus) }
    }
}
