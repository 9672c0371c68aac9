// SPDX-License-Identifier: Apache-2.0

// Yams' own composer stops at the first mapping that holds a key twice, and gives no events. Its
// libyaml does, and hands over every entry; this is the only file that sees it.
private import CYaml

/// Reads one YAML document into a tree.
enum YAMLReader {
    /// Bounds on what a file may make us hold, whatever it says.
    struct Limits {
        var bytes = 64 << 20
        /// A route is 5 values and more, so this is about 4 million of them.
        var values = 20_000_000
        /// What a message says of too many.
        var valuesReason = "in one file"
        /// Aliases repeat what they point to, so a short file can stand for an endless one.
        var aliasedValues = 100_000
        var depth = 32
    }

    /// Why there is no tree. One only: after it, the rest of the file cannot be understood.
    struct Failure: Error {
        let location: Location?
        let message: String
    }

    /// The tree, or `nil` when the file has no document. A byte order mark in front is no part of it, and no
    /// column of its first line.
    static func read(_ bytes: [UInt8], limits: Limits = Limits()) throws(Failure) -> YAMLNode? {
        try readUnmarked(
            bytes.starts(with: ByteOrderMark.utf8)
                ? Array(bytes.dropFirst(ByteOrderMark.utf8.count)) : bytes, limits)
    }

    private static func readUnmarked(
        _ bytes: [UInt8], _ limits: Limits
    ) throws(Failure) -> YAMLNode? {
        guard bytes.count <= limits.bytes else {
            throw Failure(
                location: nil, message: "is larger than \(limits.bytes >> 20) MiB, the most allowed"
            )
        }
        if let place = TextPlace.firstInvalidUTF8(in: bytes) {
            throw Failure(location: place, message: "not valid UTF-8")
        }
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { parser.deallocate() }
        guard yaml_parser_initialize(parser) == 1 else {
            throw Failure(location: nil, message: "cannot be parsed: out of memory")
        }
        defer { yaml_parser_delete(parser) }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        let result = bytes.withUnsafeBufferPointer { text -> Result<YAMLNode?, Failure> in
            yaml_parser_set_input_string(parser, text.baseAddress, text.count)
            do throws(Failure) {
                return .success(try document(parser, bytes, limits))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private static func document(
        _ parser: UnsafeMutablePointer<yaml_parser_t>, _ bytes: [UInt8], _ limits: Limits
    ) throws(Failure) -> YAMLNode? {
        var tree = YAMLTreeBuilder(limits: limits)
        var documents = 0
        while true {
            var event = yaml_event_t()
            guard yaml_parser_parse(parser, &event) == 1 else {
                throw failure(parser.pointee, bytes, limits)
            }
            defer { yaml_event_delete(&event) }
            let location = Location(
                line: event.start_mark.line + 1, column: event.start_mark.column + 1)
            switch event.type {
            case YAML_STREAM_END_EVENT:
                return tree.root
            case YAML_DOCUMENT_START_EVENT:
                documents += 1
                guard documents == 1 else {
                    throw Failure(
                        location: location,
                        message:
                            "a second YAML document starts here; a file holds one configuration")
                }
            case YAML_ALIAS_EVENT:
                try tree.alias(text(event.data.alias.anchor) ?? "", at: location)
            case YAML_SCALAR_EVENT:
                let scalar = event.data.scalar
                try refuseTag(text(scalar.tag), at: location)
                let value = String(
                    decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length),
                    as: UTF8.self)
                let isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
                try tree.add(
                    .scalar(value, isPlain: isPlain), anchor: text(scalar.anchor), at: location)
            case YAML_SEQUENCE_START_EVENT:
                let start = event.data.sequence_start
                try refuseTag(text(start.tag), at: location)
                try tree.open(isMapping: false, anchor: text(start.anchor), at: location)
            case YAML_MAPPING_START_EVENT:
                let start = event.data.mapping_start
                try refuseTag(text(start.tag), at: location)
                try tree.open(isMapping: true, anchor: text(start.anchor), at: location)
            case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
                try tree.close()
            default:
                break
            }
        }
    }

    private static func refuseTag(_ tag: String?, at location: Location) throws(Failure) {
        guard let tag else { return }
        throw Failure(
            location: location, message: "the YAML tag \(tag.quoted) is not used here; remove it")
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }

    private static func failure(
        _ parser: yaml_parser_t, _ bytes: [UInt8], _ limits: Limits
    ) -> Failure {
        let problem = parser.problem.map { String(cString: $0) } ?? "unknown problem"
        if parser.error == YAML_READER_ERROR {
            return Failure(
                location: TextPlace.location(of: parser.problem_offset, in: bytes),
                message: "not valid YAML: \(problem)")
        }
        let location = Location(
            line: parser.problem_mark.line + 1, column: parser.problem_mark.column + 1)
        if problem.hasPrefix("Maximum nesting level") {
            return Failure(
                location: location, message: "nested deeper than \(limits.depth) levels")
        }
        var message = "not valid YAML: \(problem)"
        if let context = parser.context {
            message += " \(String(cString: context))"
            if parser.context_mark.line != parser.problem_mark.line {
                message += " that starts at line \(parser.context_mark.line + 1)"
            }
        }
        return Failure(location: location, message: message)
    }
}
