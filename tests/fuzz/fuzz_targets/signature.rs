//! Headers of signed requests, in both forms: reading, checking and verifying never fail hard, and whatever is proven to be
//! signed is what was signed: the body, the address, this site.
//!
//! An input is a request: a line with method and address, lines of headers, an empty line, the body.
#![no_main]

use antiphon::federation::signature::{
    ParsedSignature, PublicKey, Request, RsaKey, SignatureForm, Site, sign_post,
};
use antiphon_fuzz::{NOW, ORIGIN};
use http::{HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use url::Url;

const PRIVATE: &str = include_str!("../../fixtures/keys/rsa-2048.pem");
const BODY: &[u8] = br#"{"hello": "world"}"#;
const INBOX: &str = "https://blog.example/ap/inbox";
const KEY_ID: &str = "https://bob.example/users/bob#key";

struct Fixed {
    site: Site,
    key: PublicKey,
}

static FIXED: LazyLock<Fixed> = LazyLock::new(|| {
    let key = RsaKey::from_pkcs8_pem(PRIVATE).expect("it is a key");
    let site = Site::new(&Url::parse(ORIGIN).expect("it is an address")).expect("it has a host");
    let fixed = Fixed {
        site,
        key: key.public_key().expect("it has a public half"),
    };
    // The target would prove nothing if no request could be proven.
    for form in [SignatureForm::Cavage, SignatureForm::Rfc9421] {
        let inbox = Url::parse(INBOX).expect("it is an address");
        let mut headers = sign_post(
            form,
            &key,
            KEY_ID,
            &inbox,
            "application/activity+json",
            BODY,
            NOW,
        )
        .expect("it signs");
        headers.insert("host", HeaderValue::from_static("blog.example"));
        let genuine = Request {
            method: "POST",
            path_and_query: "/ap/inbox",
            headers: &headers,
            body: Some(BODY),
        };
        assert!(is_proven(&fixed, &genuine), "{form:?}");
    }
    fixed
});

fuzz_target!(|data: &[u8]| {
    let Some((method, target, headers, body)) = request(data) else {
        return;
    };
    let request = Request {
        method,
        path_and_query: target,
        headers: &headers,
        body: Some(body),
    };
    if is_proven(&FIXED, &request) {
        let path = target.split('?').next();
        assert!(
            method == "POST" && path == Some("/ap/inbox") && body == BODY,
            "{method} {target} {body:?}"
        );
    }
});

fn is_proven(fixed: &Fixed, request: &Request<'_>) -> bool {
    let Ok(signature) = ParsedSignature::parse(request) else {
        return false;
    };
    assert!(!signature.key_id().is_empty());
    // Also what is refused by the checks must not break the proof.
    let checked = signature.check(request, &fixed.site, NOW).is_ok();
    let proven = signature.verify(request, &fixed.site, &fixed.key).is_ok();
    checked && proven
}

/// Takes a request apart; headers that no server would pass on are left out.
fn request(data: &[u8]) -> Option<(&str, &str, HeaderMap, &[u8])> {
    let end = data.windows(2).position(|two| two == b"\n\n")?;
    let mut lines = std::str::from_utf8(&data[..end]).ok()?.lines();
    let (method, target) = lines.next()?.split_once(' ')?;
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(':')?;
        let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(value.trim()),
        ) else {
            continue;
        };
        headers.append(name, value);
    }
    Some((method, target, headers, &data[end + 2..]))
}
