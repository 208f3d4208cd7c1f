# shellcheck shell=bash
# java_options JAVA: the options that a node runs best with on that JVM, one on each line.
#
# Classes are loaded for longer than the JVM expects: with its first limit of 21 MiB it collects the whole
# heap twice while a node starts.
#
# From JDK 24 on the JVM warns about the memory access that Netty's buffers are fastest with, so Netty
# does without it unless it is told; measured in docs/benchmarks.md.
java_options() {
  local feature
  printf '%s\n' -XX:MetaspaceSize=128m
  feature=$("$1" -XshowSettings:properties -version 2>&1 | sed -n 's/ *java.specification.version = //p')
  if ((${feature%%.*} >= 24)); then
    printf '%s\n' --sun-misc-unsafe-memory-access=allow -Dio.netty.noUnsafe=false \
      --add-opens=java.base/java.nio=ALL-UNNAMED --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED
  fi
}
