//! One answer that is kept: its headers, its body in every form, and how it is sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, LAST_MODIFIED, VARY};
use http::{HeaderMap, HeaderValue, Response, StatusCode};

use super::Scope;
use super::encoding::{self, Encoding, shrink};
use super::headers::{Headers, Line};

/// What counts against the room beside the bodies, in bytes: headers in both shapes, scopes, the entry itself.
const FRAME: usize = 2_500;
/// How often it is given before it is made as small as it gets: that takes longer than making it.
const OFTEN: u32 = 4;

/// An answer with status 200.
pub struct Answer {
    forms: [Option<Arc<Form>>; 4],
    unchanged: Arc<Form>,
    scopes: Box<[Scope]>,
    made: u64,
    checked: AtomicU64,
    given: AtomicU32,
    /// It has every form that helps, as small as it gets.
    is_small: bool,
}

/// Which of the forms of an answer a request gets: one of [`Encoding::ALL`], or that nothing is new (any other place).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice(usize);

/// The body as it is.
const PLAIN: Choice = Choice(0);
const UNCHANGED: Choice = Choice(usize::MAX);

/// A body as it travels, with the headers of that form.
pub struct Form {
    status: StatusCode,
    headers: HeaderMap,
    head: Bytes,
    body: Bytes,
}

impl Form {
    fn new(status: StatusCode, headers: HeaderMap, body: Bytes) -> Arc<Self> {
        Arc::new(Self {
            status,
            head: head(status, &headers, body.len()),
            headers,
            body,
        })
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Status line and headers as HTTP/1.1 writes them, without the date and the line that ends them.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// What follows the head.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

/// See [`Form::head`]. Only 304 says nothing of a length (RFC 9110 15.4.5).
fn head(status: StatusCode, headers: &HeaderMap, length: usize) -> Bytes {
    let mut head = Vec::with_capacity(1_024);
    head.extend_from_slice(format!("HTTP/1.1 {status}\r\n").as_bytes());
    for (name, value) in headers {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            head.extend_from_slice(part);
        }
    }
    if status != StatusCode::NOT_MODIFIED {
        head.extend_from_slice(format!("content-length: {length}\r\n").as_bytes());
    }
    Bytes::from(head)
}

impl Answer {
    /// An answer that shows `scopes`, read after the change `made`. With the form that the first reader gets.
    pub fn new(headers: HeaderMap, body: Bytes, scopes: Vec<Scope>, made: u64) -> Self {
        let mut headers = headers;
        let is_worth_it = worth_it(&headers, &body);
        if is_worth_it {
            headers.append(VARY, HeaderValue::from_static("Accept-Encoding"));
        }
        headers.remove(CONTENT_LENGTH);
        let mut unchanged = headers.clone();
        unchanged.remove(CONTENT_TYPE);
        let plain = Form::new(StatusCode::OK, headers, body);
        Self {
            forms: [Some(plain), None, None, None],
            unchanged: Form::new(StatusCode::NOT_MODIFIED, unchanged, Bytes::new()),
            scopes: scopes.into(),
            made,
            checked: AtomicU64::new(made),
            given: AtomicU32::new(0),
            is_small: !is_worth_it,
        }
    }

    /// The same with one more form, quickly made; this one where that does not help.
    #[must_use]
    pub fn with_quick_form(mut self, encoding: Encoding) -> Self {
        self.add(encoding, true);
        self
    }

    /// The same with every form as small as it gets. Takes some ten milliseconds: not on an async thread.
    #[must_use]
    pub fn with_all_forms(&self) -> Self {
        let mut all = self.copy();
        for encoding in Encoding::ALL {
            all.add(encoding, false);
        }
        all.is_small = true;
        all
    }

    /// Counts that it is given once more. True each time it was given so often that it should be made as small as it gets.
    pub fn is_given_often(&self) -> bool {
        !self.is_small && self.given.fetch_add(1, Ordering::Relaxed) % OFTEN == OFTEN - 1
    }

    fn copy(&self) -> Self {
        Self {
            forms: [self.plain().cloned(), None, None, None],
            unchanged: Arc::clone(&self.unchanged),
            scopes: self.scopes.clone(),
            made: self.made,
            checked: AtomicU64::new(self.checked.load(Ordering::Relaxed)),
            given: AtomicU32::new(0),
            is_small: self.is_small,
        }
    }

    fn plain(&self) -> Option<&Arc<Form>> {
        self.forms.first().and_then(Option::as_ref)
    }

    fn add(&mut self, encoding: Encoding, fast: bool) {
        let Some(plain) = self.plain().filter(|_| !self.is_small) else {
            return;
        };
        let (Some(name), Some(body)) = (encoding.name(), shrink(&plain.body, encoding, fast))
        else {
            return;
        };
        let mut headers = plain.headers.clone();
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
        weaken(&mut headers);
        let place = Encoding::ALL.iter().position(|one| *one == encoding);
        if let Some(form) = place.and_then(|place| self.forms.get_mut(place)) {
            *form = Some(Form::new(StatusCode::OK, headers, body));
        }
    }

    /// What it shows.
    pub(super) fn scopes(&self) -> &[Scope] {
        &self.scopes
    }

    /// After which change it was read.
    pub(super) fn made(&self) -> u64 {
        self.made
    }

    /// The last change at which it was found to be current.
    pub(super) fn checked(&self) -> &AtomicU64 {
        &self.checked
    }

    /// The room it takes, in bytes.
    pub(super) fn size(&self) -> usize {
        let bodies = self
            .forms
            .iter()
            .flatten()
            .map(|form| form.body.len() + FRAME);
        bodies.sum::<usize>() + self.scopes.len() * size_of::<Scope>()
    }

    /// Which form answers a request with these headers: 304 when the client has it, else the smallest form that it takes.
    pub fn choose(&self, asked: &impl Headers) -> Choice {
        if is_unchanged(asked, &self.unchanged.headers) {
            return UNCHANGED;
        }
        let taken = Encoding::taken(asked);
        let forms = self.forms.iter().zip(taken).enumerate().rev();
        let mut taken = forms.filter(|(_, (form, taken))| *taken && form.is_some());
        taken.next().map_or(PLAIN, |(place, _)| Choice(place))
    }

    /// The form that was chosen.
    pub fn form(&self, choice: Choice) -> &Form {
        let form = self.forms.get(choice.0).and_then(Option::as_ref);
        form.unwrap_or(&self.unchanged)
    }

    /// The response to a request with these headers; see [`Answer::choose`].
    pub fn respond<B: From<Bytes>>(&self, asked: &HeaderMap) -> Response<B> {
        let form = self.form(self.choose(asked));
        let mut response = Response::new(B::from(form.body.clone()));
        *response.status_mut() = form.status;
        *response.headers_mut() = form.headers.clone();
        response
    }
}

fn worth_it(headers: &HeaderMap, body: &Bytes) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| encoding::is_worth_it(kind, body.len()))
}

/// A form of other bytes has the same validator only in its weak form (RFC 9110 8.8.1).
fn weaken(headers: &mut HeaderMap) {
    let weak = headers
        .get(ETAG)
        .and_then(|etag| etag.to_str().ok())
        .filter(|etag| !etag.starts_with("W/"))
        .and_then(|etag| HeaderValue::from_str(&format!("W/{etag}")).ok());
    if let Some(weak) = weak {
        headers.insert(ETAG, weak);
    }
}

/// True when the client has what the headers describe (RFC 9110 13.1): by its validator, or by its date where the client
/// names no validator. Only the very date that was given counts: when the newest entry of a feed is taken away, its date goes back.
pub fn is_unchanged(asked: &impl Headers, headers: &HeaderMap) -> bool {
    if asked.has(Line::IfNoneMatch) {
        let Some(etag) = headers.get(ETAG).and_then(|etag| etag.to_str().ok()) else {
            return false;
        };
        let etag = etag.strip_prefix("W/").unwrap_or(etag);
        return asked
            .lines(Line::IfNoneMatch)
            .flat_map(|line| line.split(','))
            .map(str::trim)
            .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag);
    }
    let since = asked.lines(Line::IfModifiedSince).next();
    since.is_some_and(|since| headers.get(LAST_MODIFIED).is_some_and(|own| own == since))
}

#[cfg(test)]
mod tests {
    use http::header::{IF_MODIFIED_SINCE, IF_NONE_MATCH};

    use super::*;

    fn headers(lines: &[(http::HeaderName, &str)]) -> HeaderMap {
        let line =
            |(name, value): &(http::HeaderName, &str)| (name.clone(), value.parse().unwrap());
        lines.iter().map(line).collect()
    }

    fn page() -> Answer {
        let head = headers(&[(CONTENT_TYPE, "text/html; charset=utf-8"), (ETAG, "\"v1\"")]);
        Answer::new(head, Bytes::from("<p>hello</p>".repeat(500)), Vec::new(), 0)
    }

    #[test]
    fn a_client_gets_the_smallest_form_it_takes() {
        use http::header::ACCEPT_ENCODING;
        let page = page().with_all_forms();
        for (asked, form) in [
            ("gzip, br", Some("br")),
            ("gzip", Some("gzip")),
            ("zstd, gzip", Some("zstd")),
            ("", None),
        ] {
            let response: Response<Bytes> = page.respond(&headers(&[(ACCEPT_ENCODING, asked)]));
            let got = response
                .headers()
                .get(CONTENT_ENCODING)
                .map(|form| form.to_str().unwrap());
            assert_eq!(got, form);
            assert_eq!(response.headers()[VARY], "Accept-Encoding");
            let etag = if form.is_some() { "W/\"v1\"" } else { "\"v1\"" };
            assert_eq!(response.headers()[ETAG], etag);
        }
    }

    #[test]
    fn who_has_it_in_any_form_is_told_so() {
        for known in ["\"v1\"", "W/\"v1\"", "\"v0\", W/\"v1\"", "*"] {
            let response: Response<Bytes> = page().respond(&headers(&[(IF_NONE_MATCH, known)]));
            assert_eq!(response.status(), 304, "{known}");
            assert!(response.body().is_empty());
            assert!(response.headers().get(CONTENT_TYPE).is_none());
        }
        let response: Response<Bytes> = page().respond(&headers(&[(IF_NONE_MATCH, "\"v2\"")]));
        assert_eq!(response.status(), 200);
    }

    #[test]
    fn a_date_counts_only_where_no_validator_is_named() {
        let feed = headers(&[
            (ETAG, "\"v1\""),
            (LAST_MODIFIED, "Sun, 22 Nov 2026 12:00:00 GMT"),
        ]);
        let since = |at: &str| headers(&[(IF_MODIFIED_SINCE, at)]);
        assert!(is_unchanged(&since("Sun, 22 Nov 2026 12:00:00 GMT"), &feed));
        assert!(!is_unchanged(
            &since("Sun, 22 Nov 2026 12:00:01 GMT"),
            &feed
        ));
        assert!(!is_unchanged(&since("yesterday"), &feed));
        let both = headers(&[
            (IF_NONE_MATCH, "\"v0\""),
            (IF_MODIFIED_SINCE, "Sun, 22 Nov 2026 12:00:00 GMT"),
        ]);
        assert!(!is_unchanged(&both, &feed));
    }
}
