// SPDX-License-Identifier: Apache-2.0

/// What all cases of a suite used together.
public struct SuiteCoverage: Codable, Sendable, Equatable {
    /// In the order of their files.
    public var configurations: [CaseCoverage]
    /// Stages and drop reasons belong to the pipeline, not to a configuration: those of all
    /// configurations that forward alike.
    public var pipelines: [Pipeline]

    /// What configurations with one value of `forward` used.
    public struct Pipeline: Codable, Sendable, Equatable {
        /// `route` or `cross-connect`.
        public var forward: String
        public var stages: [CaseCoverage.Item]
        public var dropReasons: [CaseCoverage.Item]
    }

    /// - Parameter cases: of any configurations, in any order; those of one file are added up.
    public init(_ cases: [CaseCoverage]) {
        var configurations: [CaseCoverage] = []
        var pipelines: [Pipeline] = []
        for item in cases {
            if let index = configurations.firstIndex(where: {
                $0.configuration == item.configuration
            }) {
                configurations[index].add(item)
            } else {
                configurations.append(item)
            }
            if let index = pipelines.firstIndex(where: { $0.forward == item.forward }) {
                pipelines[index].stages.add(item.stages)
                pipelines[index].dropReasons.add(item.dropReasons)
            } else {
                pipelines.append(
                    Pipeline(
                        forward: item.forward, stages: item.stages, dropReasons: item.dropReasons))
            }
        }
        self.configurations = configurations.sorted { $0.configuration < $1.configuration }
        self.pipelines = pipelines.sorted { $0.forward < $1.forward }
    }
}
