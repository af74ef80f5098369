//! Tests of `Accept-Signature`.

use http::Method;

use super::*;

fn asked(text: &str, method: &Method) -> Option<Challenge> {
    Challenge::read(&headers(&[("accept-signature", text)]), method, KEY_ID)
}

fn answered(text: &str) -> Received {
    let challenge = asked(text, &Method::POST).expect("it is one that we answer");
    let url = Url::parse(INBOX).unwrap();
    let digest = BodyDigest::of(BODY);
    let body = Some((TYPE, &digest));
    let headers = sign_challenged(&challenge, &rsa(), KEY_ID, &url, body, NOW).unwrap();
    Received::new("POST", PATH, headers, Some(BODY))
}

#[test]
fn a_signature_is_made_as_it_was_asked_for() {
    let received = answered(
        "want=(\"@method\" \"@authority\" \"@request-target\" \"content-digest\" \"date\");created;expires;nonce=\"n-1\";tag=\"fediverse\"",
    );
    let input = received.headers["signature-input"].to_str().unwrap();
    assert_eq!(
        input,
        "want=(\"@method\" \"@authority\" \"@request-target\" \"content-digest\" \"date\")\
         ;created=784111777;expires=784112077;keyid=\"https://other.example/users/bob#main-key\"\
         ;alg=\"rsa-v1_5-sha256\";nonce=\"n-1\";tag=\"fediverse\""
    );
    assert_eq!(received.receive(), Ok(()));
}

#[test]
fn what_we_ask_for_ourselves_is_what_we_take_and_give() {
    assert_eq!(answered(wanted(true)).receive(), Ok(()));
    let challenge = asked(wanted(false), &Method::GET).unwrap();
    let url = Url::parse(INBOX).unwrap();
    let headers = sign_challenged(&challenge, &rsa(), KEY_ID, &url, None, NOW).unwrap();
    assert_eq!(Received::new("GET", PATH, headers, None).receive(), Ok(()));
}

#[test]
fn a_signature_over_too_little_is_never_given() {
    for text in [
        "a=();created",
        "a=(\"@method\");created",
        "a=(\"@target-uri\" \"content-digest\")",
        "a=(\"@method\" \"@target-uri\")",
        "a=(\"@method\" \"@path\" \"content-digest\")",
        "a=(\"@method\" \"@authority\" \"content-digest\")",
    ] {
        assert_eq!(asked(text, &Method::POST), None, "{text}");
    }
}

#[test]
fn what_cannot_be_given_is_passed_over() {
    let fine = "(\"@method\" \"@target-uri\" \"content-digest\")";
    let long = "x".repeat(300);
    for text in [
        "a=(\"@method\" \"@target-uri\" \"content-digest\" \"@status\")".to_owned(),
        "a=(\"@method\" \"@target-uri\" \"content-digest\" \"cookie\")".to_owned(),
        "a=(\"@method\" \"@target-uri\" \"content-digest\" \"content-digest\")".to_owned(),
        "a=(\"@method\" \"@target-uri\";req \"content-digest\")".to_owned(),
        format!("a={fine};alg=\"ed25519\""),
        format!("a={fine};keyid=\"https://other.example/key\""),
        format!("a={fine};nonce=7"),
        format!("a={fine};nonce=\"{long}\""),
        "a=?1".to_owned(),
        "nonsense(".to_owned(),
        String::new(),
    ] {
        assert_eq!(asked(&text, &Method::POST), None, "{text}");
    }
    let second = format!("a=(\"@method\"), b={fine};created");
    assert!(asked(&second, &Method::POST).is_some());
    let fifth = format!("a=(), b=(), c=(), d=(), e={fine}");
    assert_eq!(asked(&fifth, &Method::POST), None);
}
