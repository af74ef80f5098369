//! What integration tests stand on: a fresh database of either kind, a node on it with a clock that stands still, and
//! requests without a network. It holds no test of the product itself.
//!
//! ```ignore
//! use crate::support::{TestApp, TestDb, both_databases};
//!
//! both_databases! {
//!     // The usual node: https://blog.example, everything appears at once, one account `alice`.
//!     async fn a_post_gets_an_address(app: TestApp) {
//!         let token = app.token(&[Scope::Write]).await;
//!         let answer = app.send(antiphon::api::router(), request).await;
//!         assert_eq!(answer.status, StatusCode::OK);
//!     }
//!
//!     // Another node than the usual one: take the database and build.
//!     async fn a_first_reply_is_held(db: TestDb) {
//!         let app = TestApp::builder().moderation(Moderation::All).build(db).await;
//!     }
//! }
//! ```
//!
//! Each function becomes a module of two tests, `sqlite` and `postgres`. SQLite lives in a temporary folder.
//! PostgreSQL is the server that `ANTIPHON_TEST_POSTGRES` names (`postgres://user@host:port/database`; its user may
//! create databases), else a throw-away one that this process starts once and that ends with it, however it ends. On a
//! machine without PostgreSQL's programs the second test says so and does nothing.

mod app;
mod database;
mod fake;
mod http;
mod issuer;
mod node;
mod postgres;
mod until;

pub(crate) use app::TestApp;
pub(crate) use database::TestDb;
pub(crate) use fake::{ByHand, FakeInstance, Fault, Flaw, Letter, Person};
pub(crate) use http::{Answer, bare_client};
pub(crate) use issuer::FakeIssuer;
pub(crate) use node::TestNode;
pub(crate) use until::until;

/// What a test of [`both_databases!`] may ask for.
pub(crate) trait Fixture: Sized {
    /// Builds it on a fresh database.
    async fn on(db: TestDb) -> Self;
}

/// Makes of each `async fn name(x: Fixture)` two tests, one on each database. See the module's documentation.
macro_rules! both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($($arg:ident)+ : $fixture:ty) $body:block)+) => {
        $(
            $(#[$meta])*
            mod $name {
                use super::*;

                async fn check($($arg)+: $fixture) $body

                #[tokio::test]
                async fn sqlite() {
                    let db = $crate::support::TestDb::sqlite();
                    check(<$fixture as $crate::support::Fixture>::on(db).await).await;
                }

                #[tokio::test]
                async fn postgres() {
                    if let Some(db) = $crate::support::TestDb::postgres() {
                        check(<$fixture as $crate::support::Fixture>::on(db).await).await;
                    }
                }
            }
        )+
    };
}
pub(crate) use both_databases;
