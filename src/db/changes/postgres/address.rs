//! Where the database is: what its address leaves open, libpq takes from the environment and the machine's habits, so that an
//! address that one client takes leads the other to the same place (libpq's "Environment Variables").

use std::path::Path;

use tokio_postgres::Config;

use crate::error::{Error, Result};

/// Where systems keep PostgreSQL's sockets.
const SOCKETS: [&str; 3] = ["/var/run/postgresql", "/run/postgresql", "/tmp"];
const PORT: u16 = 5432;

/// The way to a database, as libpq would find it.
pub(super) fn config(url: &str) -> Result<Config> {
    complete(url, |name| std::env::var(name).ok(), Path::exists)
}

fn complete(
    url: &str,
    variable: impl Fn(&str) -> Option<String>,
    is_there: impl Fn(&Path) -> bool,
) -> Result<Config> {
    let unreadable = |error| {
        Error::Setup(format!(
            "database.url cannot be read: {error}; see libpq's connection URIs"
        ))
    };
    let mut config: Config = url.parse().map_err(unreadable)?;
    let variable = |name| variable(name).filter(|value| !value.is_empty());
    if config.get_ports().is_empty()
        && let Some(port) = variable("PGPORT").and_then(|port| port.parse().ok())
    {
        config.port(port);
    }
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        let port = config.get_ports().first().copied().unwrap_or(PORT);
        let has_socket =
            |folder: &&str| is_there(&Path::new(folder).join(format!(".s.PGSQL.{port}")));
        let usual = || {
            SOCKETS
                .into_iter()
                .find(has_socket)
                .unwrap_or("localhost")
                .to_owned()
        };
        config.host(variable("PGHOST").unwrap_or_else(usual));
    }
    if config.get_user().is_none()
        && let Some(user) = variable("PGUSER")
    {
        config.user(user);
    }
    if config.get_password().is_none()
        && let Some(password) = variable("PGPASSWORD")
    {
        config.password(password);
    }
    if config.get_dbname().is_none()
        && let Some(name) = variable("PGDATABASE")
    {
        config.dbname(name);
    }
    Ok(config)
}

#[cfg(test)]
mod tests {
    use tokio_postgres::config::Host;

    use super::*;

    fn read(url: &str, variables: &[(&str, &str)]) -> Config {
        let find = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        complete(url, find, |socket| {
            socket == Path::new("/run/postgresql/.s.PGSQL.5433")
        })
        .unwrap()
    }

    #[test]
    fn what_an_address_says_stays() {
        let variables = [
            ("PGHOST", "x"),
            ("PGPORT", "1"),
            ("PGUSER", "x"),
            ("PGPASSWORD", "x"),
            ("PGDATABASE", "x"),
        ];
        let url = "postgres://me:secret@db.example:5444/blog";
        assert_eq!(read(url, &variables), url.parse().unwrap());
    }

    #[test]
    fn what_it_leaves_open_comes_from_where_libpq_takes_it() {
        let found = read(
            "postgres://me@/blog",
            &[("PGPORT", "5433"), ("PGPASSWORD", "secret")],
        );
        assert_eq!(found.get_hosts(), [Host::Unix("/run/postgresql".into())]);
        assert_eq!(
            (found.get_ports(), found.get_password()),
            (&[5433][..], Some(&b"secret"[..]))
        );
        let found = read(
            "postgres:///",
            &[
                ("PGHOST", "db.example"),
                ("PGUSER", "me"),
                ("PGDATABASE", "blog"),
            ],
        );
        assert_eq!(found.get_hosts(), [Host::Tcp("db.example".into())]);
        assert_eq!(
            (found.get_user(), found.get_dbname()),
            (Some("me"), Some("blog"))
        );
        assert_eq!(
            read("postgres:///blog", &[]).get_hosts(),
            [Host::Tcp("localhost".into())]
        );
    }
}
