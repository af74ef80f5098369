//! Object integrity proofs (FEP-8b32) of the cryptosuite eddsa-jcs-2022 (W3C Data Integrity EdDSA Cryptosuites 3.3): made
//! on what we publish, checked on what others pass on. Pure: whose key it is and where it is fetched is decided elsewhere.
//! Linked Data signatures are not a part of this, on purpose: they are taken away unread.

#[cfg(test)]
mod tests;

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Map, Value, json};

use super::objects::Doc;
use super::signature::{Ed25519Key, PublicKey, Scheme};
use crate::types::Timestamp;

/// The context that defines the words of a proof.
const CONTEXT: &str = "https://w3id.org/security/data-integrity/v1";
const TYPE: &str = "DataIntegrityProof";
const SUITE: &str = "eddsa-jcs-2022";
const PURPOSE: &str = "assertionMethod";
/// Proofs of one document that are looked at.
const PROOFS_MAX: usize = 2;
/// The most properties of a proof.
const PROPERTIES_MAX: usize = 20;
/// The longest proof value in text: 64 bytes have 88 characters at most.
const VALUE_MAX: usize = 100;
/// How old a proof may be, in seconds: as long as servers try to deliver. Shorter than activities are recognised when
/// they come again, or an old one could be played back.
const MAX_AGE: i64 = 7 * 24 * 3600;
/// How far ahead of our clock a proof may be, in seconds.
const MAX_AHEAD: i64 = 3600;

/// Why a proof is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The document or its proof has a form that cannot be proven.
    #[error("the document cannot be proven")]
    Unusable,
    /// It is too old, too new or has expired.
    #[error("the proof is too old, too new or has expired")]
    Untimely,
    /// It is not this key's proof of this document.
    #[error("the proof is not this key's over this document")]
    Mismatch,
}

/// A proof as read from a document; nothing is proven yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Proof {
    method: String,
    created: Timestamp,
    expires: Option<Timestamp>,
    value: Vec<u8>,
    /// All of it but the value.
    config: Map<String, Value>,
}

/// Adds a proof to a document of ours. `method` is the id under which the key's owner shows it.
pub fn add(
    document: Value,
    key: &Ed25519Key,
    method: &str,
    now: Timestamp,
) -> Result<Value, ProofError> {
    let Value::Object(mut fields) = document else {
        return Err(ProofError::Unusable);
    };
    let context = with_context(fields.get("@context"));
    fields.insert("@context".into(), context.clone());
    let mut config = json!({
        "@context": context,
        "type": TYPE,
        "cryptosuite": SUITE,
        "verificationMethod": method,
        "proofPurpose": PURPOSE,
        "created": now.rfc3339(),
    });
    let hashes = hashes(&config, &fields)?;
    let signature = key.sign(&hashes).map_err(|_| ProofError::Unusable)?;
    let value = format!("z{}", bs58::encode(signature).into_string());
    super::builders::set(&mut config, "proofValue", json!(value));
    fields.insert("proof".into(), config);
    Ok(Value::Object(fields))
}

/// The document's context with that of proofs behind its first.
fn with_context(context: Option<&Value>) -> Value {
    let mut all = match context {
        Some(Value::Array(all)) => all.clone(),
        Some(one) => vec![one.clone()],
        None => Vec::new(),
    };
    all.insert(all.len().min(1), json!(CONTEXT));
    Value::Array(all)
}

impl Proof {
    /// The first proof of a document that could be checked here; None when there is none.
    pub fn of(document: &Doc) -> Option<Self> {
        document
            .values("proof")
            .take(PROOFS_MAX)
            .filter_map(Value::as_object)
            .find_map(Self::read)
    }

    fn read(object: &Map<String, Value>) -> Option<Self> {
        let text = |key: &str| object.get(key).and_then(Value::as_str);
        let fits = text("type") == Some(TYPE)
            && text("cryptosuite") == Some(SUITE)
            && text("proofPurpose") == Some(PURPOSE)
            && object.len() <= PROPERTIES_MAX;
        let encoded = text("proofValue").filter(|value| fits && value.len() <= VALUE_MAX)?;
        let value = bs58::decode(encoded.strip_prefix('z')?).into_vec().ok()?;
        let expires = match object.get("expires") {
            None | Some(Value::Null) => None,
            Some(_) => Some(Timestamp::parse(text("expires")?)?),
        };
        let mut config = object.clone();
        config.remove("proofValue");
        Some(Self {
            method: text("verificationMethod")?.to_owned(),
            created: Timestamp::parse(text("created")?)?,
            expires,
            value,
            config,
        })
    }

    /// The id of the key; unchecked.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Tests its times.
    pub fn check(&self, now: Timestamp) -> Result<(), ProofError> {
        let fresh = self.created >= now.plus_secs(-MAX_AGE);
        let past = self.created <= now.plus_secs(MAX_AHEAD);
        if fresh && past && self.expires.is_none_or(|end| end >= now) {
            Ok(())
        } else {
            Err(ProofError::Untimely)
        }
    }

    /// Proves that the key made it over this document.
    pub fn verify(&self, document: &Doc, key: &PublicKey) -> Result<(), ProofError> {
        let mut unsecured = document.0.clone();
        unsecured.remove("proof");
        unsecured.remove("signature");
        for config in self.configs(&mut unsecured)? {
            let hashes = hashes(&Value::Object(config), &unsecured)?;
            if key.verify(Scheme::Ed25519, &hashes, &self.value).is_ok() {
                return Ok(());
            }
        }
        Err(ProofError::Mismatch)
    }

    /// What may have been hashed for the proof. One that has a context binds the document to it (3.3.2); of one without,
    /// most take the document's (Fedify, the earlier drafts), and the standard leaves it away.
    fn configs(
        &self,
        unsecured: &mut Map<String, Value>,
    ) -> Result<Vec<Map<String, Value>>, ProofError> {
        if let Some(context) = self.config.get("@context") {
            if !begins_with(unsecured.get("@context"), context) {
                return Err(ProofError::Mismatch);
            }
            unsecured.insert("@context".into(), context.clone());
            return Ok(vec![self.config.clone()]);
        }
        let mut configs = Vec::new();
        if let Some(context) = unsecured.get("@context") {
            let mut config = self.config.clone();
            config.insert("@context".into(), context.clone());
            configs.push(config);
        }
        configs.push(self.config.clone());
        Ok(configs)
    }
}

/// True when the contexts of the document begin with those of the proof.
fn begins_with(document: Option<&Value>, proof: &Value) -> bool {
    fn list(value: &Value) -> &[Value] {
        match value {
            Value::Array(all) => all,
            one => std::slice::from_ref(one),
        }
    }
    document.is_some_and(|document| list(document).starts_with(list(proof)))
}

/// What is signed (3.3.4): the hash of the proof without its value, and that of the document without its proof.
fn hashes(config: &Value, unsecured: &Map<String, Value>) -> Result<Vec<u8>, ProofError> {
    let config = serde_json_canonicalizer::to_vec(config).map_err(|_| ProofError::Unusable)?;
    let document = serde_json_canonicalizer::to_vec(unsecured).map_err(|_| ProofError::Unusable)?;
    let mut both = digest(&SHA256, &config).as_ref().to_vec();
    both.extend_from_slice(digest(&SHA256, &document).as_ref());
    Ok(both)
}
