//! The PostgreSQL server of the tests: a lent one, or one of our own that lives as long as this process.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::prelude::*;

/// Runs the server until its own standard input ends, which happens with the test process however that ends. The server's
/// children may write a moment longer than it lives, so the folder is taken away again while it is not empty.
const WATCHER: &str = r#"
trap 'for try in 1 2 3 4 5; do rm -rf "$2" && break; done 2>/dev/null' EXIT
"$1/initdb" -D "$2/data" -U antiphon -A trust -E UTF8 --no-locale --no-sync >"$2/log" 2>&1 &&
"$1/pg_ctl" -D "$2/data" -w -l "$2/log" -o "-k $2 -h '' -c fsync=off -c synchronous_commit=off \
  -c full_page_writes=off -c max_connections=200" start >>"$2/log" 2>&1 ||
{ cat "$2/log" >&2; exit 1; }
echo ready
cat >/dev/null
"$1/pg_ctl" -D "$2/data" -m immediate -w stop >/dev/null 2>&1
"#;

/// A running server on which tests make databases.
pub(super) struct Server {
    /// The address before and behind the database's name.
    address: (String, String),
    /// Holds the watcher's standard input open.
    _watcher: Option<Child>,
}

/// The server, started on first use; None when this machine has no PostgreSQL.
pub(super) fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(find_or_start).as_ref()
}

fn find_or_start() -> Option<Server> {
    if let Ok(url) = std::env::var("ANTIPHON_TEST_POSTGRES")
        && !url.is_empty()
    {
        return Some(lent(&url));
    }
    let bin = programs();
    if bin.is_none() {
        eprintln!("not tested on PostgreSQL: initdb and pg_ctl are not installed");
    }
    bin.as_deref().map(own)
}

impl Server {
    /// The address of a database on it.
    pub(super) fn url_of(&self, name: &str) -> String {
        format!("{}{name}{}", self.address.0, self.address.1)
    }

    /// Makes an empty database and returns its name.
    pub(super) fn create_database(&self) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::SeqCst);
        let name = format!("antiphon_test_{}_{count}", std::process::id());
        let mut conn =
            PgConnection::establish(&self.url_of("postgres")).expect("the test server answers");
        diesel::sql_query(format!("CREATE DATABASE {name}"))
            .execute(&mut conn)
            .expect("the test server's user may create databases");
        name
    }
}

/// Takes an address apart around the database's name.
fn lent(url: &str) -> Server {
    let parsed = url::Url::parse(url).expect("ANTIPHON_TEST_POSTGRES is an address");
    let (mut before, mut behind) = (parsed.clone(), String::new());
    before.set_query(None);
    before.set_path("/");
    if let Some(query) = parsed.query() {
        behind = format!("?{query}");
    }
    Server {
        address: (before.to_string(), behind),
        _watcher: None,
    }
}

/// Starts a server that listens on a socket in its own folder only.
fn own(bin: &Path) -> Server {
    let folder = tempfile::Builder::new()
        .prefix("antiphon-pg-")
        .tempdir()
        .expect("the system has a temporary folder")
        .keep();
    let mut command = Command::new("sh");
    command
        .args(["-c", WATCHER, "sh"])
        .args([bin, &folder])
        .current_dir(&folder)
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    // PostgreSQL refuses to run as root.
    if fs::metadata(&folder).expect("the folder is ours").uid() == 0 {
        let (user, group) = unprivileged();
        chown(&folder, Some(user), Some(group)).expect("root may give a folder away");
        command.uid(user).gid(group);
    }
    let mut watcher = command.spawn().expect("there is a shell");
    let mut word = String::new();
    let output = watcher.stdout.take().expect("it is piped");
    let read = BufReader::new(output).read_line(&mut word);
    assert!(
        read.is_ok() && word == "ready\n",
        "PostgreSQL did not start; its log stands above"
    );
    let behind = format!("?host={}&user=antiphon", folder.display());
    Server {
        address: ("postgres:///".into(), behind),
        _watcher: Some(watcher),
    }
}

/// User and group to run as: `postgres`, else `nobody`.
fn unprivileged() -> (u32, u32) {
    let users = fs::read_to_string("/etc/passwd").expect("a Unix has /etc/passwd");
    let find = |name: &str| {
        let line = users
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut ids = line.split(':').skip(2).map(str::parse);
        Some((ids.next()?.ok()?, ids.next()?.ok()?))
    };
    find("postgres")
        .or_else(|| find("nobody"))
        .expect("there is a user postgres or nobody")
}

/// The folder of PostgreSQL's programs: the newest that Debian's packages left, else one of PATH.
fn programs() -> Option<PathBuf> {
    let version = |folder: &PathBuf| {
        let name = folder.parent()?.file_name()?.to_str()?;
        name.parse::<u32>().ok()
    };
    let mut installed: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    installed.sort_by_key(version);
    let path = std::env::var_os("PATH").unwrap_or_default();
    installed
        .into_iter()
        .rev()
        .chain(std::env::split_paths(&path))
        .find(|folder| folder.join("initdb").exists() && folder.join("pg_ctl").exists())
}
