//! The rules themselves, each a pure function from one source file to the places that break it.

use super::source::{SourceFile, Token};

/// Lines after which a file must be split.
const WALL: usize = 500;

/// The rooms everything may look into; they see each other.
const GROUND: &[&str] = &["error", "types", "clock"];

/// What each room may look into beside the ground and itself.
const ROOMS: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("types", &[]),
    ("clock", &[]),
    ("text", &[]),
    ("config", &["text"]),
    ("http", &["config"]),
    ("db", &["text", "config"]),
    ("limits", &[]),
    ("metrics", &[]),
    ("verdicts", &[]),
    ("look", &["text", "config"]),
    ("kept", &[]),
    ("pace", &[]),
    ("live", &[]),
    ("queue", &["text", "config", "db"]),
    ("hosts", &["text", "config", "http", "db", "limits"]),
    (
        "app",
        &[
            "text", "config", "http", "db", "limits", "queue", "hosts", "metrics", "verdicts",
            "kept", "live", "look", "pace",
        ],
    ),
    (
        "domain",
        &[
            "text", "config", "http", "db", "queue", "hosts", "verdicts", "kept", "app",
        ],
    ),
    (
        "federation",
        &[
            "text", "config", "http", "db", "queue", "hosts", "kept", "app", "domain",
        ],
    ),
    (
        "import",
        &[
            "text", "config", "http", "db", "queue", "hosts", "app", "domain",
        ],
    ),
    ("web", FACE),
    ("api", FACE),
    ("micropub", FACE),
    ("mastodon", FACE),
];

/// What a face may look into: never another face, federation, the database or the queue.
const FACE: &[&str] = &["text", "config", "kept", "live", "look", "app", "domain"];

/// The faces, which never see diesel.
const FACES: &[&str] = &["web", "api", "micropub", "mastodon"];

/// The places that put everything together and so see everything.
const COMPOSITION: &[&str] = &["main", "lib", "server", "worker", "cli", "demo"];

/// The slices of the domain, in tiers; each may call its neighbours and the tiers before it.
const SLICES: &[&[&str]] = &[
    &["visibility"],
    &["account", "actor"],
    &["notification", "verdict"],
    &["screening"],
    &["media"],
    &["post", "pages", "backfill"],
    &["comment"],
    &["talk"],
    &["reaction", "follower", "note"],
    &["delivery"],
    &["moderation", "search"],
];

/// Says where and what is wrong, the way compilers do.
fn complaint(file: &SourceFile, line: usize, rule: &str) -> String {
    format!(
        "{}:{line}: {rule} (see tests/integration/architecture/rules.rs)",
        file.path
    )
}

/// Direction between rooms.
pub(super) fn rooms(file: &SourceFile) -> Vec<String> {
    let room = file.room();
    if COMPOSITION.contains(&room) {
        return Vec::new();
    }
    let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        return vec![complaint(
            file,
            1,
            &format!("the room `{room}` has no place in the map: add it to ROOMS"),
        )];
    };
    let known =
        |name: &str| COMPOSITION.contains(&name) || ROOMS.iter().any(|(room, _)| *room == name);
    file.looks()
        .into_iter()
        .filter_map(|(line, path)| path.first().map(|target| (line, target.clone())))
        .filter(|(_, target)| known(target) && target != room)
        .filter(|(_, target)| {
            !GROUND.contains(&target.as_str()) && !allowed.contains(&target.as_str())
        })
        .map(|(line, target)| {
            complaint(
                file,
                line,
                &format!("`{room}` must not look into `{target}`"),
            )
        })
        .collect()
}

/// Order of the domain's slices.
pub(super) fn slices(file: &SourceFile) -> Vec<String> {
    let (Some("domain"), Some(slice)) =
        (file.module.first().map(String::as_str), file.module.get(1))
    else {
        return Vec::new();
    };
    let place = |name: &str| SLICES.iter().position(|tier| tier.contains(&name));
    let Some(own) = place(slice) else {
        return vec![complaint(
            file,
            1,
            &format!("the slice `{slice}` has no place in the order: add it to SLICES"),
        )];
    };
    file.looks()
        .into_iter()
        .filter(|(_, path)| path.first().is_some_and(|room| room == "domain"))
        .filter_map(|(line, path)| path.get(1).map(|target| (line, target.clone())))
        .filter(|(_, target)| place(target).is_some_and(|place| place > own))
        .map(|(line, target)| {
            complaint(
                file,
                line,
                &format!("the slice `{slice}` must not call `{target}`, which comes after it"),
            )
        })
        .collect()
}

/// Every file opens with `//!`.
pub(super) fn opening(file: &SourceFile) -> Vec<String> {
    if file.text.starts_with("//!") {
        return Vec::new();
    }
    vec![complaint(
        file,
        1,
        "a file opens with `//!`: what it owns, and what it must not do",
    )]
}

/// No file beyond the wall.
pub(super) fn length(file: &SourceFile) -> Vec<String> {
    let lines = file.text.lines().count();
    if lines <= WALL {
        return Vec::new();
    }
    vec![complaint(
        file,
        lines,
        &format!("{lines} lines; a file ends before line {WALL}"),
    )]
}

/// Tells whether statements may stand in this file.
fn holds_sql(file: &SourceFile) -> bool {
    let stem = file.path.rsplit('/').next().unwrap_or_default();
    matches!(file.room(), "db" | "queue" | "hosts")
        || matches!(stem, "store.rs" | "page.rs")
        || file.path.contains("/store/")
        || file.path.contains("/page/")
}

/// SQL stands only where it is looked for; a face does not even name diesel.
pub(super) fn sql(file: &SourceFile) -> Vec<String> {
    if holds_sql(file) {
        return Vec::new();
    }
    let face = FACES.contains(&file.room());
    let mut broken = Vec::new();
    for (at, token) in file.tokens.iter().enumerate() {
        let rest = file.tokens.get(at..).unwrap_or_default();
        if face && token.is_word("diesel") {
            broken.push(complaint(file, token.line, "a face never sees diesel"));
        } else if is_statement(rest) {
            broken.push(complaint(
                file,
                token.line,
                "SQL stands only in store.rs, page.rs, queue, hosts and db",
            ));
        }
    }
    broken
}

/// Tells whether a diesel statement begins here: `diesel::delete…`, `sql_query(…`, `.load(conn)`.
fn is_statement(tokens: &[Token]) -> bool {
    let [first, rest @ ..] = tokens else {
        return false;
    };
    match rest {
        [_, _, verb, ..] if first.is_word("diesel") => {
            ["insert_into", "update", "delete", "sql_query"]
                .iter()
                .any(|name| verb.is_word(name))
        }
        [open, ..] if first.is_word("sql_query") => open.is_sign('('),
        [name, open, argument, ..] if first.is_sign('.') && name.is_word("load") => match open {
            sign if sign.is_sign(':') => true,
            sign => sign.is_sign('(') && !argument.is_sign(')') && !is_atomic_order(argument),
        },
        _ => false,
    }
}

/// Tells an atomic's `load(Ordering::…)` from a query's `load(conn)`.
fn is_atomic_order(token: &Token) -> bool {
    ["Ordering", "Relaxed", "Acquire", "SeqCst"]
        .iter()
        .any(|name| token.is_word(name))
}

/// `$1, $2…` in reading order, each once: SQLite binds by first appearance and would silently swap them.
pub(super) fn placeholders(file: &SourceFile) -> Vec<String> {
    if !holds_sql(file) {
        return Vec::new();
    }
    let literals = file
        .tokens
        .iter()
        .filter_map(|token| token.text().map(|text| (token.line, text)));
    literals
        .filter(|(_, text)| !in_reading_order(&numbers(text), is_whole_statement(text)))
        .map(|(line, _)| {
            complaint(
                file,
                line,
                "placeholders are numbered `$1, $2…` in reading order, each once",
            )
        })
        .collect()
}

/// Tells a statement from a piece that is appended to one.
fn is_whole_statement(text: &str) -> bool {
    let verb = text.split_whitespace().next().unwrap_or_default();
    ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"].contains(&verb)
}

/// The numbers of all placeholders in `text`, as they come.
fn numbers(text: &str) -> Vec<usize> {
    text.split('$')
        .skip(1)
        .filter_map(|rest| {
            rest.split(|c: char| !c.is_ascii_digit())
                .next()?
                .parse()
                .ok()
        })
        .collect()
}

/// Tells whether `numbers` grow one by one, from 1 in a whole statement.
fn in_reading_order(numbers: &[usize], whole: bool) -> bool {
    let first = numbers.first().copied().unwrap_or(1);
    (!whole || first == 1)
        && numbers
            .iter()
            .enumerate()
            .all(|(at, number)| *number == first + at)
}

/// `reqwest` is named by the http room and by the middleware that adapts it for the federation crate.
pub(super) fn http_client(file: &SourceFile) -> Vec<String> {
    let adapts = file
        .tokens
        .iter()
        .any(|token| token.is_word("reqwest_middleware"));
    if file.room() == "http" || adapts {
        return Vec::new();
    }
    let named = file.tokens.iter().filter(|token| token.is_word("reqwest"));
    named
        .map(|token| {
            complaint(
                file,
                token.line,
                "what leaves the node goes through `http`: no `reqwest` here",
            )
        })
        .collect()
}

/// Other ways out of the node than `http`, as words in a row: other clients, bare connections, look-ups of names.
const WAYS_OUT: &[&[&str]] = &[
    &["TcpStream", "connect"],
    &["TcpStream", "connect_timeout"],
    &["TcpSocket"],
    &["UdpSocket"],
    &["UnixStream"],
    &["lookup_host"],
    &["to_socket_addrs"],
    &["hyper", "client"],
    &["hyper_util", "client"],
    &["ureq"],
    &["isahc"],
    &["curl"],
    &["surf"],
    &["attohttpc"],
    &["awc"],
    &["lettre"],
];

/// Nothing but the http room opens connections. What a test module does is its own business; a guarded client stays one.
pub(super) fn ways_out(file: &SourceFile) -> Vec<String> {
    let is_test = file.module.last().is_some_and(|last| last == "tests");
    if file.room() == "http" || is_test {
        return Vec::new();
    }
    let words: Vec<&Token> = file
        .tokens
        .iter()
        .filter(|token| !token.is_sign(':'))
        .collect();
    let tests = words
        .windows(2)
        .position(|pair| matches!(pair, [a, b] if a.is_word("mod") && b.is_word("tests")));
    let code = words
        .get(..tests.unwrap_or(words.len()))
        .unwrap_or_default();
    let mut broken = Vec::new();
    for way in WAYS_OUT {
        for found in code.windows(way.len()) {
            let line = found.first().map_or(1, |token| token.line);
            if found
                .iter()
                .zip(*way)
                .all(|(token, word)| token.is_word(word))
            {
                let way = way.join("::");
                let rule = format!("`{way}` leaves the node past `http::HttpClient`");
                broken.push(complaint(file, line, &rule));
            }
        }
    }
    broken
}
