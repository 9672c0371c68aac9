// SPDX-License-Identifier: Apache-2.0

import Foundation
import ProcessSupport
import Testing

/// Daemons that cannot start: each says why and how it would, and leaves neither socket nor folder.
@Suite struct RunErrorTests {
    @Test(
        "a device that does not exist, or does not do",
        arguments: [
            ("interface:nope0", 71, "there is no interface nope0; this machine has "),
            (
                "pci:0000:7f:1f.7", 71,
                "there is no PCI device 0000:7f:1f.7; lspci -D lists those there are"
            ),
            ("pcap:nope.pcap", 66, "nope.pcap: No such file or directory"),
            (
                "vdev:net_nope0", 71,
                "attach device net_nope0: Bad address (DPDK says: EAL: failed to parse device "
                    + "\"vdev:net_nope0\"); no driver of this name is built in; check the spelling "
                    + "(docs/running-on-a-nic.md lists them)"
            ),
            (
                "vdev:net_null0,bogus=1", 71,
                "attach device net_null0: DPDK says: EAL: Driver cannot attach the device (net_null0); "
                    + "check the device's name and arguments"
            ),
            (
                "vdev:net_pcap0,iface=nope", 71,
                "Couldn't open nope: nope: No such device exists"
            ),
        ])
    func device(device: String, code: Int, message: String) async throws {
        let (outcome, names) = try await run(device)
        #expect(outcome.code == Int32(code), "\(outcome)")
        // A machine without huge pages gets a warning about a network card beside the error.
        #expect(outcome.errorLines.count { $0.hasPrefix("freeway: ") } == 1)
        #expect(outcome.errors.contains("ports.left.device: "))
        #expect(outcome.errors.contains(message), "\(outcome)")
        #expect(outcome.output == "")
        #expect(outcome.leftovers == [])
        #expect(names == ["config.yaml"])
    }

    @Test(
        "an ordinary user and a device that needs more",
        .enabled(if: Conditions.canRunAsNobody, "needs root, to become an ordinary user"),
        arguments: [
            ("interface:lo", "no permission to open packet sockets"),
            ("tap:freeway0", "no permission to make TAP interfaces"),
        ])
    func permission(device: String, message: String) async throws {
        let (outcome, names) = try await run(device, through: Conditions.asNobody)
        #expect(outcome.code == 77, "\(outcome)")
        #expect(
            outcome.errors.hasSuffix(
                ":4:3: ports.left.device: \(message); run as root, or with CAP_NET_RAW and "
                    + "CAP_NET_ADMIN\n"))
        #expect(outcome.leftovers == [])
        #expect(names == ["config.yaml"])
    }

    @Test("a CPU that this machine does not have")
    func missingCPU() async throws {
        let (outcome, names) = try await run("vdev:net_null0", more: "workers: [1023]")
        #expect(outcome.code == 78, "\(outcome)")
        #expect(
            outcome.errors.contains(
                ":7:10: workers[0]: CPU 1023 is not allowed to this process; allowed are "))
        #expect(outcome.leftovers == [])
        #expect(names == ["config.yaml"])
    }

    @Test("check --host says beforehand what run would say")
    func checkHost() async throws {
        let scratch = ScratchFolder()
        let path = try scratch.write(
            """
            version: 1
            forward: cross-connect
            ports:
              left: {device: "interface:nope0"}
              right: {device: "pci:0000:7f:1f.7"}
            crossConnect: [[left, right]]

            """, to: "config.yaml")
        let fileAlone = try await FreewayProcess.run(["check", path])
        #expect(fileAlone.code == 0, "\(fileAlone)")
        let host = try await FreewayProcess.run(["check", path, "--host"])
        #expect(host.code == 71, "\(host)")
        #expect(host.errorLines.count == 2)
        #expect(
            host.errorLines.first?.hasPrefix(
                "freeway: \(path):4:3: ports.left.device: there is no interface nope0; this machine has "
            )
                == true)
        #expect(
            host.errorLines.last
                == "freeway: \(path):5:3: ports.right.device: there is no PCI device 0000:7f:1f.7; "
                + "lspci -D lists those there are")
    }

    @Test("a group of the control socket that does not exist is found beforehand too")
    func missingGroup() async throws {
        let scratch = ScratchFolder()
        let path = try scratch.write(
            """
            version: 1
            forward: cross-connect
            ports:
              left: {device: "vdev:net_null0"}
              right: {device: "vdev:net_null1"}
            crossConnect: [[left, right]]
            control:
              socket: \(scratch.file("socket"))
              group: no-such-group

            """, to: "config.yaml")
        let message =
            "freeway: \(path):9:10: control.group: there is no group \"no-such-group\"; create it with "
            + "sudo groupadd --system no-such-group, or name another\n"
        #expect(try await FreewayProcess.run(["check", path]).code == 0)
        for words in [["check", path, "--host"], ["run", path]] {
            let outcome = try await FreewayProcess.run(words)
            #expect(outcome.code == 78, "\(outcome)")
            #expect(outcome.errors.hasSuffix(message), "\(outcome)")
        }
        let doctor = try await FreewayProcess.run(["doctor", path, "--json"])
        #expect(doctor.code == 1, "\(doctor)")
        let object = try JSONSerialization.jsonObject(with: Data(doctor.output.utf8))
        let findings = (object as? [String: Any])?["findings"] as? [[String: String]] ?? []
        #expect(
            findings.contains([
                "topic": "control", "state": "bad",
                "text": "control.group: there is no group \"no-such-group\"",
                "remedy": "sudo groupadd --system no-such-group",
            ]), "\(doctor)")
        #expect(scratch.names == ["config.yaml"])
    }

    @Test(
        "a sandbox without /sys: one line says what of it is needed, and that is enough",
        .enabled(if: SmallDisk.canBeMounted, "needs the right to mount"))
    func sandbox() async throws {
        // A file system over /sys, in a mount namespace that goes with the process.
        func replay(_ more: String) async throws -> ProcessOutcome {
            try await FreewayProcess.run(
                [
                    "replay", "config/router.yaml", "--any-mac", "--in",
                    "wan=Tests/Captures/real/zeek-wikipedia.pcap", "--workers", "2",
                ],
                through: [
                    "unshare", "--mount", "bash", "-c",
                    "mount --bind /sys/devices/system/cpu /mnt && mount -t tmpfs none /sys && \(more) "
                        + "exec \"$@\"", "bash",
                ])
        }
        let without = try await replay("")
        #expect(without.code == 71, "\(without)")
        #expect(
            without.errors
                == "freeway: /sys/devices/system/cpu is missing; let the sandbox see /sys/devices/system/cpu and "
                + "/sys/module, which may be empty (DPDK needs nothing else of /sys)\n")
        #expect(without.output == "")
        #expect(without.leftovers == [])
        let folder = "/sys/devices/system/cpu"
        let with = try await replay(
            "mkdir -p \(folder) /sys/module && mount --bind /mnt \(folder) &&")
        #expect(with.code == 0, "\(with)")
        #expect(with.output.contains(/\nbalanced +yes\n/), "\(with)")
    }

    @Test("more memory than there is")
    func memory() async throws {
        let (outcome, _) = try await run(
            "vdev:net_null0", more: "memory: {pages: ordinary, megabytes: 8000000}")
        #expect(outcome.code == 71 || outcome.code == 78, "\(outcome)")
        #expect(outcome.errors.contains("memory"))
        #expect(outcome.errorLines.count == 1)
        #expect(outcome.leftovers == [])
    }

    @Test("more huge pages than there are")
    func hugePages() async throws {
        let (outcome, names) = try await run(
            "vdev:net_null0", more: "memory: {pages: huge, megabytes: 60000}")
        #expect(outcome.code == 71, "\(outcome)")
        #expect(outcome.errors.contains("memory.pages: "))
        #expect(outcome.errors.contains("hugepages-setup.sh"), "\(outcome)")
        #expect(outcome.leftovers == [])
        #expect(names == ["config.yaml"])
    }

    @Test("too little address space, without DPDK's own words on the terminal")
    func addressSpace() async throws {
        let (outcome, names) = try await run(
            "vdev:net_null0", more: "memory: {pages: ordinary, megabytes: 1000}",
            through: ["prlimit", "--as=\(1_200 << 20)"])
        #expect(outcome.code == 71, "\(outcome)")
        #expect(
            outcome.errors == """
                freeway: this process may have 1200 MB of address space, and needs 1369 MB or more; \
                raise its limit (ulimit -v unlimited)

                """)
        #expect(outcome.leftovers == [])
        #expect(names == ["config.yaml"])
    }

    @Test("a socket that cannot be made")
    func socket() async throws {
        let scratch = ScratchFolder()
        try scratch.write("words", to: "file")
        for (path, code, message) in [
            (
                scratch.file("file"), 73,
                "exists and is not a socket; remove it, or give another path with --socket"
            ),
            (
                scratch.file("no/socket"), 73,
                "the directory \(scratch.file("no")) does not exist; make it, or give another path"
            ),
            (
                scratch.file(String(repeating: "x", count: 120)), 78,
                "the control socket's path has \(scratch.path.utf8.count + 121) bytes; Linux allows 107"
            ),
        ] {
            let outcome = try await FreewayProcess.run([
                "run", "config/cross-connect.yaml", "--socket", path,
            ])
            #expect(outcome.code == Int32(code), "\(outcome)")
            #expect(outcome.errors == "freeway: \(path): \(message)\n")
            #expect(outcome.leftovers == [])
            #expect(scratch.names == ["file"])
        }
    }

    private func run(
        _ device: String, more: String = "", through wrapper: [String] = []
    ) async throws -> (ProcessOutcome, [String]) {
        let scratch = ScratchFolder(isOpen: true)
        let yaml = """
            version: 1
            forward: cross-connect
            ports:
              left: {device: "\(device)"}
              right: {device: "vdev:net_null1"}
            crossConnect: [[left, right]]
            \(more)

            """
        let path = try scratch.write(yaml, to: "config.yaml")
        let outcome = try await FreewayProcess.run(
            ["run", path, "--socket", scratch.file("socket")], through: wrapper)
        return (outcome, scratch.names)
    }
}
