//! Tokens of forms: they show that a form came from a page that this node made for this account, and for this very thing.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::Account;

/// The token for a form about `what`. It holds as long as the account's password.
pub fn form_token(account: &Account, what: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(&key(account), what.as_bytes()))
}

/// True when this is that token; takes as long whatever is wrong with it.
pub fn is_form_token(account: &Account, what: &str, token: &str) -> bool {
    let sent = BASE64_URL_SAFE_NO_PAD.decode(token).unwrap_or_default();
    account.password_hash.is_some() && hmac::verify(&key(account), what.as_bytes(), &sent).is_ok()
}

fn key(account: &Account) -> hmac::Key {
    let secret = account.password_hash.as_deref().unwrap_or_default();
    hmac::Key::new(hmac::HMAC_SHA256, format!("form\0{secret}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Id, Timestamp};

    fn account(hash: Option<&str>) -> Account {
        Account {
            id: Id::new(1),
            name: "alice".into(),
            actor_id: Id::new(2),
            password_hash: hash.map(str::to_owned),
            created_at: Timestamp(0),
        }
    }

    #[test]
    fn a_token_is_good_for_one_account_and_one_thing() {
        let alice = account(Some("$argon2id$a"));
        let token = form_token(&alice, "like x");
        assert!(is_form_token(&alice, "like x", &token));
        assert!(!is_form_token(&alice, "like y", &token));
        assert!(!is_form_token(
            &account(Some("$argon2id$b")),
            "like x",
            &token
        ));
        for junk in ["", "x", "====", "\u{e9}"] {
            assert!(!is_form_token(&alice, "like x", junk), "{junk}");
        }
        let nobody = account(None);
        assert!(!is_form_token(&nobody, "x", &form_token(&nobody, "x")));
    }
}
