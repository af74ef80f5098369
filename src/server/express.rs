//! Kept answers for connections of HTTP/1.1, in front of hyper: head and body go out as they lie in memory. Only plain
//! requests are answered here: GET or HEAD without a body, for an answer that is kept. Everything else, and every connection
//! after it, is hyper's with all that was read, so no rule of the protocol is decided twice.

use std::cell::Cell;
use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::pin;
use std::sync::Arc;

use bytes::{Buf, BytesMut};
use http::header::{
    CONNECTION, CONTENT_LENGTH, EXPECT, HOST, HeaderMap, HeaderName, HeaderValue,
    TRANSFER_ENCODING, UPGRADE,
};
use http::{Method, Uri};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, sleep_until, timeout};

use super::connections::HEAD_TIMEOUT;
use super::kept;
use crate::app::App;
use crate::kept::Answer;
use crate::types::Timestamp;

/// Longest head of a request that is answered here, in bytes.
const HEAD_MAX: usize = 8 * 1024;
/// Most headers of a request that is answered here.
const HEADERS_MAX: usize = 40;
/// Headers with which a request is not plain: a body follows, or the connection becomes another; or said twice.
const NOT_PLAIN: [HeaderName; 5] = [
    CONTENT_LENGTH,
    TRANSFER_ENCODING,
    EXPECT,
    UPGRADE,
    CONNECTION,
];
/// `date: Sun, 06 Nov 1994 08:49:37 GMT` and what ends a head.
const DATE_LENGTH: usize = 39;

/// Answers the requests of one connection for as long as it can. Returns what was read of the request that it leaves to hyper;
/// None when the connection has ended, was silent for too long, or `stopped` is over.
pub(super) async fn serve<S>(
    app: &Arc<App>,
    stream: &mut S,
    mut read: BytesMut,
    stopped: impl Future<Output = ()>,
) -> Option<BytesMut>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut stopped = pin!(stopped);
    let mut since = Instant::now();
    let mut silence = pin!(sleep_until(since + HEAD_TIMEOUT));
    loop {
        match parse(&read) {
            Ok(Some((request, length))) => {
                let Some(answer) = request.find(app) else {
                    return Some(read);
                };
                read.advance(length);
                request.answer(app, &answer, stream).await.ok()?;
                if request.is_last {
                    let _ = stream.shutdown().await;
                    return None;
                }
                since = Instant::now();
                continue;
            }
            Ok(None) => {}
            Err(NotPlain) => return Some(read),
        }
        tokio::select! {
            biased;
            more = stream.read_buf(&mut read) => if more.ok()? == 0 {
                return None;
            },
            () = &mut stopped => return None,
            () = &mut silence => {
                if since.elapsed() >= HEAD_TIMEOUT {
                    return None;
                }
                silence.as_mut().reset(since + HEAD_TIMEOUT);
            }
        }
    }
}

/// What is hyper's business.
struct NotPlain;

/// The plain request at the beginning of what was read, and its length; None while it is not whole.
fn parse(read: &[u8]) -> std::result::Result<Option<(Request, usize)>, NotPlain> {
    let mut lines = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut head = httparse::Request::new(&mut lines);
    match head.parse(read) {
        Ok(httparse::Status::Complete(length)) => {
            let request = Request::of(&head).ok_or(NotPlain)?;
            Ok(Some((request, length)))
        }
        Ok(httparse::Status::Partial) if read.len() < HEAD_MAX => Ok(None),
        _ => Err(NotPlain),
    }
}

/// A plain request.
struct Request {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    /// The connection ends after it.
    is_last: bool,
}

impl Request {
    /// Reads a head. None when anything in it needs more than a look: a body, another version, another connection.
    fn of(head: &httparse::Request<'_, '_>) -> Option<Self> {
        let method = match head.method? {
            "GET" => Method::GET,
            "HEAD" => Method::HEAD,
            _ => return None,
        };
        let target = head.path.filter(|target| target.starts_with('/'))?;
        if head.version != Some(1) {
            return None;
        }
        let (mut headers, mut hosts, mut connection) = (HeaderMap::new(), 0, None);
        for line in head.headers.iter() {
            let is = |name: HeaderName| line.name.eq_ignore_ascii_case(name.as_str());
            if is(HOST) {
                hosts += 1;
            } else if is(CONNECTION) && connection.is_none() {
                connection = Some(line.value);
            } else if kept::looks_at(line.name) {
                let name = HeaderName::from_bytes(line.name.as_bytes()).ok()?;
                headers.append(name, HeaderValue::from_bytes(line.value).ok()?);
            } else if NOT_PLAIN.into_iter().any(is) {
                return None;
            }
        }
        if hosts != 1 {
            return None;
        }
        let is_last = match connection {
            None => false,
            Some(word) if word.eq_ignore_ascii_case(b"keep-alive") => false,
            Some(word) if word.eq_ignore_ascii_case(b"close") => true,
            Some(_) => return None,
        };
        Some(Self {
            method,
            uri: target.parse().ok()?,
            headers,
            is_last,
        })
    }

    /// The answer that is kept for it.
    fn find(&self, app: &Arc<App>) -> Option<Arc<Answer>> {
        let key = kept::key(app, &self.method, &self.uri, &self.headers)?;
        kept::look_up(app, &key)
    }

    /// Sends an answer.
    async fn answer<S: AsyncWrite + Unpin>(
        &self,
        app: &App,
        answer: &Answer,
        stream: &mut S,
    ) -> Result<()> {
        let form = answer.form(&self.headers).ok_or(ErrorKind::NotFound)?;
        app.metrics.count_response(form.status().as_u16());
        let last: &[u8] = if self.is_last {
            b"connection: close\r\n"
        } else {
            b""
        };
        let body = if self.method == Method::HEAD {
            b""
        } else {
            form.body()
        };
        send(stream, [form.head(), last, &date(app.clock.now()), body]).await
    }
}

/// Sends these parts, one behind the other. Fails when nothing of them can be sent for too long.
async fn send<S: AsyncWrite + Unpin>(stream: &mut S, parts: [&[u8]; 4]) -> Result<()> {
    let mut parts = parts.map(IoSlice::new);
    let mut left = parts.as_mut_slice();
    IoSlice::advance_slices(&mut left, 0);
    while !left.is_empty() {
        match timeout(HEAD_TIMEOUT, stream.write_vectored(left)).await?? {
            0 => return Err(Error::from(ErrorKind::WriteZero)),
            sent => IoSlice::advance_slices(&mut left, sent),
        }
    }
    timeout(HEAD_TIMEOUT, stream.flush()).await?
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
