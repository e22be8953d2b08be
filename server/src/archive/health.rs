//! Whether the archive is whole: a check on demand, in a child process, and when it was last backed up.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::shelf::Check;
use super::words::moment;
use super::{KEEPERS, there};
use crate::app::App;
use crate::desk::Job;
use crate::incoming::Form;
use crate::language::Language;
use crate::page::{self, Shell};
use crate::routes::Routes;
use crate::trouble::Trouble;

/// A backup older than so many days is pointed at.
const OLD: i32 = 8;
/// Findings that are listed.
const LISTED: usize = 100;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/archive/health", KEEPERS, shown)
        .post("/archive/health", KEEPERS, begun)
}

#[derive(Template)]
#[template(path = "archive/health.html")]
struct Page {
    shell: Shell,
    running: Option<String>,
    done: Option<DoneView>,
    /// When and by whom.
    backup: Option<(String, String)>,
    old: bool,
    folder: String,
    key: String,
}

struct DoneView {
    at: String,
    /// Why there is no result.
    failed: Option<String>,
    whole: bool,
    counts: Vec<(&'static str, String)>,
    findings: Vec<(String, String)>,
    more: usize,
}

async fn shown(State(app): State<Arc<App>>, shell: Shell) -> Result<Response, Trouble> {
    let today = app.act(&shell.who.login).day();
    let (backup, key, folder) = there(&app)?
        .archive(|archive| {
            Ok((
                archive.latest("archive.backup")?,
                archive.public_key(),
                archive.folder().display().to_string(),
            ))
        })
        .await?;
    let l = shell.l;
    let day = |at: &str| at.get(..10).and_then(|day| day.parse().ok());
    let old = backup.as_ref().is_none_or(|entry| {
        day(&entry.at).is_none_or(|then: jiff::civil::Date| (today - then).get_days() > OLD)
    });
    let check = app.shelf.check();
    Ok(page::html(&Page {
        running: match &check {
            Check::Running { since } => Some(moment(since, l)),
            _ => None,
        },
        done: match check {
            Check::Done { at, outcome } => Some(DoneView::new(&at, outcome, l)),
            _ => None,
        },
        backup: backup.map(|entry| (moment(&entry.at, l), entry.actor)),
        old,
        folder,
        key,
        shell,
    }))
}

impl DoneView {
    fn new(
        at: &str,
        outcome: Result<Arc<serde_json::Value>, saoy_archive::Sentence>,
        l: Language,
    ) -> Self {
        let mut view = Self {
            at: moment(at, l),
            failed: None,
            whole: false,
            counts: Vec::new(),
            findings: Vec::new(),
            more: 0,
        };
        let record = match outcome {
            Ok(record) => record,
            Err(said) => {
                view.failed = Some(l.of(&said).to_owned());
                return view;
            }
        };
        let count = |key: &str| record.get(key).map(ToString::to_string).unwrap_or_default();
        let all = record.get("findings").and_then(|all| all.as_array());
        let findings: Vec<&serde_json::Value> = all.into_iter().flatten().collect();
        // A record without a list of findings is no record of a check.
        view.whole = all.is_some_and(Vec::is_empty);
        view.counts = vec![
            (l.say("Mục nhật ký", "Entries of the log"), count("entries")),
            (l.say("Dòng dữ liệu", "Rows"), count("rows")),
            (l.say("Mốc ký", "Signed checkpoints"), count("checkpoints")),
            (
                l.say("Mục sau mốc ký cuối", "Entries after the last checkpoint"),
                count("unsigned"),
            ),
            (
                l.say("Tệp đã đọc lại từng byte", "Files read in full"),
                count("files"),
            ),
        ];
        let text = |one: &serde_json::Value, key: &str| {
            one.get(key)
                .and_then(|text| text.as_str())
                .unwrap_or_default()
                .to_owned()
        };
        view.more = findings.len().saturating_sub(LISTED);
        view.findings = findings
            .into_iter()
            .take(LISTED)
            .map(|one| (text(one, "place"), text(one, l.code())))
            .collect();
        view
    }
}

/// Begins a check; it goes on when the browser leaves, and there is one at a time.
async fn begun(State(app): State<Arc<App>>, shell: Shell, form: Form) -> Result<Response, Trouble> {
    let now = there(&app)?.act(&shell.who.login).time();
    if app.shelf.begin_check(now) {
        let mut arguments = vec!["archive", "check", "--json"];
        if form.get("files").is_empty() {
            arguments.push("--no-files");
        }
        let (app, language) = (Arc::clone(&app), shell.l);
        tokio::spawn(async move {
            let outcome = match app.desk.run(Job::Long, language, arguments, None).await {
                // 3 says that something was found; the record is there all the same.
                Ok(answer) => answer.json().map_err(|trouble| trouble.said),
                Err(trouble) => Err(trouble.said),
            };
            app.shelf.end_check(app.act("").time(), outcome);
        });
    }
    Ok(Redirect::to("/archive/health").into_response())
}
