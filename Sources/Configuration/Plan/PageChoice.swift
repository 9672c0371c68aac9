// SPDX-License-Identifier: Apache-2.0

/// Huge or ordinary pages, and why.
struct PageChoice {
    let pages: Plan.Memory.Pages
    let reason: String
    var warning: String?

    init(
        _ purpose: Plan.Purpose, _ wish: Configuration.Memory.Pages, _ machine: Machine,
        _ megabytes: Int
    ) {
        if purpose == .replay {
            pages = .ordinary
            reason = "a replay always uses ordinary pages"
            return
        }
        let best = machine.hugepages.max { $0.mebibytes < $1.mebibytes }
        let free = best?.mebibytes ?? 0
        let isEnough = free >= megabytes
        let state =
            if let best, best.free > 0 {
                "\(best.free) free huge \(best.free == 1 ? "page" : "pages") of"
                    + " \(best.kibibytes >> 10) MiB \(best.free == 1 ? "holds" : "hold") \(free)"
                    + " of the \(megabytes) MiB needed"
            } else {
                "there is no free huge page for the \(megabytes) MiB needed"
            }
        switch wish {
        case .automatic where isEnough:
            pages = .huge
            reason =
                "\(best?.free ?? 0) huge pages of \((best?.kibibytes ?? 0) >> 10) MiB are free,"
                + " enough for the \(megabytes) MiB needed"
        case .automatic:
            pages = .ordinary
            reason = state
        case .huge:
            pages = .huge
            reason = "memory.pages asks for huge pages"
            if !isEnough { warning = state + "; hugepages-setup.sh reserves more" }
        case .ordinary:
            pages = .ordinary
            reason = "memory.pages asks for ordinary pages"
        }
    }
}
