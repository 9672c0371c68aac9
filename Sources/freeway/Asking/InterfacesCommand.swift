// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI

/// `freeway interfaces`.
struct InterfacesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "interfaces",
        abstract: "Show what Freeway and Linux know of each interface.",
        discussion: """
            EXAMPLES:
              freeway interfaces
              freeway interfaces --watch 5
              freeway interfaces --json | jq '.interfaces.lan.linux'

            LINUX is the interface of the machine that the port receives from and sends to, as \
            ip link show has it: none for a card that DPDK drives, and for VLANs. Each port has an interface of \
            its name, for untagged frames; those of tagged frames are called PORT.VLAN.
            """)

    @OptionGroup var options: QueryOptions

    func run() async throws {
        try await options.printReplies(of: .interfaces) { reply, _, style in
            InterfacesTable(reply: reply).rendered(style)
        }
    }
}

/// What `freeway interfaces` prints.
struct InterfacesTable {
    var reply: InterfacesReply

    func rendered(_ style: TextStyle) -> String {
        let hasTags = reply.interfaces.values.contains { $0.tags != nil }
        let hasVRFs = reply.interfaces.values.contains { $0.vrf != nil }
        var columns: [TextTable.Column] = [
            .text("INTERFACE"), .text("LINK"), .text("MAC"), .number("MTU"),
            .number("RECEIVED"), .number("TRANSMITTED"),
        ]
        if hasTags { columns.append(.text("TAGS")) }
        if hasVRFs { columns.append(.text("VRF")) }
        columns += [
            .text("LINUX"), .text("STATE"), .number("LINUX MTU"), .prose("ADDRESSES"),
        ]
        var table = TextTable(columns)
        for name in reply.interfaceOrder {
            guard let interface = reply.interfaces[name] else { continue }
            let linux = interface.linux
            var row: [TextTable.Cell] = [
                .init(name), interface.up ? .init("up", .good) : .init("down", .bad),
                .init(interface.mac), .init("\(interface.mtu)"),
                .init(interface.received.frames), .init(interface.transmitted.frames),
            ]
            if hasTags { row.append(.init(interface.tags?.text ?? "none")) }
            if hasVRFs { row.append(.init(interface.vrf ?? "main")) }
            row += [
                .init(linux.map { "\($0.name) (\($0.index))" } ?? "none"),
                linux.map(state) ?? .init(""), .init(linux.map { "\($0.mtu)" } ?? ""),
                .init(interface.addresses.joined(separator: " ")),
            ]
            table.addRow(row)
        }
        return table.rendered(style) + obstacles(style)
    }

    private func state(_ linux: LinuxInterface) -> TextTable.Cell {
        guard linux.up else { return .init("off", .bad) }
        return linux.carrier ? .init("up", .good) : .init("no carrier", .bad)
    }

    private func obstacles(_ style: TextStyle) -> String {
        let lines: [String] = reply.interfaceOrder.compactMap { name in
            // A port's VLANs have the same.
            guard let interface = reply.interfaces[name], interface.tags == nil else { return nil }
            return interface.obstacle.map { style.folded("\(name): \($0)", indent: 2) }
        }
        return lines.isEmpty ? "" : "\n" + lines.joined()
    }
}

extension InterfaceTags {
    fileprivate var text: String {
        "\(encapsulation) " + vlans.map(String.init).joined(separator: ".")
    }
}
