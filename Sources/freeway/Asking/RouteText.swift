// SPDX-License-Identifier: Apache-2.0

import ControlAPI

/// A route in words.
enum RouteText {
    /// Where an entry came from, such as `router.yaml:12`: the name of a file without its folders.
    static func origin(_ origin: RouteOrigin) -> String {
        let file = origin.path.map { path in
            // A text that came in a request has no file.
            (path.hasPrefix("PUT ")
                ? path : path.split(separator: "/").last.map(String.init) ?? path)
                + (origin.line.map { ":\($0)" } ?? "")
        }
        switch origin.source {
        case .configuration: return file ?? "configuration"
        case .api: return "API"
        default: return origin.source.rawValue + (file.map { " \($0)" } ?? "")
        }
    }

    /// What becomes of packets to an address, and on the last line why.
    static func text(of reply: RouteReply, _ style: TextStyle) -> String {
        guard let route = reply.route else {
            return style.folded(
                "\(reply.address) has no route\(dropped(reply.dropped))", indent: 4)
        }
        var lines: [String] = []
        switch route.type {
        case .unicast where route.nextHops.count == 1:
            lines.append("\(reply.address) \(way(route.nextHops[0], isSet: false))")
        case .unicast:
            lines.append("\(reply.address) by flow")
            lines += route.nextHops.map { "    \(way($0, isSet: true))" }
        default:
            let name = route.origin.interface.map { " \(title($0, port: route.origin.port))" }
            lines.append("\(reply.address) \(route.type.rawValue)\(name ?? "")")
        }
        if route.nextHops.count != 1 || route.nextHops[0].dropped != reply.dropped {
            lines[0] += dropped(reply.dropped)
        }
        let vrf = route.vrf.map { " of VRF \($0)" } ?? ""
        lines.append("    in \(route.to)\(vrf)\(rank(of: route)), \(origin(route.origin))")
        return lines.map { style.folded($0, indent: 8) }.joined()
    }

    private static func way(_ hop: RouteNextHop, isSet: Bool) -> String {
        (hop.address.map { "via \($0)\(through(hop)) " } ?? "")
            + (hop.vrf.map { "looked up in VRF \($0)" }
                ?? hop.interface.map { title($0, port: hop.port) } ?? "by no interface")
            + (hop.mac.map { " mac \($0)" } ?? "") + (isSet ? " weight \(hop.weight)" : "")
            + dropped(hop.dropped)
    }

    /// The next hops by which one is reached that is on no network.
    static func through(_ hop: RouteNextHop) -> String {
        guard let through = hop.through, let first = through.first else { return "" }
        return " through \(first)" + (through.count > 1 ? " and \(through.count - 1) more" : "")
    }

    /// What tells routes to one prefix apart.
    static func rank(of entry: RouteEntry) -> String {
        (entry.metric.map { " metric \($0)" } ?? "")
            + (entry.track.map { " track \($0)" } ?? "") + (entry.standby == true ? " standby" : "")
    }

    private static func title(_ interface: String, port: String?) -> String {
        (interface == port ? "port " : "interface ") + interface
    }

    private static func dropped(_ reason: String?) -> String {
        reason.map { ": dropped (\($0))" } ?? ""
    }
}
