//! Who hears of changes in this process. What feeds it is elsewhere; whoever falls behind is told so and looks for itself.

use tokio::sync::broadcast;

use super::Scope;

/// Changes that wait for the slowest listener.
const WAITING: usize = 1024;

/// The channel of all changes.
pub struct Changes(broadcast::Sender<Scope>);

impl Default for Changes {
    fn default() -> Self {
        Self(broadcast::channel(WAITING).0)
    }
}

impl Changes {
    /// Tells that something of a scope changed.
    pub fn publish(&self, scope: Scope) {
        // Nobody may be listening.
        let _ = self.0.send(scope);
    }

    /// Hears of everything that changes from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Scope> {
        self.0.subscribe()
    }
}
