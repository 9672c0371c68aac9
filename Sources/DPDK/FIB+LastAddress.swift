// SPDX-License-Identifier: Apache-2.0

import CDPDK
import Glibc

/// Prefixes that reach 255.255.255.255, such as 0.0.0.0/0 and 128.0.0.0/1.
///
/// When such a prefix is changed while longer ones lie in it without a gap up to the last address
/// (0.0.0.0/1 and 128.0.0.0/1 in 0.0.0.0/0, say), DPDK 22.11 counts beyond the last address and
/// gives the value to all addresses there are. So the longer ones that reach the last address are
/// taken out before the change, and put back after it.
extension FIB {
    static func reachesLastAddress(_ address: UInt32, _ length: Int) -> Bool {
        (0..<32).contains(length) && address | (UInt32.max >> UInt32(length)) == .max
    }

    func addAtTheEnd(_ address: UInt32, _ length: Int, _ value: UInt16) throws(DPDKError) {
        let isNew = self.value(length) == nil
        let longer = try takeOut(longerThan: length)
        do throws(DPDKError) {
            try insert(address, length, value)
            try putBack(longer)
        } catch {
            // The table is full: what was there fits again without the new prefix.
            for (length, _) in longer.reversed() where self.value(length) != nil {
                try delete(.max, length)
            }
            if isNew { try? delete(address, length) }
            try putBack(longer)
            throw error
        }
    }

    func removeAtTheEnd(_ address: UInt32, _ length: Int) throws(DPDKError) {
        let longer = try takeOut(longerThan: length)
        do throws(DPDKError) {
            try delete(address, length)
        } catch {
            try putBack(longer)
            throw error
        }
        try putBack(longer)
    }

    /// The value of the prefix of a length that holds the last address; nil when it is not there.
    private func value(_ length: Int) -> UInt64? {
        let address = length == 0 ? 0 : UInt32.max << UInt32(32 - length)
        guard let node = rte_rib_lookup_exact(rte_fib_get_rib(raw), address, UInt8(length)) else {
            return nil
        }
        var value: UInt64 = 0
        return rte_rib_get_nh(node, &value) == 0 ? value : nil
    }

    /// Removes the longest first, so that none has a longer one in it. Gives the shortest first.
    private func takeOut(
        longerThan length: Int
    ) throws(DPDKError) -> [(length: Int, value: UInt16)] {
        var taken: [(length: Int, value: UInt16)] = []
        for length in (length + 1...32).reversed() {
            guard let value = value(length) else { continue }
            try delete(.max, length)
            taken.append((length, UInt16(truncatingIfNeeded: value)))
        }
        return taken.reversed()
    }

    private func putBack(_ prefixes: [(length: Int, value: UInt16)]) throws(DPDKError) {
        for (length, value) in prefixes { try insert(.max, length, value) }
    }
}
