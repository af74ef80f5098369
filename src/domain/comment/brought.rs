//! What brought a reply, an edit or a deletion here: the activity's id, its bytes when they may be passed on, and whether
//! its author asked to be let in.

use bytes::Bytes;

use crate::app::App;
use crate::clock::{Clock, IdGenerator};
use crate::domain::actor::Actor;
use crate::queue::{Job, NewJob};
use crate::types::{ApUrl, Host, Id, Timestamp};

/// The proven activity that brought something.
#[derive(Clone, Debug)]
pub struct Brought {
    /// The activity's id.
    pub id: ApUrl,
    /// The server that sent it, which need not be its actor's; None: not known.
    pub by: Option<Host>,
    /// The activity exactly as it came, when others will believe it; None: it is not passed on.
    pub bytes: Option<Bytes>,
    /// Its author waits for an answer.
    pub asked: Option<Asked>,
}

/// How somebody asked whether their reply may stand here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Who asked.
    pub actor_id: Id<Actor>,
    /// The id of the request, exactly as it was sent; the reply's own when `bare`.
    pub request: ApUrl,
    /// The reply came without a request, from a server that waits for an answer all the same.
    pub bare: bool,
    /// What the request says that the reply answers; None: whatever it answers.
    pub target: Option<ApUrl>,
}

impl From<ApUrl> for Brought {
    fn from(id: ApUrl) -> Self {
        Self {
            id,
            by: None,
            bytes: None,
            asked: None,
        }
    }
}

impl Brought {
    /// The id by which the activity is recognised when it comes again; None for a request, which is answered each time.
    pub(super) fn noted(&self) -> Option<&ApUrl> {
        let repeats = self.asked.as_ref().is_some_and(|asked| !asked.bare);
        (!repeats).then_some(&self.id)
    }

    /// True when there is more to do than to store the reply.
    pub(super) const fn has_consequences(&self) -> bool {
        self.bytes.is_some() || self.asked.is_some()
    }
}

/// Makes ids and jobs inside a transaction, where the node itself is not at hand.
#[derive(Clone)]
pub struct Later {
    clock: Clock,
    ids: IdGenerator,
}

impl Later {
    /// Takes clock and ids from the node.
    pub fn of(app: &App) -> Self {
        Self {
            clock: app.clock.clone(),
            ids: app.ids.clone(),
        }
    }

    /// A job to be done as soon as possible.
    pub(super) fn job(&self, job: Job) -> NewJob {
        NewJob::now(&self.clock, &self.ids, job)
    }

    /// A fresh id.
    pub(super) fn id<T>(&self) -> Id<T> {
        self.ids.next()
    }

    /// The present moment.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
