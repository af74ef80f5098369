//! What callers hand in: JSON bodies, query strings, ids. Whatever is wrong becomes a problem that names the field.

use std::borrow::Cow;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::error::Category;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::problem::Problem;
use crate::types::{Id, Timestamp};

/// Largest body, in bytes.
pub(super) const BODY_MAX: usize = 1024 * 1024;

/// A JSON body.
pub(super) struct Body<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "send JSON, with Content-Type: application/json",
            ));
        }
        let bytes =
            Bytes::from_request(request, state)
                .await
                .map_err(|rejection| match rejection.status() {
                    StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
                        StatusCode::PAYLOAD_TOO_LARGE,
                        format!("a body has at most {BODY_MAX} bytes"),
                    ),
                    _ => Problem::new(StatusCode::BAD_REQUEST, "the body broke off"),
                })?;
        parse(&bytes).map(Self)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let media = value.and_then(|value| value.split(';').next());
    media.is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json"))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let malformed = |error: &serde_json::Error| {
        let detail = format!("the body is no JSON: {error}");
        Problem::new(StatusCode::BAD_REQUEST, detail)
    };
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let inner = error.inner();
        if inner.classify() != Category::Data {
            return malformed(inner);
        }
        let message = inner.to_string();
        let message = message
            .rsplit_once(" at line ")
            .map_or(message.as_str(), |(before, _)| before);
        refuse(&error.path().to_string(), message)
    })?;
    reader.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

/// A refusal that names the field: serde gives a path for wrong values, but unknown and missing fields only in words.
fn refuse(path: &str, message: &str) -> Problem {
    let quoted = ["unknown field `", "missing field `", "duplicate field `"]
        .iter()
        .find_map(|start| message.strip_prefix(start)?.split('`').next());
    match quoted {
        Some(field) => Problem::field(field, message),
        None if path.is_empty() || path == "." => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, message)
        }
        None => Problem::field(path, message),
    }
}

/// The query string.
pub(super) struct Params<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let rejection = match Query::try_from_uri(&parts.uri) {
            Ok(Query(value)) => return Ok(Self(value)),
            Err(rejection) => rejection.body_text(),
        };
        let text = rejection
            .strip_prefix("Failed to deserialize query string: ")
            .unwrap_or(&rejection);
        let is_name = |path: &str| path.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        match text.split_once(": ") {
            Some((path, message)) if is_name(path) => Err(refuse(path, message)),
            _ => Err(refuse("", text)),
        }
    }
}

/// The id in the path. Whatever is no number names nothing: 404.
pub(super) struct PathId<T: 'static>(pub(super) Id<T>);

impl<S: Send + Sync, T> FromRequestParts<S> for PathId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let text = Path::<String>::from_request_parts(parts, state).await;
        let id = text.ok().and_then(|Path(text)| text.parse().ok());
        id.map(Self)
            .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "there is nothing with this id"))
    }
}

/// An id as JSON has it: a decimal string, since it exceeds what JavaScript's numbers hold. A number is taken, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct IdText(i64);

impl IdText {
    /// The id as the domain knows it.
    pub(super) const fn id<T>(self) -> Id<T> {
        Id::new(self.0)
    }
}

impl<'de> Deserialize<'de> for IdText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = IdText;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an id: a decimal number, best as a string")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<IdText, E> {
                let id = text.parse().map(IdText);
                id.map_err(|_| E::invalid_value(serde::de::Unexpected::Str(text), &self))
            }
            fn visit_i64<E: serde::de::Error>(self, id: i64) -> Result<IdText, E> {
                Ok(IdText(id))
            }
            fn visit_u64<E: serde::de::Error>(self, id: u64) -> Result<IdText, E> {
                let known = i64::try_from(id).map(IdText);
                known.map_err(|_| E::invalid_value(serde::de::Unexpected::Unsigned(id), &self))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl PartialSchema for IdText {
    fn schema() -> RefOr<Schema> {
        let about = "A decimal number in a string; a number is taken, too.";
        text_schema(about)
    }
}
impl ToSchema for IdText {
    fn name() -> Cow<'static, str> {
        "Id".into()
    }
}

fn text_schema(about: &str) -> RefOr<Schema> {
    let schema = ObjectBuilder::new().schema_type(Type::String);
    schema.description(Some(about)).into()
}

/// Text that either database stores: PostgreSQL refuses U+0000.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Text(String);

impl Text {
    /// Gives the text away.
    pub(super) fn into_string(self) -> String {
        self.0
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.contains('\0') {
            return Err(D::Error::custom("the character U+0000 is not allowed"));
        }
        Ok(Self(text))
    }
}

impl PartialSchema for Text {
    fn schema() -> RefOr<Schema> {
        text_schema("Text without the character U+0000.")
    }
}
impl ToSchema for Text {}

/// Reads an RFC 3339 moment, or null.
pub(super) fn moment<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else {
        return Ok(None);
    };
    Timestamp::parse(&text)
        .map(Some)
        .ok_or_else(|| D::Error::custom("write a moment as in 2030-01-31T09:00:00Z"))
}

/// Tells null from absent: null is the empty text, which takes a value away.
pub(super) fn clearable<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Text>, D::Error> {
    Option::<Text>::deserialize(deserializer).map(|text| Some(text.unwrap_or_default()))
}

/// How many rows a list gives: 20 unless told, 100 at most.
pub(super) fn page_size(limit: Option<u32>) -> Result<i64, Problem> {
    match limit.unwrap_or(20) {
        limit @ 1..=100 => Ok(limit.into()),
        _ => Err(Problem::field("limit", "between 1 and 100")),
    }
}

/// Cuts the row that was fetched beyond the page; true when there was one.
pub(super) fn cut<T>(rows: &mut Vec<T>, limit: i64) -> bool {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    more
}
