//! Looking a reply up where it lives, for somebody who asks after it: a few requests, a few seconds, and no more often than
//! once a minute. It is taken by the same checks as any reply.

use std::sync::{Arc, Weak};
use std::time::Duration;

use async_trait::async_trait;
use http::header::{ACCEPT, LINK};
use http::{HeaderMap, HeaderValue, StatusCode};
use moka::future::Cache;
use tokio::sync::Semaphore;
use url::Url;

use super::objects::Doc;
use super::reason::Reason;
use super::{Federation, fetched, parents, verdicts, visit, ways};
use crate::app::Finder;
use crate::app::way::{Act, NoWay, Shown, Way};
use crate::domain::comment;
use crate::error::{Error, Result};
use crate::http::{Limits, Reply, within_budget};
use crate::text::sanitize;
use crate::types::{ApUrl, Timestamp};

/// Requests that one look may make, redirects and the parents of what is found included.
const FETCHES: u32 = 24;
/// The longest that somebody waits for it, and then for what it answers.
const DEADLINE: Duration = Duration::from_secs(10);
const PARENTS_DEADLINE: Duration = Duration::from_secs(5);
/// Looks under way at once.
const AT_ONCE: usize = 8;
/// An address is looked at again after so many seconds.
const PAUSE_SECS: i64 = 60;
/// Addresses remembered at once.
const REMEMBERED: u64 = 1_000;
/// A page that names its other form.
const PAGE: Limits = Limits {
    bytes: 1024 * 1024,
    deadline: Duration::from_secs(10),
};
const ACTIVITY_JSON: &str = "application/activity+json";

/// Lets the rest of the node look things up through this federation, as long as that is there.
pub(super) fn offer(fed: &Arc<Federation>) {
    let look = Look {
        fed: Arc::downgrade(fed),
        asked: Cache::new(REMEMBERED),
        places: Semaphore::new(AT_ONCE),
    };
    // A second federation on the same node, as tests make it, looks through the first.
    let _ = fed.app.finder.set(Arc::new(look));
}

struct Look {
    fed: Weak<Federation>,
    /// What was looked up lately; whoever asks meanwhile gets the same answer.
    asked: Cache<String, Looked>,
    places: Semaphore,
}

/// When an address was looked at, and the id that was found; None when no place was free.
#[derive(Clone)]
struct Looked {
    at: Timestamp,
    found: Option<ApUrl>,
}

#[async_trait]
impl Finder for Look {
    async fn look(&self, address: &ApUrl) -> Result<ApUrl> {
        let Some(fed) = self.fed.upgrade() else {
            return Ok(address.clone());
        };
        let now = fed.app.now();
        let again = |known: &Looked| known.found.is_none() || known.at.plus_secs(PAUSE_SECS) <= now;
        let entry = self.asked.entry_by_ref(address.as_str());
        let looked = entry.or_insert_with_if(Box::pin(self.ask(&fed, address)), again);
        let found = looked.await.into_value().found;
        found.ok_or(Error::RateLimited { retry_after: 15 })
    }

    async fn way(&self, asked: &str, act: Act, object: &ApUrl) -> Result<Way, NoWay> {
        let fed = self.fed().map_err(|_| NoWay::Busy)?;
        let _place = self.places.try_acquire().map_err(|_| NoWay::Busy)?;
        within_budget(FETCHES, ways::find(&fed.app, asked, act, object)).await
    }

    async fn show(&self, address: &str) -> Result<Shown> {
        let (fed, _place) = (self.fed()?, self.place()?);
        within_budget(FETCHES, in_ten_seconds(visit::show(&fed, address))).await
    }

    async fn act(&self, actor: i64, act: Act, address: &str, text: String) -> Result<()> {
        let (fed, _place) = (self.fed()?, self.place()?);
        let acting = visit::act(&fed, actor, act, address, text);
        within_budget(FETCHES, in_ten_seconds(acting)).await
    }
}

/// Does what somebody waits for, and no longer.
async fn in_ten_seconds<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let done = tokio::time::timeout(DEADLINE, Box::pin(work)).await;
    done.unwrap_or_else(|_| Err(Error::remote_temporary("it took too long")))
}

impl Look {
    fn place(&self) -> Result<tokio::sync::SemaphorePermit<'_>> {
        let busy = |_| Error::RateLimited { retry_after: 15 };
        self.places.try_acquire().map_err(busy)
    }

    fn fed(&self) -> Result<Arc<Federation>> {
        let gone = || Error::remote_temporary("the node stops");
        self.fed.upgrade().ok_or_else(gone)
    }

    async fn ask(&self, fed: &Federation, address: &ApUrl) -> Looked {
        let found = match self.places.try_acquire() {
            Ok(_place) => Some(within_budget(FETCHES, in_time(fed, address)).await),
            Err(_) => None,
        };
        Looked {
            at: fed.app.now(),
            found,
        }
    }
}

/// Looks, and leaves a verdict where nothing is found. Gives the id of what was found, else the address.
async fn in_time(fed: &Federation, address: &ApUrl) -> ApUrl {
    let looking = tokio::time::timeout(DEADLINE, Box::pin(look(fed, address)));
    let found = match looking.await {
        Ok(found) => found,
        Err(_) => Err(Error::remote_temporary("it took too long")),
    };
    match found {
        Ok(id) => {
            look_above(fed, &id).await;
            id
        }
        Err(error) => {
            match &error {
                Error::Db(_) | Error::Internal(_) => {
                    tracing::error!(%address, "cannot look a reply up: {}", error.log_text());
                }
                _ => tracing::debug!(%address, "looked a reply up in vain: {error}"),
            }
            verdicts::leave_missed(&fed.app, address, &error);
            address.clone()
        }
    }
}

/// Takes what stands at an address. Gives its id.
async fn look(fed: &Federation, address: &ApUrl) -> Result<ApUrl> {
    let object = object_of(fed, document(fed, address).await?).await?;
    let nameless = || Error::remote_final(format!("{address} has no id"));
    let id = object.id().ok_or_else(nameless)?;
    match fetched::take(&fed.app, &fed.fetcher, &object).await {
        Err(refusal) if refusal.reason == Reason::Internal => return Err(refusal.into()),
        Err(refusal) => tracing::debug!(%id, reason = refusal.reason.as_str(), "of no use here"),
        Ok(_) => {}
    }
    Ok(id)
}

/// Looks for what a reply answers, if it waits for that: the answer is then whole. A job goes on with what takes longer.
async fn look_above(fed: &Federation, id: &ApUrl) {
    let looking = climb(fed, id);
    match tokio::time::timeout(PARENTS_DEADLINE, Box::pin(looking)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::debug!(%id, "its parents cannot be had now: {}", error.log_text());
        }
        Err(_) => tracing::debug!(%id, "its parents take longer"),
    }
}

/// Goes up the chain, link by link, and down again, until the reply hangs where it belongs or nothing more can be had now.
async fn climb(fed: &Federation, id: &ApUrl) -> Result<()> {
    /// Links, up and down, that somebody waits for.
    const STEPS: usize = 24;
    for _ in 0..STEPS {
        let wanted = id.clone();
        let waits = fed
            .app
            .db
            .read(move |conn| comment::is_parked(conn, &wanted));
        if !waits.await? {
            return Ok(());
        }
        parents::fetch_parents(&fed.app, &fed.fetcher, id).await?;
    }
    Ok(())
}

/// The object that a Create is about, from where it lives; any other document as it is.
async fn object_of(fed: &Federation, document: Doc) -> Result<Doc> {
    let about = document.first_id("object").filter(|id| {
        let near = |own: ApUrl| own.same_origin(id);
        document.is("Create") && document.id().is_some_and(near)
    });
    match about {
        Some(id) => fed.fetcher.object(&id).await,
        None => Ok(document),
    }
}

/// The document at an address, or the one that the page there names as its other form.
pub(super) async fn document(fed: &Federation, address: &ApUrl) -> Result<Doc> {
    // Whoever asks may have repaired it, and cannot ask often.
    if let Some(url) = address.url() {
        fed.app.hosts.forget_miss(url.as_str());
    }
    let error = match fed.fetcher.object(address).await {
        Err(
            error @ Error::Remote {
                temporary: false, ..
            },
        ) => error,
        found => return found,
    };
    match alternate(fed, address).await {
        Some(other) if other != *address => fed.fetcher.object(&other).await,
        _ => Err(error),
    }
}

/// What a page names as its ActivityStreams form, on its own server.
async fn alternate(fed: &Federation, address: &ApUrl) -> Option<ApUrl> {
    let headers = |_: &Url| HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("text/html"))]);
    let page = fed
        .app
        .http
        .get_following(&address.url()?, PAGE, headers)
        .await
        .ok()
        .filter(|page| page.status == StatusCode::OK)?;
    let named = named_in_header(&page).or_else(|| {
        let html = String::from_utf8_lossy(&page.body);
        sanitize::alternate(&html, ACTIVITY_JSON)
    });
    let other = page.url.join(&named?).ok()?;
    let found = ApUrl::new(page.url.as_str());
    Some(ApUrl::new(other)).filter(|other| other.same_origin(&found))
}

/// The address that a `Link` header gives for the ActivityStreams form (RFC 8288).
fn named_in_header(page: &Reply) -> Option<String> {
    let lines = page.headers.get_all(LINK).iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    let mut links = lines.flat_map(|line| line.split('<').skip(1));
    links.find_map(|link| {
        let (address, about) = link.split_once('>')?;
        let fits = about.contains("alternate") && about.contains(ACTIVITY_JSON);
        fits.then(|| address.trim().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_names_the_other_form_among_others() {
        let page = |lines: &[&'static str]| Reply {
            status: StatusCode::OK,
            headers: lines
                .iter()
                .map(|line| (LINK, HeaderValue::from_static(line)))
                .collect(),
            url: Url::parse("https://m.example/@bob/1").unwrap(),
            body: bytes::Bytes::new(),
        };
        let lines = [
            "</style.css>; rel=preload",
            "<https://m.example/a,b>; rel=\"alternate\"; type=\"text/xml\", <https://m.example/1>; rel=\"alternate\"; type=\"application/activity+json\"",
        ];
        assert_eq!(
            named_in_header(&page(&lines)).as_deref(),
            Some("https://m.example/1")
        );
        for none in [
            &[][..],
            &["<"],
            &["<x>"],
            &["</1>; type=\"application/activity+json\""],
        ] {
            assert_eq!(named_in_header(&page(none)), None, "{none:?}");
        }
    }
}
