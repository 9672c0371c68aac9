// SPDX-License-Identifier: Apache-2.0

/// What editors of Windows put in front of a text.
package enum ByteOrderMark {
    /// U+FEFF in UTF-8.
    package static let utf8: [UInt8] = [0xef, 0xbb, 0xbf]
}
