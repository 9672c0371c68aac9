// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import FoundationEssentials

extension ExplainRequest {
    /// Reads the body of a request by somebody who may be anybody.
    /// - Throws: 400, with the place and what would be right.
    init(parsing body: Data) throws(ControlRefusal) {
        let object = try RequestObject(
            body, keys: ["port", "hex"], example: "{\"port\":\"wan\",\"hex\":\"0200…\"}")
        self.init(port: try object.text("port"), hex: try object.text("hex"))
    }
}
