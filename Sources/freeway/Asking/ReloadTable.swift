// SPDX-License-Identifier: Apache-2.0

import ControlAPI

/// What `freeway reload` prints: what changed.
struct ReloadTable {
    var reply: ReloadReply
    /// The file whose text was sent; nil when the forwarder read its own.
    var file: String?

    func rendered(_ style: TextStyle) -> String {
        var table = TextTable([
            .text("WHAT"), .number("ADDED"), .number("REMOVED"), .number("CHANGED"),
            .prose("KEYS"),
        ])
        var isEmpty = true
        for (name, count) in [
            ("routes", reply.routes), ("neighbours", reply.neighbours),
            ("interfaces", reply.interfaces), ("crossConnect", reply.crossConnects),
        ] where count != ReloadReply.Count() {
            isEmpty = false
            table.addRow([
                .init(name), .init(UInt64(count.added)), .init(UInt64(count.removed)),
                .init(UInt64(count.changed)), "",
            ])
        }
        for (port, keys) in reply.portOrder.compactMap({ name in
            reply.ports[name].map { (name, $0) }
        }) {
            isEmpty = false
            table.addRow([
                .init("ports.\(port)"), "", "", "", .init(keys.joined(separator: ", ")),
            ])
        }
        for setting in reply.settings {
            isEmpty = false
            table.addRow([.init(setting), "", "", "", ""])
        }
        let source = file ?? reply.path
        let time = NumberText.shortDuration(reply.seconds)
        return isEmpty
            ? "\(source): nothing changed\n"
            : table.rendered(style) + "\n\(source) is in force after \(time)\n"
    }
}
