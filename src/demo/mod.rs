//! The demonstration: a blog and a second server in one process, whose people follow it, answer and like, all over signed
//! HTTP, a line a step. Then both keep serving until Ctrl-C.

mod node;
mod scene;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::clock::{Clock, IdGenerator};
use crate::error::{Error, Result};
use crate::server::{Running, terminated};

use node::Place;

/// How the demonstration runs.
#[derive(Clone, Debug)]
pub struct Options {
    /// The blog's port.
    pub port: u16,
    /// The second server's port.
    pub second_port: u16,
}

/// Plays the demonstration and serves until the signal to stop.
pub async fn run(options: Options) -> Result<()> {
    let folder = fresh_folder();
    let blog = Place::new(folder.join("blog"), options.port, "The Slow Reply");
    let reading = Place::new(
        folder.join("reading-room"),
        options.second_port,
        "The Reading Room",
    );
    let played = play(&blog, &reading).await;
    let _ = std::fs::remove_dir_all(&folder);
    played
}

fn fresh_folder() -> PathBuf {
    let id = IdGenerator::new(Clock::System, rand::random()).next::<()>();
    std::env::temp_dir().join(format!("antiphon-demo-{id}"))
}

async fn play(blog: &Place, reading: &Place) -> Result<()> {
    let stage = Stage::new();
    stage.title("Antiphon: two servers in one process, talking signed HTTP");
    let (blog_node, reading_node) = (blog.start().await?, reading.start().await?);
    let cast = scene::cast(&blog_node, &reading_node).await?;
    line(&format!(
        "{} serves the blog \"{}\" of alice",
        blog.url(),
        blog.title
    ));
    line(&format!("{} serves bob, carol and dave", reading.url()));
    let ended = tokio::select! {
        played = scene::play(&stage, &blog_node, &reading_node, &cast) => played.map(|page| (true, page)),
        () = terminated() => Ok((false, String::new())),
    };
    if let Ok((true, page)) = &ended {
        farewell(&stage, blog, reading, &cast, page);
        terminated().await;
        stage.title("Both servers stop.");
    }
    blog_node.stop().await;
    reading_node.stop().await;
    ended.map(|_| ())
}

fn farewell(stage: &Stage, blog: &Place, reading: &Place, cast: &scene::Cast, page: &str) {
    let (alice, url) = (&cast.alice, blog.url());
    stage.title("Both servers go on serving. Try:");
    line(&format!("the post and its discussion   {page}"));
    line(&format!("the blog                      {url}/"));
    line(&format!(
        "the REST interface            {url}/api/antiphon/v1/"
    ));
    line(&format!(
        "the post as ActivityStreams   curl -H 'Accept: application/activity+json' {page}"
    ));
    stage.title("Log-ins (name, password, API token):");
    let people = [
        (alice, &url),
        (&cast.bob, &reading.url()),
        (&cast.carol, &reading.url()),
        (&cast.dave, &reading.url()),
    ];
    for (person, url) in people {
        line(&format!(
            "{:<6} at {url}   {}   {}",
            person.name, person.password, person.token
        ));
    }
    stage.title("Publish something of your own:");
    line(&format!(
        "curl -H 'Authorization: Bearer {}' --json '{{\"title\":\"Hello\",\"content\":\"My *first* post\"}}' {url}/api/antiphon/v1/posts",
        alice.token
    ));
    stage.title("Ctrl-C ends it; nothing is kept.");
}

/// Where the lines go: the steps to stdout, as they happen.
struct Stage {
    started: Instant,
    styled: bool,
}

impl Stage {
    fn new() -> Self {
        Self {
            started: Instant::now(),
            styled: std::io::stdout().is_terminal(),
        }
    }

    fn title(&self, text: &str) {
        print(&if self.styled {
            format!("\n\x1b[1m{text}\x1b[0m")
        } else {
            format!("\n{text}")
        });
    }

    /// A step that is done, with the time since the start.
    fn step(&self, text: &str) {
        let seconds = self.started.elapsed().as_secs_f32();
        let mark = if self.styled {
            "\x1b[32m✓\x1b[0m"
        } else {
            "✓"
        };
        print(&format!("  {mark} {seconds:5.1} s  {text}"));
    }
}

fn line(text: &str) {
    print(&format!("  {text}"));
}

fn print(text: &str) {
    // A closed pipe is no reason to stop serving.
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Waits until `look` finds something, a minute at most.
async fn wait_for<T, F>(what: &str, mut look: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<Option<T>>>,
{
    let patience = Instant::now() + Duration::from_mins(1);
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        if Instant::now() > patience {
            return Err(Error::Setup(format!(
                "the demonstration waited a minute for {what}; run it with ANTIPHON_LOG__LEVEL=debug to see why"
            )));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

type Node = Running;
type Fed = Arc<crate::federation::Federation>;
