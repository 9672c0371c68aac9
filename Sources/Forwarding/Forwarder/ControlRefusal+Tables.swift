// SPDX-License-Identifier: Apache-2.0

package import ControlAPI

extension ControlRefusal {
    /// Somebody who reads the tables has waited long enough.
    package static let tablesAreBusy = ControlRefusal(
        status: 409,
        ErrorReply(
            code: "busy", message: "a reload is, or changes of routes are, under way",
            remedy: "try again once it is done"))

    /// Somebody asks for tables that there are not.
    package static let notRouting = ControlRefusal(
        status: 409,
        ErrorReply(
            code: "notRouting", message: "the forwarder cross-connects, and has no routes",
            remedy: "set forward: route"))
}
