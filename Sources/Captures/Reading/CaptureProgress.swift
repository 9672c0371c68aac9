// SPDX-License-Identifier: Apache-2.0

/// How far the reading of a capture has come.
public struct CaptureProgress: Sendable {
    public let path: String
    public let readBytes: Int
    public let totalBytes: Int
}

/// Called now and then while a capture is read; gives false to end the reading with an error.
public typealias CaptureWatch = (CaptureProgress) -> Bool
