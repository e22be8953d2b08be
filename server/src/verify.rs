//! Verifying: a file is dropped, a sentence comes back. The file is judged in a child process and never kept.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use askama::Template;
use axum::extract::{self, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use saoy_archive::blob::BlobId;

use crate::app::App;
use crate::desk::Job;
use crate::guard::Who;
use crate::guard::limits::Kind;
use crate::incoming::{Form, Incoming};
use crate::kept::{ChangedPage, Report};
use crate::language::Language;
use crate::log::Client;
use crate::page::{self, Shell};
use crate::routes::{Access, Routes};
use crate::trouble::{Trouble, sentence};

mod asks;

mod view;

pub(crate) use view::{Tone, View};

/// Reports to take away: ending, kind of content.
const REPORTS: [(&str, &str); 4] = [
    ("html", "text/html; charset=utf-8"),
    ("pdf", "application/pdf"),
    ("xml", "application/xml"),
    ("json", "application/json"),
];

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .get("/verify", Access::Public, form)
        .post("/verify", Access::Public, verify)
        .get("/verify/{word}", Access::Public, shown)
        .get("/verify/{word}/report.{ending}", Access::Public, report)
}

#[derive(Template)]
#[template(path = "verify.html")]
struct Page {
    shell: Shell,
    most: u64,
}

#[derive(Template)]
#[template(path = "verdict.html")]
struct VerdictPage {
    shell: Shell,
    word: String,
    view: View,
}

async fn form(State(app): State<Arc<App>>, shell: Shell) -> Response {
    page::html(&Page {
        shell,
        most: app.settings.upload >> 20,
    })
}

async fn verify(
    State(app): State<Arc<App>>,
    client: Option<extract::Extension<Client>>,
    who: Who,
    language: Language,
    form: Form,
) -> Result<Response, Trouble> {
    may_upload(&app, &who, client.map(|client| client.0))?;
    let word = handed_in(&app, language, &who, form).await?;
    Ok(Redirect::to(&format!("/verify/{word}")).into_response())
}

/// Strangers may hand in only so many files.
pub(crate) fn may_upload(app: &App, who: &Who, client: Option<Client>) -> Result<(), Trouble> {
    if who.is_somebody() {
        return Ok(());
    }
    let Some(client) = client else { return Ok(()) };
    app.limits.take_for(Kind::Upload, client.0).map_err(|wait| {
        Trouble::new(
            StatusCode::TOO_MANY_REQUESTS,
            sentence!(
                "Quá nhiều tệp từ địa chỉ này; hãy đợi {} giây rồi thử lại.",
                "Too many files came from this address; wait {} seconds and try again.",
                wait.as_secs() + 1
            ),
        )
    })
}

/// How far a file is looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// The verdict alone: what somebody waits for.
    Verdict,
    /// Pages without text are read too, to compare the signer.
    Read,
    /// And everything to look at and to take away: reports, pictures of changed pages.
    Whole,
}

/// Judges the file of a form; gives the word under which the report can be opened for a while.
pub(crate) async fn handed_in(
    app: &Arc<App>,
    language: Language,
    who: &Who,
    form: Form,
) -> Result<String, Trouble> {
    let file = form.file("file")?.clone();
    let _place = place(app, who).await?;
    begun(app, language, file, form).await
}

/// Judges a file and gives the word of its report. Comparing the signer, pictures and reports go on behind, and fill the
/// report up; `holder` keeps the file until then.
pub(crate) async fn begun(
    app: &Arc<App>,
    language: Language,
    file: Incoming,
    holder: impl Send + 'static,
) -> Result<String, Trouble> {
    let mut report = judged(app, language, &file, Depth::Verdict).await?;
    report.reading = true;
    let word = app.world.token()?;
    if let Some(verdict) = report
        .record
        .pointer("/files/0/verdict")
        .and_then(|one| one.as_str())
    {
        app.measures.verdict(verdict);
    }
    app.kept.put(&word, report);
    let (app, key) = (Arc::clone(app), word.clone());
    tokio::spawn(async move {
        let _held = holder;
        match judged(&app, language, &file, Depth::Whole).await {
            Ok(whole) => app.kept.put(&key, whole),
            // The verdict stands; what else there is to see is missing.
            Err(_) => {
                if let Some(quick) = app.kept.get(&key) {
                    app.kept.put(&key, quick.without_reading());
                }
            }
        }
    });
    Ok(word)
}

/// The place in the strangers' queue for whoever is not logged in.
pub(crate) async fn place<'a>(
    app: &'a App,
    who: &Who,
) -> Result<Option<tokio::sync::SemaphorePermit<'a>>, Trouble> {
    if who.is_somebody() {
        return Ok(None);
    }
    app.desk.stranger().await.map(Some)
}

/// Judges a file in a child process.
pub(crate) async fn judged(
    app: &App,
    language: Language,
    file: &Incoming,
    depth: Depth,
) -> Result<Report, Trouble> {
    let folder = crate::incoming::folder(app)?;
    let mut arguments: Vec<std::ffi::OsString> =
        vec!["verify".into(), file.path.clone().into(), "--json".into()];
    for trust in &app.settings.trust {
        arguments.extend(["--trust".into(), trust.clone().into()]);
    }
    arguments.extend(["--called".into(), file.name.clone().into()]);
    if depth == Depth::Whole {
        for (ending, _) in REPORTS {
            arguments.extend([
                "--report".into(),
                folder.path().join(format!("report.{ending}")).into(),
            ]);
        }
        arguments.extend(["--pictures".into(), folder.path().join("pages").into()]);
    }
    let job = if depth == Depth::Verdict {
        arguments.push("--no-ocr".into());
        Job::Quick
    } else {
        if let Some(reader) = &app.settings.reader {
            arguments.extend(["--reader".into(), reader.clone().into()]);
        }
        Job::Long
    };
    let answer = app.desk.run(job, language, arguments, None).await?;
    let record: serde_json::Value = answer.json()?;
    let path = file.path.clone();
    let (files, pages, sha256) = tokio::task::spawn_blocking(move || {
        let mut files = HashMap::new();
        for (ending, _) in REPORTS {
            if let Ok(bytes) = std::fs::read(folder.path().join(format!("report.{ending}"))) {
                files.insert(ending, bytes);
            }
        }
        let sha256 = std::fs::File::open(&path)
            .and_then(|mut file| BlobId::of_reader(&mut file))
            .map(|id| id.to_string());
        (files, pages(&folder.path().join("pages")), sha256)
    })
    .await
    .map_err(Trouble::ours)?;
    Ok(Report {
        name: file.name.clone(),
        record,
        sha256: sha256?,
        files,
        pages,
        reading: false,
    })
}

/// The pictures that `saoy verify --pictures` wrote.
fn pages(folder: &Path) -> Vec<ChangedPage> {
    #[derive(serde::Deserialize)]
    struct Listed {
        page: usize,
        percent: Option<f64>,
    }
    let Some(listed) = std::fs::read(folder.join("pages.json"))
        .ok()
        .and_then(|bytes| serde_json::from_slice::<Vec<Listed>>(&bytes).ok())
    else {
        return Vec::new();
    };
    let picture =
        |page: usize, which: &str| std::fs::read(folder.join(format!("{page}-{which}.jpg"))).ok();
    listed
        .into_iter()
        .map(|one| ChangedPage {
            number: one.page,
            percent: one.percent,
            signed: picture(one.page, "signed"),
            last: picture(one.page, "last"),
            difference: picture(one.page, "difference"),
        })
        .collect()
}

async fn shown(
    State(app): State<Arc<App>>,
    extract::Path(word): extract::Path<String>,
    shell: Shell,
) -> Result<Response, Trouble> {
    let report = app.kept.get(&word).ok_or_else(gone)?;
    let view = View::new(&report, shell.l)
        .ok_or_else(|| Trouble::ours("the record of a verification has no file"))?;
    Ok(page::html(&VerdictPage { shell, word, view }))
}

async fn report(
    State(app): State<Arc<App>>,
    extract::Path((word, ending)): extract::Path<(String, String)>,
) -> Result<Response, Trouble> {
    let report = app.kept.get(&word).ok_or_else(gone)?;
    let (ending, kind) = REPORTS
        .into_iter()
        .find(|(known, _)| *known == ending)
        .ok_or_else(gone)?;
    let bytes = report.files.get(ending).cloned().ok_or_else(gone)?;
    let stem = report
        .name
        .rsplit_once('.')
        .map_or(report.name.as_str(), |(stem, _)| stem);
    Ok(page::download(
        kind,
        &format!("{stem}.kiem-tra.{ending}"),
        bytes,
    ))
}

fn gone() -> Trouble {
    Trouble::missing(sentence!(
        "Kết quả này không còn: tệp và kết quả không được lưu, chỉ giữ 15 phút. Hãy kiểm tra tệp lần nữa.",
        "This result is gone: neither file nor result is stored, it is held for 15 minutes. Verify the file once more."
    ))
}
