//! What `init` has written so far, so that it can be taken away again. Nothing of it may be read by others.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::db::Backend;
use crate::error::{Error, Result};

/// What has been made so far; taken away again unless it is kept.
#[derive(Default)]
pub(super) struct Made {
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Drop for Made {
    fn drop(&mut self) {
        for file in &self.files {
            let _ = fs::remove_file(file);
        }
        for folder in self.folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

impl Made {
    /// Makes a folder and those above it that are missing. Only the owner may enter: keys lie there.
    pub(super) fn folder(&mut self, path: &Path) -> Result<()> {
        if path.as_os_str().is_empty() || path.is_dir() {
            return Ok(());
        }
        if let Some(above) = path.parent() {
            self.folder(above)?;
        }
        let made = fs::DirBuilder::new().mode(0o700).create(path);
        made.map_err(|e| cannot("create the folder", path, &e))?;
        self.folders.push(path.to_owned());
        Ok(())
    }

    /// Writes a new file that only the owner may read: it may hold the database's password.
    pub(super) fn file(&mut self, path: &Path, text: &str) -> Result<()> {
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .map_err(|e| cannot("create", path, &e))?;
        self.files.push(path.to_owned());
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(|e| cannot("write", path, &e))
    }

    /// Makes an empty SQLite file and notes those that SQLite makes beside it.
    pub(super) fn database(&mut self, config: &Config) -> Result<()> {
        let Backend::Sqlite(path) = Backend::parse(&config.database.url, &config.data)? else {
            return Ok(());
        };
        if path.exists() {
            return Ok(());
        }
        if let Some(folder) = path.parent() {
            self.folder(folder)?;
        }
        // SQLite gives the files beside it the same permissions: private keys lie in them.
        self.file(&path, "")?;
        for ending in ["-wal", "-shm"] {
            let mut name = path.clone().into_os_string();
            name.push(ending);
            self.files.push(name.into());
        }
        Ok(())
    }

    /// Keeps everything.
    pub(super) fn keep(mut self) {
        self.files.clear();
        self.folders.clear();
    }
}

fn cannot(what: &str, path: &Path, why: &std::io::Error) -> Error {
    Error::Setup(format!(
        "cannot {what} {}: {why}; name a folder that you may write to with --data",
        path.display()
    ))
}
