// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// A port and a file, as `--in wan=capture.pcap` names them.
struct PortFile: ExpressibleByArgument {
    let port: String
    let path: String

    init?(argument: String) {
        guard let sign = argument.firstIndex(of: "="), sign != argument.startIndex else {
            return nil
        }
        let path = argument[argument.index(after: sign)...]
        guard !path.isEmpty else { return nil }
        port = String(argument[..<sign])
        self.path = String(path)
    }
}
