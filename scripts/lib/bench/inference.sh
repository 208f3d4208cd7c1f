# shellcheck shell=bash
# Models and vectors: a Java program among the tests that brings along the peers which are no Java.

# run_inference [option…]: whatever is missing for a part is said to the program, which leaves that part out.
run_inference() {
  local options=() peer=$run_directory/venv-inference
  options+=(--jvm "$(inference_jvm_flags)" --command "$command_line")
  options+=(--server-cpus "$server_cpus" --load-cpus "$load_cpus") # of overload
  if [[ " $* " != *" --help "* ]]; then
    cd "$root"
    test_class_path >/dev/null # whose build brings along those of the other modules
    options+=(--inference-tests "$(module_class_path verticles/inference)")
    options+=(--vectors-tests "$(module_class_path verticles/vectors)")
    if wants_fastapi "$@"; then
      if install_python "$peers/fastapi-embeddings/requirements.txt" "$peer"; then
        options+=(--peer-python "$peer/bin/python")
      else
        options+=(--peer-missing "Python with venv, or PyPI, for scripts/bench-peers/fastapi-embeddings")
      fi
    fi
  fi
  # What the caller says comes last.
  run_program inference.Inference "${options[@]}" "$@"
}

# Server, generator and peers share all cores.
inference_jvm_flags() {
  java_options "$java_home/bin/java" | tr '\n' ' '
  printf '%s' "${BENCH_JVM_FLAGS:--XX:+UseSerialGC -Xms768m -Xmx768m}"
}

# wants_fastapi [option…]: unless other parts are named.
wants_fastapi() {
  local option previous=
  for option in "$@"; do
    if [[ $option == --part=* || $previous == --part ]]; then
      [[ $option == *fastapi* ]]
      return
    fi
    previous=$option
  done
}
