//! How many requests of a connection of HTTP/2 are under way: it idles when there is none, whatever else it sends.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use http::{Request, Response};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::service::Service;

/// The requests of a connection.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    begun: AtomicUsize,
    under_way: AtomicUsize,
}

impl Traffic {
    /// How many there were.
    pub(super) fn begun(&self) -> usize {
        self.begun.load(Ordering::Relaxed)
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
        traffic.begun.fetch_add(1, Ordering::Relaxed);
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
        Box::pin(async move { Ok(answer.await?.map(|body| CountedBody { body, _trip: trip })) })
    }
}

/// An answer's body, whose request is under way until it is sent.
pub(super) struct CountedBody {
    body: Body,
    _trip: Trip,
}

impl HttpBody for CountedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
