// SPDX-License-Identifier: Apache-2.0

import DPDK
import Dataplane
import FreewayConfiguration
import LinuxDevices
import Synchronization

/// The state of the ports' links. It does not wait for a reload or for changes of routes, which may take
/// seconds: the tables stay, and only what names the ports is made anew.
extension Forwarder {
    /// Says that a port's link went up or down; returns once no worker believes otherwise.
    package func setLink(ofPort name: String, isUp: Bool) {
        guard let index = ports.first(where: { $0.planned.name == name })?.port.index else {
            return
        }
        control.perform("link") { [self] in
            var down = state.withLock { $0.down }
            let wasDown = down.contains(index)
            if isUp { down.remove(index) } else { down.insert(index) }
            publish(down: down)
            if isUp, wasDown, announces { announce([index]) }
        }
        _ = settle()
    }

    /// Has the devices asked for their links, unless they still are since the last time, and puts in force what they
    /// say. One of DPDK's counts as down once it was seen up and went down: some virtual devices never say that theirs
    /// is up.
    /// - Parameter tell: called in a step of the control loop with what is otherwise now.
    package func lookAtLinks(_ tell: @escaping @Sendable ([LinkChange]) -> Void) {
        guard !looksAtLinks.exchange(true, ordering: .relaxed) else { return }
        devices.post { [self] in
            let ports = self.ports
            let links = activity.during(.links) {
                ports.compactMap { attached in attached.link.map { (attached, $0) } }
            }
            control.post("links") { [self] in
                let changes = put(links, of: ports)
                looksAtLinks.store(false, ordering: .relaxed)
                tell(changes)
            }
        }
    }

    /// A step of the control loop.
    private func put(
        _ links: [(AttachedPort, DeviceLink)], of ports: [AttachedPort]
    ) -> [LinkChange] {
        var (down, seenUp) = state.withLock { ($0.down, $0.seenUp) }
        let before = state.withLock { ($0.down, $0.obstacles) }
        var obstacles = before.1
        for (attached, link) in links {
            let index = attached.port.index
            if link.isUp {
                seenUp.insert(index)
                down.remove(index)
            } else if attached.linux != nil || seenUp.contains(index) {
                down.insert(index)
            }
            obstacles[index] = link.obstacle
        }
        state.withLock {
            $0.seenUp = seenUp
            $0.obstacles = obstacles
        }
        if down != before.0 { publish(down: down) }
        announce(before.0.subtracting(down).sorted())
        return ports.compactMap { attached in
            let index = attached.port.index
            guard
                down.contains(index) != before.0.contains(index)
                    || obstacles[index] != before.1[index]
            else { return nil }
            return LinkChange(
                port: attached.planned.name, isUp: !down.contains(index),
                obstacle: obstacles[index])
        }
    }

    /// What keeps frames from passing the port, as of the last look.
    package func obstacle(to port: AttachedPort) -> String? {
        state.withLock { $0.obstacles[port.port.index] }
    }

    /// Whether the port's link went down.
    package func isDown(_ port: AttachedPort) -> Bool {
        state.withLock { $0.down.contains(port.port.index) }
    }

    /// A step of the control loop.
    private func publish(down: Set<UInt16>) {
        let tables = state.withLock { $0.tables }
        activity.during(.publish) {
            neighbours?.follow(tables, down: down)
            group.publication.publish(tables.snapshot(down: down, neighbours))
            neighbours?.settle()
        }
        state.withLock { $0.down = down }
    }
}

/// A link that is otherwise than at the last look.
package struct LinkChange: Sendable, CustomStringConvertible {
    let port: String
    let isUp: Bool
    let obstacle: String?

    package var description: String {
        "the link of \(port) is \(isUp ? "up" : "down")" + (obstacle.map { ": \($0)" } ?? "")
    }
}
