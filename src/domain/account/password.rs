//! Passwords: Argon2id with the crate's recommended parameters, off the async threads.

use argon2::Argon2;
use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};

use crate::error::{Error, Result};

const SHORTEST: usize = 10;
const LONGEST: usize = 1000;

/// Checks a password's length: `Invalid` when it is too short or absurdly long.
pub fn check(password: &str) -> Result<()> {
    if (SHORTEST..=LONGEST).contains(&password.chars().count()) {
        return Ok(());
    }
    Err(Error::invalid_field(
        "password",
        format!("a password has {SHORTEST} to {LONGEST} characters"),
    ))
}

/// Hashes a password. Fails when it is too short or absurdly long.
pub(super) async fn hash_if_given(password: Option<String>) -> Result<Option<String>> {
    let Some(password) = password else {
        return Ok(None);
    };
    check(&password)?;
    let hash = tokio::task::spawn_blocking(move || {
        let salt = SaltString::generate(&mut OsRng);
        Argon2::default()
            .hash_password(password.as_bytes(), &salt)
            .map(|hash| hash.to_string())
    });
    hash.await
        .map_err(Error::internal)?
        .map(Some)
        .map_err(|e| Error::internal(e.to_string()))
}

/// True when the password fits the hash. Takes as long without a hash, so that a guess learns nothing about names.
pub(super) async fn verify(password: String, hash: Option<String>) -> Result<bool> {
    let check = move || {
        let Some(parsed) = hash
            .as_deref()
            .and_then(|hash| PasswordHash::new(hash).ok())
        else {
            let salt = SaltString::generate(&mut OsRng);
            let _ = Argon2::default().hash_password(password.as_bytes(), &salt);
            return false;
        };
        Argon2::default()
            .verify_password(password.as_bytes(), &parsed)
            .is_ok()
    };
    tokio::task::spawn_blocking(check)
        .await
        .map_err(Error::internal)
}
