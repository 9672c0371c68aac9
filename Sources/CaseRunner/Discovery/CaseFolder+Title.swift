// SPDX-License-Identifier: Apache-2.0

import Expectations
import Glibc

extension CaseFolder {
    /// `title` of case.yaml; nil when it has none, or says something that cannot be.
    public func readTitle() -> String? {
        var status = stat()
        // Anything but a file may keep its reader waiting.
        guard let caseFile, stat(caseFile, &status) == 0, status.st_mode & S_IFMT == S_IFREG
        else { return nil }
        do throws(CasePlan.Fault) {
            return try CasePlan.read(self).title
        } catch {
            return nil
        }
    }
}
