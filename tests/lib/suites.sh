# The suites: what each needs, and how it is run.

build_documentation() {
  RUSTDOCFLAGS="${RUSTDOCFLAGS:-} -D warnings" cargo doc --locked --no-deps
}

# Unit and integration tests, on both databases. The tests start a PostgreSQL themselves (tests/integration/support).
run_rust_tests() {
  local lacking
  lacking=$(lacks postgresql)
  # Most of a test's time is waiting for a disk or another node.
  export RUST_TEST_THREADS=${RUST_TEST_THREADS:-8}
  if [ -z "$lacking" ] || [ -n "${ANTIPHON_TEST_POSTGRES:-}" ]; then
    run_step "Rust tests, SQLite and PostgreSQL" cargo cargo test --locked --no-fail-fast
  else
    run_step "Rust tests, SQLite" cargo cargo test --locked --no-fail-fast
    skip_step "Rust tests, PostgreSQL" "needs $lacking"
  fi
}

check_licences() {
  local tool=$cache/cargo/bin/cargo-deny
  command -v cargo-deny >/dev/null && tool=cargo-deny
  "$tool" --log-level error --locked check --hide-inclusion-graph licenses bans sources
  # The advisories are kept in a repository of their own, which a closed network does not reach.
  if timeout 120 "$tool" --log-level error --locked fetch db; then
    "$tool" --log-level error --locked check --hide-inclusion-graph --disable-fetch advisories
  else
    echo "The advisory database cannot be reached: known vulnerabilities were not looked up."
  fi
}

run_licence_check() {
  printf 'looking for cargo-deny …\n'
  try "$logs/install.log" install_deny
  if [ "$tried" -ne 0 ]; then
    skip_step "licences and bans" "cargo-deny could not be installed (see $logs/install.log)"
    return 0
  fi
  run_step "licences and bans" check check_licences
  if grep -q '^The advisory database cannot be reached' "$logs"/*-licences-and-bans.log; then
    note "known vulnerabilities" "-" "advisory database out of reach" ""
  fi
}

# The binary the peers and the browser talk to.
build_binary() {
  cargo build --locked --bin antiphon --message-format json-render-diagnostics >"$work/build.json"
  jq -r 'select(.reason == "compiler-artifact" and .target.name == "antiphon" and .executable != null) | .executable' \
    "$work/build.json" | tail -n 1 >"$work/binary"
  [ -s "$work/binary" ]
}

# node_suite FOLDER: runs tests/FOLDER/*.test.mjs one file after the other.
node_suite() {
  PATH=$(cat "$cache/node-folder"):$PATH ANTIPHON_BIN=${ANTIPHON_BIN:-$(cat "$work/binary")} \
    node --test --test-concurrency=1 --test-reporter=spec "$root/tests/$1/"*.test.mjs
}

# prepare NAME PACKAGE...: installs what a suite needs; `ready` says whether it can run, else it is skipped.
prepare() {
  local name=$1 lacking
  shift
  ready=no
  need "$@"
  lacking=$(lacks "$@")
  if [ -n "$lacking" ]; then
    skip_step "$name" "needs $lacking"
    return 0
  fi
  try "$logs/install.log" install_javascript
  if [ "$tried" -ne 0 ]; then
    skip_step "$name" "Node.js or its packages could not be installed (see $logs/install.log)"
    return 0
  fi
  if [ -z "${ANTIPHON_BIN:-}" ] && ! [ -e "$work/build.json" ]; then
    run_step "building the binary" check build_binary
  fi
  if [ -n "${ANTIPHON_BIN:-}" ] || [ -s "$work/binary" ]; then
    ready=yes
  else
    skip_step "$name" "there is no binary"
  fi
}

run_peer_tests() {
  local name="federation with real peers"
  if [ "$(id -u)" -ne 0 ]; then
    skip_step "$name" "needs root: names in /etc/hosts, port 443 on loopback"
    return 0
  fi
  prepare "$name" python3-venv openssl nginx-light snac2 jq
  [ "$ready" = no ] || run_step "$name" node node_suite peers
}

# Chromium, what reads its pages and prints, and letters of every script that the pages are written in.
browser_packages=(python3-venv chromium jq poppler-utils default-jre-headless fonts-wqy-microhei)

# The examples of docs/deploy.md, with the proxies they are for.
run_deploy_tests() {
  local name="proxies as the documentation says"
  prepare "$name" python3-venv openssl nginx-light caddy jq
  [ "$ready" = no ] || run_step "$name" node node_suite deploy
}

run_browser_tests() {
  local name="pages in a real browser"
  prepare "$name" "${browser_packages[@]}"
  [ "$ready" = no ] || run_step "$name" node node_suite browser
}

run_feed_tests() {
  local name="feeds as others read them"
  prepare "$name" python3-venv jq
  [ "$ready" = yes ] || return 0
  try "$logs/install.log" install_readers
  if [ "$tried" -ne 0 ]; then
    skip_step "$name" "feedparser and mf2py could not be installed (see $logs/install.log)"
    return 0
  fi
  ANTIPHON_TEST_PYTHON=$cache/readers/bin/python run_step "$name" node node_suite feeds
}

take_screenshots() {
  PATH=$(cat "$cache/node-folder"):$PATH ANTIPHON_BIN=${ANTIPHON_BIN:-$(cat "$work/binary")} node "$root/tests/browser/screenshots.mjs"
}

# Pictures for docs/screenshots.
run_screenshots() {
  local name="screenshots for the documentation"
  prepare "$name" "${browser_packages[@]}" fonts-noto-color-emoji pngquant
  [ "$ready" = no ] || run_step "$name" check take_screenshots
}

# A short run of each fuzz target on the kept inputs and new ones; what the Rust tests built is used again.
fuzz_for_a_while() {
  cargo fmt --manifest-path tests/fuzz/Cargo.toml --check -- --color never
  ANTIPHON_FUZZ_OUTPUT=$work/fuzz tests/fuzz/run "${ANTIPHON_FUZZ_SECONDS:-10}"
}

run_fuzz_targets() {
  local name="fuzz targets" lacking
  need g++
  lacking=$(lacks g++)
  if [ -n "$lacking" ]; then
    skip_step "$name" "needs $lacking"
    return 0
  fi
  run_step "$name" fuzz fuzz_for_a_while
}
