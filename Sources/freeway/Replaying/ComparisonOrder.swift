// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Expectations

/// What `--order` takes.
enum ComparisonOrder: String, ExpressibleByArgument, CaseIterable {
    case flow, strict, any

    var order: ComparisonRules.Order {
        switch self {
        case .flow: .flow
        case .strict: .strict
        case .any: .any
        }
    }
}
