// SPDX-License-Identifier: Apache-2.0

extension Configuration.Device {
    /// Parses `pci:ADDRESS`, `vdev:NAME[,ARGUMENTS]`, `pcap:FILE[,output=FILE][,infinite]`,
    /// `interface:NAME` or `tap:NAME`.
    public init(_ text: String) throws(Malformed) {
        guard let colon = text.firstIndex(of: ":"),
            let scheme = Scheme(rawValue: String(text[..<colon]))
        else { throw Self.unknownScheme(text) }
        let rest = String(text[text.index(after: colon)...])
        switch scheme {
        case .pci:
            guard let address = Self.fullPCIAddress(rest) else {
                throw Malformed(message: "expected a PCI address such as pci:0000:3b:00.0")
            }
            self = .pci(address)
        case .vdev: self = try Self.vdev(rest)
        case .pcap: self = try Self.pcap(rest)
        case .interface: self = .interface(try Self.interfaceName(rest, example: "interface:eth1"))
        case .tap: self = .tap(try Self.interfaceName(rest, example: "tap:freeway0"))
        }
    }

    private static func unknownScheme(_ text: String) -> Malformed {
        let forms =
            "expected pci:ADDRESS, vdev:NAME[,ARGUMENTS], pcap:FILE, interface:NAME or tap:NAME"
        if let address = fullPCIAddress(text) {
            return Malformed(message: forms + "; did you mean \"pci:\(address)\"?")
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2,
            let near = Spelling.nearest(to: parts[0], among: Scheme.allCases.map(\.rawValue))
        {
            return Malformed(message: forms + "; did you mean \"\(near):\(parts[1])\"?")
        }
        if text.hasPrefix("net_") {
            return Malformed(message: forms + "; did you mean \"vdev:\(text)\"?")
        }
        return Malformed(message: forms)
    }

    /// `0000:3b:00.0`, or `3b:00.0` in domain 0, in lower case and in full; otherwise `nil`.
    private static func fullPCIAddress(_ text: String) -> String? {
        var parts = text.lowercased().split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 2 { parts.insert("0000", at: 0) }
        guard parts.count == 3 else { return nil }
        let last = parts[2].split(separator: ".", omittingEmptySubsequences: false)
        guard last.count == 2, parts[0].utf8.count == 4, parts[1].utf8.count == 2,
            last[0].utf8.count == 2, last[1].utf8.count == 1,
            (parts + last).allSatisfy({ $0.utf8.allSatisfy { $0.isASCIIHexDigit || $0 == 0x2e } }),
            parts[0].utf8.allSatisfy(\.isASCIIHexDigit),
            parts[1].utf8.allSatisfy(\.isASCIIHexDigit),
            let device = UInt8(last[0], radix: 16), device < 32,
            let function = UInt8(last[1], radix: 16), function < 8
        else { return nil }
        return parts.joined(separator: ":")
    }

    private static func vdev(_ text: String) throws(Malformed) -> Self {
        let parts = text.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard name.hasPrefix("net_"), name.utf8.count > 4, name.utf8.count < 64,
            name.utf8.allSatisfy({
                $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "_")
                    || $0 == UInt8(ascii: "-")
            })
        else {
            throw Malformed(
                message: "expected a DPDK network device, whose name starts with net_, such as"
                    + " vdev:net_null0,copy=0")
        }
        let arguments = parts.count == 2 ? String(parts[1]) : ""
        guard parts.count == 1 || !arguments.isEmpty else {
            throw Malformed(message: "expected an argument after the comma, such as copy=0")
        }
        return .vdev(name: name, arguments: arguments)
    }

    private static func pcap(_ text: String) throws(Malformed) -> Self {
        var parts = text.split(separator: ",", omittingEmptySubsequences: false)[...]
        let file = String(parts.removeFirst())
        guard !file.isEmpty else {
            throw Malformed(message: "expected the path of a capture, such as pcap:traffic.pcap")
        }
        var output: String?
        var infinite = false
        for part in parts {
            if part == "infinite", !infinite {
                infinite = true
            } else if part.hasPrefix("output="), part.utf8.count > 7, output == nil {
                output = String(part.dropFirst(7))
            } else {
                throw Malformed(
                    message: "\"\(part)\" is no option of a capture; the options are output=FILE"
                        + " and infinite, each once (a path cannot hold a comma)")
            }
        }
        guard output == nil || !infinite else {
            throw Malformed(
                message: "output= cannot stand beside infinite: an endless replay fills the disk")
        }
        return .pcap(file: file, output: output, infinite: infinite)
    }

    /// Linux allows 15 bytes, no slash, no white space, no colon.
    private static func interfaceName(_ text: String, example: String) throws(Malformed) -> String {
        guard (1...15).contains(text.utf8.count), text != ".", text != "..",
            text.utf8.allSatisfy({
                $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":")
                    && $0 != UInt8(ascii: ",")
            })
        else {
            throw Malformed(
                message:
                    "expected the name of an interface of 1 to 15 characters, such as \(example)"
            )
        }
        return text
    }
}
