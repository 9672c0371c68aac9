# SPDX-License-Identifier: Apache-2.0
#
#   docker build --tag freeway .
#   docker run --rm --volume "$PWD:/captures" freeway replay router.yaml --in lan=in.pcap
#
# docs/docker.md tells how to run it on a network card. What is built and installed is up to the
# Makefile; scripts/dockerfile-test.sh runs each RUN line in a bare Debian 12 (`make docker-test`).

FROM swift:6.3.1-bookworm AS build
WORKDIR /freeway
RUN apt-get update && apt-get install --yes --no-install-recommends make
# The Makefile alone: while it stays the same, the packages need not be fetched again.
COPY Makefile ./
RUN make dependencies-build
COPY . ./
# Builds first, with Swift's own libraries linked in: the image below has none.
RUN make install DESTDIR=/staging PREFIX=/usr

FROM debian:bookworm-slim
LABEL org.opencontainers.image.title="freeway" \
      org.opencontainers.image.description="A packet forwarder that you can test in CI" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY Makefile /tmp/freeway/
# make is only here to say which packages it takes to run; apt removes it again.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends make \
    && make --directory=/tmp/freeway dependencies-run \
    && apt-get purge --yes --auto-remove make \
    && rm -rf /tmp/freeway /var/lib/apt/lists/*
COPY --from=build /staging/ /
# An ordinary user: a replay needs no privilege at all. /run/freeway is for the control socket.
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin freeway \
    && install --directory --owner=freeway --group=freeway /run/freeway /captures
# By number, so that Kubernetes' runAsNonRoot can see that it is not root.
USER 10001:10001
WORKDIR /captures
ENTRYPOINT ["freeway"]
CMD ["--help"]
