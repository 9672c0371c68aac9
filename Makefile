# SPDX-License-Identifier: Apache-2.0
#
# make run     routes a real capture through config/router.yaml and prints the ledger
# make test    runs all tests, and the cases of Tests/Cases with 1, 3 and 8 workers
# make lint    format, architecture, hot path, shell scripts
# make guards  instructions and allocations for a frame, held against Benchmarks/instructions.json
# make conformance  requests that docs/openapi.yaml allows, and some that it does not, against a forwarder
# make fuzz    libFuzzer and AddressSanitizer over what reads bytes from outside (SECONDS=60 each)
# make documents  writes what documents and schemas have from the program
# make invariance  frames that affect each other, by 1 to 16 workers, against a model
# make random  random frames through a router among hosts, against a model (SECONDS=60)
# make soak    everything at once for SECONDS=600, and whether memory, files and threads stay flat
#
# Each installs the Debian packages that it lacks (as root, or through sudo).

SHELL := /bin/bash
PREFIX ?= /usr
OUT ?= out

# What a build needs, what the program needs when it runs, and what the tests need beside both.
BUILD_PACKAGES := libdpdk-dev libnuma-dev libpcap-dev pkg-config zlib1g-dev
RUN_PACKAGES := ibverbs-providers libatomic1 libbpf1 libbsd0 libelf1 libibverbs1 libnuma1 libpcap0.8 libxdp1 \
	libzstd1 zlib1g
TEST_PACKAGES := arping curl ethtool fish iperf3 iproute2 iputils-ping jq nmap procps python3-jsonschema python3-junitparser \
	python3-scapy python3-venv python3-yaml shellcheck socat binutils systemd tmux traceroute valgrind zsh zstd
BENCH_PACKAGES := dpdk gcc valgrind python3-scapy

# Installs those of the packages that are missing; says nothing when none is. It stands here, and
# not in a script, because the Dockerfile has only this file when it asks for packages.
define INSTALL
@missing=""; \
for package in $(1); do \
	state=$$(dpkg-query --show --showformat='$${db:Status-Status}' $$package 2>/dev/null); \
	[ "$$state" = installed ] || missing="$$missing $$package"; \
done; \
[ -n "$$missing" ] || exit 0; \
if [ "$$(id -u)" = 0 ]; then root=""; \
elif command -v sudo >/dev/null; then root=sudo; \
else echo "install as root: apt-get install$$missing" >&2; exit 77; fi; \
echo "installing Debian packages:$$missing"; \
$$root apt-get update -qq && \
$$root env DEBIAN_FRONTEND=noninteractive \
	apt-get install -y -qq --no-install-recommends $$missing >/dev/null
endef

# Tests of servers that run in the tests' own process: beside tests that compute for a minute and hold the
# threads that both share, their clients would run into limits.
ALONE := ServiceTests\.(HTTP|ControlServer|FileReading|WaitingReplies)|ForwardingTests\.ReloadWindow

# The same frames through Linux and through Freeway (docs/compared-with-linux.md); 77 says that it cannot run here.
define LINUX
Tests/Linux/compare.py $(1) --known-faults || [ $$? = 77 ]
endef

# Swift's own libraries are linked in, so that what is built is what is installed.
RELEASE := swift build -c release --product freeway --static-swift-stdlib
BINARY = $(shell swift build -c release --show-bin-path)/freeway

.PHONY: build run test lint guards conformance documents format bench fuzz fuzz-short invariance random soak install dependencies dependencies-build \
	dependencies-run dependencies-test docker-test clean

build: dependencies-build
	$(RELEASE)

dependencies: dependencies-build dependencies-run dependencies-test

dependencies-build:
	$(call INSTALL,$(BUILD_PACKAGES))

dependencies-run:
	$(call INSTALL,$(RUN_PACKAGES))

dependencies-test: dependencies-build
	$(call INSTALL,$(TEST_PACKAGES))

run: build
	@mkdir -p $(OUT)
	$(BINARY) replay config/router.yaml --any-mac \
		--in wan=Tests/Captures/real/zeek-wikipedia.pcap \
		--out wan=$(OUT)/wan.pcap --out lan=$(OUT)/lan.pcap

test: dependencies-test
	swift build --build-tests
	scripts/swift-test.sh --skip SmokeTests --skip '$(ALONE)'
	scripts/swift-test.sh --filter '$(ALONE)'
	scripts/swift-test.sh --filter SmokeTests
	scripts/cases-test.sh "$$(swift build --show-bin-path)/freeway"
	Tests/Cases/random_cases.py "$$(swift build --show-bin-path)/freeway" --seed 1 --count 8
	Tests/Cases/random_cases.py "$$(swift build --show-bin-path)/freeway" --seed 2524966103 --count 1
	$(call LINUX,"$$(swift build --show-bin-path)/freeway")
	scripts/hugepages-setup-test.sh
	scripts/install-test.sh "$$(swift build --show-bin-path)/freeway"
	scripts/service-test.py "$$(swift build --show-bin-path)/freeway"

lint: dependencies-test
	swift format lint --strict --recursive Sources Tests Fuzz Package.swift
	scripts/check-architecture.sh
	shellcheck hugepages-setup.sh scripts/*.sh .ci/run Tests/Captures/check.sh Tests/Cases/check.sh
	Tests/Cases/check.sh
	FREEWAY_WARNINGS_AS_ERRORS=1 $(RELEASE)
	scripts/check-hot-path.py $(BINARY)
	scripts/check-hot-path-test.sh

# What a frame costs, counted and not timed: the same on a machine under load.
guards: dependencies-test build
	scripts/check-instructions.py $(BINARY)
	scripts/check-allocations.py $(BINARY)

conformance: dependencies-test build
	scripts/api-conformance.sh $(BINARY)

# Writes what documents and schemas have from the program: lists of keys and of drop reasons.
documents:
	swift build --build-tests
	FREEWAY_MAKE_DOCUMENTS=1 scripts/swift-test.sh --no-parallel --filter 'MadeDocumentTests|DropReasonTests|FieldCatalogueTests'

format:
	swift format --in-place --recursive Sources Tests Fuzz Package.swift

bench: build
	$(call INSTALL,$(BENCH_PACKAGES))
	Benchmarks/compare-with-testpmd.py $(BINARY)
	Benchmarks/compare-with-c.py $(BINARY)
	Benchmarks/cases-a-minute.py $(BINARY)
	Benchmarks/interference.py $(BINARY)

fuzz: dependencies-test
	scripts/fuzz.sh $(or $(SECONDS),60)

# What CI runs: each target, beginning with its seeds, long enough to find what is broken at the surface.
fuzz-short: dependencies-test
	scripts/fuzz.sh 12

# Frames that affect each other, by any number of workers, against a model: more of them than in the tests.
invariance: dependencies-test
	swift build --build-tests
	FREEWAY_INVARIANCE=1 scripts/swift-test.sh --filter LockStepTests

# Random frames through a router among hosts, against a model.
random: build dependencies-test
	Tests/Cases/random_cases.py $(BINARY) --seconds $(or $(SECONDS),60)

soak: build dependencies-test
	scripts/soak.py $(BINARY) $(or $(SECONDS),600)

install: build
	install -D -m 755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/freeway
	install -D -m 755 hugepages-setup.sh $(DESTDIR)$(PREFIX)/bin/freeway-hugepages-setup
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/freeway config/*
	# DPDK is linked in; its licences ask that they go along.
	if [ -f /usr/share/doc/libdpdk-dev/copyright ]; then \
		install -D -m 644 /usr/share/doc/libdpdk-dev/copyright \
			$(DESTDIR)$(PREFIX)/share/doc/freeway/copyright.dpdk; fi
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/freeway README.md CHANGELOG.md LICENSE
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/freeway/docs docs/*
	sed 's|/usr/|$(PREFIX)/|' packaging/freeway.service \
		| install -D -m 644 /dev/stdin $(DESTDIR)$(PREFIX)/lib/systemd/system/freeway.service
	install -D -m 644 packaging/freeway.sysusers.conf $(DESTDIR)$(PREFIX)/lib/sysusers.d/freeway.conf
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
		$(DESTDIR)$(PREFIX)/share/zsh/vendor-completions \
		$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	$(BINARY) --generate-completion-script bash \
		> $(DESTDIR)$(PREFIX)/share/bash-completion/completions/freeway
	$(BINARY) --generate-completion-script zsh \
		> $(DESTDIR)$(PREFIX)/share/zsh/vendor-completions/_freeway
	$(BINARY) --generate-completion-script fish \
		> $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/freeway.fish

docker-test:
	scripts/dockerfile-test.sh

clean:
	rm -rf .build $(OUT)
