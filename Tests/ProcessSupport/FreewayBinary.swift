// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The program under test.
public enum FreewayBinary {
    /// `FREEWAY_BINARY`, or the `freeway` that was built beside this test bundle.
    public static let path: String = {
        if let path = ProcessInfo.processInfo.environment["FREEWAY_BINARY"] { return path }
        let bundle =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? CommandLine.arguments[0]
        return (bundle as NSString).deletingLastPathComponent + "/freeway"
    }()
}
