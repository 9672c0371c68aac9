// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import FreewayConfiguration

@Suite struct MachineTests {
    @Test func thisMachine() {
        let machine = Machine.current()
        #expect(!machine.allowedCPUs.isEmpty)
        #expect(machine.allowedCPUs == machine.allowedCPUs.sorted())
    }

    @Test(arguments: [
        ("0-3,8", [0, 1, 2, 3, 8]), ("", []), ("5", [5]), ("x,3-1,1-2-3,0-99999999999", []),
    ]) func listsOfTheKernel(list: String, cpus: [Int]) {
        #expect(Machine.cpus(inList: list) == cpus)
    }

    @Test func listsForEAL() {
        #expect(CPUList.text([0, 1, 2, 5, 7, 8]) == "0-2,5,7-8")
        #expect(CPUList.group([3]) == "3")
        #expect(CPUList.group([0, 2]) == "(0,2)")
    }

    @Test func nodeOfACPU() {
        let machine = Machine(
            allowedCPUs: [0],
            numaNodes: [.init(index: 0, cpus: [0, 1]), .init(index: 1, cpus: [2, 3])])
        #expect(machine.numaNode(ofCPU: 3) == 1)
        #expect(machine.numaNode(ofCPU: 9) == 0)
    }
}
