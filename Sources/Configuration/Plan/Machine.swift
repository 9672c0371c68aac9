// SPDX-License-Identifier: Apache-2.0

/// What the plan needs to know about the machine.
public struct Machine: Equatable, Sendable {
    /// Huge pages of one size that no one uses.
    public struct Hugepages: Equatable, Sendable {
        /// 2,048 or 1,048,576 on x86-64.
        public var kibibytes: Int
        public var free: Int

        public init(kibibytes: Int, free: Int) {
            self.kibibytes = kibibytes
            self.free = free
        }

        var mebibytes: Int { kibibytes / 1_024 * free }
    }

    /// Memory and the CPUs that are near to it.
    public struct NUMANode: Equatable, Sendable {
        public var index: Int
        public var cpus: [Int]

        public init(index: Int, cpus: [Int]) {
            self.index = index
            self.cpus = cpus
        }
    }

    /// The CPUs that the process may run on, in rising order, never empty.
    public var allowedCPUs: [Int]
    /// CPUs that the kernel keeps ordinary programs off (`isolcpus=`). A process does not have them
    /// among its allowed ones, and a worker that is given one by number may run there all the same.
    public var isolatedCPUs: [Int]
    /// By size, the smallest first.
    public var hugepages: [Hugepages]
    public var numaNodes: [NUMANode]

    public init(
        allowedCPUs: [Int], isolatedCPUs: [Int] = [], hugepages: [Hugepages] = [],
        numaNodes: [NUMANode] = []
    ) {
        precondition(!allowedCPUs.isEmpty, "a machine has a CPU")
        self.allowedCPUs = allowedCPUs.sorted()
        self.isolatedCPUs = isolatedCPUs.sorted()
        self.hugepages = hugepages.sorted { $0.kibibytes < $1.kibibytes }
        self.numaNodes = numaNodes
    }

    /// The node of a CPU; 0 where the machine does not say.
    public func numaNode(ofCPU cpu: Int) -> Int {
        numaNodes.first { $0.cpus.contains(cpu) }?.index ?? 0
    }

    /// This machine with the CPUs that the file asks for: a plan for it judges the file alone.
    public func assuming(_ configuration: Configuration) -> Machine {
        var machine = self
        switch configuration.workers {
        case .automatic: break
        case .cpus(let cpus):
            machine.allowedCPUs = Set(allowedCPUs).union(cpus).sorted()
        case .count(let count):
            var next = (allowedCPUs.last ?? 0) + 1
            while machine.allowedCPUs.count < count + 1 {
                machine.allowedCPUs.append(next)
                next += 1
            }
        }
        return machine
    }
}
