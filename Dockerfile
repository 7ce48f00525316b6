# weir in a container: docker build -t weir .
#   docker run --net=host --cap-add NET_RAW -v weir-data:/var/lib/weir weir live -i eth1 -o flows.ipfix

FROM node:24-bookworm-slim AS build
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends g++ \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY package.json package-lock.json ./
# The build comes when the sources are there; packages alone make a layer that lasts.
RUN npm ci --ignore-scripts
COPY . .
RUN npm run --if-present build:native \
 && npm run build \
 && scripts/stage-program /opt/weir

FROM node:24-bookworm-slim
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends libcap2-bin libpcap0.8 \
 # The user is not root, so the right to capture comes with the program. The container has to be allowed NET_RAW.
 && setcap cap_net_raw+ep /usr/local/bin/node \
 && apt-get purge -y --auto-remove libcap2-bin \
 && rm -rf /var/lib/apt/lists/* /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx \
 && groupadd --gid 10001 weir \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/weir --shell /usr/sbin/nologin weir \
 && install -d -o weir -g weir -m 0750 /var/lib/weir /run/weir \
 && install -d /etc/weir
COPY --from=build /opt/weir /opt/weir
COPY config/weir.yaml /etc/weir/weir.yaml
RUN ln -s /opt/weir/bin/weir /usr/local/bin/weir
ENV NODE_ENV=production \
    WEIR_DAEMON_METRICS=127.0.0.1:9995
USER 10001:10001
WORKDIR /var/lib/weir
# Everything else may be read-only. Files and spool are kept; the control socket is not.
VOLUME ["/var/lib/weir", "/run/weir"]
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://${process.env.WEIR_DAEMON_METRICS}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["weir"]
CMD ["live", "-c", "/etc/weir/weir.yaml"]
