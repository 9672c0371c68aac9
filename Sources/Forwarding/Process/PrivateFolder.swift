// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A folder that nobody else can read; gone, with all that is in it, when the value is.
package final class PrivateFolder {
    package let path: String

    package init() throws(ForwarderError) {
        var template = Array((NSTemporaryDirectory() + "/freeway-XXXXXX").utf8CString)
        guard let made = mkdtemp(&template) else {
            throw ForwarderError(
                .outputNotCreated,
                "\(NSTemporaryDirectory()): cannot make a folder: \(String(cString: strerror(errno))); "
                    + "set TMPDIR to a folder that can be written")
        }
        path = String(cString: made)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
