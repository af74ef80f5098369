//! A node that runs as its users run it: `serve` in one process, the other commands beside it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Child, ChildStderr, Command, Stdio};

use serde_json::Value;

use super::Node;
use crate::support::TestDb;

/// What lets two programs on one machine talk.
const OPEN: [(&str, &str); 2] = [
    ("ANTIPHON_FEDERATION__ALLOW_LOOPBACK", "true"),
    ("ANTIPHON_FEDERATION__ALLOW_HTTP", "true"),
];

/// A running `serve`; killed when the test ends before it does.
struct Serving {
    child: Child,
    log: BufReader<ChildStderr>,
}

impl Serving {
    /// Starts it and waits until it says that it is ready.
    fn start(node: &Node, address: &str) -> Self {
        Self::run(Command::new(env!("CARGO_BIN_EXE_antiphon")), node, address)
    }

    fn run(mut command: Command, node: &Node, address: &str) -> Self {
        let mut child = command
            .args(["serve", "--bind", address, "--data"])
            .arg(&node.data)
            .env_clear()
            .envs(OPEN)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let log = BufReader::new(child.stderr.take().expect("its messages are a pipe"));
        let mut serving = Self { child, log };
        serving.wait_for("the node is ready");
        serving
    }

    /// Reads the log until a line holds `text`.
    fn wait_for(&mut self, text: &str) {
        let mut line = String::new();
        while !line.contains(text) {
            line.clear();
            let read = self.log.read_line(&mut line).expect("the log is text");
            assert!(read > 0, "the node ended before it said: {text}");
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A node with the account `alice` at a free address of this machine.
fn local_node() -> (Node, String) {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = free.local_addr().expect("it is bound").to_string();
    let node = Node::place(TestDb::sqlite());
    let url = format!("http://{address}");
    node.say(&format!("init --url {url} --account alice --title Blog"))
        .ok();
    (node, address)
}

#[test]
fn the_doctor_finds_a_running_node_in_order_and_it_stops_when_told() {
    let (node, address) = local_node();
    let mut serving = Serving::start(&node, &address);
    let run = node.run_with(&["doctor", "--json"], &OPEN, "");
    assert_eq!(run.status, 0, "{}", run.out);
    let findings: Vec<Value> = serde_json::from_str(&run.out).unwrap();
    for check in ["NodeInfo", "WebFinger", "actor", "instance actor", "keys"] {
        let found = findings.iter().find(|finding| finding["check"] == check);
        assert_eq!(found.unwrap()["status"], "ok", "{check}: {}", run.out);
    }

    let pid = serving.child.id().to_string();
    assert!(Command::new("kill").arg(&pid).status().unwrap().success());
    assert!(serving.child.wait().unwrap().success());
}

#[test]
fn an_occupied_port_is_told() {
    let (node, _) = local_node();
    let occupied = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = occupied.local_addr().unwrap();
    let refused = node.say(&format!("serve --bind {address}")).refused(1);
    assert!(
        refused.contains("another program listens there"),
        "{refused}"
    );
}

#[test]
fn a_proxy_in_the_environment_sees_nothing() {
    let (node, address) = local_node();
    let serving = Serving::start(&node, &address);
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    proxy.set_nonblocking(true).unwrap();
    let at = format!("http://{}", proxy.local_addr().unwrap());
    let names = [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
    ];
    let mut env = OPEN.to_vec();
    env.extend(names.map(|name| (name, at.as_str())));
    let run = node.run_with(&["doctor", "--json"], &env, "");
    assert_eq!(run.status, 0, "{}", run.out);
    let nobody = proxy.accept().unwrap_err();
    assert_eq!(nobody.kind(), std::io::ErrorKind::WouldBlock);
    drop(serving);
}

#[test]
fn a_nodeinfo_link_to_another_server_is_not_followed() {
    let (there, elsewhere) = (
        TcpListener::bind("127.0.0.1:0").unwrap(),
        TcpListener::bind("127.0.0.1:0").unwrap(),
    );
    elsewhere.set_nonblocking(true).unwrap();
    let url = format!("http://{}", there.local_addr().unwrap());
    let link = format!("http://{}/nodeinfo/2.1", elsewhere.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in there.incoming().flatten() {
            let mut stream = stream;
            let _ = stream.read(&mut [0; 4096]);
            let body = serde_json::json!({"links": [{"rel": "x", "href": link}]}).to_string();
            let head = format!(
                "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(format!("{head}{body}").as_bytes());
        }
    });
    let (node, _) = local_node();
    let mut env = OPEN.to_vec();
    env.push(("ANTIPHON_SITE__URL", &url));
    let run = node.run_with(&["doctor", "--json"], &env, "");
    assert_eq!(run.status, 1, "{}", run.out);
    assert!(
        run.out.contains("names a document of another server"),
        "{}",
        run.out
    );
    let nobody = elsewhere.accept().unwrap_err();
    assert_eq!(nobody.kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
#[cfg(target_os = "linux")]
fn a_node_takes_all_open_files_that_the_system_permits() {
    let (node, address) = local_node();
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -Sn 256; ulimit -Hn 1500; exec \"$@\"", "sh"]);
    command.arg(env!("CARGO_BIN_EXE_antiphon"));
    let serving = Serving::run(command, &node, &address);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", serving.child.id()));
    let limits = limits.expect("Linux tells the limits of a process");
    let files = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let files: Vec<&str> = files
        .expect("files are limited")
        .split_whitespace()
        .collect();
    assert_eq!((files[3], files[4]), ("1500", "1500"));
}
