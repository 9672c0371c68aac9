# SPDX-License-Identifier: Apache-2.0
"""IPv4 options (RFC 791, 3.1), and headers that are wrong."""

from frames import header_edited
from maker import kind

OPTIONS = {
    "NOP and EOL": b"\x01\x01\x01\x00",
    "zeros": bytes(8),
    "EOL and bytes behind it": b"\x00\x46\x00\x01",
    "Record Route with room": b"\x07\x0b\x04" + bytes(8) + b"\x00",
    "Record Route, full": b"\x07\x07\x08\x0a\x01\x01\x01\x00",
    "Record Route without room for an address": b"\x07\x07\x06" + bytes(4) + b"\x00",
    "Record Route with a wrong pointer": b"\x07\x07\x03" + bytes(4) + b"\x00",
    "Record Route twice": (b"\x07\x07\x04" + bytes(4)) * 2 + b"\x00\x00",
    "Timestamp alone": b"\x44\x0c\x05\x00" + bytes(8),
    "Timestamp with addresses": b"\x44\x0c\x05\x01" + bytes(8),
    "Timestamp of another's address": b"\x44\x0c\x05\x03\x0a\x01\x01\x01" + bytes(4),
    "Timestamp of this router": b"\x44\x0c\x05\x03\xc0\x00\x02\x01" + bytes(4),
    "Timestamp, full": b"\x44\x08\x09\x00\x00\x00\x00\x01",
    "Timestamp that overflows": b"\x44\x08\x09\xf0\x00\x00\x00\x01",
    "Timestamp with a wrong pointer": b"\x44\x08\x04\x00" + bytes(4),
    "Router Alert": b"\x94\x04\x00\x00",
    "Router Alert with a value": b"\x94\x04\x00\x05",
    "loose source route": b"\x83\x07\x04\x0a\x01\x05\x05\x00",
    "strict source route": b"\x89\x07\x04\x0a\x01\x05\x05\x00",
    "loose source route at its end": b"\x83\x07\x08\x0a\x01\x05\x05\x00",
    "stream": b"\x88\x04\x00\x07",
    "security": b"\x82\x0b" + bytes(9) + b"\x00",
    "an unknown option": b"\xde\x04\x12\x34",
    "an option of length 0": b"\xde\x00\x12\x34",
    "an option of length 1": b"\xde\x01\x12\x34",
    "an option beyond the header": b"\xde\x0c\x12\x34",
    "an option that ends at its type": b"\x01\x01\x01\xde",
}


def with_option(name):
    @kind
    def option(make):
        port = make.port()
        make.add(port, f"option {name}", make.ip(port, make.beyond(), options=[OPTIONS[name]]) / make.upper())


for each in OPTIONS:
    with_option(each)


@kind
def option_and_ttl_1(make):
    port = make.port()
    name = make.one_of("NOP and EOL", "Record Route with room", "Router Alert", "an unknown option",
                       "loose source route")
    make.add(port, f"TTL 1, option {name}", make.ip(port, make.beyond(), ttl=1, options=[OPTIONS[name]]) / make.upper())


@kind
def forty_bytes_of_options(make):
    port = make.port()
    make.add(port, "40 bytes of NOP", make.ip(port, make.beyond(), options=[b"\x01" * 40]) / make.upper())


# --- Headers that are wrong


@kind
def wrong_headers(make):
    def add(what, **edits):
        port = make.port()
        packet = make.ip(port, make.beyond()) / make.udp()
        make.add(port, what, header_edited(packet, **edits))

    add("a wrong header checksum", fix_checksum=False, at={10: make.number(0, 255), 11: make.number(0, 255)})
    add("version 6 in an IPv4 frame", at={0: 0x65})
    add("version 0", at={0: 0x05})
    add("a header length of 16", at={0: 0x44})
    add("a header length beyond the packet", at={0: 0x4F, 2: 0, 3: 46})
    add("a total length shorter than the header", at={2: 0, 3: 19})
    add("a total length longer than the frame", at={2: 3, 3: 200})
    add("a total length of 0", at={2: 0, 3: 0})
    add("a total length of the header", at={2: 0, 3: 20})


@kind
def cut_frames(make):
    port = make.port()
    whole = bytes(make.ip(port, make.beyond()) / make.udp(40))
    for length in (14, make.number(15, 33), 34, make.number(35, 60)):
        make.add(port, f"cut to {length} bytes", whole[:length])
