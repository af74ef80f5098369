# Steps: running them, counting what they tested, telling about them. Needs $logs, $cache, $work and $root.

passed=0 failed=0 skipped=0
table=()

# Prints the seconds since $1 (a value of SECONDS) in a readable form.
took() {
  local seconds=$((SECONDS - $1))
  printf '%d:%02d' $((seconds / 60)) $((seconds % 60))
}

# Adds one line to the closing table: name, result, what was counted, time.
note() {
  table+=("$(printf '%-34s %-8s %-36s %s' "$1" "$2" "$3" "$4")")
}

# try LOG COMMAND...: runs the command in a subshell that stops at its first error, and says in `tried` (0 or 1) how
# it went. It always returns 0: inside a condition the shell would not stop at errors.
try() {
  local log=$1
  shift
  tried=0
  set +e
  (set -e; "$@") >>"$log" 2>&1 </dev/null
  [ $? -eq 0 ] || tried=1
  set -e
}

# run_step NAME KIND COMMAND...: runs the command with its output in a log, and counts its tests.
# KIND says how to count: check (the command is one test), cargo (libtest's lines), node (node's test runner),
# fuzz (the lines of tests/fuzz/run).
run_step() {
  local name=$1 kind=$2 start=$SECONDS log
  shift 2
  log=$logs/$(printf '%02d' "${#table[@]}")-${name// /-}.log
  printf '%s … ' "$name"
  try "$log" "$@"
  "count_$kind" "$log" "$tried"
  passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + left_out))
  local counts="$ok passed, $bad failed"
  [ "$left_out" -eq 0 ] || counts+=", $left_out skipped"
  if [ "$bad" -eq 0 ]; then
    printf 'ok (%s, %s)\n' "$counts" "$(took "$start")"
    note "$name" ok "$counts" "$(took "$start")"
  else
    printf 'FAILED (%s, %s)\n' "$counts" "$(took "$start")"
    note "$name" FAILED "$counts" "$(took "$start")"
    printf -- '--- the end of %s\n' "$log"
    tail -n "${ANTIPHON_TEST_TAIL:-60}" "$log"
    printf -- '---\n'
    tell_full_disks
  fi
}

# Says which of the folders that tests write to has no room left: tests then fail in any way, and their logs end early.
tell_full_disks() {
  local folder free
  for folder in "$cache" "$work" "${CARGO_TARGET_DIR:-$root/target}"; do
    free=$(df --output=avail --block-size=1M "$folder" 2>/dev/null | tail -n 1) || continue
    [ "$free" -ge 512 ] || printf 'Only %d MB are free in %s: make room there, and run again.\n' "$free" "$folder"
  done
}

# skip_step NAME REASON: says that a step did not run; the whole run then fails.
skip_step() {
  printf '%s … skipped: %s\n' "$1" "$2"
  skipped=$((skipped + 1))
  note "$1" skipped "$2" ""
}

count_check() {
  ok=0 bad=0 left_out=0
  if [ "$2" -eq 0 ]; then ok=1; else bad=1; fi
}

# Sums "test result: ok. 3 passed; 0 failed; 0 ignored; …" over all test binaries.
count_cargo() {
  read -r ok bad left_out < <(awk '/^test result: / {
      for (i = 2; i <= NF; i++) {
        if ($i ~ /^passed/) p += $(i - 1); if ($i ~ /^failed/) f += $(i - 1); if ($i ~ /^ignored/) s += $(i - 1)
      }
    } END { print p + 0, f + 0, s + 0 }' "$1")
  insist "$2"
}

# Sums the closing lines of node's test runner ("# pass 3" or "ℹ pass 3").
count_node() {
  read -r ok bad left_out < <(awk '($1 == "#" || $1 == "ℹ") && NF == 3 && $3 ~ /^[0-9]+$/ {
      if ($2 == "pass") p += $3; if ($2 == "fail" || $2 == "cancelled") f += $3
      if ($2 == "skipped" || $2 == "todo") s += $3
    } END { print p + 0, f + 0, s + 0 }' "$1")
  insist "$2"
}

# Counts the lines of tests/fuzz/run, one a target.
count_fuzz() {
  ok=$(grep -c '^fuzz target .*: ok' "$1" || true) bad=$(grep -c '^fuzz target .*: FAILED' "$1" || true) left_out=0
  insist "$2"
}

# A suite that failed without a failed test (it did not build, say), or that ran nothing, counts as one failure.
insist() {
  if [ "$bad" -eq 0 ] && { [ "$1" -ne 0 ] || [ $((ok + left_out)) -eq 0 ]; }; then bad=1; fi
}

# Prints the table and the closing line; fails unless all ran and passed.
print_summary() {
  printf '\n%-34s %-8s %-36s %s\n' "what" "result" "counted" "min:s"
  printf '%s\n' "${table[@]}"
  [ ${#missing[@]} -eq 0 ] || printf '\nNot installed and not installable here: %s\n' "${missing[*]}"
  printf '\nLogs: %s\n' "$logs"
  if [ "$skipped" -eq 0 ]; then
    printf '%d passed, %d failed\n' "$passed" "$failed"
  else
    printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  fi
  [ "$failed" -eq 0 ] && [ "$skipped" -eq 0 ]
}
