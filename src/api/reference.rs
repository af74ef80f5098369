//! The OpenAPI document as a page for people: complete without scripts, nothing from elsewhere.

use std::sync::LazyLock;

use askama::Template;
use axum::response::IntoResponse;
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use serde_json::Value;

use super::{BASE, openapi};

/// The page loads its own style sheet and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";

#[derive(Template)]
#[template(path = "reference.html")]
struct Page {
    base: &'static str,
    about: String,
    groups: Vec<Group>,
    shapes: Vec<Shape>,
}

/// Calls that belong together.
struct Group {
    name: String,
    about: String,
    calls: Vec<Call>,
}

/// A method and a path.
struct Call {
    method: String,
    path: String,
    anchor: String,
    summary: String,
    about: String,
    open: bool,
    params: Vec<Field>,
    body: Option<String>,
    answers: Vec<Answer>,
}

/// A status and what comes with it.
struct Answer {
    status: String,
    shape: Option<String>,
    about: String,
}

/// A JSON object, or a list of words.
struct Shape {
    name: String,
    about: String,
    fields: Vec<Field>,
    words: Vec<String>,
}

/// A field or parameter.
struct Field {
    name: String,
    kind: String,
    required: bool,
    about: String,
}

/// Describes this interface for people.
///
/// Needs no token.
#[utoipa::path(get, path = "/", tag = "documentation", security(()),
    responses((status = 200, content_type = "text/html", description = "This page")))]
pub(super) async fn page() -> impl IntoResponse {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let document = serde_json::to_value(&*openapi::DOCUMENT).unwrap_or_default();
        read(&document).render().unwrap_or_default()
    });
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, POLICY),
    ];
    (headers, TEXT.as_str())
}

/// The style of the page.
#[utoipa::path(get, path = "/reference.css", tag = "documentation", security(()),
    responses((status = 200, content_type = "text/css", description = "Needs no token")))]
pub(super) async fn style() -> impl IntoResponse {
    let text = include_str!("templates/reference.css");
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], text)
}

fn read(document: &Value) -> Page {
    let calls = objects(&document["paths"])
        .flat_map(|(path, item)| {
            objects(item).map(move |(method, operation)| (path, method, operation))
        })
        .map(|(path, method, operation)| {
            (
                text(at(operation, "/tags/0")),
                call(path, method, operation),
            )
        });
    let mut calls: Vec<(String, Call)> = calls.collect();
    let groups = list(&document["tags"]).map(|tag| {
        let name = text(&tag["name"]);
        let (here, rest) = std::mem::take(&mut calls)
            .into_iter()
            .partition(|(group, _)| *group == name);
        calls = rest;
        Group {
            name,
            about: text(&tag["description"]),
            calls: here.into_iter().map(|(_, call)| call).collect(),
        }
    });
    Page {
        base: BASE,
        about: text(at(document, "/info/description")),
        groups: groups.collect(),
        shapes: objects(at(document, "/components/schemas"))
            .map(|(name, schema)| shape(name, schema))
            .collect(),
    }
}

fn call(path: &str, method: &str, operation: &Value) -> Call {
    let params = list(&operation["parameters"]).map(|param| Field {
        name: text(&param["name"]),
        kind: kind(&param["schema"]),
        required: param["required"] == true,
        about: text(&param["description"]),
    });
    let body = objects(at(operation, "/requestBody/content")).next();
    let answers = objects(&operation["responses"]).map(|(status, response)| Answer {
        status: status.to_owned(),
        shape: objects(&response["content"])
            .next()
            .and_then(|(_, media)| reference(&media["schema"])),
        about: text(&response["description"]),
    });
    Call {
        method: method.to_uppercase(),
        path: path.to_owned(),
        anchor: format!("{method}{}", path.replace(['/', '{', '}'], "-")),
        summary: text(&operation["summary"]),
        about: text(&operation["description"]),
        open: operation["security"].is_array(),
        params: params.collect(),
        body: body.and_then(|(_, media)| reference(&media["schema"])),
        answers: answers.collect(),
    }
}

fn shape(name: &str, schema: &Value) -> Shape {
    let required: Vec<String> = list(&schema["required"]).map(text).collect();
    let fields = objects(&schema["properties"]).map(|(name, field)| Field {
        name: name.to_owned(),
        kind: kind(field),
        required: required.iter().any(|known| known == name),
        about: text(&field["description"]),
    });
    Shape {
        name: name.to_owned(),
        about: text(&schema["description"]),
        fields: fields.collect(),
        words: list(&schema["enum"]).map(text).collect(),
    }
}

/// The type of a schema in a few words: `string or null`, `list of Comment`.
fn kind(schema: &Value) -> String {
    if let Some(name) = reference(schema) {
        return name;
    }
    let choices: Vec<String> = list(&schema["oneOf"]).map(kind).collect();
    if !choices.is_empty() {
        return choices.join(" or ");
    }
    match &schema["type"] {
        Value::Array(types) => types.iter().map(text).collect::<Vec<_>>().join(" or "),
        Value::String(name) if name == "array" => format!("list of {}", kind(&schema["items"])),
        other => text(other),
    }
}

/// The name behind a `$ref`.
fn reference(schema: &Value) -> Option<String> {
    let path = schema["$ref"].as_str()?;
    path.rsplit('/').next().map(str::to_owned)
}

/// What a JSON pointer leads to; null when it leads nowhere.
fn at<'a>(value: &'a Value, pointer: &str) -> &'a Value {
    value.pointer(pointer).unwrap_or(&Value::Null)
}

fn objects(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let fields = value.as_object().into_iter().flatten();
    fields.map(|(name, value)| (name.as_str(), value))
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A text without the backticks of documentation comments.
fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().replace('`', "")
}
