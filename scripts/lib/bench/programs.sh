# shellcheck shell=bash
# Benchmarks that are Java programs among the tests: they start their own nodes and keep their own schedule.

# run_program <class> [option…]: becomes the program, one benchmark at a time on a machine.
run_program() {
  local class=$1 class_path
  shift
  class_path=$(cd "$root" && test_class_path)
  lock_machine
  cd "$root"
  # The program keeps the lock for as long as it runs; Java hands no descriptors on.
  exec "${program_launcher[@]}" "$java_home/bin/java" -XX:+UseSerialGC -Xmx1g \
    -Dload.jar="$starling_jar" -cp "$class_path" "dev.starling.bench.$class" "$@"
}

program_launcher=()

# run_overload [option…]: the node on the server's cores, the generator on the others.
run_overload() {
  require taskset "apt-get install util-linux"
  require_cores
  program_launcher=(taskset -c "$load_cpus")
  run_program Overload --server-cpus "$server_cpus" --jvm "$(starling_jvm_flags | tr '\n' ' ')" "$@"
}

run_limits() { run_program Limits "$@"; }

# run_orders [option…]: node, database, generator and pgbench share the machine.
run_orders() {
  if [[ " $* " != *" --pgbench "* && " $* " != *" --help "* ]]; then
    require pgbench "apt-get install postgresql-contrib, or --pgbench with where it is"
  fi
  run_program Orders "$@"
}

run_outbox() { run_program Outboxes "$@"; }

# run_fusion [option…]: nodes, database and generator share the machine. The heap's pages are all there from the start,
# so that a process which grows does so elsewhere.
run_fusion() {
  local jvm
  if [[ " $* " != *" --help "* && ! -x $java_home/bin/jcmd ]]; then
    fail "$USAGE" "jcmd: not in $java_home/bin (expected: a JDK, not a runtime alone)"
  fi
  jvm=$(java_options "$java_home/bin/java" | tr '\n' ' ')
  jvm+=${BENCH_JVM_FLAGS:--XX:+UseSerialGC -XX:+AlwaysPreTouch -Xms768m -Xmx768m}
  run_program fusion.Fusion --jvm "$jvm" --command "$command_line" "$@"
}
