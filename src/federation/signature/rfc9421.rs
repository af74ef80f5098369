//! RFC 9421 HTTP Message Signatures: reading `Signature-Input`, making the signature base. Decides
//! nothing about what must be covered.

use std::collections::HashSet;

use http::HeaderMap;
use sfv::{
    BareItem, Dictionary, FieldType, InnerList, Item, ItemSerializer, KeyRef, ListEntry,
    ListSerializer, Parser, StringRef, key_ref,
};
use url::{Url, form_urlencoded};

use super::digest::to_base64;
use super::error::{SignatureError, SignatureErrorKind};
use super::keys::RsaKey;
use super::{
    Component, MAX_COMPONENTS, ParsedSignature, Request, SignatureForm, Site, joined,
    joined_bounded, unique,
};

/// The header that marks this form.
pub(super) const INPUT: &str = "signature-input";
const LABEL: &str = "sig1";
pub(super) const ALGORITHM: &str = "rsa-v1_5-sha256";

/// Reads the signature. Of several labels the first whose key id is an address counts, else the first
/// that can be read.
pub(super) fn parse(headers: &HeaderMap) -> Result<ParsedSignature, SignatureError> {
    let inputs = dictionary(headers, INPUT)?;
    let signatures = dictionary(headers, "signature")?;
    let mut readable: Option<ParsedSignature> = None;
    let mut fault = None;
    for (label, entry) in inputs {
        match candidate(entry, signatures.get(&label)) {
            Ok(parsed) if is_address(&parsed.key_id) => return Ok(parsed),
            Ok(parsed) => readable = readable.or(Some(parsed)),
            Err(error) => fault = fault.or(Some(error)),
        }
    }
    readable.ok_or_else(|| {
        fault.unwrap_or_else(|| SignatureError::malformed("Signature-Input names no signature"))
    })
}

fn is_address(key_id: &str) -> bool {
    Url::parse(key_id).is_ok_and(|url| matches!(url.scheme(), "https" | "http") && url.has_host())
}

pub(super) fn dictionary(
    headers: &HeaderMap,
    name: &'static str,
) -> Result<Dictionary, SignatureError> {
    let text = joined_bounded(headers, name)?.ok_or_else(|| {
        SignatureError::new(
            SignatureErrorKind::Missing,
            "Signature-Input needs a Signature header",
        )
    })?;
    unique::check(&text)?;
    Parser::new(&text)
        .parse()
        .map_err(|_| SignatureError::malformed(format!("the {name} header cannot be read")))
}

fn candidate(
    input: ListEntry,
    signature: Option<&ListEntry>,
) -> Result<ParsedSignature, SignatureError> {
    let ListEntry::InnerList(list) = input else {
        return Err(SignatureError::malformed(
            "Signature-Input must hold a list of components",
        ));
    };
    let Some(ListEntry::Item(Item {
        bare_item: BareItem::ByteSequence(signature),
        ..
    })) = signature
    else {
        return Err(SignatureError::malformed(
            "there is no signature under the input's label",
        ));
    };
    let key_id = text_param(&list, "keyid")?
        .filter(|key_id| !key_id.is_empty())
        .ok_or_else(|| SignatureError::malformed("the signature has no keyid"))?;
    Ok(ParsedSignature {
        form: SignatureForm::Rfc9421,
        key_id,
        algorithm: text_param(&list, "alg")?,
        components: components(&list)?,
        created: seconds_param(&list, "created")?,
        expires: seconds_param(&list, "expires")?,
        signature: signature.clone(),
        params: serialized(list)?,
    })
}

pub(super) fn param<'a>(list: &'a InnerList, name: &str) -> Option<&'a BareItem> {
    list.params
        .iter()
        .find(|(key, _)| key.as_str() == name)
        .map(|(_, value)| value)
}

fn text_param(list: &InnerList, name: &'static str) -> Result<Option<String>, SignatureError> {
    match param(list, name) {
        None => Ok(None),
        Some(BareItem::String(text)) => Ok(Some(text.as_str().to_owned())),
        Some(_) => Err(SignatureError::malformed(format!(
            "{name} must be a string"
        ))),
    }
}

fn seconds_param(list: &InnerList, name: &'static str) -> Result<Option<i64>, SignatureError> {
    match param(list, name) {
        None => Ok(None),
        Some(BareItem::Integer(at)) => Ok(Some(i64::from(*at))),
        Some(_) => Err(SignatureError::malformed(format!(
            "{name} must be whole seconds since 1970"
        ))),
    }
}

fn components(list: &InnerList) -> Result<Vec<Component>, SignatureError> {
    if list.items.len() > MAX_COMPONENTS {
        return Err(SignatureError::malformed(
            "the signature covers too many components",
        ));
    }
    let mut seen = HashSet::new();
    let mut components = Vec::new();
    for item in &list.items {
        let component = component(item)?;
        if !seen.insert((component.name.clone(), component.query_param.clone())) {
            return Err(SignatureError::malformed(
                "a component is listed twice in the signature",
            ));
        }
        components.push(component);
    }
    Ok(components)
}

/// One covered component. Of the parameters only `name` of `@query-param` is known: nobody in the
/// network sends `sf`, `key`, `bs`, `req` or `tr`, and an unknown one must not be passed over.
fn component(item: &Item) -> Result<Component, SignatureError> {
    let BareItem::String(name) = &item.bare_item else {
        return Err(SignatureError::malformed("component names must be strings"));
    };
    let name = name.as_str();
    if name.is_empty() || name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(SignatureError::malformed(
            "component names must be in lower case",
        ));
    }
    let mut query_param = None;
    for (key, value) in &item.params {
        match (name, key.as_str(), value) {
            ("@query-param", "name", BareItem::String(value)) => {
                query_param = Some(value.as_str().to_owned());
            }
            _ => {
                return Err(SignatureError::malformed(
                    "a component parameter is not supported",
                ));
            }
        }
    }
    Ok(Component {
        name: name.to_owned(),
        query_param,
    })
}

fn serialized(list: InnerList) -> Result<String, SignatureError> {
    vec![ListEntry::InnerList(list)]
        .serialize()
        .ok_or_else(|| SignatureError::malformed("Signature-Input must hold a list of components"))
}

/// The text that is signed (RFC 9421 2.5).
pub(super) fn base(
    parsed: &ParsedSignature,
    request: &Request<'_>,
    site: &Site,
) -> Result<String, SignatureError> {
    let mut lines = Vec::new();
    for component in &parsed.components {
        let identifier = identifier(component)?;
        lines.push(format!(
            "{identifier}: {}",
            value(component, request, site)?
        ));
    }
    lines.push(format!("\"@signature-params\": {}", parsed.params));
    Ok(lines.join("\n"))
}

/// The component's name and parameter as they stand in the list.
fn identifier(component: &Component) -> Result<String, SignatureError> {
    const NAME: &KeyRef = key_ref("name");
    let ascii = |text| {
        StringRef::from_str(text)
            .map_err(|_| SignatureError::malformed("component names must be ASCII text"))
    };
    let serializer = ItemSerializer::new().bare_item(ascii(&component.name)?);
    Ok(match &component.query_param {
        Some(param) => serializer.parameter(NAME, ascii(param)?).finish(),
        None => serializer.finish(),
    })
}

/// A component's value (RFC 9421 2.1 and 2.2). Host and scheme are the site's.
fn value(
    component: &Component,
    request: &Request<'_>,
    site: &Site,
) -> Result<String, SignatureError> {
    let target = request.path_and_query;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Ok(match component.name.as_str() {
        "@method" => request.method.to_owned(),
        "@target-uri" => site.target_uri(request),
        "@authority" => site.authority().to_owned(),
        "@scheme" => site.scheme().to_owned(),
        "@request-target" => target.to_owned(),
        "@path" if path.is_empty() => "/".to_owned(),
        "@path" => path.to_owned(),
        "@query" => format!("?{query}"),
        "@query-param" => query_param(query, component.query_param.as_deref())?,
        "host" => site.signed_host(request.headers)?,
        name if name.starts_with('@') => {
            return Err(SignatureError::malformed(
                "a derived component is not supported",
            ));
        }
        name => joined(request.headers, name)?
            .ok_or_else(|| SignatureError::coverage("a header is signed that was not sent"))?,
    })
}

/// The one query parameter of that name, encoded again (RFC 9421 2.2.8).
fn query_param(query: &str, name: Option<&str>) -> Result<String, SignatureError> {
    let encoded = |text: &str| -> String {
        form_urlencoded::byte_serialize(text.as_bytes())
            .collect::<String>()
            .replace('+', "%20")
    };
    let mut found = form_urlencoded::parse(query.as_bytes())
        .filter(|(key, _)| Some(encoded(key).as_str()) == name)
        .map(|(_, value)| encoded(&value));
    match (found.next(), found.next()) {
        (Some(value), None) => Ok(value),
        _ => Err(SignatureError::coverage(
            "a query parameter is signed that was not sent just once",
        )),
    }
}

/// What a signature of ours covers, and the parameters beside time, key and algorithm.
pub(super) struct Plan<'a> {
    pub(super) label: &'a str,
    pub(super) list: &'a [&'a str],
    /// Seconds since 1970.
    pub(super) expires: Option<i64>,
    pub(super) nonce: Option<&'a str>,
    pub(super) tag: Option<&'a str>,
}

impl<'a> Plan<'a> {
    /// The usual one over these components.
    pub(super) const fn over(list: &'a [&'a str]) -> Self {
        Self {
            label: LABEL,
            list,
            expires: None,
            nonce: None,
            tag: None,
        }
    }
}

/// Makes `Signature-Input` and `Signature`; `request.headers` must hold the headers that the plan names.
pub(super) fn sign(
    plan: &Plan<'_>,
    request: &Request<'_>,
    site: &Site,
    key: &RsaKey,
    key_id: &str,
    created: i64,
) -> Result<(String, String), SignatureError> {
    let parsed = ParsedSignature {
        form: SignatureForm::Rfc9421,
        key_id: key_id.to_owned(),
        algorithm: Some(ALGORITHM.to_owned()),
        components: plan.list.iter().copied().map(Component::plain).collect(),
        created: Some(created),
        expires: plan.expires,
        signature: Vec::new(),
        params: params(plan, key_id, created)?,
    };
    let text = base(&parsed, request, site)?;
    let signature = to_base64(&key.sign(text.as_bytes())?);
    let label = plan.label;
    Ok((
        format!("{label}={}", parsed.params),
        format!("{label}=:{signature}:"),
    ))
}

fn params(plan: &Plan<'_>, key_id: &str, created: i64) -> Result<String, SignatureError> {
    let unusable = |_| SignatureError::key("a parameter of the signature must be ASCII text");
    let text = |value| StringRef::from_str(value).map_err(unusable);
    let seconds = |at| {
        sfv::Integer::try_from(at)
            .map_err(|_| SignatureError::window("the time is out of every range"))
    };
    let mut serializer = ListSerializer::new();
    let mut inner = serializer.inner_list();
    for name in plan.list {
        inner.bare_item(text(name)?);
    }
    let mut parameters = inner
        .finish()
        .parameter(key_ref("created"), seconds(created)?);
    if let Some(expires) = plan.expires {
        parameters = parameters.parameter(key_ref("expires"), seconds(expires)?);
    }
    parameters = parameters
        .parameter(key_ref("keyid"), text(key_id)?)
        .parameter(key_ref("alg"), text(ALGORITHM)?);
    for (name, value) in [("nonce", plan.nonce), ("tag", plan.tag)] {
        if let Some(value) = value {
            parameters = parameters.parameter(key_ref(name), text(value)?);
        }
    }
    serializer
        .finish()
        .ok_or_else(|| SignatureError::malformed("the signature covers nothing"))
}
