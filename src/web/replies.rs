//! "Where is my reply?": one pastes an address and reads what became of it. Nothing here says what stands in a reply that is
//! not shown, or who wrote it.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::header::CACHE_CONTROL;
use http::{HeaderMap, HeaderValue, StatusCode, Uri};

use super::answer::{Document, answer};
use super::view::{FateView, RepliesView};
use super::{error_page, reader, render_replies};
use crate::app::App;
use crate::domain::comment::locate::{ABOVE_HIDDEN, OWN_HOST};
use crate::domain::comment::{self, Fate, Outcome};
use crate::domain::screening::Rule;
use crate::error::Result;
use crate::types::ApUrl;

/// Longest address that is looked for, in bytes.
const LONGEST: usize = 2_048;

/// Answers `/replies`, and `/replies?url=ADDRESS` with what became of that reply, which is looked up when it never came.
pub(super) async fn where_is_it(
    State(app): State<Arc<App>>,
    uri: Uri,
    request: HeaderMap,
) -> Response {
    let view = match look(&app, wanted(&uri)).await {
        Ok(view) => view,
        Err(error) => return error_page(&app, &error),
    };
    let is_bad = view.is_bad;
    let page = render_replies(&reader::site(&app, &request), &view).map(Document::html);
    let mut response = answer(&app, page);
    if is_bad {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn look(app: &App, address: String) -> Result<RepliesView> {
    let wanted = ApUrl::new(&address);
    let mut view = RepliesView {
        is_bad: !address.is_empty() && (wanted.url().is_none() || address.len() > LONGEST),
        address,
        fate: None,
    };
    if !view.is_bad && !view.address.is_empty() {
        view.fate = Some(fate(comment::look_up(app, &wanted).await?));
    }
    Ok(view)
}

/// The address in the query; empty when there is none.
fn wanted(uri: &Uri) -> String {
    let query = uri.query().unwrap_or_default().as_bytes();
    let mut pairs = url::form_urlencoded::parse(query);
    let found = pairs.find(|(key, _)| key == "url");
    found.map_or_else(String::new, |(_, address)| address.trim().to_owned())
}

fn fate(fate: Fate) -> FateView {
    let code = fate.code.as_deref();
    FateView {
        said: said(&fate),
        why: code.and_then(why),
        seen: fate.seen_at,
        place: fate.place,
        code: fate
            .code
            .filter(|code| code != ABOVE_HIDDEN && code != OWN_HOST),
    }
}

/// What became of it. What a moderator or a filter decided is one to whoever asks.
fn said(fate: &Fate) -> &'static str {
    match fate.outcome {
        Outcome::Published => "fate-published",
        Outcome::Private => "fate-private",
        Outcome::Held if fate.code.as_deref() == Some(ABOVE_HIDDEN) => "fate-above-hidden",
        Outcome::Held => match fate.rule {
            Some(Rule::All) => "fate-held-all",
            Some(Rule::First) => "fate-held-first",
            Some(Rule::Closed) => "fate-held-closed",
            None => "fate-held",
        },
        Outcome::Spam | Outcome::Trash => "fate-removed",
        Outcome::Deleted => "fate-deleted",
        Outcome::Waiting => "fate-waiting",
        Outcome::Blocked => "fate-blocked",
        Outcome::Refused => "fate-refused",
        Outcome::Ignored => "fate-ignored",
        Outcome::Accepted => "fate-accepted",
        Outcome::Unknown if fate.code.as_deref() == Some(OWN_HOST) => "fate-own",
        Outcome::Unknown => "fate-unknown",
    }
}

/// Why, for people: many codes say the same to them.
fn why(code: &str) -> Option<&'static str> {
    Some(match code {
        "too_large" | "too_large_to_wait" => "why-size",
        "busy" | "rate_limited" | "key_unreachable" | "internal" => "why-busy",
        "nothing_of_ours" | "chain_too_long" | "chain_in_circle" => "why-not-ours",
        "no_comment" | "unknown_type" => "why-no-comment",
        "unreachable" => "why-unreachable",
        "not_found" => "why-not-found",
        "no_document" => "why-no-document",
        "blocked_host" => "fate-blocked",
        "not_author" | "not_owner" | "foreign_id" | "foreign_object" | "not_forwardable" => {
            "why-not-author"
        }
        "unchanged" | "stranger" => "why-nothing-to-do",
        code if code.starts_with("signature_") || code.starts_with("key_") => "why-signature",
        code if code == ABOVE_HIDDEN || code == OWN_HOST => return None,
        _ => "why-unreadable",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::i18n::Catalogue;

    #[test]
    fn every_outcome_and_reason_has_words_in_every_language() {
        let codes = [
            "too_large",
            "busy",
            "nothing_of_ours",
            "no_comment",
            "unreachable",
        ];
        let more = [
            "not_found",
            "no_document",
            "blocked_host",
            "not_author",
            "unchanged",
        ];
        let whys = codes
            .iter()
            .chain(&more)
            .chain(&["signature_missing", "no_actor"]);
        let mut keys: Vec<&str> = whys.filter_map(|code| why(code)).collect();
        for outcome in Outcome::ALL {
            keys.push(said(&blank(*outcome)));
        }
        for rule in Rule::ALL {
            keys.push(said(&Fate {
                rule: Some(*rule),
                ..blank(Outcome::Held)
            }));
        }
        for (outcome, code) in [(Outcome::Held, ABOVE_HIDDEN), (Outcome::Unknown, OWN_HOST)] {
            keys.push(said(&Fate {
                code: Some(code.into()),
                ..blank(outcome)
            }));
            assert_eq!(why(code), None);
        }
        for language in Catalogue::languages() {
            for key in &keys {
                assert_ne!(Catalogue::of(language).text(key), *key, "{language}");
            }
        }
    }

    fn blank(outcome: Outcome) -> Fate {
        Fate {
            outcome,
            code: None,
            rule: None,
            parent: None,
            comment: None,
            place: None,
            seen_at: None,
        }
    }

    #[test]
    fn the_address_is_found_in_any_query() {
        let wanted = |query: &str| wanted(&format!("/replies?{query}").parse().unwrap());
        assert_eq!(
            wanted("url=+https%3A%2F%2Fm.example%2F1%20&x=y"),
            "https://m.example/1"
        );
        for none in ["", "url", "url=", "u=x", "%FF&&=="] {
            assert_eq!(wanted(none), "", "{none}");
        }
    }
}
