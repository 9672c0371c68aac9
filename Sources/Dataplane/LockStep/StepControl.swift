// SPDX-License-Identifier: Apache-2.0

/// What the control plane does between the steps of a replay's workers, in the same virtual time. Control thread.
public protocol StepControl: AnyObject {
    /// When it has to do something next; nil for never.
    var nextTime: UInt64? { get }

    /// Does the first of what is due by a time.
    func expire(at time: UInt64)

    /// Takes what the workers told.
    /// - Returns: false where they told nothing, and nothing has changed that frames wait for.
    func takeReports(at time: UInt64) -> Bool
}
