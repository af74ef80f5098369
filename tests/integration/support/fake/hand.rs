//! Signatures made by hand, component by component, as other servers make them.

use antiphon::federation::signature::{Ed25519Key, RsaKey};
use antiphon::types::Timestamp;
use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Body;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderName, Request};
use url::Url;

use super::Person;

/// How somebody signs.
#[derive(Clone, Debug)]
pub(crate) struct ByHand {
    rsa: RsaKey,
    ed25519: Option<Ed25519Key>,
    key_id: String,
    label: String,
    list: Vec<String>,
    method: &'static str,
}

impl ByHand {
    /// With somebody's key, over these components.
    pub(crate) fn of(person: &Person, list: &str) -> Self {
        Self {
            rsa: person.key.clone(),
            ed25519: None,
            key_id: person.key_id.clone(),
            label: "rsa-sha256".into(),
            list: list.split(' ').map(str::to_owned).collect(),
            method: "POST",
        }
    }

    /// Names another key.
    pub(crate) fn named(mut self, key_id: &str) -> Self {
        self.key_id = key_id.into();
        self
    }

    /// Uses an Ed25519 key.
    pub(crate) fn ed25519(mut self, key: &Ed25519Key) -> Self {
        self.ed25519 = Some(key.clone());
        self
    }

    /// Calls the algorithm something else; nothing, when empty.
    pub(crate) fn labelled(mut self, label: &str) -> Self {
        self.label = label.into();
        self
    }

    /// Reads instead of posting.
    pub(crate) fn get(mut self) -> Self {
        self.method = "GET";
        self
    }

    fn sign(&self, text: &str) -> String {
        let signature = match &self.ed25519 {
            Some(key) => key.sign(text.as_bytes()),
            None => self.rsa.sign(text.as_bytes()),
        };
        BASE64_STANDARD.encode(signature.unwrap())
    }

    fn headers(&self, url: &Url, now: Timestamp, body: &str) -> Vec<(&'static str, String)> {
        let hash = BASE64_STANDARD.encode(digest(&SHA256, body.as_bytes()));
        let mut headers = vec![
            ("host", url.authority().to_owned()),
            ("date", now.http_date()),
            ("accept", "application/activity+json".into()),
        ];
        if self.method == "POST" {
            headers.extend([
                ("digest", format!("SHA-256={hash}")),
                ("content-digest", format!("sha-256=:{hash}:")),
                ("content-length", body.len().to_string()),
                ("content-type", "application/activity+json".into()),
            ]);
        }
        headers
    }

    /// The request with a draft-cavage signature; quoted numbers, as the federation crate sends them.
    pub(crate) fn cavage(&self, url: &Url, now: Timestamp, body: &str) -> Request<Body> {
        let mut headers = self.headers(url, now, body);
        let (created, expires) = (now.secs(), now.secs() + 300);
        let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let line = |name: &String| match name.as_str() {
            "(request-target)" => format!("{name}: {} {path}", self.method.to_lowercase()),
            "(created)" => format!("{name}: {created}"),
            "(expires)" => format!("{name}: {expires}"),
            header => format!("{header}: {}", value(&headers, header)),
        };
        let text: Vec<String> = self.list.iter().map(line).collect();
        let times = if self.list.iter().any(|name| name == "(created)") {
            format!("created=\"{created}\",expires=\"{expires}\",")
        } else {
            String::new()
        };
        let signature = format!(
            "keyId=\"{}\",algorithm=\"{}\",{times}headers=\"{}\",signature=\"{}\"",
            self.key_id,
            self.label,
            self.list.join(" "),
            self.sign(&text.join("\n"))
        );
        headers.push(("signature", signature));
        self.request(path, &headers, body)
    }

    /// The request with an RFC 9421 signature.
    pub(crate) fn rfc9421(&self, url: &Url, now: Timestamp, body: &str) -> Request<Body> {
        let mut headers = self.headers(url, now, body);
        let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let line = |name: &String| {
            let value = match name.as_str() {
                "@method" => self.method.to_owned(),
                "@target-uri" => url.to_string(),
                "@authority" => url.authority().to_owned(),
                "@path" => url.path().to_owned(),
                header => value(&headers, header),
            };
            format!("\"{name}\": {value}")
        };
        let mut text: Vec<String> = self.list.iter().map(line).collect();
        let list: Vec<String> = self.list.iter().map(|name| format!("\"{name}\"")).collect();
        let label = match self.label.as_str() {
            "" => String::new(),
            label => format!(";alg=\"{label}\""),
        };
        let params = format!(
            "({});created={};keyid=\"{}\"{label}",
            list.join(" "),
            now.secs(),
            self.key_id
        );
        text.push(format!("\"@signature-params\": {params}"));
        headers.push(("signature", format!("s=:{}:", self.sign(&text.join("\n")))));
        headers.push(("signature-input", format!("s={params}")));
        self.request(path, &headers, body)
    }

    fn request(&self, path: &str, headers: &[(&'static str, String)], body: &str) -> Request<Body> {
        let mut request = Request::builder().method(self.method).uri(path);
        for (name, value) in headers {
            request = request.header(HeaderName::from_static(name), value);
        }
        request.body(Body::from(body.to_owned())).unwrap()
    }
}

fn value(headers: &[(&'static str, String)], name: &str) -> String {
    let found = headers.iter().find(|(header, _)| *header == name);
    found.map(|(_, value)| value.clone()).unwrap_or_default()
}
