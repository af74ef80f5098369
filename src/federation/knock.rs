//! Double knocking: which form of signature a server is tried with first, and what is tried after it refused one.

use http::{Method, StatusCode};
use moka::sync::Cache;

use super::signature::{Challenge, SignatureForm};
use crate::app::App;
use crate::error::Result;
use crate::hosts;
use crate::http::Reply;
use crate::types::Host;

/// How one request is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Knock {
    /// As we always sign in this form.
    Form(SignatureForm),
    /// As the other server asked.
    Challenge(Challenge),
}

impl Knock {
    /// The form it has.
    pub(super) const fn form(&self) -> SignatureForm {
        match self {
            Self::Form(form) => *form,
            Self::Challenge(_) => SignatureForm::Rfc9421,
        }
    }
}

/// The forms that servers were found to take; all others get draft-cavage first.
#[derive(Clone, Debug)]
pub(super) struct Forms(Cache<Host, SignatureForm>);

impl Forms {
    /// Reads what was remembered.
    pub(super) async fn load(app: &App) -> Result<Self> {
        /// Servers that are remembered, some hundred bytes each.
        const MOST: u64 = 50_000;
        let forms = Self(Cache::new(MOST));
        for (host, form) in app.db.read(hosts::list_forms).await? {
            forms.learn(host, form_of(&form));
        }
        Ok(forms)
    }

    /// The form to try first.
    pub(super) fn first(&self, host: &Host) -> SignatureForm {
        self.0.get(host).unwrap_or(SignatureForm::Cavage)
    }

    /// Remembers what a server took, until the process ends.
    pub(super) fn learn(&self, host: Host, form: SignatureForm) {
        self.0.insert(host, form);
    }

    /// Remembers what a server took for good.
    pub(super) async fn keep(&self, app: &App, host: &Host, form: SignatureForm) {
        self.learn(host.clone(), form);
        let (host, now) = (host.clone(), app.now());
        let stored = app
            .db
            .write(move |conn| hosts::remember_form(conn, &host, word(form), now))
            .await;
        if let Err(error) = stored {
            tracing::warn!("cannot remember a signature form: {}", error.log_text());
        }
    }
}

/// True when an answer may be about the signature's form.
pub(super) fn is_refusal(status: StatusCode) -> bool {
    matches!(status, StatusCode::UNAUTHORIZED | StatusCode::BAD_REQUEST)
}

/// What to try after a refusal, in order: what the server asks for, then the form not tried. Two at most.
pub(super) fn more(
    first: SignatureForm,
    refusal: &Reply,
    method: &Method,
    key_id: &str,
) -> Vec<Knock> {
    let asked = Challenge::read(&refusal.headers, method, key_id).map(Knock::Challenge);
    let other = match first {
        SignatureForm::Cavage if asked.is_some() => None,
        SignatureForm::Cavage => Some(SignatureForm::Rfc9421),
        SignatureForm::Rfc9421 => Some(SignatureForm::Cavage),
    };
    asked.into_iter().chain(other.map(Knock::Form)).collect()
}

const fn word(form: SignatureForm) -> &'static str {
    match form {
        SignatureForm::Cavage => "cavage",
        SignatureForm::Rfc9421 => "rfc9421",
    }
}

fn form_of(word: &str) -> SignatureForm {
    if word == "rfc9421" {
        SignatureForm::Rfc9421
    } else {
        SignatureForm::Cavage
    }
}
