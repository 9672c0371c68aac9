// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// What an interface does by itself with the frames that pass: the features of `ethtool -k`, reached by
/// `SIOCETHTOOL`.
struct InterfaceFeatures {
    /// Features by name, in the kernel's order.
    private let names: [String]
    /// Those that are on now.
    let active: Set<String>
    /// Those that no one can change.
    let fixed: Set<String>

    private static let nameBytes = 32

    init(of interface: String) throws(LinuxError) {
        names = try Self.names(interface)
        let blocks = (names.count + 31) / 32
        // `struct ethtool_gfeatures`: two words, then for each 32 features available, requested, active and
        // never changed.
        var words = [UInt32](repeating: 0, count: 2 + 4 * blocks)
        words[0] = UInt32(ETHTOOL_GFEATURES)
        words[1] = UInt32(blocks)
        try Self.ask(interface, "read the features of \(interface)", &words)
        func isSet(_ position: Int, _ field: Int) -> Bool {
            words[2 + 4 * (position / 32) + field] & 1 << UInt32(position % 32) != 0
        }
        active = Set(names.indices.filter { isSet($0, 2) }.map { [names] in names[$0] })
        fixed = Set(names.indices.filter { isSet($0, 3) }.map { [names] in names[$0] })
    }

    /// Switches features on or off. Names that the kernel does not know are passed over.
    func set(_ changed: [String], to isOn: Bool, of interface: String) throws(LinuxError) {
        let blocks = (names.count + 31) / 32
        // `struct ethtool_sfeatures`: two words, then for each 32 features which are meant, and their values.
        var words = [UInt32](repeating: 0, count: 2 + 2 * blocks)
        words[0] = UInt32(ETHTOOL_SFEATURES)
        words[1] = UInt32(blocks)
        for name in changed {
            guard let position = names.firstIndex(of: name) else { continue }
            words[2 + 2 * (position / 32)] |= 1 << UInt32(position % 32)
            if isOn { words[3 + 2 * (position / 32)] |= 1 << UInt32(position % 32) }
        }
        let word = isOn ? "on" : "off"
        try Self.ask(
            interface, "switch \(word) \(changed.joined(separator: ", ")) of \(interface)", &words)
    }

    private static func names(_ interface: String) throws(LinuxError) -> [String] {
        let operation = "list the features of \(interface)"
        // `struct ethtool_sset_info`: command, reserved, a mask of 64 bits, then a length for each bit.
        let set = UInt32(ETH_SS_FEATURES.rawValue)
        var info: [UInt32] = [UInt32(ETHTOOL_GSSET_INFO), 0, 1 << set, 0, 0]
        try ask(interface, operation, &info)
        let count = Int(info[4])
        // `struct ethtool_gstrings`: command, set, length, then names of 32 bytes.
        var strings = [UInt32](repeating: 0, count: 3 + count * nameBytes / 4)
        strings[0] = UInt32(ETHTOOL_GSTRINGS)
        strings[1] = set
        strings[2] = UInt32(count)
        try ask(interface, operation, &strings)
        return strings.withUnsafeBytes { bytes in
            (0..<count).map { position in
                let name = bytes[(12 + position * nameBytes)...].prefix(nameBytes)
                return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
            }
        }
    }

    private static func ask(
        _ interface: String, _ operation: String, _ words: inout [UInt32]
    ) throws(LinuxError) {
        let status = words.withUnsafeMutableBytes { bytes in
            InterfaceRequest(interface) { $0.value.data = bytes.baseAddress }.perform(
                UInt(SIOCETHTOOL))
        }
        guard status else { throw LinuxError(operation) }
    }
}
