//! Published vectors (RFC 9421 appendix B, draft-cavage-12 appendix C) and our own, made with OpenSSL.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::*;

const CAVAGE_SIGNATURE: &str = "ehNPNma6f+gVS+t+lbgw1yWqYfpV5qacTKC1+laf8idRIyxz/eeg67uavcwtIqyz5XiXgZpacTeiIIYmFtsLwo14PgXQr+jmZpiTRusEfQNgbjNTj0TqldRdHn1Ffl0IdFaIvqA1p+vnHpc0hwvFvKUOyn9wdTRk4aTMVjgoThiVShBSa0S7wElwgIBrmY34by3vGt7PqGIWGTAxK8UrzHePAKt+biAyw6X9NM8tJCvdQGywFQCd1MdcA1vNv3q1S59GfruMdH2UARRnhk+spInpl1Y8MnHxpbEVEJR6/7evT7vGoMbzn61nvjWXVhNuheudcbgcpkM1UVsAyFezEw==";
const CAVAGE_SHA512_SIGNATURE: &str = "EWkGJp9rNhK7/7374ELM+bWD18DWw+MWemOTnTHZxHYwdPZoRzbwLRSMQjSuZqXBM2lEB91QfsmD8s56E50Mrh89zao1VJG/o4ksbu14ZHcMr1zJ2nJ8tAXjwefp9n8v2SgRnse3BdXV085yv66XZYTnRwQyOy+tMbwFy5dFDsql/xcXgjs93cs9OVB+y2Bm+AtkKWQFHFGF9iPnwVw8jsKFwL5Q4jDiNJ8M3cNPkS8stTse/Cbs9vUhK7x2NEafTaDiFNh4Zs/Tp2DFSbQdTdIA0rfrK5Pt23WUp8gYWFbnqWw6rpX9UGPr434GZo5yhH6VfGAUHuEs2/i9HlONtA==";
const RFC9421_SIGNATURE: &str = "T5x7Kbazog7CPqjz7e6szQdy3no/xlpl/Z37H9iAtwnpVdzY6MUqG/1XcciluyjPQTIhA6C/zQic6XN7VXZEUQWShmVIohpGgUqJNvgTcrWpCbSMKd2ABZ5G168em2qpf0xiL8+Ui9mZ4UHpgfQACTL6crHFG0S7EWaBQE0/faIbC3/uJhA1zu2rFYCvXpnnibvZs7ukPlAaiCj/F/yM2TupzDc29mzTM5kfhrJMlt/pC4J5imlI8qpVp3qS/gi2m0PYne2hlBa9SFn/4QPb67Y4dprUDY9zQGe3X+939431iigwsDxa0WW2WUbIw4CuMzotcG8BqkeqGJ3vq5OWbA==";

#[test]
fn our_cavage_signature_is_the_one_openssl_makes() {
    let received = Received::post(SignatureForm::Cavage);
    assert_eq!(
        received.headers["signature"],
        format!(
            "keyId=\"{KEY_ID}\",algorithm=\"rsa-sha256\",headers=\"(request-target) host date digest \
             content-type\",signature=\"{CAVAGE_SIGNATURE}\""
        )
    );
    assert_eq!(received.headers["date"], "Sun, 06 Nov 1994 08:49:37 GMT");
    assert_eq!(
        received.headers["digest"],
        "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="
    );
    assert_eq!(received.receive(), Ok(()));
}

#[test]
fn our_rfc9421_signature_is_the_one_openssl_makes() {
    let received = Received::post(SignatureForm::Rfc9421);
    assert_eq!(
        received.headers["signature-input"],
        format!(
            "sig1=(\"@method\" \"@target-uri\" \"@authority\" \"content-type\" \"content-digest\");\
             created=784111777;keyid=\"{KEY_ID}\";alg=\"rsa-v1_5-sha256\""
        )
    );
    assert_eq!(
        received.headers["signature"],
        format!("sig1=:{RFC9421_SIGNATURE}:")
    );
    assert_eq!(received.receive(), Ok(()));
}

#[test]
fn rsa_with_sha512_is_accepted_under_its_label_and_under_hs2019() {
    let sha512 = || {
        Received::post(SignatureForm::Cavage).edit(
            "signature",
            CAVAGE_SIGNATURE,
            CAVAGE_SHA512_SIGNATURE,
        )
    };
    assert_eq!(
        sha512()
            .edit("signature", "rsa-sha256", "rsa-sha512")
            .receive(),
        Ok(())
    );
    assert_eq!(
        sha512().edit("signature", "rsa-sha256", "hs2019").receive(),
        Ok(())
    );
    assert_eq!(sha512().refusal(), SignatureErrorKind::Mismatch);
}

/// The request of appendix C.
fn cavage_appendix(parameters: &str) -> Received {
    let signature = format!(r#"keyId="Test",algorithm="rsa-sha256",{parameters}"#);
    let mut received = Received::new(
        "POST",
        "/foo?param=value&pet=dog",
        headers(&[
            ("host", "example.com"),
            ("date", "Sun, 05 Jan 2014 21:31:40 GMT"),
            ("content-type", "application/json"),
            (
                "digest",
                "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=",
            ),
            ("content-length", "18"),
            ("signature", &signature),
        ]),
        Some(BODY),
    );
    received.site = site("https://example.com/");
    received.now = Timestamp::from_secs(1_388_957_500);
    received
}

/// The appendix' key has 1024 bits, which we refuse; so the library is asked.
fn verify_with_appendix_key(received: &Received) {
    let (_, der) = pem::decode(include_str!(
        "../../../../tests/fixtures/keys/cavage-appendix-c.pub.pem"
    ))
    .unwrap();
    let parsed = ParsedSignature::parse(&received.request()).unwrap();
    let messages = parsed
        .messages(&received.request(), &received.site)
        .unwrap();
    UnparsedPublicKey::new(&RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, der)
        .verify(messages[0].as_bytes(), &parsed.signature)
        .unwrap();
}

#[test]
fn cavage_appendix_c1_default_verifies_but_covers_too_little() {
    let received = cavage_appendix(
        r#"signature="SjWJWbWN7i0wzBvtPl8rbASWz5xQW6mcJmn+ibttBqtifLN7Sazz6m79cNfwwb8DMJ5cou1s7uEGKKCs+FLEEaDV5lp7q25WqS+lavg7T8hc0GppauB6hbgEKTwblDHYGEtbGmtdHgVCk9SuS13F0hZ8FD0k/5OxEPXe5WozsbM=""#,
    );
    verify_with_appendix_key(&received);
    assert_eq!(received.refusal(), SignatureErrorKind::Coverage);
}

#[test]
fn cavage_appendix_c2_basic_verifies_but_lacks_the_digest() {
    let received = cavage_appendix(
        r#"headers="(request-target) host date",signature="qdx+H7PHHDZgy4y/Ahn9Tny9V3GP6YgBPyUXMmoxWtLbHpUnXS2mg2+SbrQDMCJypxBLSPQR2aAjn7ndmw2iicw3HMbe8VfEdKFYRqzic+efkb3nndiv/x1xSHDJWeSWkx3ButlYSuBskLu6kd9Fswtemr3lgdDEmn04swr2Os0=""#,
    );
    verify_with_appendix_key(&received);
    assert_eq!(received.refusal(), SignatureErrorKind::Coverage);
}

#[test]
fn cavage_appendix_c3_all_headers_passes_every_check() {
    let received = cavage_appendix(
        r#"headers="(request-target) host date content-type digest content-length",signature="vSdrb+dS3EceC9bcwHSo4MlyKS59iFIrhgYkz8+oVLEEzmYZZvRs8rgOp+63LEM3v+MFHB32NfpB2bEKBIvB1q52LaEUHFv120V01IL+TAD48XaERZFukWgHoBTLMhYS2Gb51gWxpeIq8knRmPnYePbF5MOkR0Zkly4zKH7s1dE=""#,
    );
    verify_with_appendix_key(&received);
    assert!(received.check().is_ok());
}

/// The request of RFC 9421 B.2 with a signature.
fn rfc_appendix(input: &str, signature: &str) -> Received {
    let mut received = Received::new(
        "POST",
        "/foo?param=Value&Pet=dog",
        headers(&[
            ("host", "example.com"),
            ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
            ("content-type", "application/json"),
            (
                "content-digest",
                "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:",
            ),
            ("content-length", "18"),
            ("signature-input", input),
            ("signature", signature),
        ]),
        Some(BODY),
    );
    received.site = site("https://example.com/");
    received.now = Timestamp::from_secs(1_618_884_475);
    received
}

fn rfc_base(input: &str) -> String {
    let received = rfc_appendix(&format!("sig={input}"), "sig=:AAAA:");
    let parsed = ParsedSignature::parse(&received.request()).unwrap();
    rfc9421::base(&parsed, &received.request(), &received.site).unwrap()
}

#[test]
fn rfc9421_b21_to_b23_give_the_published_bases() {
    let minimal =
        r#"();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd""#;
    assert_eq!(
        rfc_base(minimal),
        format!("\"@signature-params\": {minimal}")
    );

    let selective = r#"("@authority" "content-digest" "@query-param";name="Pet");created=1618884473;keyid="test-key-rsa-pss";tag="header-example""#;
    assert_eq!(
        rfc_base(selective),
        [
            "\"@authority\": example.com",
            "\"content-digest\": sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:",
            "\"@query-param\";name=\"Pet\": dog",
            &format!("\"@signature-params\": {selective}"),
        ]
        .join("\n")
    );

    let full = r#"("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-rsa-pss""#;
    assert_eq!(
        rfc_base(full),
        [
            "\"date\": Tue, 20 Apr 2021 02:07:55 GMT",
            "\"@method\": POST",
            "\"@path\": /foo",
            "\"@query\": ?param=Value&Pet=dog",
            "\"@authority\": example.com",
            "\"content-type\": application/json",
            "\"content-digest\": sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:",
            "\"content-length\": 18",
            &format!("\"@signature-params\": {full}"),
        ]
        .join("\n")
    );
    let received = rfc_appendix(&format!("sig-b23={full}"), "sig-b23=:AAAA:");
    assert!(
        received.check().is_ok(),
        "the full coverage of B.2.3 satisfies every check"
    );
}

#[test]
fn rfc9421_b25_hmac_is_reproduced_over_our_base() {
    let base = rfc_base(
        r#"("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret""#,
    );
    let secret = STANDARD
        .decode("uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==")
        .unwrap();
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), base.as_bytes());
    assert_eq!(
        STANDARD.encode(tag),
        "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8="
    );
}

const ED25519_PRIVATE: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
-----END PRIVATE KEY-----
";
const ED25519_PUBLIC: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
-----END PUBLIC KEY-----
";
const B26_INPUT: &str = r#"sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519""#;
const B26_SIGNATURE: &str =
    "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==";

#[test]
fn rfc9421_b26_ed25519_is_verified_and_reproduced() {
    let received = rfc_appendix(B26_INPUT, &format!("sig-b26=:{B26_SIGNATURE}:"));
    let parsed = ParsedSignature::parse(&received.request()).unwrap();
    let public = PublicKey::from_pem(ED25519_PUBLIC).unwrap();
    assert_eq!(parsed.key_id(), "test-key-ed25519");
    assert_eq!(
        parsed.verify(&received.request(), &received.site, &public),
        Ok(())
    );

    let key = Ed25519Key::from_pkcs8_pem(ED25519_PRIVATE).unwrap();
    assert_eq!(key.public_pem().unwrap(), ED25519_PUBLIC);
    let base = rfc9421::base(&parsed, &received.request(), &received.site).unwrap();
    assert_eq!(
        STANDARD.encode(key.sign(base.as_bytes()).unwrap()),
        B26_SIGNATURE
    );
}

#[test]
fn keys_are_read_in_every_spelling() {
    let pem = PublicKey::from_pem(PUBLIC_PEM).unwrap();
    let pkcs1 = include_str!("../../../../tests/fixtures/keys/rsa-2048.pkcs1.pub.pem");
    let (_, der) = pem::decode(pkcs1).unwrap();
    let multibase = format!(
        "z{}",
        bs58::encode([&[0x85, 0x24], der.as_slice()].concat()).into_string()
    );
    let signature = rsa().sign(b"text").unwrap();
    for key in [
        pem,
        PublicKey::from_pem(pkcs1).unwrap(),
        PublicKey::from_pem(&PUBLIC_PEM.replace('\n', "\r\n")).unwrap(),
        PublicKey::from_multibase(&multibase).unwrap(),
        rsa().public_key().unwrap(),
    ] {
        assert_eq!(key.verify(Scheme::RsaSha256, b"text", &signature), Ok(()));
        assert!(key.verify(Scheme::RsaSha256, b"Text", &signature).is_err());
    }
    assert_eq!(rsa().public_pem().unwrap(), PUBLIC_PEM);
}

#[test]
fn ed25519_multibase_is_the_one_of_the_did_key_method() {
    // The first example of the did:key method, section "Ed25519".
    let text = "z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp";
    assert!(PublicKey::from_multibase(text).is_ok());
    let key = Ed25519Key::from_pkcs8_pem(ED25519_PRIVATE).unwrap();
    assert!(key.public_multibase().starts_with("z6Mk"));
    let public = PublicKey::from_multibase(&key.public_multibase()).unwrap();
    assert_eq!(
        public.verify(Scheme::Ed25519, b"text", &key.sign(b"text").unwrap()),
        Ok(())
    );
}
