//! `Accept-Signature` (RFC 9421 5.1): what we ask of others, and what others ask of us with their 401. We sign what is
//! asked only when it binds the request as firmly as our own choice would: a signature over less could be used elsewhere.

use http::{HeaderMap, Method};
use sfv::{BareItem, InnerList, Item, ListEntry};

use super::rfc9421::{self, Plan};

/// The header.
const ACCEPT: &str = "accept-signature";
/// How many of the signatures asked for are looked at.
const MEMBERS_MAX: usize = 4;
/// The most components that are signed on request.
const COMPONENTS_MAX: usize = 12;
/// The longest label, nonce or tag that is repeated, in bytes.
const TEXT_MAX: usize = 256;
/// How long a signature holds for which an end was asked, in seconds.
const EXPIRES_AFTER: i64 = 300;
/// What requests without a body can be signed over.
const ALWAYS: [&str; 7] = [
    "@method",
    "@target-uri",
    "@authority",
    "@scheme",
    "@request-target",
    "@path",
    "date",
];
/// What those with a body can be signed over beside it.
const WITH_BODY: [&str; 2] = ["content-digest", "content-type"];

/// A signature that another server asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    label: String,
    components: Vec<String>,
    expires: bool,
    nonce: Option<String>,
    tag: Option<String>,
}

impl Challenge {
    /// The first signature asked for in an answer that we can and may give for this method with this key; None when there
    /// is none.
    pub fn read(answer: &HeaderMap, method: &Method, key_id: &str) -> Option<Self> {
        let members = rfc9421::dictionary(answer, ACCEPT).ok()?;
        members
            .into_iter()
            .take(MEMBERS_MAX)
            .find_map(|(label, entry)| match entry {
                ListEntry::InnerList(list) => {
                    member(label.as_str(), &list, method == Method::POST, key_id)
                }
                ListEntry::Item(_) => None,
            })
    }

    /// The components in the order asked.
    pub(super) fn list(&self) -> Vec<&str> {
        self.components.iter().map(String::as_str).collect()
    }

    /// How to sign it at this time, in seconds since 1970.
    pub(super) fn plan<'a>(&'a self, list: &'a [&'a str], now: i64) -> Plan<'a> {
        Plan {
            label: &self.label,
            list,
            expires: self.expires.then_some(now.saturating_add(EXPIRES_AFTER)),
            nonce: self.nonce.as_deref(),
            tag: self.tag.as_deref(),
        }
    }
}

/// What our own refusals ask for: the least that we take.
pub const fn wanted(with_body: bool) -> &'static str {
    if with_body {
        "sig1=(\"@method\" \"@target-uri\" \"content-digest\");created"
    } else {
        "sig1=(\"@method\" \"@target-uri\");created"
    }
}

fn member(label: &str, list: &InnerList, with_body: bool, key_id: &str) -> Option<Challenge> {
    if label.len() > TEXT_MAX || list.items.len() > COMPONENTS_MAX {
        return None;
    }
    let components: Option<Vec<String>> = list
        .items
        .iter()
        .map(|item| name(item, with_body))
        .collect();
    let components = components.filter(|names| binds(names, with_body))?;
    let asked = |name: &str| text(list, name);
    let fits = |name: &str, own: &str| Some(asked(name)?.is_none_or(|wanted| wanted == own));
    (fits("alg", rfc9421::ALGORITHM)? && fits("keyid", key_id)?).then_some(Challenge {
        label: label.to_owned(),
        components,
        expires: rfc9421::param(list, "expires").is_some(),
        nonce: asked("nonce")?,
        tag: asked("tag")?,
    })
}

/// A component's name, if we can sign it.
fn name(item: &Item, with_body: bool) -> Option<String> {
    let BareItem::String(name) = &item.bare_item else {
        return None;
    };
    let name = name.as_str();
    let known = ALWAYS.contains(&name) || (with_body && WITH_BODY.contains(&name));
    (known && item.params.is_empty()).then(|| name.to_owned())
}

/// True when the components bind method, address and body, each once.
fn binds(names: &[String], with_body: bool) -> bool {
    let has = |name: &str| names.iter().any(|one| one == name);
    let once = names
        .iter()
        .enumerate()
        .all(|(at, name)| !names.iter().skip(at + 1).any(|other| other == name));
    let target = has("@target-uri") || (has("@authority") && has("@request-target"));
    once && has("@method") && target && (!with_body || has("content-digest"))
}

/// A text parameter. The outer None: it is no text, or too long.
#[expect(clippy::option_option, reason = "absent and unusable are two things")]
fn text(list: &InnerList, name: &str) -> Option<Option<String>> {
    match rfc9421::param(list, name) {
        None => Some(None),
        Some(BareItem::String(text)) if text.as_str().len() <= TEXT_MAX => {
            Some(Some(text.as_str().to_owned()))
        }
        Some(_) => None,
    }
}
