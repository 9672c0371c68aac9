// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// What a test needs of the machine and the user that it runs as.
public enum Conditions {
    public static let isRoot = geteuid() == 0

    /// The words that run a program as an ordinary user.
    public static let asNobody = [
        "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all",
    ]

    /// Whether root can run the program as an ordinary user: not from a folder that is root's alone.
    public static let canRunAsNobody =
        isRoot && succeeds(asNobody + [FreewayBinary.path, "--version"])

    /// Whether network namespaces can be made, and the tools for them are here.
    public static let canMakeNamespaces: Bool = {
        let name = "freeway-probe-\(getpid())"
        guard isRoot, succeeds(["ip", "netns", "add", name]) else { return false }
        defer { _ = succeeds(["ip", "netns", "delete", name]) }
        return succeeds(["ethtool", "--version"]) && succeeds(["iperf3", "--version"])
    }()

    /// Whether the tools are here by which hosts look at their network.
    public static let canLookAround =
        succeeds(["which", "arping"]) && succeeds(["which", "traceroute"])
        && succeeds(["which", "nmap"])

    public static let processorCount = ProcessInfo.processInfo.activeProcessorCount

    private static func succeeds(_ words: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
