//! A server of the demonstration: its folder, its configuration, its people.

use std::path::PathBuf;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::Node;
use crate::app::App;
use crate::config::{self, Config};
use crate::domain::account::{self, Scope, token};
use crate::domain::actor::{self, Actor};
use crate::error::{Error, Result};
use crate::federation::{Federation, keys};
use crate::server;

/// Where a server of the demonstration lives.
pub(super) struct Place {
    data: PathBuf,
    port: u16,
    /// The site's title.
    pub(super) title: &'static str,
}

/// Somebody who lives on one of the servers.
pub(super) struct Person {
    /// The login name.
    pub(super) name: &'static str,
    /// The password.
    pub(super) password: String,
    /// A token that may write and moderate.
    pub(super) token: String,
    /// The actor.
    pub(super) actor: Actor,
}

impl Place {
    pub(super) fn new(data: PathBuf, port: u16, title: &'static str) -> Self {
        Self { data, port, title }
    }

    pub(super) fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    fn config(&self) -> Result<Config> {
        let mut document = config::defaults();
        let text = format!(
            "[site]\nurl = \"{}\"\ntitle = \"{}\"\n[server]\nbind = \"127.0.0.1:{}\"\n\
             [federation]\nallow_loopback = true\nallow_http = true\n[discussion]\nmoderation = \"open\"\n",
            self.url(),
            self.title,
            self.port
        );
        config::overlay(&mut document, &text, "the demonstration")?;
        Config::from_document(&self.data, &document)
    }

    /// Makes the server in its fresh folder and starts it.
    pub(super) async fn start(&self) -> Result<Node> {
        let config = self.config()?;
        let listener = server::listen(config.server.bind, "--port and --second-port").await?;
        std::fs::create_dir_all(&self.data).map_err(|e| {
            Error::Setup(format!(
                "cannot make the folder {}: {e}",
                self.data.display()
            ))
        })?;
        let app = App::open_system(config).await?;
        actor::ensure_instance(&app, keys::generate().await?).await?;
        server::start(Federation::new(app).await?, listener).await
    }
}

/// Makes an account with a password and a token.
pub(super) async fn settle(node: &Node, name: &'static str, display: &str) -> Result<Person> {
    let app = &node.fed.app;
    let password = BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 9]>());
    let (account, _) =
        account::create(app, name, Some(password.clone()), keys::generate().await?).await?;
    let actor = account::set_display_name(app, name, display).await?;
    let token = token::create(app, account.id, "demo", &[Scope::Write, Scope::Moderate]).await?;
    Ok(Person {
        name,
        password,
        token,
        actor,
    })
}
