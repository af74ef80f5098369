//! The cheap tests, made before any key is fetched: algorithm label, coverage, host, digest, time.

use std::time::UNIX_EPOCH;

use super::cavage::{CREATED, EXPIRES, REQUEST_TARGET};
use super::error::{SignatureError, SignatureErrorKind};
use super::public::{PublicKey, Scheme};
use super::{ParsedSignature, Request, SignatureForm, Site, digest, joined};
use crate::types::Timestamp;

/// How old a signature may be, in seconds: queues and retries on the sending side.
const MAX_AGE: i64 = 12 * 3600;
/// How far ahead of our clock a signature may be, in seconds.
const MAX_AHEAD: i64 = 3600;

/// Runs all of them. See [`ParsedSignature::check`].
pub(super) fn check(
    parsed: &ParsedSignature,
    request: &Request<'_>,
    site: &Site,
    now: Timestamp,
) -> Result<(), SignatureError> {
    labelled(parsed)?;
    match parsed.form {
        SignatureForm::Cavage => cavage_coverage(parsed, request)?,
        SignatureForm::Rfc9421 => rfc9421_coverage(parsed, request)?,
    }
    if !site.admits_host(request.headers)? {
        return Err(SignatureError::new(
            SignatureErrorKind::Host,
            format!(
                "the request is for another host; this one is {}",
                site.authority()
            ),
        ));
    }
    if needs_digest(request) {
        digest::check(
            parsed.form,
            request.headers,
            request.body.unwrap_or_default(),
        )?;
    }
    window(parsed, request, now)
}

fn needs_digest(request: &Request<'_>) -> bool {
    !matches!(request.method, "GET" | "HEAD")
}

fn require(parsed: &ParsedSignature, name: &str) -> Result<(), SignatureError> {
    if parsed.covers(name) {
        return Ok(());
    }
    Err(SignatureError::coverage(format!(
        "the signature must cover {name}"
    )))
}

fn cavage_coverage(parsed: &ParsedSignature, request: &Request<'_>) -> Result<(), SignatureError> {
    require(parsed, REQUEST_TARGET)?;
    require(parsed, "host")?;
    if needs_digest(request) {
        require(parsed, "digest")?;
    }
    if parsed.covers("date") {
        return Ok(());
    }
    require(parsed, CREATED)
        .map_err(|_| SignatureError::coverage("the signature must cover date or (created)"))
}

fn rfc9421_coverage(parsed: &ParsedSignature, request: &Request<'_>) -> Result<(), SignatureError> {
    require(parsed, "@method")?;
    if needs_digest(request) {
        require(parsed, "content-digest")?;
    }
    let has_query = request.path_and_query.contains('?');
    let target = parsed.covers("@request-target")
        || (parsed.covers("@path") && (!has_query || parsed.covers("@query")));
    if parsed.covers("@target-uri") || (parsed.covers("@authority") && target) {
        return Ok(());
    }
    Err(SignatureError::coverage(
        "the signature must cover @target-uri, or @authority with @path and @query",
    ))
}

/// Tests each covered time, and `expires` even when it is not covered.
fn window(
    parsed: &ParsedSignature,
    request: &Request<'_>,
    now: Timestamp,
) -> Result<(), SignatureError> {
    let now = now.secs();
    if parsed.covers("date") {
        let date = joined(request.headers, "date")?
            .ok_or_else(|| SignatureError::window("there is no Date header"))?;
        near(http_date(&date)?, now)?;
    }
    if parsed.form == SignatureForm::Rfc9421 || parsed.covers(CREATED) {
        let created = parsed
            .created
            .ok_or_else(|| SignatureError::window("the signature needs the parameter created"))?;
        near(created, now)?;
    }
    match parsed.expires {
        Some(expires) if expires < now => Err(SignatureError::window("the signature has expired")),
        None if parsed.covers(EXPIRES) => Err(SignatureError::window(
            "the signature needs the parameter expires",
        )),
        _ => Ok(()),
    }
}

fn near(at: i64, now: i64) -> Result<(), SignatureError> {
    if at < now.saturating_sub(MAX_AGE) {
        Err(SignatureError::window(
            "the signature is older than 12 hours",
        ))
    } else if at > now.saturating_add(MAX_AHEAD) {
        Err(SignatureError::window(
            "the signature is more than 1 hour ahead of our clock",
        ))
    } else {
        Ok(())
    }
}

/// Reads an HTTP date (RFC 9110 5.6.7) as seconds since 1970.
fn http_date(text: &str) -> Result<i64, SignatureError> {
    httpdate::parse_http_date(text)
        .ok()
        .and_then(|at| at.duration_since(UNIX_EPOCH).ok())
        .and_then(|since| i64::try_from(since.as_secs()).ok())
        .ok_or_else(|| SignatureError::window("the Date header is no HTTP date"))
}

/// The scheme a label names; None when it leaves that to the key.
fn labelled(parsed: &ParsedSignature) -> Result<Option<Scheme>, SignatureError> {
    let Some(label) = &parsed.algorithm else {
        return Ok(None);
    };
    let label = label.to_ascii_lowercase();
    match (parsed.form, label.as_str()) {
        (SignatureForm::Cavage, "hs2019") => Ok(None),
        (SignatureForm::Cavage, "rsa-sha256") | (SignatureForm::Rfc9421, "rsa-v1_5-sha256") => {
            Ok(Some(Scheme::RsaSha256))
        }
        (SignatureForm::Cavage, "rsa-sha512") => Ok(Some(Scheme::RsaSha512)),
        (_, "ed25519") => Ok(Some(Scheme::Ed25519)),
        _ => Err(SignatureError::new(
            SignatureErrorKind::Algorithm,
            "the algorithm must be RSA (PKCS#1 v1.5, SHA-256) or Ed25519",
        )),
    }
}

/// The schemes to try with a key. Fails when the label contradicts the key.
pub(super) fn schemes(
    parsed: &ParsedSignature,
    key: &PublicKey,
) -> Result<Vec<Scheme>, SignatureError> {
    match (labelled(parsed)?, parsed.form) {
        (Some(scheme), _) => Ok(vec![scheme]),
        // RFC 9421 knows no RSA PKCS#1 v1.5 with SHA-512.
        (None, SignatureForm::Rfc9421) => Ok(key.schemes().iter().copied().take(1).collect()),
        (None, SignatureForm::Cavage) => Ok(key.schemes().to_vec()),
    }
}
