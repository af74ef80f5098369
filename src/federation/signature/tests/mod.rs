//! Tests of the whole journey of a signature. Here: what they share.

mod challenges;
mod refusals;
mod round_trip;
mod vectors;

use http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::*;

/// The time in the vectors made with OpenSSL: Sun, 06 Nov 1994 08:49:37 GMT.
const NOW: Timestamp = Timestamp::from_secs(784_111_777);
const BODY: &[u8] = br#"{"hello": "world"}"#;
const KEY_ID: &str = "https://other.example/users/bob#main-key";
const INBOX: &str = "https://blog.example/users/alice/inbox";
const PATH: &str = "/users/alice/inbox";
const TYPE: &str = "application/activity+json";
const PUBLIC_PEM: &str = include_str!("../../../../tests/fixtures/keys/rsa-2048.pub.pem");
const FORMS: [SignatureForm; 2] = [SignatureForm::Cavage, SignatureForm::Rfc9421];

fn rsa() -> RsaKey {
    RsaKey::from_pkcs8_pem(include_str!("../../../../tests/fixtures/keys/rsa-2048.pem")).unwrap()
}

fn site(origin: &str) -> Site {
    Site::new(&Url::parse(origin).unwrap()).unwrap()
}

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    headers
}

/// A received request that owns its parts, so that a test can spoil one of them.
struct Received {
    method: &'static str,
    path: String,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
    now: Timestamp,
    site: Site,
}

impl Received {
    /// A POST from another server, signed by us, as it arrives at the inbox.
    fn post(form: SignatureForm) -> Self {
        let url = Url::parse(INBOX).unwrap();
        let mut headers = sign_post(form, &rsa(), KEY_ID, &url, TYPE, BODY, NOW).unwrap();
        headers.insert("host", HeaderValue::from_static("blog.example"));
        Self::new("POST", PATH, headers, Some(BODY))
    }

    fn new(method: &'static str, path: &str, headers: HeaderMap, body: Option<&[u8]>) -> Self {
        Self {
            method,
            path: path.to_owned(),
            headers,
            body: body.map(<[u8]>::to_vec),
            now: NOW,
            site: site("https://blog.example/"),
        }
    }

    /// A POST with these headers in front and an own draft-cavage signature over `list`.
    fn signed_over(list: &[&str], pairs: &[(&str, &str)]) -> Self {
        let mut headers = headers(pairs);
        let request = Request {
            method: "POST",
            path_and_query: PATH,
            headers: &headers,
            body: Some(BODY),
        };
        let site = site("https://blog.example/");
        let value = cavage::sign(list, &request, &site, &rsa(), KEY_ID).unwrap();
        headers.insert("signature", HeaderValue::from_str(&value).unwrap());
        Self::new("POST", PATH, headers, Some(BODY))
    }

    fn set(mut self, name: &'static str, value: &str) -> Self {
        self.headers
            .insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    fn without(mut self, name: &'static str) -> Self {
        self.headers.remove(name);
        self
    }

    /// Replaces a part of the header that carries the signature's parameters.
    fn edit(self, name: &'static str, from: &str, to: &str) -> Self {
        let value = self.headers[name].to_str().unwrap().to_owned();
        assert!(value.contains(from), "{value} lacks {from}");
        self.set(name, &value.replace(from, to))
    }

    fn request(&self) -> Request<'_> {
        Request {
            method: self.method,
            path_and_query: &self.path,
            headers: &self.headers,
            body: self.body.as_deref(),
        }
    }

    fn check(&self) -> Result<ParsedSignature, SignatureError> {
        let parsed = ParsedSignature::parse(&self.request())?;
        parsed.check(&self.request(), &self.site, self.now)?;
        Ok(parsed)
    }

    /// The whole journey with the right key.
    fn receive(&self) -> Result<(), SignatureError> {
        self.receive_with(&PublicKey::from_pem(PUBLIC_PEM).unwrap())
    }

    fn receive_with(&self, key: &PublicKey) -> Result<(), SignatureError> {
        self.check()?.verify(&self.request(), &self.site, key)
    }

    fn refusal(&self) -> SignatureErrorKind {
        self.receive().expect_err("must be refused").kind()
    }
}
