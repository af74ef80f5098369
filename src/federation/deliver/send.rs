//! One delivery: sign, POST, read the answer, knock again where the form of the signature was refused.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{HeaderMap, Method, StatusCode};
use moka::future::Cache;
use tokio::sync::Semaphore;
use url::Url;

use crate::domain::actor::Actor;
use crate::domain::delivery::{self, Activity, Due, Outcome, pause_secs};
use crate::error::{Error, Result};
use crate::federation::Federation;
use crate::federation::keys::{self, Signer};
use crate::federation::knock::{self, Knock};
use crate::federation::signature::{BodyDigest, sign_challenged, sign_post_digest};
use crate::http::{Limits, Reply};
use crate::types::{Id, Timestamp};

const CONTENT_TYPE: &str = "application/activity+json";
/// How much of an answer is read; of a refusal, the beginning is kept.
const ANSWER_MAX: usize = 256 * 1024;
const ERROR_MAX: usize = 300;
/// The longest pause a server may ask for, in seconds.
const RETRY_AFTER_MAX: i64 = 24 * 3600;

/// An activity, ready to be sent many times.
struct Prepared {
    body: Bytes,
    digest: BodyDigest,
}

/// Sends deliveries.
pub(super) struct Sender {
    fed: Arc<Federation>,
    prepared: Cache<Id<Activity>, Arc<Prepared>>,
    signers: Cache<Id<Actor>, Signer>,
    /// Signing is CPU: as many at once as there are cores, and as many again that wait their turn on their thread.
    signing: Arc<Semaphore>,
    limits: Limits,
}

impl Sender {
    pub(super) fn new(fed: Arc<Federation>) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let deadline = Duration::from_secs(fed.app.config.delivery.timeout_secs);
        Self {
            fed,
            prepared: Cache::new(64),
            signers: Cache::new(64),
            signing: Arc::new(Semaphore::new(2 * cores)),
            limits: Limits {
                bytes: ANSWER_MAX,
                deadline,
            },
        }
    }

    /// Makes one delivery and says how it ended. Never fails: whatever happens is an outcome.
    pub(super) async fn send(&self, due: &Due) -> Outcome {
        match self.try_send(due).await {
            Ok(reply) => self.judge(due, &reply),
            Err(error) => self.judge_error(due, &error),
        }
    }

    async fn try_send(&self, due: &Due) -> Result<Reply> {
        let url = due
            .inbox
            .url()
            .ok_or_else(|| Error::remote_final(format!("{} is no address", due.inbox)))?;
        let first = self.fed.forms.first(&due.host);
        let reply = self.post(due, &url, Knock::Form(first)).await?;
        if !knock::is_refusal(reply.status) {
            return Ok(reply);
        }
        let signer = self.signer(due.actor_id).await?;
        for knock in knock::more(first, &reply, &Method::POST, &signer.key_id) {
            let form = knock.form();
            let again = self.post(due, &url, knock).await?;
            if again.status.is_success() {
                self.fed.forms.keep(&self.fed.app, &due.host, form).await;
                return Ok(again);
            }
            // A refusal in each form is one; a server that failed at a later knock has not decided yet.
            if again.status.is_server_error() || again.status == StatusCode::TOO_MANY_REQUESTS {
                return Ok(again);
            }
        }
        Ok(reply)
    }

    async fn post(&self, due: &Due, url: &Url, knock: Knock) -> Result<Reply> {
        let prepared = self.prepare(due.activity_id).await?;
        let signer = self.signer(due.actor_id).await?;
        let headers = self.sign(&prepared, signer, url, knock).await?;
        self.fed
            .app
            .http
            .post(url, headers, prepared.body.clone(), self.limits)
            .await
    }

    async fn sign(
        &self,
        prepared: &Arc<Prepared>,
        signer: Signer,
        url: &Url,
        knock: Knock,
    ) -> Result<HeaderMap> {
        let turn = Arc::clone(&self.signing).acquire_owned().await;
        let turn = turn.map_err(Error::internal)?;
        let (prepared, url, now) = (Arc::clone(prepared), url.clone(), self.fed.app.now());
        let work = move || {
            // Ends with the work, not when the waiting task comes round to it: the cores go on at once.
            let _turn = turn;
            let (key, key_id) = (&signer.key, &signer.key_id);
            let digest = &prepared.digest;
            match knock {
                Knock::Form(form) => {
                    sign_post_digest(form, key, key_id, &url, CONTENT_TYPE, digest, now)
                }
                Knock::Challenge(asked) => {
                    let body = Some((CONTENT_TYPE, digest));
                    sign_challenged(&asked, key, key_id, &url, body, now)
                }
            }
        };
        Ok(tokio::task::spawn_blocking(work)
            .await
            .map_err(Error::internal)??)
    }

    async fn prepare(&self, activity: Id<Activity>) -> Result<Arc<Prepared>> {
        let load = async {
            let document = self
                .fed
                .app
                .db
                .read(move |conn| delivery::load_document(conn, activity))
                .await?;
            let body = Bytes::from(document.ok_or(Error::NotFound("the activity"))?);
            Ok(Arc::new(Prepared {
                digest: BodyDigest::of(&body),
                body,
            }))
        };
        self.prepared
            .try_get_with(activity, load)
            .await
            .map_err(shared)
    }

    async fn signer(&self, actor: Id<Actor>) -> Result<Signer> {
        self.signers
            .try_get_with(actor, keys::signer(&self.fed.app, actor))
            .await
            .map_err(shared)
    }

    fn judge(&self, due: &Due, reply: &Reply) -> Outcome {
        let status = reply.status;
        let text = || format!("{}: {}", status, beginning(&reply.body));
        match status {
            _ if status.is_success() => Outcome::Done,
            StatusCode::GONE => Outcome::Dead {
                error: text(),
                status: Some(status.as_u16()),
                gone: true,
            },
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS => {
                self.later(
                    due,
                    text(),
                    Some(status),
                    retry_after(&reply.headers, self.fed.app.now()),
                )
            }
            _ if status.is_server_error() => self.later(
                due,
                text(),
                Some(status),
                retry_after(&reply.headers, self.fed.app.now()),
            ),
            _ => Outcome::Dead {
                error: text(),
                status: Some(status.as_u16()),
                gone: false,
            },
        }
    }

    fn judge_error(&self, due: &Due, error: &Error) -> Outcome {
        match error {
            Error::Forbidden(_) if self.fed.app.hosts.is_blocked(&due.host) => Outcome::Blocked,
            Error::Remote {
                temporary: true,
                message,
            } => self.later(due, message.clone(), None, None),
            Error::Db(_) | Error::Internal(_) => {
                tracing::error!(inbox = %due.inbox, "cannot deliver: {}", error.log_text());
                self.later(due, error.to_string(), None, None)
            }
            other => Outcome::Dead {
                error: other.to_string(),
                status: None,
                gone: false,
            },
        }
    }

    /// Another try, unless it has been tried for long enough.
    fn later(
        &self,
        due: &Due,
        error: String,
        status: Option<StatusCode>,
        asked: Option<i64>,
    ) -> Outcome {
        let now = self.fed.app.now();
        let pause = pause_secs(due.attempts, rand::random::<f64>()).max(asked.unwrap_or(0));
        let days = self.fed.app.config.delivery.give_up_days;
        if now.plus_secs(pause).0 - due.created_at.0 > days * Timestamp::DAY {
            let error = format!("given up after {days} days; the last answer was: {error}");
            return Outcome::Dead {
                error,
                status: status.map(|status| status.as_u16()),
                gone: false,
            };
        }
        Outcome::Retry {
            at: now.plus_secs(pause),
            error,
            status: status.map(|status| status.as_u16()),
            host_failed: status.is_none_or(|status| status.is_server_error()),
        }
    }
}

/// An error that several waited for.
fn shared(error: Arc<Error>) -> Error {
    match &*error {
        Error::NotFound(what) => Error::NotFound(what),
        other => Error::internal(other.log_text()),
    }
}

/// The pause a server asks for, in seconds or as a date (RFC 9110 10.2.3).
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<i64> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = text.parse::<i64>().ok().or_else(|| {
        let at = httpdate::parse_http_date(text).ok()?;
        let at = at.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs();
        Some(i64::try_from(at).ok()? - now.secs())
    })?;
    Some(seconds.clamp(0, RETRY_AFTER_MAX))
}

fn beginning(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    text.chars()
        .filter(|c| !c.is_control())
        .take(ERROR_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn retry_after_is_read_as_seconds_or_date_within_bounds() {
        let now = Timestamp::from_secs(784_111_777);
        let of = |text: &'static str| {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(text))]);
            retry_after(&headers, now)
        };
        assert_eq!(of("120"), Some(120));
        assert_eq!(of("Sun, 06 Nov 1994 08:50:37 GMT"), Some(60));
        assert_eq!(of("999999999"), Some(RETRY_AFTER_MAX));
        assert_eq!(of("soon"), None);
    }
}
