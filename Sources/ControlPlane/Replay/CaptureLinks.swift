// SPDX-License-Identifier: Apache-2.0

import Foundation
import FreewayConfiguration

/// Private symbolic links to captures: DPDK cannot be given a path with a comma in it.
final class CaptureLinks {
    private let folder: String
    private var count = 0

    init() throws(ForwarderError) {
        var template = Array((NSTemporaryDirectory() + "/freeway-XXXXXX").utf8CString)
        guard let made = mkdtemp(&template) else {
            throw ForwarderError(
                .outputNotCreated,
                "\(NSTemporaryDirectory()): cannot make a folder: \(String(cString: strerror(errno))); "
                    + "set TMPDIR to a folder that can be written")
        }
        folder = String(cString: made)
    }

    /// A path without commas that leads to the file.
    func link(to path: String) throws(ForwarderError) -> String {
        count += 1
        let link = "\(folder)/\(count)"
        let target =
            path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        guard symlink(target, link) == 0 else {
            throw ForwarderError(
                .outputNotCreated, "\(link): \(String(cString: strerror(errno)))")
        }
        return link
    }

    /// Where a file of the folder is, which goes away with the folder.
    func path(of name: String) -> String { "\(folder)/\(name)" }

    deinit { try? FileManager.default.removeItem(atPath: folder) }
}
