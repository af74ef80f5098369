//! What incoming activities do, one file each. By the time one is here, its sender is proven: the signer is its actor. A
//! handler checks ownership (`verify`) and then makes one change (`receive`), as the federation crate's trait has it.

mod answer;
mod create;
mod delete;
mod follow;
mod quote;
mod react;
mod reply_request;
mod undo;
mod update;

use std::sync::Arc;

use activitypub_federation::config::Data;
use activitypub_federation::traits::Activity;
use bytes::Bytes;
use url::Url;

use super::objects::Doc;
use super::reason::{Reason, Refusal};
use crate::app::App;
use crate::domain::actor::Actor;
use crate::types::{ApUrl, Host};

/// An activity whose signer is proven to be its actor.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// What it is recognised by when it comes again: its id, or one made of the actor and its bytes.
    pub id: ApUrl,
    /// The signer.
    pub actor: Actor,
    /// The activity.
    pub doc: Doc,
    /// The activity exactly as it came.
    pub body: Bytes,
    /// The server that sent it: the actor's, or one that passed it on.
    pub by: Host,
    url: Url,
    actor_url: Url,
}

impl Envelope {
    /// Seals an activity that the server `by` sent. Fails when its actor's id is no address.
    pub fn new(
        id: ApUrl,
        actor: Actor,
        doc: Doc,
        (body, by): (Bytes, Host),
    ) -> Result<Self, Refusal> {
        let actor_url = actor
            .ap_id
            .url()
            .ok_or_else(|| Reason::NoActor.refuse("the actor's id is no address"))?;
        let url = id.url().unwrap_or_else(|| actor_url.clone());
        Ok(Self {
            id,
            actor,
            doc,
            body,
            by,
            url,
            actor_url,
        })
    }

    /// The embedded object, if it is embedded.
    fn object(&self) -> Option<Doc> {
        self.doc.doc("object")
    }

    /// The activity that a group announces whole.
    fn inner(&self) -> Option<Doc> {
        self.object()
            .filter(|inner| self.doc.is("Announce") && inner.0.contains_key("object"))
    }

    /// The id of the object. Fails when there is none.
    fn object_id(&self) -> Result<ApUrl, Refusal> {
        self.doc
            .first_id("object")
            .ok_or_else(|| Reason::NoObject.refuse("the activity has no object"))
    }
}

/// Gives a handler the trait's view of its envelope, so that only `verify` and `receive` differ.
macro_rules! activity {
    ($name:ident, verify($this:ident, $app:ident) $verify:block, receive($own:ident, $data:ident) $receive:block) => {
        #[async_trait::async_trait]
        impl activitypub_federation::traits::Activity for $name {
            type DataType = std::sync::Arc<crate::app::App>;
            type Error = crate::federation::reason::Refusal;

            fn id(&self) -> &url::Url {
                &self.0.url
            }

            fn actor(&self) -> &url::Url {
                &self.0.actor_url
            }

            async fn verify(
                &self,
                $app: &activitypub_federation::config::Data<Self::DataType>,
            ) -> Result<(), Self::Error> {
                let $this = &self.0;
                $verify
            }

            async fn receive(
                self,
                $data: &activitypub_federation::config::Data<Self::DataType>,
            ) -> Result<(), Self::Error> {
                let $own = self.0;
                $receive
            }
        }
    };
}
use activity;
pub(super) use delete::farewell;

const KNOWN: [&str; 14] = [
    "Follow",
    "Undo",
    "Accept",
    "Reject",
    "Create",
    "Update",
    "Delete",
    "Like",
    "Announce",
    "ReplyRequest",
    "Dislike",
    "EmojiReact",
    "EmojiReaction",
    "QuoteRequest",
];

/// The first type of an activity that does something here.
fn known(doc: &Doc) -> Option<&'static str> {
    KNOWN.into_iter().find(|kind| doc.is(kind))
}

/// True for the activities that do something here. All others are taken and forgotten.
pub fn is_known(doc: &Doc) -> bool {
    known(doc).is_some()
}

/// Hands an activity to its handler.
pub async fn dispatch(envelope: Envelope, data: &Data<Arc<App>>) -> Result<(), Refusal> {
    match known(&envelope.doc).unwrap_or_default() {
        "Follow" => run(follow::Follow(envelope), data).await,
        "Undo" => run(undo::Undo(envelope), data).await,
        "Accept" | "Reject" => run(answer::Answer(envelope), data).await,
        "Create" => run(create::Create(envelope), data).await,
        "Update" => run(update::Update(envelope), data).await,
        "Delete" => run(delete::Delete(envelope), data).await,
        "Like" | "Announce" | "Dislike" | "EmojiReact" | "EmojiReaction" => {
            run(react::React(envelope), data).await
        }
        "ReplyRequest" => run(reply_request::ReplyRequest(envelope), data).await,
        "QuoteRequest" => run(quote::Quote(envelope), data).await,
        _ => Err(Reason::UnknownType.drop()),
    }
}

async fn run<A>(activity: A, data: &Data<Arc<App>>) -> Result<(), Refusal>
where
    A: Activity<DataType = Arc<App>, Error = Refusal>,
{
    activity.verify(data).await?;
    activity.receive(data).await
}
