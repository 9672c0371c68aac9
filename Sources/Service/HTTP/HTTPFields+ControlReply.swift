// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTypes

extension HTTPFields {
    /// Headers of every reply.
    static func controlReply(contentLength: Int) -> HTTPFields {
        [
            .contentType: "application/json", .contentLength: String(contentLength),
            .cacheControl: "no-store", .date: httpDate(time(nil)),
        ]
    }

    /// RFC 9110, section 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func httpDate(_ seconds: time_t) -> String {
        var seconds = seconds
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var text = [CChar](repeating: 0, count: 40)
        let count = strftime(&text, text.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
        return String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
