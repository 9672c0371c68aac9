// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// A file system of a few pages, which a test can fill.
public final class SmallDisk: Sendable {
    private let scratch = ScratchFolder()

    public var path: String { scratch.path }

    /// Whether this process may mount one.
    public static let canBeMounted = SmallDisk(kibibytes: 64) != nil

    /// Nil where this process may not mount.
    public init?(kibibytes: Int) {
        guard mount("freeway-test", scratch.path, "tmpfs", 0, "size=\(kibibytes)k") == 0 else {
            return nil
        }
    }

    deinit { umount2(scratch.path, Int32(MNT_DETACH)) }

    public func file(_ name: String) -> String { scratch.file(name) }

    public var names: [String] { scratch.names }

    /// Takes all that is left.
    public func fill() throws {
        let descriptor = open(file("filler"), O_WRONLY | O_CREAT, 0o600)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
        defer { close(descriptor) }
        let block = [UInt8](repeating: 0, count: 4096)
        while write(descriptor, block, block.count) > 0 {}
    }
}
