# Build: a JDK 17 is the oldest that Starling supports, so what it compiles runs everywhere.
FROM eclipse-temurin:17-jdk AS build
RUN apt-get update \
 && apt-get install --no-install-recommends -y maven \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN scripts/build --force

# Run: JDK 25 is faster; the JRE has all that a node needs.
FROM eclipse-temurin:25-jre
LABEL org.opencontainers.image.title="Starling" \
      org.opencontainers.image.description="An API edge and actor runtime: one jar, a cluster underneath." \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin starling \
 && mkdir /data && chown 10001:10001 /data
COPY --from=build /src/cluster/target/starling.jar /opt/starling/starling.jar
USER 10001
WORKDIR /opt/starling
VOLUME /data
ENV STARLING_DATA_DIR=/data \
    STARLING_MANAGEMENT_HOST=0.0.0.0
EXPOSE 8080 9090 7800
# A first start initialises the database, which may take some seconds on a slow disk.
HEALTHCHECK --start-period=60s --interval=5s --timeout=2s \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9090 && printf 'GET /livez HTTP/1.0\r\n\r\n' >&3 && grep -q '200 OK' <&3"]
# The exec form: SIGTERM reaches the JVM, which drains and exits with 0.
# The first five are those of scripts/lib/java-options.sh.
ENTRYPOINT ["java", "-XX:MetaspaceSize=128m", "--sun-misc-unsafe-memory-access=allow", "-Dio.netty.noUnsafe=false", \
  "--add-opens=java.base/java.nio=ALL-UNNAMED", "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED", \
  "-XX:MaxRAMPercentage=70", "-XX:+ExitOnOutOfMemoryError", "-jar", "/opt/starling/starling.jar"]
