//! What moves on a connection of HTTP/2: it idles when no request is under way, and is stuck when no answer moves, whatever else
//! is sent.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use http::{Request, Response};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::service::Service;

/// What is taken of an answer at once, in bytes.
const PIECE: usize = 32 * 1024;

/// The requests of a connection.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    moved: AtomicUsize,
    under_way: AtomicUsize,
}

impl Traffic {
    /// How many requests were begun and pieces of answers taken.
    pub(super) fn moved(&self) -> usize {
        self.moved.load(Ordering::Relaxed)
    }

    fn note(&self) {
        self.moved.fetch_add(1, Ordering::Relaxed);
    }

    /// How many are not answered to their end.
    pub(super) fn under_way(&self) -> usize {
        self.under_way.load(Ordering::Relaxed)
    }
}

/// A request that is under way for as long as this lives.
struct Trip(Arc<Traffic>);

impl Trip {
    fn begin(traffic: &Arc<Traffic>) -> Self {
        traffic.note();
        traffic.under_way.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(traffic))
    }
}

impl Drop for Trip {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A service whose requests are counted.
pub(super) struct Counted<S> {
    service: S,
    traffic: Arc<Traffic>,
}

impl<S> Counted<S> {
    /// Counts the requests of `service`.
    pub(super) fn new(service: S, traffic: Arc<Traffic>) -> Self {
        Self { service, traffic }
    }
}

impl<S> Service<Request<Incoming>> for Counted<S>
where
    S: Service<Request<Incoming>, Response = Response<Body>>,
    S::Future: Send + 'static,
{
    type Response = Response<CountedBody>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let (trip, answer) = (Trip::begin(&self.traffic), self.service.call(request));
        Box::pin(async move { Ok(answer.await?.map(|body| CountedBody::new(body, trip))) })
    }
}

/// An answer's body, whose request is under way until it is sent. It is taken in pieces, each when there is room for it.
pub(super) struct CountedBody {
    body: Body,
    /// What was not taken of the last piece that the body gave.
    rest: Bytes,
    trip: Trip,
}

impl CountedBody {
    fn new(body: Body, trip: Trip) -> Self {
        Self {
            body,
            rest: Bytes::new(),
            trip,
        }
    }

    /// The next piece of `rest`.
    fn next(&mut self) -> Frame<Bytes> {
        self.trip.0.note();
        Frame::data(self.rest.split_to(self.rest.len().min(PIECE)))
    }
}

impl HttpBody for CountedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.rest.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.rest = data,
                    Err(other) => return Poll::Ready(Some(Ok(other))),
                },
                end => return Poll::Ready(end),
            }
        }
        Poll::Ready(Some(Ok(self.next())))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (rest, body) = (u64::try_from(self.rest.len()), self.body.size_hint());
        let rest = rest.unwrap_or(u64::MAX);
        let mut hint = SizeHint::new();
        hint.set_lower(body.lower().saturating_add(rest));
        if let Some(upper) = body.upper() {
            hint.set_upper(upper.saturating_add(rest));
        }
        hint
    }
}
