//! The typed configuration: `config/default.toml`, under the file in the data folder, under the environment. It
//! checks values and prints them with their comments; it opens nothing.

mod https;
mod layers;
pub mod look;
mod machines;
mod quotes;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use serde::Deserialize;
use toml_edit::DocumentMut;
use url::Url;

use crate::error::{Error, Result};
use crate::text::permalink::Pattern;
use crate::types::Host;

pub use https::Https;
pub use layers::{defaults, effective, overlay};
pub use look::Look;
pub use machines::AiCrawlers;
pub use quotes::Quotes;

/// Every key with its default and its comment; compiled in, so that file and program cannot differ.
pub const DEFAULTS: &str = include_str!("../config/default.toml");

/// The name of the configuration file in the data folder.
pub const FILE_NAME: &str = "antiphon.toml";

/// The whole configuration of a node.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The folder that holds everything; not a key of the file.
    #[serde(skip)]
    pub data: PathBuf,
    /// What the node is.
    pub site: Site,
    /// Where it listens.
    pub server: Server,
    /// Whether it speaks https itself.
    pub https: Https,
    /// Where it stores.
    pub database: Database,
    /// Whom it talks to.
    pub federation: Federation,
    /// How it sends.
    pub delivery: Delivery,
    /// How much strangers may ask for.
    pub limits: Limits,
    /// Which replies appear.
    pub discussion: Discussion,
    /// What it keeps of others' pictures.
    pub media: Media,
    /// How it looks.
    pub look: Look,
    /// What it logs.
    pub log: Log,
}

/// `[site]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// The public origin, without a trailing slash.
    pub url: String,
    /// The blog's name.
    pub title: String,
    /// One or two sentences about it.
    pub description: String,
    /// BCP 47.
    pub language: String,
    /// The interface speaks the reader's language where there are words for it.
    pub follow_reader_language: bool,
    /// Other places of whoever writes here.
    pub me: Vec<String>,
    /// Whether what is written here may be gathered to train machines.
    pub ai_crawlers: AiCrawlers,
    /// Where weaknesses are reported; empty: nowhere.
    pub security_contact: String,
    /// How the addresses of posts are made.
    pub permalinks: Pattern,
    /// Everybody may see who follows an account.
    pub show_followers: bool,
}

/// `[server]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// The address to listen on.
    pub bind: SocketAddr,
    /// Networks whose `X-Forwarded-For` counts.
    #[serde(deserialize_with = "networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// Where `/metrics` is served; None: beside the pages.
    #[serde(deserialize_with = "optional")]
    pub metrics_bind: Option<SocketAddr>,
    /// MiB of answers kept in memory.
    pub kept_memory: u32,
}

/// `[database]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: String,
    /// Connections at most.
    pub connections: u32,
}

/// `[federation]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own in the file"
)]
pub struct Federation {
    /// Private and loopback addresses are permitted.
    pub allow_loopback: bool,
    /// Plain http is permitted.
    pub allow_http: bool,
    /// A PEM file trusted beside the system's roots.
    #[serde(deserialize_with = "optional")]
    pub extra_ca: Option<PathBuf>,
    /// Documents are shown to servers that sign only.
    pub secure_mode: bool,
    /// Signed replies are passed on to the followers of a post's writer.
    pub forward_replies: bool,
}

/// `[delivery]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// Requests under way at once.
    pub concurrency: usize,
    /// Requests under way at once to one host.
    pub per_host: usize,
    /// Seconds to wait for an answer.
    pub timeout_secs: u64,
    /// Days until a delivery is given up.
    pub give_up_days: i64,
}

/// `[limits]`: requests a minute; 0 is no bound.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Reading, by one client address.
    pub read: u32,
    /// Changing by the programming interface, by one client address.
    pub write: u32,
    /// Logging in and looking replies up, by one client address.
    pub guess: u32,
    /// Searching, by one client address.
    pub search: u32,
    /// Activities sent here, by one client address.
    pub inbox: u32,
    /// Activities sent here and proven, by one server.
    pub inbox_per_host: u32,
    /// Documents fetched from one server.
    pub fetch_per_host: u32,
    /// Documents fetched in an hour to complete one thread.
    pub thread_fetches: u32,
    /// Documents fetched in an hour from one server to complete threads.
    pub thread_fetches_per_host: u32,
    /// MiB of activities that are being read and handled at once.
    pub inbox_memory: u32,
    /// Readers who are told of new comments at once.
    pub live: u32,
    /// Of these, with one client address.
    pub live_per_client: u32,
}

/// `[discussion]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Discussion {
    /// Which replies appear at once.
    pub moderation: Moderation,
    /// Verdicts that are kept at most.
    pub verdicts: i64,
    /// Days that they are kept.
    pub verdict_days: i64,
    /// Days after which a post takes no more comments; 0: never.
    pub close_after_days: u32,
    /// Whether others may quote.
    pub quotes: Quotes,
}

/// Which replies appear without a person's decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Moderation {
    /// All.
    Open,
    /// What the spam filter passes; until it exists, the same as [`Moderation::Known`].
    Screened,
    /// Those of people with an approved reply.
    Known,
    /// None.
    All,
}

/// `[media]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Media {
    /// Bytes of all copies at most.
    pub max_bytes: i64,
    /// Bytes of the copies for one server's people at most.
    pub host_bytes: i64,
}

/// `[log]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// A tracing filter.
    pub level: String,
    /// text or json.
    pub format: LogFormat,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For log collectors.
    Json,
}

impl Config {
    /// Reads the configuration of the node in `data` under the process's environment.
    pub fn load(data: &Path) -> Result<Self> {
        Self::from_document(data, &effective(data, std::env::vars())?)
    }

    /// Reads the values of a document that has every key.
    pub fn from_document(data: &Path, document: &DocumentMut) -> Result<Self> {
        let values = toml_edit::de::Deserializer::from(document.clone());
        let mut config: Self = serde_path_to_error::deserialize(values).map_err(|e| {
            let (key, why) = (e.path(), e.inner().message());
            Error::Setup(format!("the configuration is wrong at {key}: {why}"))
        })?;
        data.clone_into(&mut config.data);
        config.site.url = config.site.url.trim_end_matches('/').to_owned();
        config.validate()?;
        Ok(config)
    }

    /// Checks what the types cannot: the origin and the numbers.
    fn validate(&self) -> Result<()> {
        origin(&self.site.url)?;
        machines::check(&self.site)?;
        https::check(self)?;
        if crate::text::language::normalise(&self.site.language).is_none() {
            return Err(Error::Setup(format!(
                "site.language: \"{}\" is no language tag; write for example \"en\"",
                self.site.language
            )));
        }
        self.look.check()?;
        let positive = [
            ("database.connections", self.database.connections > 0),
            ("delivery.concurrency", self.delivery.concurrency > 0),
            ("delivery.per_host", self.delivery.per_host > 0),
            ("delivery.timeout_secs", self.delivery.timeout_secs > 0),
            ("delivery.give_up_days", self.delivery.give_up_days > 0),
            ("discussion.verdicts", self.discussion.verdicts > 0),
            ("discussion.verdict_days", self.discussion.verdict_days > 0),
            ("media.max_bytes", self.media.max_bytes > 0),
            ("media.host_bytes", self.media.host_bytes > 0),
            ("limits.inbox_memory", self.limits.inbox_memory > 0),
        ];
        match positive.iter().find(|(_, ok)| !ok) {
            Some((key, _)) => Err(Error::Setup(format!("{key} must be at least 1"))),
            None => Ok(()),
        }
    }

    /// The public origin as an address. Checked when the configuration was read.
    pub fn origin(&self) -> Url {
        Url::parse(&self.site.url).expect("validate() accepted site.url")
    }

    /// The public host, with its port when it is not the scheme's own.
    pub fn host(&self) -> Host {
        Host::of(&self.origin()).expect("validate() accepted site.url")
    }
}

/// Checks a public origin: http(s), a host, nothing behind it.
pub fn origin(text: &str) -> Result<Url> {
    let wrong = |why: &str| {
        Error::Setup(format!(
            "site.url: \"{text}\" {why}; write for example \"https://blog.example\""
        ))
    };
    if text.is_empty() {
        return Err(Error::Setup(
            "site.url is not set; run `antiphon init --data DIR --url https://…` to create a node"
                .into(),
        ));
    }
    let url = Url::parse(text).map_err(|_| wrong("is no address"))?;
    if !matches!(url.scheme(), "https" | "http") || Host::of(&url).is_none() {
        return Err(wrong("does not begin with https:// and a host"));
    }
    if url.path() != "/"
        || url.query().is_some()
        || url.fragment().is_some()
        || !url.username().is_empty()
    {
        return Err(wrong("has something behind the host"));
    }
    Ok(url)
}

/// An empty text means "none".
fn optional<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|e| serde::de::Error::custom(format!("\"{text}\": {e}")))
}

/// Reads addresses and networks; a lone address is a network of one.
fn networks<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let parse = |text: String| {
        let address = text.parse::<std::net::IpAddr>().map(IpNet::from);
        address
            .or_else(|_| text.parse())
            .map_err(|_| serde::de::Error::custom(format!("\"{text}\" is no address or network")))
    };
    Vec::<String>::deserialize(deserializer)?
        .into_iter()
        .map(parse)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::layers::overlay_env;
    use super::*;

    fn with(text: &str, env: &[(&str, &str)]) -> Result<Config> {
        let mut document = defaults();
        overlay(
            &mut document,
            "[site]\nurl = \"https://blog.example\"",
            "a test",
        )?;
        overlay(&mut document, text, "antiphon.toml")?;
        overlay_env(
            &mut document,
            env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())),
        )?;
        Config::from_document(Path::new("."), &document)
    }

    #[test]
    fn defaults_are_complete() {
        let config = with("", &[]).unwrap();
        assert_eq!(config.server.bind.to_string(), "127.0.0.1:8080");
        assert_eq!(config.discussion.moderation, Moderation::Screened);
        assert_eq!(config.host().as_str(), "blog.example");
    }

    #[test]
    fn environment_overrides_file_and_a_bare_word_is_a_string() {
        let env = [
            ("ANTIPHON_DISCUSSION__MODERATION", "open"),
            ("ANTIPHON_FEDERATION__ALLOW_HTTP", "true"),
        ];
        let config = with("[discussion]\nmoderation = \"all\"", &env).unwrap();
        assert_eq!(config.discussion.moderation, Moderation::Open);
        assert!(config.federation.allow_http);
    }

    #[test]
    fn a_number_for_a_text_stays_its_text() {
        assert_eq!(
            with("", &[("ANTIPHON_SITE__TITLE", "1984")])
                .unwrap()
                .site
                .title,
            "1984"
        );
    }

    #[test]
    fn an_unknown_key_names_the_nearest_known_one() {
        let error = with("[server]\nbnid = \"x\"", &[]).unwrap_err().to_string();
        assert!(
            error.contains("\"server.bnid\"") && error.contains("\"server.bind\""),
            "{error}"
        );
        let error = with("", &[("ANTIPHON_SITE__URI", "x")])
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("ANTIPHON_SITE__URI") && error.contains("\"site.url\""),
            "{error}"
        );
    }

    #[test]
    fn wrong_values_are_refused_with_the_way_out() {
        for (text, part) in [
            ("[site]\nurl = \"blog.example\"", "https://blog.example"),
            (
                "[site]\nurl = \"https://blog.example/path\"",
                "behind the host",
            ),
            ("[server]\nbind = \"nowhere\"", "socket address"),
            ("[delivery]\nconcurrency = 0", "delivery.concurrency"),
            ("[discussion]\nmoderation = \"none\"", "known"),
            (
                "[discussion]\nmoderation = \"none\"",
                "at discussion.moderation: ",
            ),
            ("[look]\nname = \"fancy\"", "at look.name: "),
            (
                "[server]\ntrusted_proxies = [\"x\"]",
                "no address or network",
            ),
            ("nonsense", "not valid TOML"),
            ("[site]\npermalinks = \"/%year%/\"", "%postname%"),
            ("[site]\npermalinks = \"/api/%postname%\"", "program itself"),
        ] {
            let error = with(text, &[]).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
