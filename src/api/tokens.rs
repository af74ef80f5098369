//! Getting a token by name and password, with guessing bounded.

use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Json};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::guesses::Guesses;
use super::input::{Body, Text};
use super::problem::{Problem, ProblemJson};
use crate::app::App;
use crate::domain::account::{self, Account, Scope, token};
use crate::error::{Error, Result};

/// Who wants a token for what.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenInput {
    /// The login name.
    account: Text,
    /// The password.
    password: Text,
    /// What you call the token.
    name: Text,
    /// What it may do: read, write, moderate, admin.
    scopes: Vec<ScopeName>,
}

/// What a token may do.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum ScopeName {
    /// See drafts, held comments and deliveries.
    Read,
    /// Publish, edit, delete, answer. Includes read.
    Write,
    /// Decide about comments. Includes read.
    Moderate,
    /// Everything.
    Admin,
}

impl From<ScopeName> for Scope {
    fn from(name: ScopeName) -> Self {
        match name {
            ScopeName::Read => Self::Read,
            ScopeName::Write => Self::Write,
            ScopeName::Moderate => Self::Moderate,
            ScopeName::Admin => Self::Admin,
        }
    }
}

/// A new token.
#[derive(Serialize, ToSchema)]
#[schema(as = Token)]
pub(super) struct TokenJson {
    /// The secret. It is not shown again.
    token: String,
}

/// Makes a token for somebody who logs in with name and password.
///
/// At most five tries a minute are taken for a name; more are answered with 429 and Retry-After.
#[utoipa::path(post, path = "/tokens", tag = "tokens", request_body = TokenInput, security(()),
    responses((status = 201, body = TokenJson),
        (status = 401, body = ProblemJson, description = "Name or password is wrong"),
        (status = 429, body = ProblemJson, description = "Too many tries")))]
pub(super) async fn create(
    State(app): State<Arc<App>>,
    Extension(guesses): Extension<Arc<Guesses>>,
    Body(input): Body<TokenInput>,
) -> Result<(StatusCode, Json<TokenJson>), Problem> {
    let (name, password) = (input.account.into_string(), input.password.into_string());
    let account = log_in(&app, &guesses, name, password).await?;
    let scopes: Vec<Scope> = input.scopes.into_iter().map(Scope::from).collect();
    let token = token::create(&app, account.id, &input.name.into_string(), &scopes).await?;
    Ok((StatusCode::CREATED, Json(TokenJson { token })))
}

/// Checks a password within the bounds. In a task of its own: hashing goes on when the caller hangs up, and must count
/// until it ends.
async fn log_in(
    app: &Arc<App>,
    guesses: &Guesses,
    name: String,
    password: String,
) -> Result<Account> {
    let permit = guesses.admit(&name, app.now())?;
    let app = Arc::clone(app);
    let check = tokio::spawn(async move {
        let found = account::log_in(&app, &name, password).await;
        drop(permit);
        found
    });
    let (account, _) = check.await.map_err(Error::internal)??;
    Ok(account)
}
