//! The real binary as a process: how soon it serves, how much memory it holds at rest.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use antiphon::http::HttpSettings;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::client;
use crate::cpu;
use crate::report::Row;
use crate::sink::LOOPBACK;
use crate::support;

/// The longest that a node may take to be ready.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running `antiphon serve`; killed when this value goes.
pub(crate) struct Process {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// From its start to the first 200 of `/readyz`.
    pub(crate) ready_after: Duration,
    child: Child,
}

impl Process {
    /// Starts the release binary on a node's folder and waits until it is ready.
    pub(crate) fn start(folder: &Path) -> Self {
        let free = TcpListener::bind((LOOPBACK, 0)).expect("loopback can be bound");
        let address = free.local_addr().expect("it is bound");
        drop(free);
        let begun = Instant::now();
        let child = Command::new(env!("CARGO_BIN_EXE_antiphon"))
            .args(["serve", "--bind", &address.to_string(), "--data"])
            .arg(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("the program can be started");
        let mut process = Self {
            address,
            ready_after: Duration::ZERO,
            child,
        };
        while client::get(address, "/readyz") != Some(200) {
            assert!(begun.elapsed() < PATIENCE, "the node was not ready in time");
            std::thread::sleep(Duration::from_micros(500));
        }
        process.ready_after = begun.elapsed();
        process
    }

    /// The CPU seconds it has used.
    pub(crate) fn cpu_seconds(&self) -> f64 {
        cpu::of_process(&self.child.id().to_string())
    }

    /// The resident memory, in MB of a million bytes.
    pub(crate) fn memory(&self) -> f64 {
        self.status("VmRSS:")
    }

    /// The most memory that was ever resident, in MB of a million bytes.
    pub(crate) fn peak(&self) -> f64 {
        self.status("VmHWM:")
    }

    fn status(&self, field: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("the process runs, on Linux");
        let line = status.lines().find_map(|line| line.strip_prefix(field));
        let kib = line.and_then(|line| {
            line.trim()
                .trim_end_matches("kB")
                .trim()
                .parse::<u32>()
                .ok()
        });
        f64::from(kib.expect("Linux says it in kB")) * 1.024 / 1000.0
    }

    /// Kills it at once, without a word.
    pub(crate) fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A node with ten posts, of which one has 500 comments.
fn existing_node() -> TempDir {
    let folder = tempfile::tempdir().expect("the system has a temporary folder");
    let runtime = Runtime::new().expect("a runtime can be made");
    runtime.block_on(async {
        let (app, alice) = support::node(folder.path(), HttpSettings::default()).await;
        for number in 0..10 {
            let post = support::publish(&app, &alice, number).await;
            if number == 0 {
                support::add_comments(&app, &post, 500).await;
            }
        }
    });
    folder
}

/// From `serve` to `/readyz`, and the memory two seconds later.
pub(crate) fn start_and_memory() -> Vec<Row> {
    let folder = existing_node();
    let (mut starts, mut memory, mut used) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..7 {
        let process = Process::start(folder.path());
        starts.push(process.ready_after.as_secs_f64() * 1000.0);
        std::thread::sleep(Duration::from_secs(2));
        memory.push(process.memory());
        for path in ["/", "/posts/post-number-0", "/feed.atom", "/@alice"] {
            assert_eq!(client::get(process.address, path), Some(200), "{path}");
        }
        std::thread::sleep(Duration::from_secs(1));
        used.push(process.memory());
    }
    vec![
        Row::at_most(
            "start to /readyz, existing database",
            "ms",
            &starts,
            150.0,
            "≤ 150 ms",
        ),
        Row::at_most("idle memory (RSS)", "MB", &memory, 30.0, "≤ 30 MB"),
        Row::at_most(
            "memory (RSS) after the first pages",
            "MB",
            &used,
            30.0,
            "≤ 30 MB",
        ),
    ]
}
