//! Tests of proofs: the published vector, our own round trip, and what is refused.

use super::*;

const METHOD: &str = "https://blog.example/ap/users/1#ed25519-key";

fn doc(value: Value) -> Doc {
    serde_json::from_value(value).unwrap()
}

/// The signed example of W3C Data Integrity EdDSA Cryptosuites, B.2 (TestVectors/eddsa-jcs-2022/signedJCS.json).
fn published() -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential", "AlumniCredential"],
        "name": "Alumni Credential",
        "description": "A minimum viable example of an Alumni Credential.",
        "issuer": "https://vc.example/issuers/5678",
        "validFrom": "2023-01-01T00:00:00Z",
        "credentialSubject": { "id": "did:example:abcdefgh", "alumniOf": "The School of Examples" },
        "proof": {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-jcs-2022",
            "created": "2023-02-24T23:36:38Z",
            "verificationMethod": "https://vc.example/issuers/5678#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
            "proofPurpose": "assertionMethod",
            "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
            "proofValue": "z63t83Y53KfzJ5ZosfKTnqfMcKB2dmTrfjSaQjeNNjAD5srBowQfmWqeRb8rRjmeEuCBEsddF9LsVogtuTsijJKh4"
        }
    })
}

fn publisher() -> PublicKey {
    PublicKey::from_multibase("z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2").unwrap()
}

/// An activity of ours with its proof, and the key.
fn ours() -> (Value, Ed25519Key, Timestamp) {
    let (key, now) = (
        Ed25519Key::generate().unwrap(),
        Timestamp::from_secs(784_111_777),
    );
    let activity = json!({
        "@context": ["https://www.w3.org/ns/activitystreams", { "Hashtag": "as:Hashtag" }],
        "id": "https://blog.example/ap/posts/1#create",
        "type": "Create",
        "actor": "https://blog.example/ap/users/1",
        "object": { "id": "https://blog.example/ap/posts/1", "content": "Grüße \u{1F600} \"<p>\"", "n": 7 },
    });
    (add(activity, &key, METHOD, now).unwrap(), key, now)
}

fn verdict(document: &Value, key: &PublicKey) -> Result<(), ProofError> {
    let document = doc(document.clone());
    Proof::of(&document).unwrap().verify(&document, key)
}

#[test]
fn the_published_vector_verifies() {
    assert_eq!(verdict(&published(), &publisher()), Ok(()));
}

#[test]
fn the_published_hash_of_the_document_is_made() {
    let document = published();
    let mut fields = document.as_object().unwrap().clone();
    fields.remove("proof");
    let hashes = hashes(&json!({}), &fields).unwrap();
    let hex = |byte: &u8| format!("{byte:02x}");
    assert_eq!(
        hashes[32..].iter().map(hex).collect::<String>(),
        "59b7cb6251b8991add1ce0bc83107e3db9dbbab5bd2c28f687db1a03abc92f19"
    );
}

#[test]
fn our_own_proof_verifies_and_names_its_context() {
    let (document, key, now) = ours();
    assert_eq!(verdict(&document, &key.public_key().unwrap()), Ok(()));
    assert_eq!(document["@context"][1], CONTEXT);
    assert_eq!(document["proof"]["@context"], document["@context"]);
    let proof = Proof::of(&doc(document)).unwrap();
    assert_eq!((proof.method(), proof.check(now)), (METHOD, Ok(())));
}

#[test]
fn a_changed_document_or_proof_or_another_key_is_a_mismatch() {
    let (document, key, _) = ours();
    let key = key.public_key().unwrap();
    for (pointer, value) in [
        ("/object/content", json!("other")),
        ("/object/n", json!(8)),
        ("/actor", json!("https://blog.example/ap/users/2")),
        ("/proof/created", json!("1994-11-06T08:49:38Z")),
        (
            "/proof/verificationMethod",
            json!("https://blog.example/ap/users/2#ed25519-key"),
        ),
        ("/proof/@context/0", json!("https://other.example/")),
        ("/@context/0", json!("https://other.example/")),
    ] {
        let mut changed = document.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        assert_eq!(
            verdict(&changed, &key),
            Err(ProofError::Mismatch),
            "{pointer}"
        );
    }
    let mut more = document.clone();
    more["cc"] = json!("https://other.example/");
    assert_eq!(verdict(&more, &key), Err(ProofError::Mismatch));
    assert_eq!(verdict(&document, &publisher()), Err(ProofError::Mismatch));
}

#[test]
fn order_and_a_linked_data_signature_do_not_matter() {
    let (document, key, _) = ours();
    let fields = document.as_object().unwrap();
    let mut turned: Map<String, Value> = fields.clone().into_iter().rev().collect();
    turned.insert("signature".into(), json!({ "type": "RsaSignature2017" }));
    assert_eq!(
        verdict(&Value::Object(turned), &key.public_key().unwrap()),
        Ok(())
    );
}

#[test]
fn a_proof_without_a_context_is_read_both_ways() {
    let key = Ed25519Key::generate().unwrap();
    let fields = doc(
        json!({ "@context": "https://www.w3.org/ns/activitystreams", "id": "https://a.example/1" }),
    )
    .0;
    let bare = json!({
        "type": TYPE, "cryptosuite": SUITE, "verificationMethod": METHOD, "proofPurpose": PURPOSE,
        "created": "1994-11-06T08:49:37Z",
    });
    let mut with_documents = bare.clone();
    with_documents["@context"] = fields["@context"].clone();
    for config in [bare.clone(), with_documents] {
        let signature = key.sign(&hashes(&config, &fields).unwrap()).unwrap();
        let mut proof = bare.clone();
        proof["proofValue"] = json!(format!("z{}", bs58::encode(signature).into_string()));
        let mut document = fields.clone();
        document.insert("proof".into(), proof);
        let document = Value::Object(document);
        assert_eq!(verdict(&document, &key.public_key().unwrap()), Ok(()));
    }
}

#[test]
fn times_have_two_sides_and_an_end() {
    let (document, _, now) = ours();
    let proof = Proof::of(&doc(document.clone())).unwrap();
    for (secs, ok) in [
        (0, true),
        (MAX_AGE, true),
        (MAX_AGE + 1, false),
        (-MAX_AHEAD, true),
        (-MAX_AHEAD - 1, false),
    ] {
        assert_eq!(proof.check(now.plus_secs(secs)).is_ok(), ok, "{secs}");
    }
    let mut ends = document;
    ends["proof"]["expires"] = json!("1994-11-06T08:49:40Z");
    let proof = Proof::of(&doc(ends)).unwrap();
    assert_eq!(proof.check(now), Ok(()));
    assert_eq!(proof.check(now.plus_secs(10)), Err(ProofError::Untimely));
}

#[test]
fn what_is_no_proof_of_this_kind_is_passed_over() {
    let (document, _, _) = ours();
    for (key, value) in [
        ("type", json!("Ed25519Signature2020")),
        ("cryptosuite", json!("eddsa-rdfc-2022")),
        ("proofPurpose", json!("authentication")),
        ("proofValue", json!("u0000")),
        ("proofValue", json!(format!("z{}", "1".repeat(200)))),
        ("proofValue", json!("z0OIl")),
        ("created", json!("yesterday")),
        ("created", json!(null)),
        ("expires", json!("soon")),
        ("verificationMethod", json!({ "id": METHOD })),
    ] {
        let mut changed = document.clone();
        changed["proof"][key] = value;
        assert_eq!(Proof::of(&doc(changed)), None, "{key}");
    }
    let mut wide = document.clone();
    for number in 0..PROPERTIES_MAX {
        wide["proof"][format!("x{number}")] = json!(1);
    }
    assert_eq!(Proof::of(&doc(wide)), None);
}

#[test]
fn of_several_proofs_the_first_two_are_looked_at() {
    let (document, key, _) = ours();
    let other = json!({ "type": "Ed25519Signature2020" });
    for (before, found) in [(1, true), (2, false)] {
        let mut many = document.clone();
        let mut all = vec![other.clone(); before];
        all.push(document["proof"].clone());
        many["proof"] = json!(all);
        assert_eq!(Proof::of(&doc(many.clone())).is_some(), found);
        if found {
            assert_eq!(verdict(&many, &key.public_key().unwrap()), Ok(()));
        }
    }
}

#[test]
fn what_is_no_object_gets_no_proof() {
    let key = Ed25519Key::generate().unwrap();
    let refused = add(json!([]), &key, METHOD, Timestamp::from_secs(0));
    assert_eq!(refused, Err(ProofError::Unusable));
}
