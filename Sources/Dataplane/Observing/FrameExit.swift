// SPDX-License-Identifier: Apache-2.0

/// How a frame left the pipeline.
public enum FrameExit: Equatable, Sendable {
    /// It went, as it was then, to the transmit buffer of a port: DPDK's index.
    case sent(port: UInt16)
    case dropped(by: Stage, because: DropReason)
    /// It ended here, and did what it came for.
    case consumed(by: Stage)
}
