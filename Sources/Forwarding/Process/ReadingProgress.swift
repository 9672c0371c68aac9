// SPDX-License-Identifier: Apache-2.0

package import Captures

/// How far a first pass over a capture has come, before anything else starts.
public struct ReadingProgress: Sendable {
    /// The file's name, without folders.
    public let name: String
    /// From 0 to 1; nil where nobody knows how much there is.
    public let share: Double?

    package init(_ progress: CaptureProgress) {
        name = progress.path.split(separator: "/").last.map(String.init) ?? progress.path
        share =
            progress.totalBytes == 0
            ? nil : min(1, Double(progress.readBytes) / Double(progress.totalBytes))
    }

    /// Tells of a reading, which goes on until the user interrupts it.
    package static func watch(_ show: @escaping (ReadingProgress) -> Void) -> CaptureWatch {
        { progress in
            show(ReadingProgress(progress))
            return !Interruption.isRequested
        }
    }
}
