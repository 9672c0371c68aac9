// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PackageDescription

/// What `pkg-config` says of DPDK. SwiftPM cannot read Debian's libdpdk.pc itself
/// (docs/workarounds.md), so every target that sees CDPDK gets the paths by hand.
func wordsOfDPDK(_ arguments: [String]) -> [String] {
    let pkgConfig = Process()
    pkgConfig.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    pkgConfig.arguments = ["pkg-config"] + arguments + ["libdpdk"]
    let output = Pipe()
    pkgConfig.standardOutput = output
    pkgConfig.standardError = FileHandle.nullDevice
    guard (try? pkgConfig.run()) != nil else { return [] }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    pkgConfig.waitUntilExit()
    return text.split(whereSeparator: \.isWhitespace).map(String.init)
}

func includePathsOfDPDK() -> [String] {
    let paths = wordsOfDPDK(["--cflags-only-I"])
    return paths.isEmpty ? ["-I/usr/include/dpdk"] : paths
}

/// DPDK's archives, linked in: a driver in a shared library asks the loader for each buffer that it frees
/// which lcore it runs on, which takes a tenth of the time of a small frame (docs/architecture.md).
///
/// Drivers announce themselves when the program starts and nothing refers to them, so they are linked
/// whole; of the libraries only what is used.
func archivesOfDPDK() -> [String] {
    /// Parts of systems on a chip, which come with kernels and boards of their own, and what would bring
    /// libraries for other things than packets.
    let foreign = [
        "cnxk", "cpt", "dpaa", "dpaax", "dpaa2", "enetc", "enetfec", "fslmc", "ifpga", "ipn3ke",
        "octeontx", "octeon_ep", "pfe", "qat", "softnic", "thunderx", "vhost",
    ]
    let archives = wordsOfDPDK(["--static", "--libs-only-l"]).filter { $0.hasPrefix("-l:librte_") }
    guard !archives.isEmpty else {
        // A manifest that fails is not kept, so that the next build looks again.
        FileHandle.standardError.write(
            Data(
                "DPDK is missing: make dependencies-build installs it (libdpdk-dev, pkg-config)\n"
                    .utf8))
        exit(1)
    }
    func isDriver(_ archive: String) -> Bool {
        let words = archive.dropFirst("-l:librte_".count).dropLast(".a".count)
            .split(separator: "_", maxSplits: 1)
        return words.count == 2 && ["bus", "common", "mempool", "net"].contains(words[0])
    }
    func isWanted(_ archive: String) -> Bool {
        !foreign.contains { archive.hasSuffix("_\($0).a") }
    }
    let drivers = archives.filter { isDriver($0) && isWanted($0) }
    let libraries = archives.filter { !isDriver($0) }
    let systemLibraries = [
        "-lpcap", "-lnuma", "-lbsd", "-lelf", "-lxdp", "-lbpf", "-libverbs", "-lmlx4", "-lmlx5",
        "-lz", "-latomic",
    ]
    return ["--whole-archive"] + drivers + ["--no-whole-archive", "--start-group"] + libraries
        + ["--end-group", "--as-needed"] + systemLibraries
}

/// The processor that the binary is built for: DPDK needs SSSE3 at least (`corei7`).
/// `FREEWAY_MARCH=native make build` makes a binary for this machine alone.
let processor = Context.environment["FREEWAY_MARCH"] ?? "corei7"

/// `FREEWAY_WARNINGS_AS_ERRORS=1` is what `make lint` and CI set.
let strictness: [SwiftSetting] =
    Context.environment["FREEWAY_WARNINGS_AS_ERRORS"] == nil
    ? [] : [.unsafeFlags(["-warnings-as-errors"])]

let conventions: [SwiftSetting] =
    strictness + [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ]

/// For each target that sees CDPDK, directly or through the DPDK overlay's public import.
let dpdk: [SwiftSetting] =
    conventions + [
        .unsafeFlags((includePathsOfDPDK() + ["-march=\(processor)"]).flatMap { ["-Xcc", $0] })
    ]

let package = Package(
    name: "freeway",
    products: [
        .executable(name: "freeway", targets: ["freeway"]),
        .library(name: "DPDK", targets: ["DPDK"]),
        .library(name: "PacketHeaders", targets: ["PacketHeaders"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CDPDK", path: "Sources/CDPDK",
            providers: [.apt(["libdpdk-dev", "libnuma-dev"])]),
        .systemLibrary(name: "CLinux", path: "Sources/CLinux"),
        .systemLibrary(
            name: "CPcap", path: "Sources/CPcap", providers: [.apt(["libpcap-dev"])]),
        .target(
            name: "DPDK", dependencies: ["CDPDK"], swiftSettings: dpdk,
            linkerSettings: [.unsafeFlags(archivesOfDPDK().flatMap { ["-Xlinker", $0] })]),
        .target(name: "PacketHeaders", swiftSettings: conventions),
        .target(
            name: "LinuxDevices", dependencies: ["CLinux", "DPDK", "PacketHeaders"],
            swiftSettings: dpdk),
        .systemLibrary(name: "CZlib", path: "Sources/CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "Captures", dependencies: ["CPcap", "CZlib"], swiftSettings: conventions),
        // Hummingbird brings a module called Configuration, so ours has the longer name.
        .target(
            name: "FreewayConfiguration",
            dependencies: ["PacketHeaders", .product(name: "Yams", package: "Yams")],
            path: "Sources/Configuration",
            swiftSettings: conventions),
        .target(
            name: "PacketFields", dependencies: ["FreewayConfiguration", "PacketHeaders"],
            swiftSettings: conventions),
        .target(
            name: "Expectations",
            dependencies: [
                "Captures", "ControlAPI", "FreewayConfiguration", "PacketFields", "PacketHeaders",
            ],
            swiftSettings: conventions),
        .target(name: "Dataplane", dependencies: ["DPDK", "PacketHeaders"], swiftSettings: dpdk),
        .target(
            name: "ControlAPI",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: conventions),
        .target(
            name: "Forwarding",
            dependencies: [
                "Captures", "ControlAPI", "DPDK", "Dataplane", "FreewayConfiguration",
                "LinuxDevices", "PacketFields", "PacketHeaders",
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            swiftSettings: dpdk),
        .target(
            name: "Service",
            dependencies: [
                "ControlAPI", "DPDK", "Dataplane", "Forwarding", "FreewayConfiguration",
                "LinuxDevices", "PacketFields", "PacketHeaders",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: dpdk),
        .target(
            name: "Replays",
            dependencies: [
                "Captures", "ControlAPI", "DPDK", "Dataplane", "Expectations", "Forwarding",
                "FreewayConfiguration", "PacketFields", "PacketHeaders", "Service",
            ],
            swiftSettings: dpdk),
        .target(
            name: "CaseRunner",
            dependencies: [
                "Captures", "ControlAPI", "Dataplane", "Expectations", "Forwarding",
                "FreewayConfiguration", "PacketFields", "PacketHeaders", "Replays",
            ],
            swiftSettings: dpdk),
        .executableTarget(
            name: "freeway",
            dependencies: [
                "CaseRunner", "ControlAPI", "Expectations", "Forwarding", "FreewayConfiguration",
                "PacketFields", "Replays", "Service",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: dpdk),
        // What tests of several targets share: frames, captures, seeds; with and without DPDK.
        .target(name: "TestSupport", path: "Tests/Support", swiftSettings: conventions),
        .target(
            name: "EALSupport", dependencies: ["DPDK", "TestSupport"], path: "Tests/EALSupport",
            swiftSettings: dpdk),
        .testTarget(
            name: "DPDKTests", dependencies: ["DPDK", "EALSupport", "TestSupport"],
            swiftSettings: dpdk),
        .testTarget(
            name: "LinuxDevicesTests",
            dependencies: ["CDPDK", "CLinux", "DPDK", "EALSupport", "LinuxDevices", "TestSupport"],
            swiftSettings: dpdk),
        .testTarget(
            name: "DataplaneTests",
            dependencies: [
                "CDPDK", "DPDK", "Dataplane", "EALSupport", "PacketHeaders", "TestSupport",
            ],
            swiftSettings: dpdk),
        .testTarget(
            name: "CapturesTests", dependencies: ["Captures", "ProcessSupport", "TestSupport"],
            swiftSettings: conventions),
        .target(
            name: "HeaderSupport", dependencies: ["PacketHeaders"], path: "Tests/HeaderSupport",
            swiftSettings: conventions),
        .testTarget(
            name: "ExpectationsTests",
            dependencies: [
                "Captures", "Expectations", "FreewayConfiguration", "PacketFields", "PacketHeaders",
                "TestSupport",
            ],
            swiftSettings: conventions),
        .testTarget(
            name: "PacketFieldsTests",
            dependencies: ["PacketFields", "PacketHeaders", "TestSupport"],
            swiftSettings: conventions),
        .testTarget(
            name: "PacketHeadersTests", dependencies: ["HeaderSupport", "PacketHeaders"],
            swiftSettings: conventions),
        .testTarget(
            name: "ConfigurationTests",
            dependencies: ["FreewayConfiguration", "PacketHeaders", "TestSupport"],
            swiftSettings: conventions),
        .testTarget(
            name: "ControlAPITests", dependencies: ["ControlAPI"], swiftSettings: conventions),
        .testTarget(
            name: "CaseRunnerTests",
            dependencies: [
                "CaseRunner", "Captures", "ControlAPI", "Dataplane", "Expectations", "Forwarding",
                "PacketFields", "Replays", "TestSupport",
            ],
            swiftSettings: dpdk),
        .testTarget(
            name: "ForwardingTests",
            dependencies: [
                "ControlAPI", "DPDK", "Dataplane", "EALSupport", "Forwarding",
                "FreewayConfiguration", "PacketFields", "PacketHeaders", "TestSupport",
            ],
            swiftSettings: dpdk),
        .testTarget(
            name: "ReplaysTests",
            dependencies: [
                "Dataplane", "Forwarding", "FreewayConfiguration", "PacketHeaders", "Replays",
                "TestSupport",
            ],
            swiftSettings: dpdk),
        .testTarget(
            name: "ServiceTests",
            dependencies: [
                "Captures", "ControlAPI", "DPDK", "Dataplane", "EALSupport", "Forwarding",
                "FreewayConfiguration", "PacketHeaders", "ProcessSupport", "Service", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: dpdk),
        .testTarget(
            name: "freewayTests",
            dependencies: [
                "Captures", "ControlAPI", "Expectations", "Forwarding", "FreewayConfiguration",
                "PacketFields", "ProcessSupport", "Replays", "Service", "TestSupport", "freeway",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: dpdk),
        // The program is run, not linked: the dependency has it built.
        .testTarget(
            name: "SmokeTests",
            dependencies: ["ControlAPI", "ProcessSupport", "TestSupport", "freeway"],
            path: "Tests/Smoke", exclude: ["vlan-tags.c", "wire.py"], swiftSettings: dpdk),
        .target(
            name: "ProcessSupport", dependencies: ["TestSupport"], path: "Tests/ProcessSupport",
            swiftSettings: conventions),
    ]
)

// `make fuzz` builds these with libFuzzer; nothing else sees them.
if Context.environment["FREEWAY_FUZZ"] != nil {
    let fuzzers: [(name: String, dependencies: [Target.Dependency], settings: [SwiftSetting])] = [
        ("Headers", ["HeaderSupport", "PacketHeaders"], conventions),
        ("Configuration", ["FreewayConfiguration"], conventions),
        ("Captures", ["Captures"], conventions),
        ("Pcapng", ["Captures"], conventions),
        ("Frames", ["Expectations", "PacketFields"], conventions),
        ("Cases", ["Expectations", "FreewayConfiguration", "PacketFields"], conventions),
        ("Pipeline", ["DPDK", "Dataplane", "Forwarding", "FreewayConfiguration"], dpdk),
        (
            "Requests",
            [
                "ControlAPI", "DPDK", "Dataplane", "Forwarding", "FreewayConfiguration", "Service",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ], dpdk
        ),
    ]
    let seeds = ["Cases": ["seeds"], "Requests": ["router.yaml"]]
    package.targets.append(
        .target(name: "FuzzSupport", path: "Fuzz/Support", swiftSettings: conventions))
    for fuzzer in fuzzers {
        package.targets.append(
            .executableTarget(
                name: "Fuzz\(fuzzer.name)", dependencies: fuzzer.dependencies + ["FuzzSupport"],
                path: "Fuzz/\(fuzzer.name)", exclude: seeds[fuzzer.name] ?? [],
                swiftSettings: fuzzer.settings))
    }
}
