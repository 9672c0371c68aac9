// SPDX-License-Identifier: Apache-2.0

extension IPv4Header {
    /// Whether an option names a way to take (RFC 791, 3.1; RFC 7126, 4.3 and 4.4).
    public var hasSourceRoute: Bool {
        options.contains { $0.ipv4Type == .looseSourceRoute || $0.ipv4Type == .strictSourceRoute }
    }

    /// The first byte of the options that is wrong, from the start of the header, as a Parameter Problem points to it
    /// (RFC 792; RFC 1812, 4.3.3.5); nil where none is. Options that nobody knows are right when their lengths are (RFC 1812,
    /// 4.2.2.1).
    public var optionFault: UInt8? {
        var options = options
        var seen: UInt8 = 0
        while let option = options.next() {
            // Each of these stands once at most (RFC 791, 3.1).
            let bit = option.ipv4Type.bitOfThoseThatStandOnce
            if seen & bit != 0 { return UInt8(option.offset) }
            seen |= bit
            if let place = option.fault { return UInt8(option.offset + place) }
        }
        return options.isMalformed ? UInt8(options.offset) : nil
    }
}

extension IPv4OptionType {
    /// A bit for each kind of option that a header has once at most; 0 for others.
    fileprivate var bitOfThoseThatStandOnce: UInt8 {
        switch self {
        case .recordRoute: 1
        case .timestamp: 2
        case .looseSourceRoute, .strictSourceRoute: 4
        default: 0
        }
    }
}

extension HeaderOption {
    /// The first byte of it that is wrong, from its start; nil where none is.
    fileprivate var fault: Int? {
        let length = data.count + 2
        let pointer = Int(data.uint8(at: 0) ?? 0)
        switch ipv4Type {
        case .looseSourceRoute, .strictSourceRoute:
            if length < 3 { return 1 }
            return pointer < 4 ? 2 : nil
        case .recordRoute:
            if length < 3 { return 1 }
            if pointer < 4 { return 2 }
            return pointer <= length && pointer + 3 > length ? 2 : nil
        case .timestamp: return timestampFault(pointer, length)
        case .routerAlert: return length < 4 ? 1 : nil
        default: return nil
        }
    }

    /// RFC 791, 3.1: 4 bytes for each time, 8 where an address stands in front of it; what does not fit any more is counted,
    /// up to 15.
    private func timestampFault(_ pointer: Int, _ length: Int) -> Int? {
        guard let flags = data.uint8(at: 1) else { return 1 }
        if pointer < 5 { return 2 }
        guard pointer <= length else { return flags >> 4 == 15 ? 3 : nil }
        let isLarge = flags & 0xf == 1 || flags & 0xf == 3
        return pointer + (isLarge ? 7 : 3) > length ? 2 : nil
    }
}
