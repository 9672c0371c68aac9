// SPDX-License-Identifier: Apache-2.0

/// What one configuration file asks for, checked: every value is in range, every name resolves.
///
/// It judges the file alone. What the machine can give is ``Plan``'s business.
public struct Configuration: Equatable, Sendable {
    /// The file as the caller named it; it stands at the start of each diagnostic.
    public var path: String
    public var forward: ForwardMode
    public var workers: WorkerSelection
    /// Where `workers` was written.
    public var workersOrigin = Origin()
    public var memory: Memory
    /// In the order of the file: a port's index here is its index everywhere.
    public var ports: [Port]
    /// The interfaces of tagged frames, in the order of the file.
    public var vlanInterfaces: [Interface] = []
    /// Each pair joins two interfaces, both directions. Empty in route mode.
    public var crossConnects: [CrossConnect]
    public var routes: [Route]
    public var neighbours: [Neighbour]
    public var hash: Hash
    public var icmp: ICMP
    public var arp: ARP
    public var control: Control
    public var log: Log
    /// Where the fields were written that a reload cannot change.
    var places = FieldPlaces()
    /// What is legal but probably not meant, in file order.
    public var warnings: [Diagnostic]

    public init(
        path: String, forward: ForwardMode, workers: WorkerSelection = .automatic,
        memory: Memory = Memory(), ports: [Port], crossConnects: [CrossConnect] = [],
        routes: [Route] = [], neighbours: [Neighbour] = [], hash: Hash = Hash(),
        icmp: ICMP = ICMP(), arp: ARP = ARP(),
        control: Control = Control(), log: Log = Log(), warnings: [Diagnostic] = []
    ) {
        self.path = path
        self.forward = forward
        self.workers = workers
        self.memory = memory
        self.ports = ports
        self.crossConnects = crossConnects
        self.routes = routes
        self.neighbours = neighbours
        self.hash = hash
        self.icmp = icmp
        self.arp = arp
        self.control = control
        self.log = log
        self.warnings = warnings
    }

    /// Where a field such as `control.group` was written, or the nearest thing around it; nil when the
    /// configuration is from no file.
    package func location(of field: String) -> Location? { places[field] }

    /// The index of the port with this name.
    public func portIndex(named name: String) -> Int? {
        ports.firstIndex { $0.name == name }
    }
}
