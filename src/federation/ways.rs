//! The way to somebody's own server: it is asked by WebFinger for its pages for doing something with an object from elsewhere
//! (FEP-3b86 intents, OStatus subscribe), and what it answers is believed only as far as it is a plain web address.

use std::time::Duration;

use http::StatusCode;
use serde_json::Value;
use url::Url;

use super::webfinger;
use crate::app::App;
use crate::app::way::{Act, NoWay, Way};
use crate::error::Error;
use crate::http::{Limits, is_plain_json};
use crate::text::mention::Handle;
use crate::types::{ApUrl, Host};

/// What a link about remote interaction is called since GNU social.
pub(super) const SUBSCRIBE: &str = "http://ostatus.org/schema/1.0/subscribe";
/// What the names of intents begin with (FEP-3b86).
pub(super) const INTENTS: &str = "https://w3id.org/fep/3b86/";
/// Where most servers have it, whether or not they say so.
const USUAL: &str = "/authorize_interaction?uri={uri}";
/// Longest that people type, and longest template, in bytes.
const LONGEST: usize = 2_048;
/// Links that are looked at.
const LINKS_MAX: usize = 100;
const LIMITS: Limits = Limits {
    bytes: 64 * 1024,
    deadline: Duration::from_secs(6),
};

/// Finds it. Whatever is wrong with the answer, nothing but a web address comes of it.
pub(super) async fn find(app: &App, asked: &str, act: Act, object: &ApUrl) -> Result<Way, NoWay> {
    let whom = Whom::read(asked).ok_or(NoWay::Unreadable)?;
    let host = whom.host.clone();
    if host.is_at(&app.host) {
        return Err(NoWay::Own);
    }
    if app.hosts.is_blocked(&host) {
        return Err(NoWay::Blocked);
    }
    let document = ask(app, &whom).await?;
    let scheme = webfinger::scheme_of(app, &host);
    let usual = format!("{scheme}://{host}{USUAL}");
    let offered = templates(&document, act)
        .into_iter()
        .chain([usual.as_str()]);
    let web = |url: &Url| {
        let own = Host::of(url).map(|host| webfinger::scheme_of(app, &host));
        url.scheme() == "https" || own == Some(url.scheme())
    };
    let found = offered
        .filter_map(|template| fill(template, object))
        .find(web)
        .ok_or(NoWay::Unreachable)?;
    let target = Host::of(&found).ok_or(NoWay::Unreachable)?;
    if app.hosts.is_blocked(&target) {
        return Err(NoWay::Blocked);
    }
    Ok(Way {
        is_guess: fill(&usual, object).as_ref() == Some(&found),
        href: found.into(),
        host: target,
        asked: host,
    })
}

/// Whom somebody says they are, or where.
struct Whom {
    host: Host,
    resource: String,
    is_person: bool,
}

impl Whom {
    /// Reads a handle, a server's name, or the address of a profile or server.
    fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || text.len() > LONGEST || text.contains(char::is_control) {
            return None;
        }
        if let Some((scheme, rest)) = text.split_once("://") {
            let web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
            let url = Url::parse(text).ok().filter(|_| web)?;
            let host = Host::of(&url)?;
            let name = rest.split_once("/@").map(|(_, name)| name);
            let name = name.filter(|name| !name.contains(['/', '@', '?', '#']));
            let handle = name.and_then(|name| Handle::parse(&format!("{name}@{host}")));
            return Some(handle.map_or_else(|| Self::at(host), Self::person));
        }
        if text
            .trim_start_matches("acct:")
            .trim_start_matches('@')
            .contains('@')
        {
            return Handle::parse(text).map(Self::person);
        }
        let host = Host::parse(text.trim_start_matches('@'))?;
        // A word alone is a name, but on this machine.
        let whole = host.as_str().contains('.') || host.as_str().starts_with("localhost");
        whole.then(|| Self::at(host))
    }

    fn person(handle: Handle) -> Self {
        Self {
            resource: format!("acct:{}@{}", handle.user, handle.host),
            host: handle.host,
            is_person: true,
        }
    }

    fn at(host: Host) -> Self {
        Self {
            resource: format!("https://{host}"),
            host,
            is_person: false,
        }
    }
}

/// What a server says of somebody, or of itself; nothing where it answers but knows no such thing.
async fn ask(app: &App, whom: &Whom) -> Result<Value, NoWay> {
    let url = webfinger::address(app, &whom.host, &whom.resource);
    let url = url.map_err(|_| NoWay::Unreadable)?;
    // Whoever asks may have repaired it.
    app.hosts.forget_miss(url.as_str());
    let reply = match webfinger::get(app, &url, LIMITS).await {
        Ok(reply) => reply,
        Err(Error::RateLimited { .. }) => return Err(NoWay::Busy),
        Err(error) => {
            tracing::debug!(host = %whom.host, "no way there: {error}");
            return Err(NoWay::Unreachable);
        }
    };
    match reply.status {
        StatusCode::OK if is_plain_json(reply.content_type()) => {
            Ok(serde_json::from_slice(&reply.body).unwrap_or(Value::Null))
        }
        StatusCode::NOT_FOUND | StatusCode::GONE if whom.is_person => Err(NoWay::UnknownPerson),
        status if status.is_server_error() => Err(NoWay::Unreachable),
        _ => Ok(Value::Null),
    }
}

/// The templates that serve an act, the best first.
fn templates(document: &Value, act: Act) -> Vec<&str> {
    let intent = match act {
        Act::Follow => "Follow",
        Act::Like => "Like",
        Act::Boost => "Announce",
        Act::Reply => "Create",
    };
    let links = document.get("links").and_then(Value::as_array);
    let links = links.into_iter().flatten().take(LINKS_MAX);
    let template =
        |link: &'_ Value, rel: &str| link.get("rel").and_then(Value::as_str) == Some(rel);
    let links: Vec<&Value> = links.collect();
    let wanted = [
        format!("{INTENTS}{intent}"),
        format!("{INTENTS}Object"),
        SUBSCRIBE.to_owned(),
    ];
    let mut found = Vec::new();
    for rel in wanted {
        let fitting = links.iter().filter(|link| template(link, &rel));
        found.extend(fitting.filter_map(|link| link.get("template")?.as_str()));
    }
    found
}

/// Puts an object's id into a template. None where it names no place for one, or is no plain web address.
fn fill(template: &str, object: &ApUrl) -> Option<Url> {
    if template.len() > LONGEST || template.contains(char::is_control) {
        return None;
    }
    let encoded: String =
        url::form_urlencoded::byte_serialize(object.as_str().as_bytes()).collect();
    let (mut filled, mut rest, mut placed) = (String::new(), template, false);
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        filled.push_str(before);
        if matches!(name, "uri" | "object" | "inReplyTo") {
            filled.push_str(&encoded);
            placed = true;
        }
        rest = after;
    }
    filled.push_str(rest);
    let url = Url::parse(&filled).ok().filter(|_| placed)?;
    let plain = url.username().is_empty() && url.password().is_none();
    let web = matches!(url.scheme(), "https" | "http");
    // What decides where it leads must stand in the template, not in what was put in.
    let fixed = template.split('{').next().unwrap_or_default();
    let host_is_fixed = fixed.splitn(4, '/').count() == 4;
    (plain && web && host_is_fixed && url.host_str().is_some()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn whom(text: &str) -> Option<String> {
        Whom::read(text).map(|whom| whom.resource)
    }

    #[test]
    fn handles_servers_and_addresses_are_read() {
        for text in [
            "@bob@M.example",
            "bob@m.example",
            " acct:bob@m.example ",
            "https://m.example/@bob",
        ] {
            assert_eq!(whom(text).as_deref(), Some("acct:bob@m.example"), "{text}");
        }
        for text in [
            "m.example",
            "https://m.example",
            "https://m.example/about",
            "@m.example",
        ] {
            assert_eq!(whom(text).as_deref(), Some("https://m.example"), "{text}");
        }
        for junk in [
            "",
            "bob",
            "@",
            "a b.example",
            "javascript:alert(1)",
            "ftp://m.example",
            "m.example/\0",
            "@bob@",
            "https://",
        ] {
            assert_eq!(whom(junk), None, "{junk}");
        }
    }

    #[test]
    fn a_template_is_filled_only_when_it_is_a_plain_web_address() {
        let object = ApUrl::new("https://blog.example/ap/posts/1?a=b&c=d#e");
        let fill = |template: &str| fill(template, &object).map(String::from);
        let encoded = "https%3A%2F%2Fblog.example%2Fap%2Fposts%2F1%3Fa%3Db%26c%3Dd%23e";
        assert_eq!(
            fill("https://m.example/i?uri={uri}"),
            Some(format!("https://m.example/i?uri={encoded}"))
        );
        assert_eq!(
            fill("https://m.example/i?a={content}&o={object}&s={on-success}"),
            Some(format!("https://m.example/i?a=&o={encoded}&s="))
        );
        for bad in [
            "javascript:alert({uri})",
            "java\nscript:alert({uri})",
            "data:text/html,{uri}",
            "https://user:pass@m.example/?{uri}",
            "https://m.example@evil.example/?{uri}",
            "https://{uri}/",
            "https://m.example{uri}",
            "https://m.example/without",
            "https://m.example/{uri",
            "//m.example/{uri}",
            "{uri}",
            "",
        ] {
            assert_eq!(fill(bad), None, "{bad}");
        }
        assert_eq!(
            fill(&format!("https://m.example/{}{{uri}}", "x".repeat(3000))),
            None
        );
    }

    #[test]
    fn the_fitting_intent_goes_before_the_general_ones() {
        let link = |rel: &str, template: &str| json!({ "rel": rel, "template": template });
        let document = json!({ "links": [
            link(SUBSCRIBE, "s"),
            link("https://w3id.org/fep/3b86/Object", "o"),
            link("https://w3id.org/fep/3b86/Like", "l"),
            link("https://w3id.org/fep/3b86/Create", "c"),
            { "rel": "self", "href": "x" }, 7, null,
        ] });
        assert_eq!(templates(&document, Act::Like), ["l", "o", "s"]);
        assert_eq!(templates(&document, Act::Follow), ["o", "s"]);
        assert_eq!(templates(&document, Act::Reply), ["c", "o", "s"]);
        for junk in [
            json!(null),
            json!([]),
            json!({ "links": {} }),
            json!({ "links": [{ "rel": [], "template": 7 }] }),
        ] {
            assert!(templates(&junk, Act::Like).is_empty());
        }
    }
}
