//! The command line, run as the real program in folders of its own: what it prints, how it fails, what it leaves behind.

mod blocks;
mod commands;
mod echoes;
mod failures;
mod locating;
mod pages;
mod serving;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::TestDb;

/// A node of the command line's, or the place for one.
struct Node {
    data: PathBuf,
    db: TestDb,
}

/// How a run ended.
struct Run {
    status: i32,
    out: String,
    err: String,
}

impl Node {
    /// A place for a node; nothing is there yet, not even the folder.
    fn place(db: TestDb) -> Self {
        Self {
            data: db.folder().join("node"),
            db,
        }
    }

    /// A node with the account `alice`.
    fn made(db: TestDb) -> Self {
        let node = Self::place(db);
        node.init().ok();
        node
    }

    /// Runs `init` as its users do.
    fn init(&self) -> Run {
        let flags = "init --url https://blog.example --account alice --title Blog --database";
        let mut args: Vec<&str> = flags.split(' ').collect();
        args.push(self.db.url());
        self.run(&args)
    }

    fn run(&self, args: &[&str]) -> Run {
        self.run_with(args, &[], "")
    }

    /// Runs the program with words for arguments.
    fn say(&self, line: &str) -> Run {
        self.run(&line.split(' ').collect::<Vec<_>>())
    }

    /// Runs it and reads the JSON that it prints.
    fn json(&self, line: &str) -> Value {
        let out = self.say(&format!("{line} --json")).ok();
        serde_json::from_str(&out).unwrap_or_else(|e| panic!("{line}: {e}: {out}"))
    }

    fn run_with(&self, args: &[&str], env: &[(&str, &str)], input: &str) -> Run {
        let mut child = Command::new(env!("CARGO_BIN_EXE_antiphon"))
            .arg("--data")
            .arg(&self.data)
            .args(args)
            .env_clear()
            .envs(env.iter().copied())
            .current_dir(self.db.folder())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stdin = child.stdin.take().expect("its input is a pipe");
        // A program that fails early does not read.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let ended = child.wait_with_output().expect("the program ends");
        Run {
            status: ended.status.code().unwrap_or(-1),
            out: String::from_utf8(ended.stdout).expect("results are UTF-8"),
            err: String::from_utf8(ended.stderr).expect("messages are UTF-8"),
        }
    }

    /// Writes a file beside the node and gives its path.
    fn file(&self, name: &str, text: &str) -> String {
        let path = self.db.folder().join(name);
        std::fs::write(&path, text).expect("the folder can be written to");
        path.to_string_lossy().into_owned()
    }

    fn toml(&self) -> PathBuf {
        self.data.join("antiphon.toml")
    }
}

impl Run {
    /// What it printed, without the line end. Fails the test unless it succeeded.
    fn ok(self) -> String {
        assert_eq!(self.status, 0, "{}{}", self.out, self.err);
        self.out.trim_end().to_owned()
    }

    /// The one sentence with which it failed, after `error: `. Fails the test when it succeeded or said more.
    fn refused(self, status: i32) -> String {
        assert_eq!(self.status, status, "{}{}", self.out, self.err);
        assert_eq!(self.out, "", "a failure has no result");
        let sentence = self.err.trim_end().strip_prefix("error: ");
        let sentence = sentence.unwrap_or_else(|| panic!("no error: {}", self.err));
        assert!(!sentence.contains('\n'), "more than a sentence: {sentence}");
        sentence.to_owned()
    }
}

/// The names of what lies in a folder, sorted; without what SQLite keeps beside a database while it is open.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the folder can be listed");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry can be read").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| !name.ends_with("-wal") && !name.ends_with("-shm"))
        .collect();
    names.sort();
    names
}
