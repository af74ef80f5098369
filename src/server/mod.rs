//! The running node: one listener, the delivery loop, the job loop; started together, stopped together.

mod acme;
pub mod certificate;
mod client;
mod connections;
mod express;
mod headers;
pub mod https;
mod kept;
mod limits;
mod patience;
mod room;
mod router;
mod site;
mod streams;
mod tracks;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::app::App;
use crate::config::{Config, Moderation};
use crate::domain::{delivery, post, verdict};
use crate::error::{Error, Result};
use crate::federation::{Federation, deliver};
use crate::{queue, worker};

use connections::serve;
pub use router::router;
use site::Site;

/// Open files below which a node with many followers may run out of connections.
const OPEN_FILES_WANTED: u64 = 4096;

/// How often it is looked whether other processes still know of this one.
const ANNOUNCE_EVERY: Duration = Duration::from_secs(10);

/// A node that runs in this process.
pub struct Running {
    /// Its parts.
    pub fed: Arc<Federation>,
    /// Where it listens.
    pub address: SocketAddr,
    /// Where it listens for https, and for those to be led there; None without built-in https.
    pub https: Option<https::Addresses>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Running {
    /// Stops taking requests, lets what is under way end, puts claimed work back.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        self.fed.app.live.end();
        for task in self.tasks {
            let _ = task.await;
        }
        if let Err(error) = verdict::flush(&self.fed.app).await {
            tracing::warn!("cannot write the last verdicts down: {}", error.log_text());
        }
    }
}

/// Runs the configured node until SIGTERM, SIGINT or Ctrl-C.
pub async fn run(config: Config) -> Result<()> {
    raise_open_files();
    let listener = listen(config.server.bind, "--bind or server.bind").await?;
    let app = App::open_system(config).await?;
    let node = start(Federation::new(app).await?, listener).await?;
    if node.fed.app.config.discussion.moderation == Moderation::Screened {
        tracing::info!(
            "discussion.moderation is \"screened\", but there is no spam filter yet: a first reply is held, as with \"known\""
        );
    }
    tracing::info!(url = %node.fed.app.config.site.url, address = %node.address, "the node is ready");
    terminated().await;
    tracing::info!("the node stops");
    node.stop().await;
    Ok(())
}

/// Lets the process have as many open files as the system permits. Most systems give 1,024 unless asked, and every
/// server that is written to keeps a connection open for a while.
fn raise_open_files() {
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(files) if files < OPEN_FILES_WANTED => tracing::warn!(
            files,
            "few open files are permitted: a post to many servers may wait for connections; raise the limit (LimitNOFILE, ulimit -Hn)"
        ),
        Ok(_) => {}
        Err(error) => tracing::warn!("the limit of open files stays as it is: {error}"),
    }
}

/// Takes an address to listen on. Fails with the way out when it is occupied or forbidden.
pub async fn listen(address: SocketAddr, hint: &str) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|e| {
        let why = match e.kind() {
            std::io::ErrorKind::AddrInUse => "another program listens there".to_owned(),
            std::io::ErrorKind::PermissionDenied => "ports below 1024 need more rights".to_owned(),
            _ => e.to_string(),
        };
        Error::Setup(format!(
            "cannot listen on {address}: {why}; choose another address with {hint}"
        ))
    })
}

/// Starts serving on `listener`, delivering and working.
pub async fn start(fed: Arc<Federation>, listener: TcpListener) -> Result<Running> {
    let address = listener.local_addr().map_err(Error::internal)?;
    take_over(&fed.app).await?;
    post::follow_pattern(&fed.app).await?;
    let (stop, stopped) = watch::channel(false);
    let site = Site::of(router(Arc::clone(&fed)), Arc::clone(&fed.app));
    let mut tasks = vec![serve(listener, site, stopped.clone())];
    let mut https = None;
    if fed.app.config.https.enabled {
        let (addresses, more) = https::start(&fed, stopped.clone()).await?;
        https = Some(addresses);
        tasks.extend(more);
    }
    if let Some(bind) = fed.app.config.server.metrics_bind {
        let listener = listen(bind, "server.metrics_bind").await?;
        tasks.push(serve(
            listener,
            router::metrics_router(Arc::clone(&fed.app)),
            stopped.clone(),
        ));
    }
    tasks.push(tokio::spawn(stay_announced(
        Arc::clone(&fed.app),
        stopped.clone(),
    )));
    tasks.push(tokio::spawn(worker::run(Arc::clone(&fed), stopped.clone())));
    let delivering = Arc::clone(&fed);
    tasks.push(tokio::spawn(async move {
        if let Err(error) = deliver::run(delivering, stopped).await {
            tracing::error!("delivery stopped: {}", error.log_text());
        }
    }));
    Ok(Running {
        fed,
        address,
        https,
        stop,
        tasks,
    })
}

/// Takes up at once what a process that was killed had claimed, unless another one that lives may have claimed it.
async fn take_over(app: &App) -> Result<()> {
    app.db
        .announce(|conn| {
            queue::release_leases(conn)?;
            delivery::release_leases(conn)
        })
        .await
}

/// Sees to it that other processes know of this one, also after the database was started anew.
async fn stay_announced(app: Arc<App>, mut stopped: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(ANNOUNCE_EVERY) => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
        if let Err(error) = app.db.announce_again().await {
            tracing::warn!(
                "other processes may not know of this one: {}",
                error.log_text()
            );
        }
    }
}

/// Waits for the signal to stop.
pub async fn terminated() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let kind = tokio::signal::unix::SignalKind::terminate();
        if let Ok(mut terminate) = tokio::signal::unix::signal(kind) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}
