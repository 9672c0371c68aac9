#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes seeds for a fuzz target: fuzz-seeds.py TARGET FOLDER [FOLDER-OF-CAPTURES...]

Headers and Frames get the frames of the captures, a file each; Pipeline gets them some at a time, each with
its settings and length (Fuzz/Pipeline/FrameScript.swift); Requests gets requests of every kind.
"""
import pathlib
import sys

from scapy.utils import RawPcapReader

MOST_FRAMES = 40


def frames(capture):
    """The first frames of a capture; none of one that is malformed."""
    try:
        with_details = zip(RawPcapReader(str(capture)), range(MOST_FRAMES))
        return [bytes(data)[:1600] for (data, _), _ in with_details]
    except Exception:
        return []


def captures(folders):
    for folder in folders:
        for capture in sorted(pathlib.Path(folder).rglob("*.pcap*")):
            yield capture.relative_to(folder).as_posix().replace("/", "-"), frames(capture)


def single_frames(folders):
    for name, found in captures(folders):
        for number, frame in enumerate(found):
            yield f"{name}-{number}", frame


def addressed(frame, port):
    """The frame as if it had been sent to the port of the fuzzed router."""
    return bytes((2, 0, 0, 0, port + 1, 1)) + frame[6:]


def scripts(folders):
    """Ten frames a file, by both ports: some cut into segments, some alone in a burst."""
    for name, found in captures(folders):
        for start in range(0, len(found), 10):
            script = b""
            for number, frame in enumerate(found[start:start + 10]):
                port = number % 2
                settings = port | (number % 3 == 0) << 1 | (number % 5 == 4) * 40 << 2
                frame = addressed(frame, port)
                script += bytes((settings,)) + len(frame).to_bytes(2, "big") + frame
            yield f"{name}-{start}", script


def request(line, body=b"", *headers):
    lines = [line + " HTTP/1.1", "Host: localhost", *headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def requests():
    yaml = pathlib.Path("Fuzz/Requests/router.yaml").read_bytes()
    frame = "020000000101020000000199080045000020000100004011f6c9c0000209c6336402303900350000ffff01020304"
    paths = ("version", "stats", "ports", "workers", "drops", "drops/noRoute", "config", "plan")
    for path in paths:
        yield f"get-{path.replace('/', '-')}", request(f"GET /v1/{path}?a=b&c")
    tables = ("routes?limit=2&after=10.0.0.0/8", "routes?within=10.0.0.0%2F8", "routes/10.1.2.3", "neighbours?limit=1")
    for number, path in enumerate(tables):
        yield f"get-table-{number}", request(f"GET /v1/{path}")
    yield "pipelined", b"".join(request(f"GET /v1/{path}") for path in paths)
    yield "head", request("HEAD /v1/stats") + request("GET /v1/version", b"", "Connection: close")
    yield "unknown", request("GET /v1/stat") + request("GET /v1/drops/noRoot") + request("GET /")
    yield "methods", request("DELETE /v1/stats") + request("PUT /v1/explain") + request("GET /v1/reload")
    yield "reload", request("POST /v1/reload")
    yield "put", request("PUT /v1/config", yaml)
    yield "put-other", request("PUT /v1/config", yaml.replace(b"203.0.113.0/24", b"10.0.0.0/8"))
    yield "put-wrong", request("PUT /v1/config", b"version: 2\nports: [a]\n")
    yield "put-chunked", request("PUT /v1/config", b"", "Transfer-Encoding: chunked") + (
        b"a\r\nversion: 1\r\n0\r\n\r\n")
    yield "put-long", request("PUT /v1/config", b" " * 1501)
    yield "expect", request("PUT /v1/config", b"version: 1\n", "Expect: 100-continue")
    for port in ("wan", "lan", "none"):
        body = '{"port":"%s","hex":"%s"}' % (port, frame)
        yield f"explain-{port}", request("POST /v1/explain", body.encode())
    for name, body in (("array", b"[]"), ("text", b"x"), ("number", b'{"port":1}'), ("key", b'{"prot":"wan"}'),
                       ("deep", b"[" * 600), ("long", b'{"hex":"' + b"0" * 1000 + b'"}')):
        yield f"explain-{name}", request("POST /v1/explain", body)
    yield "not-http", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
    yield "long-header", request("GET /v1/plan", b"", "X: " + "a" * 1200)
    yield "half", b"POST /v1/explain HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{\"po"
    yield "no-host", b"GET /v1/plan HTTP/1.1\r\n\r\n"
    yield "old", b"GET /v1/plan HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
    yield "waiting", request("POST /v1/explain", b'{"port":"wan","hex":"00"}', "Expect: 100-continue")
    yield "coded", request("PUT /v1/config", b"1", "Transfer-Encoding: gzip, chunked")
    yield "escaped", request("GET /%761/drops/no%52oute?a=%20")


def main():
    target, folder, *sources = sys.argv[1:]
    if target == "Requests":
        seeds = requests()
    else:
        seeds = scripts(sources) if target == "Pipeline" else single_frames(sources)
    for name, seed in seeds:
        (pathlib.Path(folder) / name).write_bytes(seed)


if __name__ == "__main__":
    main()
