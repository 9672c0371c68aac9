// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Why a worker is probably stuck in a round, and where to look: what the kernel says of its thread at
/// the first look that found it silent, and now.
struct StallDiagnosis: CustomStringConvertible {
    /// As a person reads them: `CPU 3`.
    let cpus: String
    let silence: Duration
    let before: WorkerThread?
    let now: WorkerThread?

    var description: String {
        guard let now else { return "the kernel says nothing about its thread" }
        let thread = "thread \(now.id)"
        let ran = before.map { now.ranNanoseconds &- min(now.ranNanoseconds, $0.ranNanoseconds) }
        switch now.state {
        case "T", "t":
            return
                "its \(thread) was stopped by a signal or a debugger: kill -CONT \(getpid()), or end "
                + "what traces it"
        case _ where Duration.nanoseconds(Int64(clamping: ran ?? 0)) > silence / 2:
            return
                "its \(thread) runs, but does not come back from a device: perf top -t \(now.id) "
                + "shows from where"
        case "R":
            return "its \(thread) is ready to run, but something else has \(cpus): ps -eLo "
                + "psr,cls,rtprio,pcpu,pid,comm shows what runs there, and freeway doctor what should not"
        default:
            return "its \(thread) waits in the kernel, which no device should make it do: "
                + "/proc/\(getpid())/task/\(now.id)/stack shows for what"
        }
    }
}
