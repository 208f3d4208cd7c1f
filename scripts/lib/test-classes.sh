# shellcheck shell=bash
# Programs among the tests: those that load and hurt nodes.

# test_class_path: builds the jar and the tests where they are older than their sources, and prints the class path of
# the programs among them. To be called in the root of the repository.
test_class_path() {
  local class_path=cluster/target/test.classpath
  scripts/build
  if [[ ! -f $class_path || -n $(find pom.xml cluster/pom.xml cluster/src/test eventbus-codecs/src verticles/*/src \
    -type f -newer "$class_path" -print -quit) ]]; then
    echo "Compiling the tests ..." >&2
    mvn --batch-mode --quiet test-compile dependency:build-classpath -pl cluster -am -Dspotless.check.skip=true \
      -Dmdep.includeScope=test -Dmdep.outputFile=target/test.classpath >&2
    touch "$class_path" # which is not written again when it would be the same
  fi
  module_class_path cluster
}

# module_class_path MODULE: prints the class path of the programs among the tests of a module that test_class_path has
# built, which are all that the cluster is made of.
module_class_path() {
  printf '%s/target/test-classes:%s/target/classes:%s' "$1" "$1" "$(<"$1/target/test.classpath")"
}
