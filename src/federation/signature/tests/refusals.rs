//! Every refusal by name, and the quirks of honest senders that must not be refused.

use super::*;
use SignatureErrorKind as Kind;

fn cavage() -> Received {
    Received::post(SignatureForm::Cavage)
}

fn rfc() -> Received {
    Received::post(SignatureForm::Rfc9421)
}

#[test]
fn a_request_without_signature_is_missing_one() {
    assert_eq!(cavage().without("signature").refusal(), Kind::Missing);
    assert_eq!(rfc().without("signature").refusal(), Kind::Missing);
    let bearer = cavage()
        .without("signature")
        .set("authorization", "Bearer abc");
    assert_eq!(bearer.refusal(), Kind::Missing);
}

#[test]
fn a_tampered_body_is_refused() {
    for form in FORMS {
        let mut received = Received::post(form);
        received.body = Some(br#"{"hello": "World"}"#.to_vec());
        assert_eq!(received.refusal(), Kind::Digest);
        received.body = None;
        assert_eq!(received.refusal(), Kind::Digest);
    }
}

#[test]
fn a_body_with_a_fitting_but_unsigned_digest_is_refused() {
    let body = br#"{"hello": "World"}"#;
    for form in FORMS {
        let (name, value) = BodyDigest::of(body).header(form);
        let mut received = Received::post(form).set(name, &value);
        received.body = Some(body.to_vec());
        assert_eq!(received.refusal(), Kind::Mismatch);
    }
}

#[test]
fn a_missing_unknown_or_broken_digest_is_refused() {
    assert_eq!(cavage().without("digest").refusal(), Kind::Digest);
    assert_eq!(cavage().set("digest", "MD5=AAAA").refusal(), Kind::Digest);
    assert_eq!(
        cavage().set("digest", "SHA-256=*").refusal(),
        Kind::Malformed
    );
    assert_eq!(cavage().set("digest", "SHA-256").refusal(), Kind::Malformed);
    assert_eq!(rfc().without("content-digest").refusal(), Kind::Digest);
    assert_eq!(
        rfc().set("content-digest", "md5=:AAAA:").refusal(),
        Kind::Digest
    );
    assert_eq!(
        rfc().set("content-digest", "sha-256=text").refusal(),
        Kind::Malformed
    );
    assert_eq!(
        rfc().set("content-digest", "sha-256=(1)").refusal(),
        Kind::Malformed
    );
    assert_eq!(rfc().set("content-digest", "=").refusal(), Kind::Malformed);
}

#[test]
fn one_wrong_digest_among_right_ones_is_refused() {
    let right = cavage().headers["digest"].to_str().unwrap().to_owned();
    assert_eq!(
        cavage()
            .set("digest", &format!("{right},SHA-512=AAAA"))
            .refusal(),
        Kind::Digest
    );
}

#[test]
fn a_request_for_another_path_is_refused() {
    for form in FORMS {
        let mut received = Received::post(form);
        received.path = "/users/carol/inbox".to_owned();
        assert_eq!(received.refusal(), Kind::Mismatch);
    }
}

#[test]
fn a_request_with_another_method_is_refused() {
    for form in FORMS {
        let mut received = Received::post(form);
        received.method = "PUT";
        assert_eq!(received.refusal(), Kind::Mismatch);
    }
}

#[test]
fn a_request_for_another_host_is_refused_before_the_key_is_fetched() {
    for form in FORMS {
        let received = Received::post(form).set("host", "other.example");
        assert_eq!(received.refusal(), Kind::Host);
    }
}

#[test]
fn a_request_captured_elsewhere_is_refused_whatever_its_host_header_says() {
    for form in FORMS {
        for host in ["captured.example", "localhost:8080", "10.0.0.3", "upstream"] {
            let mut received = Received::post(form).set("host", host);
            received.site = site("https://captured.example/");
            assert_eq!(received.refusal(), Kind::Mismatch);
        }
    }
}

#[test]
fn a_proxy_may_put_its_upstreams_name_into_the_host_header() {
    for form in FORMS {
        for host in [
            "localhost:8080",
            "127.0.0.1:8080",
            "[::1]:8080",
            "antiphon:8080",
        ] {
            assert_eq!(Received::post(form).set("host", host).receive(), Ok(()));
        }
        assert_eq!(Received::post(form).without("host").receive(), Ok(()));
    }
}

#[test]
fn the_port_is_part_of_the_host() {
    for form in FORMS {
        let mut received = Received::post(form);
        received.site = site("https://blog.example:8443/");
        assert_eq!(received.refusal(), Kind::Host);
    }
    let list = ["(request-target)", "host", "date", "digest"];
    let date = NOW.http_date();
    let (_, digest) = BodyDigest::of(BODY).header(SignatureForm::Cavage);
    let pairs = [
        ("host", "blog.example:443"),
        ("date", &date),
        ("digest", &digest),
    ];
    assert_eq!(Received::signed_over(&list, &pairs).receive(), Ok(()));
}

#[test]
fn a_changed_date_is_refused() {
    let later = NOW.plus_secs(60).http_date();
    assert_eq!(cavage().set("date", &later).refusal(), Kind::Mismatch);
    assert_eq!(
        rfc()
            .edit("signature-input", "784111777", "784111778")
            .refusal(),
        Kind::Mismatch
    );
}

#[test]
fn the_window_has_two_sides() {
    for form in FORMS {
        let mut received = Received::post(form);
        for (shift, fits) in [
            (12 * 3600, true),
            (12 * 3600 + 1, false),
            (-3600, true),
            (-3601, false),
        ] {
            received.now = NOW.plus_secs(shift);
            let expected = if fits { Ok(()) } else { Err(Kind::Window) };
            assert_eq!(
                received.receive().map_err(|error| error.kind()),
                expected,
                "{shift}"
            );
        }
    }
}

#[test]
fn an_unparsable_or_missing_date_is_refused() {
    for date in ["yesterday", "", "1994-11-06T08:49:37Z", "784111777"] {
        assert_eq!(cavage().set("date", date).refusal(), Kind::Window);
    }
    assert_eq!(cavage().without("date").refusal(), Kind::Window);
    assert_eq!(
        rfc()
            .edit("signature-input", ";created=784111777", "")
            .refusal(),
        Kind::Window
    );
    let lacking = cavage().edit("signature", " date ", " (created) ");
    assert_eq!(lacking.refusal(), Kind::Window);
}

#[test]
fn a_passed_expiry_is_refused_even_when_it_is_not_covered() {
    let expired = cavage().edit("signature", "keyId=", "expires=784111776,keyId=");
    assert_eq!(expired.refusal(), Kind::Window);
    let fresh = cavage().edit("signature", "keyId=", "expires=784111778,keyId=");
    assert_eq!(fresh.receive(), Ok(()));
    let expired = rfc().edit("signature-input", ";created", ";expires=784111776;created");
    assert_eq!(expired.refusal(), Kind::Window);
}

#[test]
fn everything_required_must_be_covered() {
    for name in ["(request-target) ", "host ", "date ", "digest "] {
        assert_eq!(
            cavage().edit("signature", name, "").refusal(),
            Kind::Coverage,
            "{name}"
        );
    }
    for name in ["\"@method\" ", " \"content-digest\""] {
        assert_eq!(
            rfc().edit("signature-input", name, "").refusal(),
            Kind::Coverage,
            "{name}"
        );
    }
    let no_target = rfc().edit("signature-input", "\"@target-uri\" ", "");
    assert_eq!(no_target.refusal(), Kind::Coverage);
    let no_query = rfc().edit("signature-input", "\"@target-uri\"", "\"@path\"");
    assert!(no_query.check().is_ok());
    let mut with_query = no_query;
    with_query.path.push_str("?page=2");
    assert_eq!(with_query.refusal(), Kind::Coverage);
}

#[test]
fn a_covered_header_must_have_been_sent() {
    assert_eq!(cavage().without("content-type").refusal(), Kind::Coverage);
    assert_eq!(rfc().without("content-type").refusal(), Kind::Coverage);
}

#[test]
fn an_unknown_algorithm_or_one_of_another_key_is_refused() {
    assert_eq!(
        cavage()
            .edit("signature", "rsa-sha256", "hmac-sha256")
            .refusal(),
        Kind::Algorithm
    );
    assert_eq!(
        cavage()
            .edit("signature", "rsa-sha256", "ed25519")
            .refusal(),
        Kind::Algorithm
    );
    let unknown = rfc().edit("signature-input", "rsa-v1_5-sha256", "hmac-sha256");
    assert_eq!(unknown.refusal(), Kind::Algorithm);
    let ed25519 = Ed25519Key::generate().unwrap().public_key().unwrap();
    let error = cavage().receive_with(&ed25519).unwrap_err();
    assert_eq!(error.kind(), Kind::Algorithm);
}

#[test]
fn another_key_is_a_mismatch() {
    let other = RsaKey::generate().unwrap().public_key().unwrap();
    for form in FORMS {
        let error = Received::post(form).receive_with(&other).unwrap_err();
        assert_eq!(error.kind(), Kind::Mismatch);
    }
}

#[test]
fn unusable_keys_are_refused() {
    let short = include_str!("../../../../tests/fixtures/keys/rsa-1024.pub.pem");
    let private = include_str!("../../../../tests/fixtures/keys/rsa-2048.pem");
    for text in [
        short,
        private,
        "",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
    ] {
        assert_eq!(PublicKey::from_pem(text).unwrap_err().kind(), Kind::Key);
    }
    for text in [
        "",
        "z",
        "z6Mk",
        "m6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
        "zé",
    ] {
        assert_eq!(
            PublicKey::from_multibase(text).unwrap_err().kind(),
            Kind::Key
        );
    }
    assert!(PublicKey::from_multibase(&"z".repeat(100_000)).is_err());
    // The prefix says 32 raw bytes; a whole SPKI behind it is another spelling of the same key, and none of ours.
    let mut spki = vec![
        0xed, 0x01, 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0,
    ];
    spki.extend([7; 32]);
    let spki = format!("z{}", bs58::encode(spki).into_string());
    assert!(PublicKey::from_multibase(&spki).is_err());
    assert!(RsaKey::from_pkcs8_pem(PUBLIC_PEM).is_err());
    assert!(Ed25519Key::from_pkcs8_pem(private).is_err());
}

#[test]
fn repeated_parameters_are_refused() {
    let twice = cavage().edit(
        "signature",
        "keyId=",
        "KEYID=\"https://evil.example/\",keyId=",
    );
    assert_eq!(twice.refusal(), Kind::Malformed);
    let twice = cavage().edit("signature", "host date", "host date date");
    assert_eq!(twice.refusal(), Kind::Malformed);
    let twice = rfc().edit("signature-input", ";created", ";created=1;created");
    assert_eq!(twice.refusal(), Kind::Malformed);
    let twice = rfc().edit("signature-input", "\"@method\"", "\"@method\" \"@method\"");
    assert_eq!(twice.refusal(), Kind::Malformed);
    let mut twice = cavage();
    let value = twice.headers["signature"].clone();
    twice.headers.append("signature", value);
    assert_eq!(twice.refusal(), Kind::Malformed);
    let twice = rfc().edit("signature", "sig1=", "sig1=:AAAA:, sig1=");
    assert_eq!(twice.refusal(), Kind::Malformed);
}

#[test]
fn the_signature_header_counts_before_the_authorization() {
    let genuine = cavage();
    let value = genuine.headers["signature"].to_str().unwrap().to_owned();
    let other = genuine.edit("signature", KEY_ID, "https://evil.example/#key");
    let both = other.set("authorization", &format!("Signature {value}"));
    let parsed = ParsedSignature::parse(&both.request()).unwrap();
    assert_eq!(parsed.key_id(), "https://evil.example/#key");
    let broken = both.edit("signature", "keyId", "keyId\"");
    assert_eq!(broken.refusal(), Kind::Malformed);
}

#[test]
fn broken_headers_are_malformed() {
    for text in [
        "",
        ",",
        "keyId",
        "keyId=\"x",
        "=\"x\"",
        "keyId=\"x\" signature=\"AA\"",
        "a\u{e9}=1",
    ] {
        let mut received = cavage();
        received.headers.insert(
            "signature",
            HeaderValue::from_bytes(text.as_bytes()).unwrap(),
        );
        assert_eq!(received.refusal(), Kind::Malformed, "{text}");
    }
    assert_eq!(
        cavage().edit("signature", KEY_ID, "").refusal(),
        Kind::Malformed
    );
    assert_eq!(
        cavage()
            .edit("signature", "keyId=", "created=soon,keyId=")
            .refusal(),
        Kind::Malformed
    );
    assert_eq!(
        cavage().edit("signature", "host", "ho(st").refusal(),
        Kind::Malformed
    );
    for text in [
        "",
        "sig1",
        "sig1=1",
        "sig1=()",
        "sig1=(1);keyid=\"x\"",
        "sig1=(\"Date\");keyid=\"x\"",
    ] {
        assert_eq!(
            rfc().set("signature-input", text).refusal(),
            Kind::Malformed,
            "{text}"
        );
    }
    for from_to in [
        ("created=784111777", "created=\"now\""),
        ("keyid=\"", "keyid=1;x=\""),
        ("\"content-type\"", "\"content-type\";sf"),
        ("\"@authority\"", "\"@status\""),
    ] {
        let received = rfc().edit("signature-input", from_to.0, from_to.1);
        assert_eq!(received.refusal(), Kind::Malformed, "{from_to:?}");
    }
    assert_eq!(
        rfc().edit("signature", "sig1", "sig2").refusal(),
        Kind::Malformed
    );
    assert!(
        rfc()
            .set("signature-input", "(")
            .receive()
            .unwrap_err()
            .is_client_format_error()
    );
}

/// One header name more than may be covered.
fn numbered(before: &str, after: &str) -> String {
    let names: Vec<_> = (0..=MAX_COMPONENTS)
        .map(|n| format!("{before}x-{n}{after}"))
        .collect();
    names.concat()
}

#[test]
fn sizes_are_bounded() {
    let long = "x".repeat(MAX_HEADER);
    assert_eq!(
        cavage().edit("signature", KEY_ID, &long).refusal(),
        Kind::Malformed
    );
    assert_eq!(
        rfc().edit("signature-input", KEY_ID, &long).refusal(),
        Kind::Malformed
    );
    let many = numbered("", " ");
    assert_eq!(
        cavage().edit("signature", "host ", &many).refusal(),
        Kind::Malformed
    );
    let many = numbered("\"", "\" ");
    assert_eq!(
        rfc()
            .edit("signature-input", "\"@method\" ", &many)
            .refusal(),
        Kind::Malformed
    );
}

#[test]
fn errors_have_stable_codes_and_teach() {
    let error = cavage()
        .edit("signature", "host ", "")
        .receive()
        .unwrap_err();
    assert_eq!(error.code(), "signature_coverage");
    assert_eq!(
        error.to_string(),
        "HTTP signature refused: the signature must cover host"
    );
    assert!(!error.is_client_format_error());
}
