//! `antiphon token`: API tokens. The secret is printed once, alone on stdout.

use clap::Subcommand;
use serde_json::{Value, json};

use super::context::{Context, the_account};
use super::{Outcome, output};
use crate::domain::account::Scope;
use crate::domain::account::token::{self, Token};
use crate::error::Error;
use crate::types::Id;

const SCOPES: &[&str] = &[
    Scope::Read.as_str(),
    Scope::Write.as_str(),
    Scope::Moderate.as_str(),
    Scope::Admin.as_str(),
];

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a token and print it, once
    Create {
        /// Whose it is; may be left out with one account
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
        /// What it is for, so that it can be told from others
        #[arg(long)]
        name: String,
        /// What it may do; can be given several times
        #[arg(long = "scope", required = true, value_parser = output::word(SCOPES, Scope::parse))]
        scopes: Vec<Scope>,
    },
    /// List the tokens, without their secrets
    List,
    /// Take a token away
    Revoke {
        /// The id that `token list` shows
        id: Id<Token>,
    },
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        match self {
            Self::Create {
                account,
                name,
                scopes,
            } => create(context, account.as_deref(), &name, &scopes).await,
            Self::List => list(context).await,
            Self::Revoke { id } => revoke(context, id).await,
        }
    }
}

async fn create(context: &Context, owner: Option<&str>, name: &str, scopes: &[Scope]) -> Outcome {
    let app = context.open().await?;
    let (account, _) = the_account(&app, owner).await?;
    let secret = token::create(&app, account.id, name, scopes).await?;
    output::say("This is the only time the token is shown.");
    if context.json {
        return output::print_json(&json!({"token": secret}));
    }
    output::print(&secret)
}

async fn list(context: &Context) -> Outcome {
    let app = context.open().await?;
    let all = token::list(&app).await?;
    if context.json {
        let view = |(token, owner): &(Token, String)| {
            json!({
                "id": token.id.to_string(),
                "account": owner,
                "name": token.name,
                "scopes": token.scopes.split(' ').collect::<Vec<_>>(),
                "created_at": token.created_at.rfc3339(),
            })
        };
        return output::print_json(&all.iter().map(view).collect::<Vec<Value>>());
    }
    let row = |(token, owner): (Token, String)| {
        let created = token.created_at.rfc3339();
        vec![
            token.id.to_string(),
            owner,
            token.name,
            token.scopes,
            created,
        ]
    };
    output::print_table(
        &["ID", "ACCOUNT", "NAME", "SCOPES", "CREATED"],
        all.into_iter().map(row).collect(),
        "There is no token; make one with `antiphon token create --name NAME --scope write`.",
    )
}

async fn revoke(context: &Context, id: Id<Token>) -> Outcome {
    let app = context.open().await?;
    match token::revoke(&app, id).await {
        Err(Error::NotFound(_)) => {
            return Err(Error::invalid(format!(
                "there is no token {id}; `antiphon token list` shows all"
            ))
            .into());
        }
        other => other?,
    }
    output::say("The token is revoked.");
    Ok(())
}
