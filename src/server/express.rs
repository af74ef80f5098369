//! Kept answers for connections of HTTP/1.1, in front of hyper: head and body go out as they lie in memory. Only plain
//! requests are answered here: GET or HEAD without a body, for an answer that is kept. Everything else, and every connection
//! after it, is hyper's with all that was read, so no rule of the protocol is decided twice.

use std::cell::Cell;
use std::io::{Error, ErrorKind, IoSlice, Result};
use std::mem::MaybeUninit;
use std::pin::pin;
use std::sync::Arc;

use bytes::{Buf, BytesMut};
use futures_util::FutureExt;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use super::connections::HEAD_TIMEOUT;
use super::kept;
use super::patience::Patience;
use crate::app::App;
use crate::kept::headers::{Headers, Line, Plain};
use crate::kept::{Answer, Choice};
use crate::types::Timestamp;

/// Longest head of a request that is answered here, in bytes.
const HEAD_MAX: usize = 8 * 1024;
/// What there is at least room for when something is read, in bytes: the head of most requests.
const READ: usize = 1024;
/// Most headers of a request that is answered here.
const HEADERS_MAX: usize = 40;
/// Headers with which a request is not plain: a body follows, or the connection becomes another.
const NOT_PLAIN: [Line; 4] = [
    Line::ContentLength,
    Line::TransferEncoding,
    Line::Expect,
    Line::Upgrade,
];
/// `date: Sun, 06 Nov 1994 08:49:37 GMT` and what ends a head.
const DATE_LENGTH: usize = 39;

/// Answers the requests of one connection for as long as it can. Returns what was read of the request that it leaves to hyper;
/// None when the connection has ended, or the patience with it.
pub(super) async fn serve<S>(
    app: &Arc<App>,
    stream: &mut S,
    mut read: BytesMut,
    mut patience: Patience,
) -> Option<BytesMut>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        match begun(app, &read) {
            Ok(Some(begun)) => {
                read.advance(begun.length);
                begun.answer(app, stream).await.ok()?;
                if begun.is_last {
                    let _ = stream.shutdown().await;
                    return None;
                }
                patience.renew();
            }
            Ok(None) => {
                // What was answered makes room for what comes.
                read.reserve(READ);
                let more = patience.wait_for(stream.read_buf(&mut read));
                if more.await?.ok()? == 0 {
                    return None;
                }
            }
            Err(NotPlain) => return Some(read),
        }
    }
}

/// What is hyper's business.
struct NotPlain;

/// What answers the request at the beginning of what was read; None while that is not whole.
fn begun(app: &Arc<App>, read: &[u8]) -> std::result::Result<Option<Begun>, NotPlain> {
    if read.is_empty() {
        return Ok(None);
    }
    let mut lines = [const { MaybeUninit::uninit() }; HEADERS_MAX];
    let mut head = httparse::Request::new(&mut []);
    match head.parse_with_uninit_headers(read, &mut lines) {
        Ok(httparse::Status::Complete(length)) => {
            let asked = Asked::of(&head).ok_or(NotPlain)?;
            asked.find(app, length).map(Some).ok_or(NotPlain)
        }
        Ok(httparse::Status::Partial) if read.len() < HEAD_MAX => Ok(None),
        _ => Err(NotPlain),
    }
}

/// A plain request, as it lies in what was read.
struct Asked<'a> {
    path: &'a str,
    query: &'a str,
    headers: Plain<'a>,
    is_head: bool,
    is_last: bool,
}

/// What answers a request.
struct Begun {
    answer: Arc<Answer>,
    form: Choice,
    /// The length of the request.
    length: usize,
    /// Only the head is asked for.
    is_head: bool,
    /// The connection ends after it.
    is_last: bool,
}

impl<'a> Asked<'a> {
    /// Looks at a head. None when anything in it needs more than a look: a body, another version, another connection, an odd
    /// target.
    fn of(head: &httparse::Request<'_, 'a>) -> Option<Self> {
        let is_head = match head.method? {
            "GET" => false,
            "HEAD" => true,
            _ => return None,
        };
        let target = head.path.filter(|target| is_plain(target))?;
        let headers = Plain::of(head.headers)?;
        headers
            .lines(Line::Host)
            .next()
            .filter(|host| is_host(host))?;
        if head.version != Some(1) || NOT_PLAIN.into_iter().any(|line| headers.has(line)) {
            return None;
        }
        let is_last = match headers.lines(Line::Connection).next() {
            None => false,
            Some(word) if word.eq_ignore_ascii_case("keep-alive") => false,
            Some(word) if word.eq_ignore_ascii_case("close") => true,
            Some(_) => return None,
        };
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Some(Self {
            path,
            query,
            headers,
            is_head,
            is_last,
        })
    }

    /// The answer that is kept for it.
    fn find(&self, app: &Arc<App>, length: usize) -> Option<Begun> {
        let key = kept::key(app, self.path, self.query, &self.headers)?;
        let answer = kept::look_up(app, &key)?;
        Some(Begun {
            form: answer.choose(&self.headers),
            answer,
            length,
            is_head: self.is_head,
            is_last: self.is_last,
        })
    }
}

/// True for a target of the usual form, with nothing in it that a URI does not have (RFC 3986 3.3, 3.4) and no fragment.
fn is_plain(target: &str) -> bool {
    let is_usual =
        |byte| matches!(byte, b'!' | b'$'..=b';' | b'=' | b'?'..=b'Z' | b'_' | b'a'..=b'z' | b'~');
    target.starts_with('/') && target.bytes().all(is_usual)
}

/// True for a host as most are written; hyper's site looks at all others (RFC 9112 3.2).
fn is_host(host: &str) -> bool {
    let is_usual =
        |byte| matches!(byte, b'-' | b'.' | b'0'..=b':' | b'A'..=b'[' | b']' | b'_' | b'a'..=b'z');
    host.bytes().all(is_usual)
}

impl Begun {
    /// Sends it.
    async fn answer<S: AsyncWrite + Unpin>(&self, app: &App, stream: &mut S) -> Result<()> {
        let form = self.answer.form(self.form);
        app.metrics.count_response(form.status().as_u16());
        let last: &[u8] = if self.is_last {
            b"connection: close\r\n"
        } else {
            b""
        };
        let body = if self.is_head { b"" } else { form.body() };
        send(stream, [form.head(), last, &date(app.clock.now()), body]).await
    }
}

/// Sends these parts, one behind the other. Fails when nothing of them can be sent for too long.
async fn send<S: AsyncWrite + Unpin>(stream: &mut S, parts: [&[u8]; 4]) -> Result<()> {
    let mut parts = parts.map(IoSlice::new);
    let mut left = parts.as_mut_slice();
    IoSlice::advance_slices(&mut left, 0);
    while !left.is_empty() {
        match in_time(stream.write_vectored(left)).await? {
            0 => return Err(Error::from(ErrorKind::WriteZero)),
            sent => IoSlice::advance_slices(&mut left, sent),
        }
    }
    in_time(stream.flush()).await
}

/// What comes of `work`, which may take a while; what is done at once needs no timer.
async fn in_time<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let mut work = pin!(work);
    match work.as_mut().now_or_never() {
        Some(done) => done,
        None => timeout(HEAD_TIMEOUT, work).await?,
    }
}

/// The header `date`, and the line that ends a head. Written once a second.
fn date(now: Timestamp) -> [u8; DATE_LENGTH] {
    thread_local!(static WRITTEN: Cell<(i64, [u8; DATE_LENGTH])> = const { Cell::new((i64::MIN, [b' '; DATE_LENGTH])) });
    let (second, mut line) = WRITTEN.get();
    if second != now.secs() {
        let text = format!("date: {}\r\n\r\n", now.http_date());
        if let Ok(text) = text.as_bytes().try_into() {
            line = text;
            WRITTEN.set((now.secs(), line));
        }
    }
    line
}
