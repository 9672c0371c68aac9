// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// A frame of a capture, as `--frame 3` or `--frame wan:3` names it.
struct FrameSelection: ExpressibleByArgument {
    /// Nil where there is but one capture.
    let port: String?
    /// From 1, as Wireshark counts.
    let number: Int

    init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, let number = parts.last.flatMap({ Int($0) }), number > 0 else {
            return nil
        }
        self.number = number
        port = parts.count == 2 ? String(parts[0]) : nil
    }
}
