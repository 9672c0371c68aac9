// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import PacketHeaders

extension RouteContents {
    package struct ChangeCount: Equatable, Sendable {
        package var added = 0
        package var replaced = 0
        package var deleted = 0
    }

    /// What stands in the way of changes: what the configuration says, and what the table may hold.
    struct Rules {
        let nextHops: NextHopRules
        /// The most routes, with those of the configuration.
        let capacity: Int
        let path: String

        init(_ configuration: Configuration, _ networks: InterfaceNetworks) {
            nextHops = NextHopRules(configuration, networks)
            capacity = configuration.memory.routes
            path = configuration.path
        }
    }

    /// Makes all changes, one after the other; the caller takes them back when there are problems.
    mutating func apply(_ changes: inout RouteChanges, _ rules: Rules) -> (Change, ChangeCount) {
        var change = Change()
        var count = ChangeCount()
        let numbers = use(changes.targets)
        defer { for case .number(let number) in numbers { registry.drop(number) } }
        // Asked once for each target; not before somebody names it.
        var misplaced = [String??](repeating: nil, count: changes.targets.count)
        for item in changes.items {
            let present = routes[item.key]
            if let present, !present.isOfAPI {
                let line = present.line == 0 ? "" : ":\(present.line)"
                changes.report(
                    "\(item.key) is a route of the configuration (\(rules.path)\(line)), which "
                        + "the API cannot change", of: item)
                continue
            }
            if item.action == .delete {
                guard let present else {
                    changes.report("\(item.key) has no route to delete", of: item)
                    continue
                }
                if item.target >= 0,
                    registry[present.number] != changes.targets[Int(item.target)].meaning
                {
                    changes.report(
                        "\(item.key) has another target than the one to delete", of: item)
                    continue
                }
                set(item.key, to: nil, &change)
                count.deleted += 1
                continue
            }
            let target = Int(item.target)
            if misplaced[target] == nil {
                misplaced[target] = .some(rules.nextHops.problem(with: changes.targets[target]))
            }
            if let problem = misplaced[target] ?? nil {
                changes.report(problem, of: item)
                continue
            }
            if present != nil, item.action == .add {
                changes.report(
                    "\(item.key) has a route already; replace changes it", of: item)
                continue
            }
            if own.allNetworks.contains(item.key),
                let problem = rules.nextHops.problem(with: item.key.prefix)
            {
                changes.report(problem, of: item)
                continue
            }
            guard case .number(let number) = numbers[target] else {
                changes.report(FIBPair.Failure.tooManyNextHops.obstacle, of: item)
                continue
            }
            guard present != nil || routes.count < rules.capacity else {
                changes.report(
                    "there is no room for more than \(rules.capacity) routes; set memory.routes "
                        + "higher, and reload", of: item)
                break
            }
            set(item.key, to: Route(number: number, isOfAPI: true), &change)
            if present == nil { count.added += 1 } else { count.replaced += 1 }
        }
        return (change, count)
    }

    private enum Given {
        case number(UInt16)
        case none
    }

    /// The targets' numbers, which are used until the changes are made.
    private mutating func use(_ targets: [RouteChanges.Target]) -> [Given] {
        targets.map { registry.use($0.meaning).map(Given.number) ?? .none }
    }
}

extension NextHopRules {
    fileprivate func problem(with target: RouteChanges.Target) -> String? {
        guard case .via(let members) = target else { return nil }
        return members.lazy.compactMap { problem(with: $0.address) }.first
    }
}
