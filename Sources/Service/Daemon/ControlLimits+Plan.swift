// SPDX-License-Identifier: Apache-2.0

import Forwarding
import FreewayConfiguration

extension ControlLimits {
    /// Those of a live forwarder: what its clients may take is in the plan's memory bill.
    init(_ plan: Plan) {
        self.init()
        reservedFiles = max(reservedFiles, OpenFiles.needed(plan))
        maximumConnections = Plan.Memory.Control.connections
        maximumWaitingBytes = Plan.Memory.Control.waitingReplyBytes
        maximumUploadBytes = plan.memory.control.uploadBytes
    }
}
