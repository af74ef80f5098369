//! Everything ActivityPub: what comes in, what goes out, what is served to other servers. Its spelling stops here; the
//! domain knows authors, parents and followers.

pub mod blocked;
pub mod builders;
pub mod deliver;
pub mod documents;
mod error;
pub mod fetch;
mod fetched;
pub mod forward;
pub mod handlers;
pub mod inbox;
pub mod keys;
mod knock;
mod locate;
pub mod nodeinfo;
pub mod objects;
pub mod outbox;
pub mod ownership;
pub mod parents;
pub mod passed_on;
pub mod proof;
mod prove;
pub mod quotes;
pub mod reason;
pub mod remote;
pub mod replies;
pub mod routes;
pub mod secure;
pub mod signature;
pub mod talk;
pub mod threads;
pub mod verdicts;
mod visit;
mod ways;
pub mod webfinger;

use std::sync::Arc;

use crate::app::App;
use crate::domain::actor;
use crate::error::Result;

use fetch::Fetcher;
use keys::PublicKeys;
use knock::Forms;
use signature::Site;

/// What federation needs beside the app: the way to fetch, and the origin that signatures must name.
pub struct Federation {
    /// The node.
    pub app: Arc<App>,
    /// The way to others' documents.
    pub fetcher: Fetcher,
    /// Our origin.
    pub site: Site,
    /// The keys of those who write to us.
    pub keys: PublicKeys,
    /// The forms of signature that others take.
    forms: Forms,
}

impl Federation {
    /// Builds it on a node that `init` made.
    pub async fn new(app: Arc<App>) -> Result<Arc<Self>> {
        let instance = actor::get_instance(&app).await?;
        let signer = keys::signer(&app, instance.id).await?;
        let forms = Forms::load(&app).await?;
        let fetcher = Fetcher::new(Arc::clone(&app), signer, forms.clone()).await?;
        let site = Site::new(&app.config.origin())?;
        let fed = Arc::new(Self {
            app,
            fetcher,
            site,
            keys: PublicKeys::default(),
            forms,
        });
        locate::offer(&fed);
        Ok(fed)
    }
}
