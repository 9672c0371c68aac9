// SPDX-License-Identifier: Apache-2.0

/// Faulty texts and the errors that they must give, exactly. After `##` the name of what stands
/// before the text (``Fault``), after `!!` an error without the name of the file.
enum Faults {
    static let theFileAsAWhole = Fault.parse(
        #"""
        ## nothing
        {
        !! 2:1: not valid YAML: did not find expected node content while parsing a flow node
        ## nothing
        a: 1
         b: 2
        !! 2:3: not valid YAML: mapping values are not allowed in this context
        ## nothing
        a:
        ⇥- 1
        !! 2:1: not valid YAML: found character that cannot start any token while scanning for the next token
        ## nothing
        a: ␇
        !! 1:4: not valid YAML: control characters are not allowed
        ## nothing
        version: 1
        ---
        version: 1
        !! 2:1: a second YAML document starts here; a file holds one configuration
        ## nothing
        version: !!int 1
        !! 1:10: the YAML tag "tag:yaml.org,2002:int" is not used here; remove it
        ## nothing
        version: *one
        !! 1:10: the alias *one has no anchor &one before it
        ## nothing
        - 1
        !! 1:1: found a list, expected the keys version, forward, workers, memory, ports, interfaces, crossConnect, routes, neighbours, hash, arp, icmp, control, log
        ## nothing
        hello
        !! 1:1: found "hello", expected the keys version, forward, workers, memory, ports, interfaces, crossConnect, routes, neighbours, hash, arp, icmp, control, log
        """#)

    static let keysAndTypes = Fault.parse(
        #"""
        ## nothing
        {}
        !! 1:1: version: missing; write "version: 1"
        !! 1:1: forward: missing; write "forward: cross-connect" or "forward: route"
        !! 1:1: ports: missing; give at least one port, such as "wan: {device: pci:0000:3b:00.0}"
        ## wire
        varsion: 1
        !! 5:1: varsion: unknown key; did you mean "version"?
        ## wire
        crossconnect: 1
        !! 5:1: crossconnect: unknown key; did you mean "crossConnect"?
        ## wire
        zzz: 1
        !! 5:1: zzz: unknown key; the keys here are version, forward, workers, memory, ports, interfaces, crossConnect, routes, neighbours, hash, arp, icmp, control, log
        ## wire
        "a\eb": 1
        !! 5:1: a�b: unknown key; the keys here are version, forward, workers, memory, ports, interfaces, crossConnect, routes, neighbours, hash, arp, icmp, control, log
        ## wire
        [a]: 1
        !! 5:1: found a list as a key, expected a word
        ## wire
        version: 1
        version: 2
        !! 5:1: version: given twice; first at line 1
        !! 6:1: version: given twice; first at line 1
        ## wire
        log: {level: info, level: debug}
        log: {}
        !! 5:20: log.level: given twice; first at line 5
        !! 6:1: log: given twice; first at line 5
        ## nothing
        version: 2
        forward: route
        ports: {p: {device: tap:x}}
        !! 1:10: version: found "2", expected 1, the only version there is
        ## nothing
        version:
        forward: route
        ports: {p: {device: tap:x}}
        !! 1:9: version: found nothing, expected 1
        ## nothing
        version: 1
        forward: rote
        ports: {p: {device: tap:x}}
        !! 2:10: forward: found "rote", expected cross-connect or route; did you mean "route"?
        ## nothing
        version: 1
        forward: bridge
        ports: {p: {device: tap:x}}
        !! 2:10: forward: found "bridge", expected cross-connect or route
        ## nothing
        version: 1
        forward: [route]
        ports: {p: {device: tap:x}}
        !! 2:10: forward: found a list, expected cross-connect or route
        """#)

    static let settings = Fault.parse(
        #"""
        ## wire
        workers: many
        !! 5:10: workers: found "many", expected auto, a number of workers from 1 to 127, or a list of CPUs such as [1, 2]
        ## wire
        workers: 0
        !! 5:10: workers: found "0", expected auto, a number of workers from 1 to 127, or a list of CPUs such as [1, 2]
        ## wire
        workers: 128
        !! 5:10: workers: found "128", expected auto, a number of workers from 1 to 127, or a list of CPUs such as [1, 2]
        ## wire
        workers: []
        !! 5:10: workers: found an empty list, expected auto, a number of workers from 1 to 127, or a list of CPUs such as [1, 2]
        ## wire
        workers: {}
        !! 5:10: workers: found a mapping, expected auto, a number of workers from 1 to 127, or a list of CPUs such as [1, 2]
        ## wire
        workers: [1, -1, x, 1024, 01]
        !! 5:14: workers[1]: found "-1", expected a CPU number from 0 to 1023
        !! 5:18: workers[2]: found "x", expected a CPU number from 0 to 1023
        !! 5:21: workers[3]: found "1024", expected a CPU number from 0 to 1023
        !! 5:27: workers[4]: found "01", expected a CPU number from 0 to 1023
        ## wire
        workers: [3, 4, 3]
        !! 5:17: workers[2]: CPU 3 is worker 0's already; each worker has a CPU of its own
        ## wire
        memory: 512
        !! 5:9: memory: found "512", expected a mapping with the keys pages, megabytes, routes
        ## wire
        memory: {pages: large, megabytes: 63, routes: 0}
        !! 5:17: memory.pages: found "large", expected auto, huge or ordinary
        !! 5:35: memory.megabytes: found "63", expected a number of MiB from 64 to 1048576
        !! 5:47: memory.routes: found "0", expected a number of routes from 1 to 4000000
        ## wire
        memory: {megabytes: 1e3, routes: 99999999999999999999}
        !! 5:21: memory.megabytes: found "1e3", expected a number of MiB from 64 to 1048576
        !! 5:34: memory.routes: found "99999999999999999999", expected a number of routes from 1 to 4000000
        ## wire
        control: {socket: '', group: 'a b', metrics: true}
        !! 5:19: control.socket: found "", expected the path of a socket of at most 107 bytes
        !! 5:30: control.group: found "a b", expected the name of a group
        !! 5:37: control.metrics: unknown key; the keys here are socket, group
        ## wire
        log: {level: verbose}
        !! 5:14: log.level: found "verbose", expected trace, debug, info, notice, warning, error or critical
        ## wire
        log: {level: warn}
        !! 5:14: log.level: found "warn", expected trace, debug, info, notice, warning, error or critical
        """#)

    static let ports = Fault.parse(
        #"""
        ## nothing
        version: 1
        forward: route
        ports: {}
        !! 3:8: ports: found a mapping, expected at least one port, such as "wan: {device: pci:0000:3b:00.0}"
        ## nothing
        version: 1
        forward: route
        ports:
        !! 3:7: ports: found nothing, expected at least one port, such as "wan: {device: pci:0000:3b:00.0}"
        ## port
        !! 3:12: ports.p.device: missing; give the port a device, such as pci:0000:3b:00.0 or vdev:net_null0
        ## port
        device: [a]
        !! 3:21: ports.p.device: found a list, expected a device such as pci:0000:3b:00.0, vdev:net_null0, pcap:traffic.pcap, interface:eth1 or tap:freeway0
        ## port
        device: tap:x, adresses: []
        !! 3:28: ports.p.adresses: unknown key; did you mean "addresses"?
        ## port
        device: tap:x, mtu: 67
        !! 3:33: ports.p.mtu: found "67", expected a number of bytes from 68 to 9600
        ## port
        device: tap:x, mtu: 9601
        !! 3:33: ports.p.mtu: found "9601", expected a number of bytes from 68 to 9600
        ## port
        device: tap:x, mac: 1
        !! 3:33: ports.p.mac: found "1", expected a MAC address such as 02:00:00:00:00:01
        ## port
        device: tap:x, mac: 02-00-00-00-00-01
        !! 3:33: ports.p.mac: found "02-00-00-00-00-01", expected a MAC address such as 02:00:00:00:00:01; did you mean "02:00:00:00:00:01"?
        ## port
        device: tap:x, mac: 33:33:00:00:00:01
        !! 3:33: ports.p.mac: 33:33:00:00:00:01 is a group address; the first byte of an interface's address is even
        ## port
        device: tap:x, mac: 00:00:00:00:00:00
        !! 3:33: ports.p.mac: 00:00:00:00:00:00 is no interface's address
        ## port
        device: tap:x, queues: 17
        !! 3:36: ports.p.queues: found 17, but tap:x has 1 receive queue
        ## port
        device: pcap:x, queues: 2
        !! 3:37: ports.p.queues: found 2, but pcap:x has 1 receive queue
        ## port
        device: tap:x, admit: all
        !! 3:35: ports.p.admit: found "all", expected own or any
        ## port
        device: tap:x, addresses: 192.0.2.1/24
        !! 3:39: ports.p.addresses: found "192.0.2.1/24", expected a list such as [192.0.2.1/24]
        ## port
        device: tap:x, addresses: [192.0.2.1, 192.0.2.256/24, 192.0.2.1/33, 192.0.2.1/0]
        !! 3:40: ports.p.addresses[0]: found "192.0.2.1", expected an address with its prefix length such as 192.0.2.1/24 or 2001:db8::1/64
        !! 3:51: ports.p.addresses[1]: found "192.0.2.256/24", expected an address with its prefix length such as 192.0.2.1/24 or 2001:db8::1/64
        !! 3:67: ports.p.addresses[2]: found "192.0.2.1/33", expected a prefix length from 1 to 32
        !! 3:81: ports.p.addresses[3]: found "192.0.2.1/0", expected a prefix length from 1 to 32
        ## port
        device: tap:x, addresses: [192.0.2.0/24, 192.0.2.255/24]
        !! 3:40: ports.p.addresses[0]: 192.0.2.0 is the network's own address of 192.0.2.0/24; the first host is 192.0.2.1/24
        !! 3:54: ports.p.addresses[1]: 192.0.2.255 is the broadcast address of 192.0.2.0/24; the first host is 192.0.2.1/24
        ## port
        device: tap:x, addresses: [224.0.0.1/24, 127.0.0.1/8, 192.0.2.1/24, 192.0.2.1/25]
        !! 3:40: ports.p.addresses[0]: 224.0.0.1/24 is not the address of one host
        !! 3:54: ports.p.addresses[1]: 127.0.0.1/8 is not the address of one host
        !! 3:81: ports.p.addresses[3]: 192.0.2.1 is given twice
        ## nothing
        version: 1
        forward: route
        ports:
          a: {device: tap:x, addresses: [10.0.0.1/8]}
          b: {device: tap:y, addresses: [10.9.0.1/16]}
        !! 5:34: ports.b.addresses[0]: 10.9.0.1/16 overlaps 10.0.0.1/8 of port a
        ## nothing
        version: 1
        forward: route
        ports:
          a: {device: tap:x}
          a: {device: tap:y}
        !! 5:3: ports.a: given twice; first at line 4
        ## nothing
        version: 1
        forward: route
        ports:
          a: {device: tap:x}
          b: {device: interface:x}
          c: 7
        !! 5:15: ports.b.device: the interface x is port a's already
        !! 6:6: ports.c: found "7", expected a mapping with the keys device, mac, mtu, vrf, addresses, queues, admit, ipv6, ra, sourceCheck
        ## nothing
        version: 1
        forward: route
        ports:
          a: {device: pci:3b:00.0}
          b: {device: pci:0000:3B:00.0}
        !! 5:15: ports.b.device: the card 0000:3b:00.0 is port a's already
        ## nothing
        version: 1
        forward: route
        ports:
          0/1: {device: tap:x}
        !! 4:3: ports.0/1: "0/1" is no name for a port; expected a letter, then letters, digits, - and _, at most 32
        """#)

    static let crossConnects = Fault.parse(
        #"""
        ## pairs
        !! 1:1: crossConnect: missing; say which ports are joined: a list of pairs such as [[left, right]]
        ## pairs
        crossConnect: a
        !! 4:15: crossConnect: found "a", expected a list of pairs such as [[left, right]]
        ## pairs
        crossConnect: [a, b]
        !! 4:16: crossConnect[0]: found "a", expected a pair such as [left, right]
        !! 4:19: crossConnect[1]: found "b", expected a pair such as [left, right]
        ## pairs
        crossConnect: [[a, b], [a, a]]
        !! 4:25: crossConnect[1][0]: port a is used twice; first at line 4, column 17
        !! 4:28: crossConnect[1][1]: port a is used twice; first at line 4, column 17
        ## pairs
        crossConnect: [[a]]
        !! 4:15: crossConnect: port b is in no pair; join it to another port or remove it
        !! 4:16: crossConnect[0]: found 1 ports, expected a pair such as [left, right]
        ## pairs
        crossConnect: []
        !! 4:15: crossConnect: port a is in no pair; join it to another port or remove it
        !! 4:15: crossConnect: port b is in no pair; join it to another port or remove it
        ## pairs
        crossConnect: [[a, c]]
        !! 4:20: crossConnect[0][1]: found "c", which is no port; the ports are a, b
        ## wire
        routes: []
        neighbours: []
        !! 5:1: routes: applies to "forward: route" only, and this file says "forward: cross-connect"
        !! 6:1: neighbours: applies to "forward: route" only, and this file says "forward: cross-connect"
        ## nothing
        version: 1
        forward: cross-connect
        ports: {left: {device: tap:x, addresses: [], admit: any}, right: {device: tap:y}}
        crossConnect: [[left, rihgt]]
        !! 3:31: ports.left.addresses: applies to "forward: route" only, and this file says "forward: cross-connect"
        !! 3:46: ports.left.admit: applies to "forward: route" only, and this file says "forward: cross-connect"
        !! 4:23: crossConnect[0][1]: found "rihgt", which is no port; did you mean "right"?
        ## router
        crossConnect: [[wan, lan]]
        !! 6:1: crossConnect: applies to "forward: cross-connect" only, and this file says "forward: route"
        """#)

    static let routes = Fault.parse(
        #"""
        ## router
        routes: {}
        !! 6:9: routes: found a mapping, expected a list such as [{to: 10.0.0.0/8, via: 192.0.2.9}]
        ## router
        routes: [x]
        !! 6:10: routes[0]: found "x", expected a mapping with the keys to, via, action, metric, track, vrf
        ## router
        routes: [{via: 192.0.2.9}]
        !! 6:10: routes[0].to: missing; give the prefix, such as "to: 10.0.0.0/8"
        ## router
        routes: [{to: 10.0.0.0/8}]
        !! 6:10: routes[0]: has neither "via" (a next hop) nor "action" (blackhole, unreachable or prohibit)
        ## router
        routes: [{to: 10.0.0.0/8, via: 192.0.2.9, action: blackhole}]
        !! 6:43: routes[0].action: cannot stand beside "via"; a route has one of the two
        ## router
        routes: [{to: 10.0.0.0/8, action: drop}]
        !! 6:35: routes[0].action: found "drop", expected blackhole, unreachable or prohibit
        ## router
        routes: [{to: 10.0.0.0, action: blackhole}]
        !! 6:15: routes[0].to: found "10.0.0.0", expected a prefix such as 10.0.0.0/8 or 2001:db8::/32
        ## router
        routes: [{to: 10.0.0.0/33, action: blackhole}]
        !! 6:15: routes[0].to: found "10.0.0.0/33", expected a prefix length from 0 to 32
        ## router
        routes: [{to: 10.0.0/8, action: blackhole}]
        !! 6:15: routes[0].to: found "10.0.0/8", expected a prefix such as 10.0.0.0/8 or 2001:db8::/32
        ## router
        routes: [{to: 10.1.2.3/8, action: blackhole}]
        !! 6:15: routes[0].to: 10.1.2.3/8 has host bits set; did you mean "10.0.0.0/8"?
        ## router
        routes: [{to: 192.0.2.0/24, action: blackhole}]
        !! 6:15: routes[0].to: 192.0.2.0/24 is port wan's own network, whose hosts are neighbours of it
        ## router
        routes:
          - {to: 10.0.0.0/8, action: blackhole}
          - {to: 10.0.0.0/8, action: unreachable}
        !! 8:5: routes[1].to: 10.0.0.0/8 has a route already, at line 7; another one needs a metric
        ## router
        routes:
          - {to: 10.0.0.0/8, action: blackhole, metric: 5}
          - {to: 10.0.0.0/8, action: unreachable, metric: 5}
          - {to: 10.0.0.0/8, action: unreachable}
        !! 8:5: routes[1].to: 10.0.0.0/8 has a route with metric 5 already, at line 7
        ## router
        routes: [{to: 10.0.0.0/8, via: 192.0.2.9, metric: 4294967296, track: neighbor}]
        !! 6:51: routes[0].metric: found "4294967296", expected a metric from 0 to 4294967295
        !! 6:70: routes[0].track: found "neighbor", expected link or neighbour; did you mean "neighbour"?
        ## router
        routes: [{to: 10.0.0.0/8, via: {address: 203.0.113.9, onlink: true}}]
        !! 6:63: routes[0].via.onlink: needs the interface behind which the next hop is
        ## router
        routes: [{to: 10.0.0.0/8, via: {address: 203.0.113.9, interface: wan}}]
        !! 6:42: routes[0].via.address: 203.0.113.9 is on no network of port wan; if it is on its link all the same, say onlink: true
        ## router
        routes: [{to: 10.0.0.0/8, via: {address: 198.51.100.1, interface: wan, onlink: true}}]
        !! 6:42: routes[0].via.address: 198.51.100.1 is port lan's own address
        ## router
        routes: [{to: "2001:db8::/32", via: {address: "2001:db8::9", interface: wan, onlink: true}}]
        !! 6:47: routes[0].via.address: port wan has no address of IPv6 from which 2001:db8::9 could be asked for its MAC
        ## router
        routes: [{to: "2001:db8::/32", via: {interface: wan}}, {to: 10.0.0.0/8, via: {interface: dmz}}]
        !! 6:49: routes[0].via.interface: port wan has no address of IPv6, so that nobody there can be asked for a MAC
        !! 6:90: routes[1].via.interface: found "dmz", which is no port; the ports are wan, lan
        ## router
        routes: [{to: 10.0.0.0/8, via: {interface: wan, weight: 2}}]
        !! 6:57: routes[0].via.weight: goes with an address; an interface alone has none
        ## router
        routes:
          - {to: 0.0.0.0/0, via: 192.0.2.9}
          - {to: 10.0.0.0/8, via: 203.0.113.9}
        !! 8:27: routes[1].via: 203.0.113.9 is on no interface's network, and no route but the default leads to it; networks are: 192.0.2.0/24 (wan), 198.51.100.0/30 (lan)
        ## router
        routes: [{vrf: blue, to: 10.0.0.0/8, via: 192.0.2.9}]
        !! 6:16: routes[0].vrf: no interface belongs to VRF blue; there are main
        ## router
        routes: [{vrf: "7", to: 10.0.0.0/8, via: 192.0.2.9}]
        !! 6:16: routes[0].vrf: found "7", expected the name of a VRF: a letter, then letters, digits, - and _, at most 32
        ## nothing
        version: 1
        forward: route
        ports:
          wan: {device: vdev:net_null0, vrf: blue, addresses: [192.0.2.1/24]}
          lan: {device: vdev:net_null1, vrf: blue, addresses: [192.0.2.2/25]}
          dmz: {device: vdev:net_null2, addresses: [192.0.2.1/24]}
        routes:
          - {vrf: blu, to: 10.0.0.0/8, via: 192.0.2.9}
          - {to: 10.0.0.0/8, via: {vrf: main}}
          - {to: 11.0.0.0/8, via: {vrf: blue, interface: wan}}
          - {to: 12.0.0.0/8, via: {vrf: blue, address: 192.0.2.9}}
          - {vrf: blue, to: 192.0.2.0/24, via: 192.0.2.9}
          - {vrf: blue, to: 13.0.0.0/8, via: {address: 192.0.2.1, interface: dmz}}
          - {vrf: blue, to: 14.0.0.0/8, via: 198.51.100.9}
        !! 5:56: ports.lan.addresses[0]: 192.0.2.2/25 overlaps 192.0.2.1/24 of port wan
        !! 8:11: routes[0].vrf: no interface belongs to VRF blu; did you mean "blue"?
        !! 9:33: routes[1].via.vrf: the route is in VRF main itself
        !! 10:50: routes[2].via.interface: cannot stand beside "vrf": packets are looked up there
        !! 11:33: routes[3].via.vrf: goes without an address: packets are looked up there
        !! 12:21: routes[4].to: 192.0.2.0/24 is port wan's own network, whose hosts are neighbours of it
        !! 13:48: routes[5].via.address: 192.0.2.1 is port dmz's own address
        !! 14:38: routes[6].via: 198.51.100.9 is on no interface's network, and no route but the default leads to it; networks are: 192.0.2.0/24 (wan)
        ## router
        routes:
          - {to: 10.0.0.0/8, via: 172.16.0.1}
          - {to: 172.16.0.0/12, via: 203.0.113.9}
          - {to: 203.0.113.0/24, via: 10.0.0.1}
        !! 7:27: routes[0].via: 172.16.0.1 is reached through 172.16.0.0/12, then 203.0.113.0/24, then 10.0.0.0/8, whose next hops lead back to it: give one of these routes a next hop on a network
        !! 8:30: routes[1].via: 203.0.113.9 is reached through 203.0.113.0/24, then 10.0.0.0/8, then 172.16.0.0/12, whose next hops lead back to it: give one of these routes a next hop on a network
        !! 9:31: routes[2].via: 10.0.0.1 is reached through 10.0.0.0/8, then 172.16.0.0/12, then 203.0.113.0/24, whose next hops lead back to it: give one of these routes a next hop on a network
        ## router
        routes:
          - {to: 10.0.0.0/8, via: 172.16.0.1}
          - {to: 172.16.0.0/12, via: 203.0.113.9}
        !! 7:27: routes[0].via: 172.16.0.1 is reached through 203.0.113.9, which is on no interface's network, and no route but the default leads to it; networks are: 192.0.2.0/24 (wan), 198.51.100.0/30 (lan)
        !! 8:30: routes[1].via: 203.0.113.9 is on no interface's network, and no route but the default leads to it; networks are: 192.0.2.0/24 (wan), 198.51.100.0/30 (lan)
        ## router
        routes: [{to: 10.0.0.0/8, via: 192.0.2}]
        !! 6:32: routes[0].via: found "192.0.2", expected an address such as 192.0.2.1 or 2001:db8::1
        ## router
        routes: [{to: 10.0.0.0/8, via: 10.0.0.9}]
        !! 6:32: routes[0].via: 10.0.0.9 is reached through 10.0.0.0/8, whose next hops lead back to it: give one of these routes a next hop on a network
        ## router
        routes: [{to: 10.0.0.0/8, via: 192.0.2.1}]
        !! 6:32: routes[0].via: 192.0.2.1 is port wan's own address
        ## router
        routes: [{to: 10.0.0.0/8, via: 192.0.2.255}]
        !! 6:32: routes[0].via: 192.0.2.255 is the broadcast address of 192.0.2.0/24
        ## router
        routes: [{to: 10.0.0.0/8, via: 198.51.100.0}]
        !! 6:32: routes[0].via: 198.51.100.0 is the network's own address of 198.51.100.0/30
        ## router
        routes: [{to: 10.0.0.0/8, via: {weight: 2}}]
        !! 6:32: routes[0].via.address: missing; give the next hop's address
        ## router
        routes: [{to: 10.0.0.0/8, via: []}]
        !! 6:32: routes[0].via: found 0 next hops, expected 1 to 256
        ## router
        routes: [{to: 10.0.0.0/8, via: [{address: 192.0.2.9, weight: 0}, {weight: 257}, 192.0.2.9, 192.0.2.9]}]
        !! 6:62: routes[0].via[0].weight: found "0", expected a weight from 1 to 256
        !! 6:66: routes[0].via[1].address: missing; give the next hop's address
        !! 6:75: routes[0].via[1].weight: found "257", expected a weight from 1 to 256
        !! 6:92: routes[0].via[3]: 192.0.2.9 is given twice; give it a weight instead
        ## router
        memory: {routes: 1}
        routes: [{to: 10.0.0.0/8, action: blackhole}, {to: 11.0.0.0/8, action: blackhole}]
        !! 7:9: routes: found 2 routes, but there is room for 1; set memory.routes to 2 or more
        ## nothing
        version: 1
        forward: route
        ports: {p: {device: tap:x}}
        routes: [{to: 11.0.0.0/8, via: 10.0.0.9}]
        !! 4:32: routes[0].via: 10.0.0.9 is on no interface's network, and no route but the default leads to it; no interface has an address
        """#)

    static let hash = Fault.parse(
        #"""
        ## router
        hash: 7
        !! 6:7: hash: found "7", expected a mapping with the keys seed
        ## router
        hash: {sed: 7}
        !! 6:8: hash.sed: unknown key; did you mean "seed"?
        ## router
        hash: {seed: -1}
        !! 6:14: hash.seed: found "-1", expected a number from 0 to 4294967295
        ## router
        hash: {seed: 4294967296}
        !! 6:14: hash.seed: found "4294967296", expected a number from 0 to 4294967295
        ## router
        hash: {seed: 0x10}
        !! 6:14: hash.seed: found "0x10", expected a number from 0 to 4294967295
        ## router
        hash: {seed: [7]}
        !! 6:14: hash.seed: found a list, expected a number from 0 to 4294967295
        ## wire
        hash: {seed: 7}
        !! 5:1: hash: applies to "forward: route" only, and this file says "forward: cross-connect"
        """#)

    static let neighbours = Fault.parse(
        #"""
        ## router
        neighbours: 1
        !! 6:13: neighbours: found "1", expected a list such as [{port: wan, address: 192.0.2.9, mac: 02:00:00:00:00:09}]
        ## router
        neighbours: [{}]
        !! 6:14: neighbours[0].port: missing; name the port or interface that the neighbour is behind
        !! 6:14: neighbours[0].address: missing; give its address
        !! 6:14: neighbours[0].mac: missing; give its MAC address
        ## router
        neighbours: [{port: wna, address: 192.0.2.9, mac: 02:00:00:00:00:09}]
        !! 6:21: neighbours[0].port: found "wna", which is no port; did you mean "wan"?
        ## router
        neighbours: [{port: lan, address: 192.0.2.9, mac: 02:00:00:00:00:09}]
        !! 6:35: neighbours[0].address: 192.0.2.9 is on no network of port lan, which has 198.51.100.0/30; did you mean port "wan"?
        ## router
        neighbours: [{port: wan, address: 192.0.2.1, mac: 02:00:00:00:00:09}]
        !! 6:35: neighbours[0].address: 192.0.2.1 is port wan's own address
        ## router
        neighbours: [{port: wan, address: 192.0.2.255, mac: ff:ff:ff:ff:ff:ff}]
        !! 6:35: neighbours[0].address: 192.0.2.255 is the broadcast address of 192.0.2.0/24
        !! 6:53: neighbours[0].mac: ff:ff:ff:ff:ff:ff is a group address; the first byte of an interface's address is even
        ## router
        neighbours:
          - {port: wan, address: 192.0.2.9, mac: 02:00:00:00:00:09}
          - {port: wan, address: 192.0.2.9, mac: 02:00:00:00:00:08}
        !! 8:5: neighbours[1]: 192.0.2.9 is a neighbour already, at line 7
        """#)
}
