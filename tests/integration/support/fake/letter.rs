//! A signed activity on its way to a node, and what may be wrong with it.

use std::time::Duration;

use antiphon::federation::signature::{SignatureForm, sign_post};
use antiphon::http::{HttpClient, Limits};
use antiphon::types::Timestamp;
use axum::body::Body;
use http::header::{CONTENT_TYPE, DATE, HOST};
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use serde_json::Value;
use url::Url;

use super::Person;
use super::person::other_key;
use crate::support::TestNode;

/// What is wrong with a [`Letter`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// The digest is that of another body.
    WrongDigest,
    /// The digest is signed but not sent.
    NoDigest,
    /// The body changed after signing.
    Tampered,
    /// Signed for another host, and sent on.
    OtherHost,
    /// The date is signed but not sent.
    NoDate,
    /// Signed with a key that is not the one named.
    OtherKey,
    /// There is no signature at all.
    Unsigned,
    /// The signature headers cannot be read.
    Garbled,
}

/// An activity that somebody sends.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    sender: Person,
    form: SignatureForm,
    body: Vec<u8>,
    media_type: String,
    age_secs: i64,
    flaw: Option<Flaw>,
}

impl Letter {
    pub(super) fn new(sender: Person, activity: Value) -> Self {
        Self {
            sender,
            form: SignatureForm::Cavage,
            body: activity.to_string().into_bytes(),
            media_type: "application/activity+json".into(),
            age_secs: 0,
            flaw: None,
        }
    }

    /// Signs by RFC 9421.
    pub(crate) fn rfc9421(mut self) -> Self {
        self.form = SignatureForm::Rfc9421;
        self
    }

    /// Makes something wrong.
    pub(crate) fn flawed(mut self, flaw: Flaw) -> Self {
        self.flaw = Some(flaw);
        self
    }

    /// Dates it this many seconds back, or, negative, ahead.
    pub(crate) fn aged(mut self, secs: i64) -> Self {
        self.age_secs = secs;
        self
    }

    /// Calls the body something else.
    pub(crate) fn called(mut self, media_type: &str) -> Self {
        self.media_type = media_type.into();
        self
    }

    /// Sends these bytes instead, signed.
    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Headers and body for an inbox at this moment.
    pub(crate) async fn seal(&self, inbox: &Url, now: Timestamp) -> (HeaderMap, Vec<u8>) {
        let mut body = self.body.clone();
        let mut signed_for = inbox.clone();
        let mut key = self.sender.key.clone();
        match self.flaw {
            Some(Flaw::OtherHost) => {
                signed_for = Url::parse("https://other.example/inbox").unwrap();
            }
            Some(Flaw::OtherKey) => key = other_key().await,
            _ => {}
        }
        let mut headers = sign_post(
            self.form,
            &key,
            &self.sender.key_id,
            &signed_for,
            &self.media_type,
            &body,
            now.plus_secs(-self.age_secs),
        )
        .expect("it can be signed");
        let digest = match self.form {
            SignatureForm::Cavage => "digest",
            SignatureForm::Rfc9421 => "content-digest",
        };
        match self.flaw {
            Some(Flaw::WrongDigest) => {
                let other = self.sender.letter(Value::Null);
                let (others, _) = Box::pin(
                    Self {
                        form: self.form,
                        ..other
                    }
                    .seal(inbox, now),
                )
                .await;
                headers.insert(digest, others[digest].clone());
            }
            Some(Flaw::NoDigest) => {
                headers.remove(digest);
            }
            Some(Flaw::Tampered) => body.push(b' '),
            Some(Flaw::NoDate) => {
                headers.remove(DATE);
            }
            Some(Flaw::Unsigned) => {
                headers.remove("signature");
                headers.remove("signature-input");
            }
            Some(Flaw::Garbled) => {
                headers.insert("signature", HeaderValue::from_static("keyId=\"x"));
            }
            Some(Flaw::OtherHost | Flaw::OtherKey) | None => {}
        }
        if self.media_type.is_empty() {
            headers.remove(CONTENT_TYPE);
        }
        (headers, body)
    }

    /// The request for an inbox at this moment.
    pub(crate) async fn request(&self, inbox: &Url, now: Timestamp) -> Request<Body> {
        let (headers, body) = self.seal(inbox, now).await;
        let mut request = Request::post(inbox.path()).body(Body::from(body)).unwrap();
        *request.headers_mut() = headers;
        let host = match self.flaw {
            Some(Flaw::OtherHost) => "other.example".to_owned(),
            _ => inbox[url::Position::BeforeHost..url::Position::AfterPort].to_owned(),
        };
        request.headers_mut().insert(HOST, host.parse().unwrap());
        request
    }

    /// The request for a node's shared inbox at this moment.
    pub(crate) async fn request_of(&self, node: &TestNode) -> Request<Body> {
        self.request(&node.inbox(), node.app().now()).await
    }

    /// Sends it over HTTP. None when there was no answer.
    pub(crate) async fn post(
        &self,
        http: &HttpClient,
        inbox: &Url,
        now: Timestamp,
    ) -> Option<StatusCode> {
        let (headers, body) = self.seal(inbox, now).await;
        let limits = Limits {
            bytes: 64 * 1024,
            deadline: Duration::from_secs(30),
        };
        let reply = http.post(inbox, headers, body.into(), limits).await;
        reply.ok().map(|reply| reply.status)
    }
}
