//! Taking what was fetched from where it lives: the same checks as for any reply, and a verdict when nothing comes of it.

use super::fetch::Fetcher;
use super::objects::Doc;
use super::reason::{Reason, Refusal};
use super::replies::{self, Taken};
use super::{ownership, talk, verdicts};
use crate::app::App;

/// Takes a fetched object as a reply by the author that stands in it, new or edited.
pub(super) async fn take(app: &App, fetcher: &Fetcher, object: &Doc) -> Result<Taken, Refusal> {
    let taken = by_its_author(app, fetcher, object).await;
    if let Err(refusal) = &taken {
        verdicts::leave_of_fetched(app, object, refusal.reason);
    }
    taken
}

async fn by_its_author(app: &App, fetcher: &Fetcher, object: &Doc) -> Result<Taken, Refusal> {
    let author = ownership::author(object).ok_or_else(|| Reason::NoComment.drop())?;
    let author = fetcher.actor(&author).await;
    let author = author.map_err(|error| Refusal::new(Reason::of_fetch(&error), error))?;
    let reply = replies::revise(app, object, &author, None).await;
    talk::unless_reply(app, object, &author, None, reply).await
}
