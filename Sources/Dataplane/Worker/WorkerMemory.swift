// SPDX-License-Identifier: Apache-2.0

import DPDK
import Glibc

/// Memory of whole cache lines that holds the elements.
func linesOf<Element>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
    let memory = UnsafeMutableRawPointer.allocate(
        byteCount: max(128, elements.count * MemoryLayout<Element>.stride), alignment: 128
    ).bindMemory(to: Element.self, capacity: max(1, elements.count))
    memory.initialize(from: elements, count: elements.count)
    return memory
}

/// Empty bursts, one after the other.
func bursts(_ count: Int) -> UnsafeMutablePointer<Burst> {
    let memory = UnsafeMutableRawPointer.allocate(
        byteCount: max(128, count * MemoryLayout<Burst>.stride), alignment: 128
    ).bindMemory(to: Burst.self, capacity: max(1, count))
    for index in 0..<count { (memory + index).initialize(to: Burst()) }
    return memory
}

/// Memory of zeros, of whole pages: what is never touched takes none. Without memory for it the process ends, as for other
/// memory.
/// - Parameter isReachedAtRandom: whether huge pages are worth what they take beside what is touched, where the kernel has
///   them.
func zeroPages<Element: ~Copyable>(
    of type: Element.Type, count: Int, isReachedAtRandom: Bool = false
) -> UnsafeMutablePointer<Element> {
    let bytes = count * MemoryLayout<Element>.stride
    let memory = mmap(
        nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let memory, memory != MAP_FAILED else { fatalError("no memory for \(Element.self)") }
    // Advice: whether it is followed does not matter for what the memory holds.
    if isReachedAtRandom { _ = madvise(memory, bytes, MADV_HUGEPAGE) }
    return memory.bindMemory(to: Element.self, capacity: count)
}

func freeZeroPages<Element: ~Copyable>(_ memory: UnsafeMutablePointer<Element>, count: Int) {
    munmap(memory, count * MemoryLayout<Element>.stride)
}

/// Memory of much that is reached at random, not initialised: on huge pages where the kernel has them, since most of
/// what a large table costs is to find its page. What is never touched takes none.
func pages<Element>(of type: Element.Type, count: Int) -> UnsafeMutablePointer<Element> {
    let hugePage = 2 << 20
    let bytes = count * MemoryLayout<Element>.stride
    let memory = UnsafeMutableRawPointer.allocate(
        byteCount: max(128, bytes), alignment: bytes < hugePage ? 128 : hugePage)
    // Advice: whether it is followed does not matter for what the memory holds.
    if bytes >= hugePage { _ = madvise(memory, bytes, MADV_HUGEPAGE) }
    return memory.bindMemory(to: Element.self, capacity: count)
}
