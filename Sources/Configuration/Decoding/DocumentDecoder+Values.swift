// SPDX-License-Identifier: Apache-2.0

package import PacketHeaders

/// The shapes that values come in.
extension DocumentDecoder {
    /// The entries of a mapping, with each unknown or repeated key reported.
    package mutating func fields<Key: ConfigurationKey>(
        _ field: Field, _ keys: Key.Type, expected: String? = nil
    ) -> Fields<Key>? {
        guard case .mapping(let entries) = field.node.value else {
            reportFound(field, expected: expected ?? "a mapping with the keys \(Key.list)")
            return nil
        }
        var fields = Fields<Key>(location: field.node.location, path: field.path)
        for entry in entries {
            guard let name = keyName(entry.key, in: field.path) else { continue }
            guard let key = Key(rawValue: name) else {
                report(
                    entry.key.location, field.path.appending(name.onOneLine),
                    Spelling.nearest(to: name, among: Key.allCases.map(\.rawValue))
                        .map { "unknown key; did you mean \"\($0)\"?" }
                        ?? "unknown key; the keys here are \(Key.list)")
                continue
            }
            if let first = fields.keyLocation(key) {
                reportRepeated(entry.key.location, field.path.appending(name), first)
            } else {
                fields.insert(key, entry)
            }
        }
        return fields
    }

    package mutating func reportRepeated(_ location: Location, _ path: FieldPath, _ first: Location)
    {
        report(location, path, "given twice; first at line \(first.line)")
    }

    /// The text of a key.
    package mutating func keyName(_ key: YAMLNode, in path: FieldPath) -> String? {
        guard case .scalar(let name, _) = key.value, !name.isEmpty else {
            report(key.location, path, "found \(key) as a key, expected a word")
            return nil
        }
        return name
    }

    package mutating func required<Key: ConfigurationKey>(
        _ key: Key, in fields: Fields<Key>, hint: String
    ) -> Field? {
        if let field = fields[key] { return field }
        report(fields.location, fields.path.appending(key.rawValue), "missing; \(hint)")
        return nil
    }

    /// The text of a scalar that is not null.
    package mutating func scalar(_ field: Field, expected: @autoclosure () -> String) -> String? {
        guard case .scalar(let text, _) = field.node.value, !field.node.isNull else {
            reportFound(field, expected: expected())
            return nil
        }
        return text
    }

    /// The items of a list.
    package mutating func items(_ field: Field, expected: @autoclosure () -> String) -> [Field]? {
        guard case .sequence(let items) = field.node.value else {
            reportFound(field, expected: expected())
            return nil
        }
        return items.enumerated().map { Field(node: $1, path: field.path.appending($0)) }
    }

    /// A decimal number without sign or leading zero.
    package mutating func integer(_ field: Field, in range: ClosedRange<Int>, of what: String)
        -> Int?
    {
        func expected() -> String { "\(what) from \(range.lowerBound) to \(range.upperBound)" }
        guard let text = scalar(field, expected: expected()) else { return nil }
        guard let number = Int(decimal: text), range.contains(number) else {
            reportFound(field, expected: expected())
            return nil
        }
        return number
    }

    /// One of a few words.
    package mutating func choice<Word: RawRepresentable<String> & CaseIterable>(_ field: Field)
        -> Word?
    {
        let words = Word.allCases.map(\.rawValue)
        let expected = words.dropLast().joined(separator: ", ") + " or \(words.last ?? "")"
        guard let text = scalar(field, expected: expected) else { return nil }
        if let word = Word(rawValue: text) { return word }
        let near = Spelling.nearest(to: text, among: words)
        reportFound(field, expected: expected + (near.map { "; did you mean \"\($0)\"?" } ?? ""))
        return nil
    }

    package mutating func address(_ field: Field) -> IPAddress? {
        let expected = "an address such as 192.0.2.1 or 2001:db8::1"
        guard let text = scalar(field, expected: expected) else { return nil }
        if let address = IPAddress(text) { return address }
        reportFound(field, expected: expected + Self.hint(about: text))
        return nil
    }

    /// What is wrong with a text that could have been an address of IPv6.
    static func hint(about text: String) -> String {
        if text.contains("%") {
            return "; an address has no zone here, since its interface is named beside it"
        }
        guard let address = IPv6Address(text.prefix { $0 != "/" }), address.isMappedIPv4 else {
            return ""
        }
        return "; an address that is mapped from IPv4 is on no wire: write it as one of IPv4"
    }

    /// An address and a length, whatever the bits beyond the length are.
    package mutating func addressAndLength(
        _ field: Field, from shortest: Int, expected: String
    ) -> (address: IPAddress, length: Int)? {
        guard let text = scalar(field, expected: expected) else { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(parts[0]) else {
            reportFound(field, expected: expected + Self.hint(about: text))
            return nil
        }
        guard let length = Int(decimal: parts[1]), (shortest...address.width).contains(length)
        else {
            reportFound(
                field,
                expected: "a prefix length from \(shortest) to \(address.width)")
            return nil
        }
        return (address, length)
    }

    /// The MAC address of one interface: no group address, not all zeros.
    package mutating func mac(_ field: Field) -> MACAddress? {
        let expected = "a MAC address such as 02:00:00:00:00:01"
        guard let text = scalar(field, expected: expected) else { return nil }
        guard let mac = MACAddress(text) else {
            let colons = String(text.map { $0 == "-" ? ":" : $0 })
            let hint = MACAddress(colons).map { "; did you mean \"\($0)\"?" } ?? ""
            reportFound(field, expected: expected + hint)
            return nil
        }
        if mac.isGroup {
            report(
                field,
                "\(mac) is a group address; the first byte of an interface's address is even")
            return nil
        }
        if mac.rawValue == 0 {
            report(field, "\(mac) is no interface's address")
            return nil
        }
        return mac
    }
}

extension Int {
    /// Parses digits alone: no sign, no leading zero, at most 18 digits.
    package init?(decimal text: some StringProtocol) {
        guard (1...18).contains(text.utf8.count), text.utf8.allSatisfy(\.isASCIIDigit),
            text.utf8.count == 1 || text.utf8.first != UInt8(ascii: "0")
        else { return nil }
        self.init(text, radix: 10)
    }
}
