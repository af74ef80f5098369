//! Signing what we send. Returns headers to add to the request; sends nothing.

use http::header::{CONTENT_TYPE, DATE};
use http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::cavage::{self, REQUEST_TARGET};
use super::digest::BodyDigest;
use super::error::SignatureError;
use super::keys::RsaKey;
use super::rfc9421::{self, Plan};
use super::{Challenge, Request, SignatureForm, Site};
use crate::types::Timestamp;

/// Signs a POST. The headers returned are Date, Content-Type, the digest and the signature; Host is
/// left to the HTTP client, which derives the same from the address. Fails on an address without host
/// or a key id that no header can hold. About 0.8 ms of CPU.
pub fn sign_post(
    form: SignatureForm,
    key: &RsaKey,
    key_id: &str,
    url: &Url,
    content_type: &str,
    body: &[u8],
    now: Timestamp,
) -> Result<HeaderMap, SignatureError> {
    sign_post_digest(
        form,
        key,
        key_id,
        url,
        content_type,
        &BodyDigest::of(body),
        now,
    )
}

/// [`sign_post`] for a body that was hashed before: one body goes to many inboxes.
pub fn sign_post_digest(
    form: SignatureForm,
    key: &RsaKey,
    key_id: &str,
    url: &Url,
    content_type: &str,
    digest: &BodyDigest,
    now: Timestamp,
) -> Result<HeaderMap, SignatureError> {
    let mut headers = HeaderMap::new();
    let (name, value) = digest.header(form);
    insert(&mut headers, HeaderName::from_static(name), &value)?;
    insert(&mut headers, CONTENT_TYPE, content_type)?;
    let list: &[&str] = match form {
        SignatureForm::Cavage => &[REQUEST_TARGET, "host", "date", "digest", "content-type"],
        SignatureForm::Rfc9421 => &[
            "@method",
            "@target-uri",
            "@authority",
            "content-type",
            "content-digest",
        ],
    };
    sign(
        form,
        "POST",
        &Plan::over(list),
        headers,
        key,
        key_id,
        url,
        now,
    )
}

/// Signs a GET. The headers returned are Date and the signature; Accept is not signed, since proxies
/// rewrite it. Fails as [`sign_post`].
pub fn sign_get(
    form: SignatureForm,
    key: &RsaKey,
    key_id: &str,
    url: &Url,
    now: Timestamp,
) -> Result<HeaderMap, SignatureError> {
    let list: &[&str] = match form {
        SignatureForm::Cavage => &[REQUEST_TARGET, "host", "date"],
        SignatureForm::Rfc9421 => &["@method", "@target-uri", "@authority"],
    };
    let plan = Plan::over(list);
    sign(form, "GET", &plan, HeaderMap::new(), key, key_id, url, now)
}

/// Signs as the other server asked, by RFC 9421; a POST's media type and digest are in `body`. Fails as [`sign_post`].
pub fn sign_challenged(
    challenge: &Challenge,
    key: &RsaKey,
    key_id: &str,
    url: &Url,
    body: Option<(&str, &BodyDigest)>,
    now: Timestamp,
) -> Result<HeaderMap, SignatureError> {
    let form = SignatureForm::Rfc9421;
    let mut headers = HeaderMap::new();
    if let Some((content_type, digest)) = body {
        let (name, value) = digest.header(form);
        insert(&mut headers, HeaderName::from_static(name), &value)?;
        insert(&mut headers, CONTENT_TYPE, content_type)?;
    }
    let method = if body.is_some() { "POST" } else { "GET" };
    let list = challenge.list();
    let plan = challenge.plan(&list, now.secs());
    sign(form, method, &plan, headers, key, key_id, url, now)
}

#[expect(
    clippy::too_many_arguments,
    reason = "the callers above are the interface"
)]
fn sign(
    form: SignatureForm,
    method: &str,
    plan: &Plan<'_>,
    mut headers: HeaderMap,
    key: &RsaKey,
    key_id: &str,
    url: &Url,
    now: Timestamp,
) -> Result<HeaderMap, SignatureError> {
    if key_id.is_empty()
        || !key_id
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"\"\\".contains(&b))
    {
        return Err(SignatureError::key("the key id cannot stand in a header"));
    }
    insert(&mut headers, DATE, &now.http_date())?;
    let site = Site::new(url)?;
    let path_and_query = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let request = Request {
        method,
        path_and_query: &path_and_query,
        headers: &headers,
        body: None,
    };
    match form {
        SignatureForm::Cavage => {
            let signature = cavage::sign(plan.list, &request, &site, key, key_id)?;
            insert(
                &mut headers,
                HeaderName::from_static("signature"),
                &signature,
            )?;
        }
        SignatureForm::Rfc9421 => {
            let (input, signature) = rfc9421::sign(plan, &request, &site, key, key_id, now.secs())?;
            insert(
                &mut headers,
                HeaderName::from_static(rfc9421::INPUT),
                &input,
            )?;
            insert(
                &mut headers,
                HeaderName::from_static("signature"),
                &signature,
            )?;
        }
    }
    Ok(headers)
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) -> Result<(), SignatureError> {
    let value = HeaderValue::from_str(value)
        .map_err(|_| SignatureError::malformed("a value cannot stand in a header"))?;
    headers.insert(name, value);
    Ok(())
}
