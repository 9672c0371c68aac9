// SPDX-License-Identifier: Apache-2.0

package import Captures
import Foundation
import FreewayConfiguration

/// Private symbolic links to captures: DPDK cannot be given a path with a comma in it.
package final class CaptureLinks {
    private let folder: PrivateFolder
    private var count = 0
    /// Copies that links lead to.
    private var files: [CaptureFile] = []

    package init() throws(ForwarderError) { folder = try PrivateFolder() }

    /// A path without commas for a file in the same folder.
    func newPath() -> String {
        count += 1
        return "\(folder.path)/\(count)"
    }

    /// A path without commas that leads to a capture that libpcap reads, as long as the links live.
    package func link(to file: CaptureFile) throws(ForwarderError) -> String {
        files.append(file)
        return try link(to: file.readPath)
    }

    /// A path without commas that leads to the file.
    func link(to path: String) throws(ForwarderError) -> String {
        let link = newPath()
        let target =
            path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        guard symlink(target, link) == 0 else {
            throw ForwarderError(
                .outputNotCreated, "\(link): \(String(cString: strerror(errno)))")
        }
        return link
    }
}
