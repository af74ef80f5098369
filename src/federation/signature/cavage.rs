//! draft-cavage-http-signatures-12: an own, tolerant header parser in front of
//! `http-signature-normalization`, which makes the signing texts. Decides nothing about what must be
//! covered.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use base64::Engine;
use http::{HeaderMap, HeaderName};
use http_signature_normalization::verify::ParsedHeader;

use super::digest::{LENIENT, to_base64};
use super::error::{SignatureError, SignatureErrorKind};
use super::keys::RsaKey;
use super::{
    Component, MAX_COMPONENTS, MAX_HEADER, ParsedSignature, Request, SignatureForm, Site, joined,
};

pub(super) const REQUEST_TARGET: &str = "(request-target)";
pub(super) const CREATED: &str = "(created)";
pub(super) const EXPIRES: &str = "(expires)";

/// The library drops signatures older than this; the window is ours to judge, so it is put out of reach.
const NEVER: Duration = Duration::from_hours(1000 * 366 * 24);

/// Reads `Signature`, else `Authorization: Signature …`.
pub(super) fn parse(headers: &HeaderMap) -> Result<ParsedSignature, SignatureError> {
    let text = find_header(headers)?;
    let mut params = parameters(text)?;
    let mut required = |name: &str| {
        params
            .remove(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| SignatureError::malformed(format!("the signature has no {name}")))
    };
    let key_id = required("keyid")?;
    let signature = LENIENT
        .decode(required("signature")?)
        .map_err(|_| SignatureError::malformed("the signature is not base64"))?;
    let created = seconds(params.get("created"))?;
    let expires = seconds(params.get("expires"))?;
    // Without a list the draft means (created), its earlier revisions meant date.
    let default = if created.is_some() { CREATED } else { "date" };
    let components = components(params.get("headers").map_or(default, String::as_str))?;
    Ok(ParsedSignature {
        form: SignatureForm::Cavage,
        key_id,
        algorithm: params.remove("algorithm"),
        components,
        created,
        expires,
        signature,
        params: String::new(),
    })
}

fn find_header(headers: &HeaderMap) -> Result<&str, SignatureError> {
    let missing = || {
        SignatureError::new(
            SignatureErrorKind::Missing,
            "the request must carry an HTTP signature",
        )
    };
    let mut values = headers.get_all("signature").iter();
    let text = match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        (Some(_), Some(_)) => {
            return Err(SignatureError::malformed(
                "there are several Signature headers",
            ));
        }
        (None, _) => {
            let value = headers.get("authorization").ok_or_else(missing)?;
            let (scheme, rest) = value
                .to_str()
                .ok()
                .and_then(|text| text.split_once(' '))
                .ok_or_else(missing)?;
            if !scheme.eq_ignore_ascii_case("signature") {
                return Err(missing());
            }
            Some(rest)
        }
    };
    match text {
        Some(text) if text.len() <= MAX_HEADER => Ok(text),
        Some(_) => Err(SignatureError::malformed(
            "the signature header is longer than 16 KiB",
        )),
        None => Err(SignatureError::malformed(
            "the signature header is not ASCII text",
        )),
    }
}

/// Splits `name="value", name=value`; names in lower case. Blanks may stand anywhere between.
fn parameters(text: &str) -> Result<BTreeMap<String, String>, SignatureError> {
    let broken = || SignatureError::malformed("the signature header cannot be read");
    let mut params = BTreeMap::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=').ok_or_else(broken)?;
        let name = name.trim();
        if name.is_empty()
            || !name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        {
            return Err(broken());
        }
        let (value, after) = match after.trim_start().strip_prefix('"') {
            Some(quoted) => quoted_value(quoted).ok_or_else(broken)?,
            None => bare_value(after.trim_start()),
        };
        if params.insert(name.to_ascii_lowercase(), value).is_some() {
            return Err(SignatureError::malformed(
                "a signature parameter stands there twice",
            ));
        }
        rest = match after.trim_start() {
            "" => "",
            more => more.strip_prefix(',').ok_or_else(broken)?.trim_start(),
        };
    }
    Ok(params)
}

/// The value up to the closing quote, and what follows it.
fn quoted_value(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.chars();
    loop {
        match characters.next()? {
            '"' => return Some((value, characters.as_str())),
            '\\' => value.push(characters.next()?),
            other => value.push(other),
        }
    }
}

/// The value up to a comma, and the rest with the comma.
fn bare_value(text: &str) -> (String, &str) {
    let end = text.find(',').unwrap_or(text.len());
    let (value, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    (value.trim_end().to_owned(), rest)
}

fn seconds(text: Option<&String>) -> Result<Option<i64>, SignatureError> {
    text.map(|text| {
        text.parse::<u32>().map(i64::from).map_err(|_| {
            SignatureError::malformed("created and expires are whole seconds since 1970")
        })
    })
    .transpose()
}

fn components(list: &str) -> Result<Vec<Component>, SignatureError> {
    let names: Vec<String> = list
        .split_ascii_whitespace()
        .map(str::to_ascii_lowercase)
        .collect();
    if names.is_empty() || names.len() > MAX_COMPONENTS {
        return Err(SignatureError::malformed(
            "the signature covers nothing, or too many headers",
        ));
    }
    let mut seen = HashSet::new();
    for name in &names {
        let known = matches!(name.as_str(), REQUEST_TARGET | CREATED | EXPIRES);
        if !known && HeaderName::from_bytes(name.as_bytes()).is_err() {
            return Err(SignatureError::malformed(
                "the list of signed headers cannot be read",
            ));
        }
        if !seen.insert(name) {
            return Err(SignatureError::malformed(
                "a header is listed twice in the signature",
            ));
        }
    }
    Ok(names.into_iter().map(Component::plain).collect())
}

/// The texts that may have been signed: some senders leave the query out of the request target.
pub(super) fn messages(
    parsed: &ParsedSignature,
    request: &Request<'_>,
    site: &Site,
) -> Result<Vec<String>, SignatureError> {
    let values = values(parsed, request, site)?;
    let mut targets = vec![request.path_and_query];
    if let Some((path, _)) = request.path_and_query.split_once('?') {
        targets.push(path);
    }
    targets
        .into_iter()
        .map(|target| signing_text(&parsed.components, request.method, target, values.clone()))
        .collect()
}

/// The values of everything covered but the request target.
fn values(
    parsed: &ParsedSignature,
    request: &Request<'_>,
    site: &Site,
) -> Result<BTreeMap<String, String>, SignatureError> {
    let mut values = BTreeMap::new();
    for Component { name, .. } in &parsed.components {
        let value = match name.as_str() {
            REQUEST_TARGET => None,
            CREATED => parsed.created.map(|at| at.to_string()),
            EXPIRES => parsed.expires.map(|at| at.to_string()),
            "host" => Some(site.signed_host(request.headers)?),
            header => joined(request.headers, header)?,
        };
        if let Some(value) = value {
            values.insert(name.clone(), value);
        }
    }
    Ok(values)
}

/// Has the library make the signing text (draft 2.3). It takes the list only as a header, so it gets one
/// with nothing but the list; the times go in as values, since it would read the system's clock.
fn signing_text(
    components: &[Component],
    method: &str,
    target: &str,
    mut values: BTreeMap<String, String>,
) -> Result<String, SignatureError> {
    let list = components
        .iter()
        .map(|one| one.name.as_str())
        .collect::<Vec<_>>()
        .join(" ");
    let header: ParsedHeader = format!("keyId=\"\",headers=\"{list}\",signature=\"\"")
        .parse()
        .map_err(|_| SignatureError::malformed("the list of signed headers cannot be read"))?;
    let unvalidated = header
        .into_unvalidated(method, target, &mut values, HashSet::new())
        .map_err(|_| SignatureError::coverage("a header is signed that was not sent"))?;
    let unverified = unvalidated
        .validate(NEVER)
        .map_err(|_| SignatureError::window("the date is out of every range"))?;
    Ok(unverified.signing_string().to_owned())
}

/// Makes the `Signature` header over `list`; `request.headers` must hold what the list names, but host.
pub(super) fn sign(
    list: &[&str],
    request: &Request<'_>,
    site: &Site,
    key: &RsaKey,
    key_id: &str,
) -> Result<String, SignatureError> {
    let parsed = ParsedSignature {
        form: SignatureForm::Cavage,
        key_id: key_id.to_owned(),
        algorithm: None,
        components: list.iter().copied().map(Component::plain).collect(),
        created: None,
        expires: None,
        signature: Vec::new(),
        params: String::new(),
    };
    let values = values(&parsed, request, site)?;
    let text = signing_text(
        &parsed.components,
        request.method,
        request.path_and_query,
        values,
    )?;
    let signature = to_base64(&key.sign(text.as_bytes())?);
    // hs2019 would be the draft's label; some servers only know the old one, and all know the old one.
    Ok(format!(
        "keyId=\"{key_id}\",algorithm=\"rsa-sha256\",headers=\"{}\",signature=\"{signature}\"",
        list.join(" ")
    ))
}
