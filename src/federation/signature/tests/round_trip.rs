//! What we and others send is accepted; nothing at all makes the parser panic.

use proptest::prelude::*;

use super::*;

#[test]
fn a_signed_get_is_accepted_in_both_forms() {
    for form in FORMS {
        let url = Url::parse("https://blog.example/posts/1?page=2").unwrap();
        let headers = sign_get(form, &rsa(), KEY_ID, &url, NOW).unwrap();
        let received = Received::new("GET", "/posts/1?page=2", headers, None);
        assert_eq!(received.receive(), Ok(()));
        let parsed = received.check().unwrap();
        assert_eq!((parsed.form(), parsed.key_id()), (form, KEY_ID));
    }
}

#[test]
fn a_precomputed_digest_gives_the_same_headers() {
    let url = Url::parse(INBOX).unwrap();
    let digest = BodyDigest::of(BODY);
    for form in FORMS {
        let direct = sign_post(form, &rsa(), KEY_ID, &url, TYPE, BODY, NOW).unwrap();
        let shared = sign_post_digest(form, &rsa(), KEY_ID, &url, TYPE, &digest, NOW).unwrap();
        assert_eq!(direct, shared);
    }
}

#[test]
fn a_port_in_the_address_is_signed() {
    for form in FORMS {
        let url = Url::parse("http://localhost:8081/inbox").unwrap();
        let headers = sign_post(form, &rsa(), KEY_ID, &url, TYPE, BODY, NOW).unwrap();
        let mut received = Received::new("POST", "/inbox", headers, Some(BODY));
        received.site = site("http://localhost:8081/");
        assert_eq!(received.receive(), Ok(()));
    }
}

#[test]
fn a_key_id_that_no_header_can_hold_is_not_signed_with() {
    let url = Url::parse(INBOX).unwrap();
    for key_id in ["", "a\"b", "a\\b", "a b", "bücher", "a\nb"] {
        assert!(sign_get(SignatureForm::Cavage, &rsa(), key_id, &url, NOW).is_err());
    }
    let hostless = Url::parse("mailto:a@b.example").unwrap();
    assert!(sign_get(SignatureForm::Cavage, &rsa(), KEY_ID, &hostless, NOW).is_err());
}

#[test]
fn keys_survive_pem() {
    let key = RsaKey::generate().unwrap();
    let again = RsaKey::from_pkcs8_pem(&key.to_pkcs8_pem().unwrap()).unwrap();
    assert_eq!(key.public_pem().unwrap(), again.public_pem().unwrap());
    let key = Ed25519Key::generate().unwrap();
    let again = Ed25519Key::from_pkcs8_pem(&key.to_pkcs8_pem().unwrap()).unwrap();
    assert_eq!(key.public_multibase(), again.public_multibase());
    assert!(!format!("{:?} {:?}", key, rsa()).contains("PRIVATE"));
}

/// The headers all draft-cavage senders below share.
fn common() -> [(&'static str, &'static str); 5] {
    [
        ("host", "blog.example"),
        ("date", "Sun, 06 Nov 1994 08:49:37 GMT"),
        (
            "digest",
            "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=",
        ),
        ("content-length", "18"),
        ("content-type", TYPE),
    ]
}

#[test]
fn gotosocial_key_ids_without_fragment_and_hs2019_are_accepted() {
    let received =
        Received::signed_over(&["(request-target)", "host", "date", "digest"], &common())
            .edit(
                "signature",
                KEY_ID,
                "https://gts.example/users/bob/main-key",
            )
            .edit("signature", "rsa-sha256", "hs2019");
    assert_eq!(received.receive(), Ok(()));
    assert_eq!(
        received.check().unwrap().key_id(),
        "https://gts.example/users/bob/main-key"
    );
}

#[test]
fn friendica_order_with_content_length_is_accepted() {
    let list = [
        "(request-target)",
        "date",
        "content-length",
        "digest",
        "host",
    ];
    assert_eq!(Received::signed_over(&list, &common()).receive(), Ok(()));
}

#[test]
fn bridgy_fed_order_is_accepted() {
    let list = ["date", "host", "digest", "(request-target)"];
    assert_eq!(Received::signed_over(&list, &common()).receive(), Ok(()));
}

#[test]
fn blanks_case_and_quoting_do_not_matter() {
    let list = ["(request-target)", "host", "date", "digest"];
    let received = Received::signed_over(&list, &common())
        .edit("signature", "\",", "\" ,\t ")
        .edit("signature", "keyId=", "KeyID = ")
        .edit(
            "signature",
            "algorithm=\"rsa-sha256\"",
            "Algorithm=RSA-SHA256 , created=784111777",
        )
        .edit("signature", "host date", "Host  Date");
    assert_eq!(received.receive(), Ok(()));
}

#[test]
fn a_signature_in_the_authorization_header_is_accepted() {
    let mut received = Received::post(SignatureForm::Cavage);
    let value = received.headers.remove("signature").unwrap();
    let received = received.set(
        "authorization",
        &format!("Signature {}", value.to_str().unwrap()),
    );
    assert_eq!(received.receive(), Ok(()));
}

#[test]
fn a_sender_that_leaves_the_query_out_of_the_target_is_accepted() {
    let url = Url::parse(INBOX).unwrap();
    let headers = sign_get(SignatureForm::Cavage, &rsa(), KEY_ID, &url, NOW).unwrap();
    let received = Received::new("GET", &format!("{PATH}?page=1"), headers, None);
    assert_eq!(received.receive(), Ok(()));
}

#[test]
fn created_in_place_of_date_is_accepted_quoted_or_not() {
    let text = format!(
        "(request-target): post {PATH}\nhost: blog.example\n(created): 784111777\n(expires): 784112000\n\
         digest: SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="
    );
    let signature = digest::to_base64(&rsa().sign(text.as_bytes()).unwrap());
    for quote in ["", "\""] {
        let value = format!(
            "keyId=\"{KEY_ID}\",algorithm=\"hs2019\",created={quote}784111777{quote},\
             expires={quote}784112000{quote},headers=\"(request-target) host (created) (expires) digest\",\
             signature=\"{signature}\""
        );
        let received =
            Received::new("POST", PATH, headers(&common()), Some(BODY)).set("signature", &value);
        assert_eq!(received.receive(), Ok(()));
    }
}

#[test]
fn the_first_label_with_an_address_as_key_id_counts() {
    let received = Received::post(SignatureForm::Rfc9421);
    let input = received.headers["signature-input"]
        .to_str()
        .unwrap()
        .to_owned();
    let signature = received.headers["signature"].to_str().unwrap().to_owned();
    let received = received
        .set(
            "signature-input",
            &format!("none=(), proxy=(\"@method\");keyid=\"edge\", {input}"),
        )
        .set("signature", &format!("proxy=:AAAA:, {signature}"));
    assert_eq!(received.receive(), Ok(()));
}

#[test]
fn signature_headers_may_stand_on_several_lines() {
    let mut received = Received::post(SignatureForm::Rfc9421);
    received.headers.append(
        "signature-input",
        HeaderValue::from_static("b=();keyid=\"x\""),
    );
    received
        .headers
        .append("signature", HeaderValue::from_static("b=:AAAA:"));
    assert_eq!(received.receive(), Ok(()));
}

#[test]
fn an_ed25519_signature_over_rfc9421_is_accepted() {
    let key = Ed25519Key::generate().unwrap();
    let received = Received::post(SignatureForm::Rfc9421).edit(
        "signature-input",
        ";alg=\"rsa-v1_5-sha256\"",
        "",
    );
    let parsed = received.check().unwrap();
    let base = rfc9421::base(&parsed, &received.request(), &received.site).unwrap();
    let signature = digest::to_base64(&key.sign(base.as_bytes()).unwrap());
    let received = received.set("signature", &format!("sig1=:{signature}:"));
    assert_eq!(received.receive_with(&key.public_key().unwrap()), Ok(()));
}

/// Text that looks a little like a signature header, so that the parsers get far.
fn header_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("keyId=\"https://a.example/b\"".to_owned()),
        Just("headers=\"(request-target) host date digest\"".to_owned()),
        Just("signature=\"AAAA\"".to_owned()),
        Just("sig1=(\"@method\" \"@query-param\";name=\"p\" \"date\")".to_owned()),
        Just(";keyid=\"https://a.example/b\"".to_owned()),
        Just(";created=99999999999999".to_owned()),
        Just("sig1=:AAAA:".to_owned()),
        Just("SHA-256=AAAA".to_owned()),
        Just("expires=4294967295".to_owned()),
        "[ -~\t]{0,12}",
        "[,;=:\"\\\\() ]{1,3}",
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.join(","))
}

proptest! {
    #[test]
    fn no_header_makes_the_parser_panic(
        signature in header_text(), input in proptest::option::of(header_text()),
        digest in header_text(), date in "[ -~]{0,30}", host in "[ -~]{0,20}",
        path in "/[ -~]{0,20}", raw in proptest::collection::vec(0x80_u8..=0xff, 0..8),
        now in any::<i64>(),
    ) {
        let mut map = headers(&[("signature", &signature), ("digest", &digest),
            ("content-digest", &digest), ("date", &date), ("host", &host)]);
        if let Some(input) = input {
            map.insert("signature-input", HeaderValue::from_str(&input).unwrap());
        }
        map.insert("x-raw", HeaderValue::from_bytes(&raw).unwrap());
        let request = Request { method: "POST", path_and_query: &path, headers: &map, body: Some(BODY) };
        let site = site("https://blog.example/");
        if let Ok(parsed) = ParsedSignature::parse(&request) {
            let _ = parsed.check(&request, &site, Timestamp(now));
            let _ = parsed.verify(&request, &site, &PublicKey::from_pem(PUBLIC_PEM).unwrap());
        }
    }

    #[test]
    fn no_text_makes_the_key_readers_panic(text in ".{0,80}", noise in "[0-9A-Za-z+/=\n]{0,200}") {
        let _ = PublicKey::from_multibase(&format!("z{noise}"));
        let _ = PublicKey::from_pem(&text);
        let _ = PublicKey::from_pem(&format!("-----BEGIN PUBLIC KEY-----\n{noise}\n-----END PUBLIC KEY-----"));
    }
}
