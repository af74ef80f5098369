# A throw-away PostgreSQL server on a free port of loopback. Needs $work, $logs.

postgres_data=

# Runs a PostgreSQL program; the server refuses to run as root, so root borrows the package's own user.
as_postgres() {
  if [ "$(id -u)" -eq 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

launch_postgres() {
  local bin port=$1
  bin=$(postgres_bin)
  mkdir -p "$postgres_data"
  if [ "$(id -u)" -eq 0 ]; then
    chmod 711 "$work"
    chown postgres: "$postgres_data"
  fi
  as_postgres "$bin/initdb" -D "$postgres_data/data" -U antiphon -A trust -E UTF8 --locale=C.UTF-8 --no-sync
  # What it holds is thrown away: nothing needs to reach the disk.
  as_postgres "$bin/pg_ctl" -D "$postgres_data/data" -w -l "$postgres_data/log" \
    -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$postgres_data -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200" \
    start
}

# Starts the server and exports ANTIPHON_TEST_POSTGRES, unless that names a server already.
start_postgres() {
  [ -z "${ANTIPHON_TEST_POSTGRES:-}" ] || return 0
  local port
  port=$(free_port)
  postgres_data=$work/postgres
  try "$logs/postgres.log" launch_postgres "$port"
  [ "$tried" -ne 0 ] || export ANTIPHON_TEST_POSTGRES=postgres://antiphon@127.0.0.1:$port/postgres
}

stop_postgres() {
  [ -n "$postgres_data" ] && [ -e "$postgres_data/data/postmaster.pid" ] || return 0
  as_postgres "$(postgres_bin)/pg_ctl" -D "$postgres_data/data" -m immediate -w stop >>"$logs/postgres.log" 2>&1 || true
}
