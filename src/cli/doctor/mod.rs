//! `antiphon doctor`: looks at the node as other servers would and says, for each finding, what to do. It changes
//! nothing but the schema, which every command brings up to date.

mod local;
mod remote;

use serde::Serialize;

use dialoguer::console::style;

use super::context::Context;
use super::{Failure, Outcome, output};
use crate::error::Error;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Ok,
    /// Good to know; nothing needs to be done.
    Note,
    /// Works, but should be changed.
    Warning,
    Failed,
}

/// What a check found.
#[derive(Clone, Debug, Serialize)]
struct Finding {
    check: &'static str,
    status: Status,
    detail: String,
    /// What to do; None when there is nothing to do.
    fix: Option<String>,
}

impl Finding {
    fn ok(check: &'static str, detail: impl Into<String>) -> Self {
        Self {
            check,
            status: Status::Ok,
            detail: detail.into(),
            fix: None,
        }
    }

    fn new(
        check: &'static str,
        status: Status,
        detail: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            check,
            status,
            detail: detail.into(),
            fix: Some(fix.into()),
        }
    }

    fn failed(check: &'static str, error: &Error, fix: impl Into<String>) -> Self {
        Self::new(check, Status::Failed, output::sentence(error), fix)
    }
}

/// Runs all checks. Fails when one of them did.
pub(super) async fn run(context: &Context) -> Outcome {
    let findings = examine(context).await;
    if context.json {
        output::print_json(&findings)?;
    } else {
        for finding in &findings {
            output::print(&shown(finding))?;
        }
    }
    let failed = findings.iter().filter(|f| f.status == Status::Failed);
    match failed.count() {
        0 => Ok(()),
        1 => tell("1 check failed."),
        n => tell(&format!("{n} checks failed.")),
    }
}

fn tell(message: &str) -> Outcome {
    output::error(message);
    Err(Failure::Told)
}

async fn examine(context: &Context) -> Vec<Finding> {
    let config = match context.config() {
        Ok(config) => config,
        Err(error) => {
            let fix = format!(
                "correct {} or the ANTIPHON_ variables, then run the doctor again: it needs them for the rest",
                context.data.join(crate::config::FILE_NAME).display()
            );
            return vec![Finding::failed("configuration", &error, fix)];
        }
    };
    let mut findings = vec![Finding::ok("configuration", "valid")];
    findings.extend(local::settings(&config));
    findings.push(local::folder(&config));
    findings.extend(local::certificate(&config));
    let app = match context.open().await {
        Ok(app) => app,
        Err(error) => {
            let fix =
                "repair this first, then run the doctor again: it needs the database for the rest";
            findings.push(Finding::failed("database", &error, fix));
            return findings;
        }
    };
    findings.extend(local::database(&app).await);
    findings.extend(local::keys(&app).await);
    findings.push(local::clock(&app).await);
    findings.extend(remote::all(&app).await);
    findings
}

fn shown(finding: &Finding) -> String {
    let label = match finding.status {
        Status::Ok => style("ok     ").green(),
        Status::Note => style("note   ").cyan(),
        Status::Warning => style("warning").yellow(),
        Status::Failed => style("failed ").red().bold(),
    };
    let mut text = format!("{label}  {}: {}", finding.check, finding.detail);
    if let Some(fix) = &finding.fix {
        text.push_str("\n         → ");
        text.push_str(fix);
    }
    text
}
