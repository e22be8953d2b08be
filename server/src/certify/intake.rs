//! A paper comes in: for which kind of copy, the scan handed in and read, the pages of an extract chosen, or given up.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use saoy_archive::profile::Profile;
use serde::Deserialize;

use super::drafts::{self, Draft, Looked, Step};
use super::wizard::{Steps, at};
use super::{CERTIFIED, CERTIFY, EXTRACT, PEOPLE, kind_of};
use crate::app::{App, no_archive};
use crate::desk::Job;
use crate::incoming::Form;
use crate::language::Language;
use crate::page::{self, Shell};
use crate::routes::Routes;
use crate::trouble::{Trouble, sentence};

/// Most copies of one original.
const MOST_COPIES: u32 = 1000;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/certify/new", PEOPLE, form)
        .post("/certify/new", PEOPLE, handed_in)
        .get("/certify/draft/{word}", PEOPLE, overview)
        .post("/certify/draft/{word}/again", PEOPLE, again)
        .post("/certify/draft/{word}/drop", PEOPLE, given_up)
        .get("/certify/draft/{word}/excerpt", PEOPLE, excerpt)
        .post("/certify/draft/{word}/excerpt", PEOPLE, extracted)
}

/// The kinds of copies that are made here, in the order in which they are offered.
const KINDS: [&str; 4] = [CERTIFIED, "sao-y", "sao-luc", EXTRACT];

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    kind: String,
}

#[derive(Template)]
#[template(path = "certify/new.html")]
struct NewPage {
    shell: Shell,
    steps: Steps,
    /// Kind, name, whether it is this one.
    kinds: Vec<(&'static str, String, bool)>,
    kind: &'static str,
    certified: bool,
    extract: bool,
    most: u64,
}

async fn form(
    State(app): State<Arc<App>>,
    shell: Shell,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Trouble> {
    if !app.has_archive() {
        return Err(no_archive());
    }
    let (l, profile) = (shell.l, Profile::on(app.act(&shell.who.login).day())?);
    let offered: Vec<&'static str> = KINDS
        .into_iter()
        .filter(|kind| *kind != CERTIFIED || shell.who.has(&CERTIFY))
        .collect();
    let kind = offered.iter().find(|kind| **kind == wanted.kind);
    let kind = *kind.or(offered.first()).unwrap_or(&CERTIFIED);
    Ok(page::html(&NewPage {
        steps: Steps::new(drafts::steps(kind), None, Step::Reading, l),
        kinds: offered
            .into_iter()
            .map(|one| (one, kind_of(&profile, one, l), one == kind))
            .collect(),
        kind,
        certified: kind == CERTIFIED,
        extract: kind == EXTRACT,
        shell,
        most: app.settings.upload >> 20,
    }))
}

async fn handed_in(
    State(app): State<Arc<App>>,
    shell: Shell,
    form: Form,
) -> Result<Response, Trouble> {
    if !app.has_archive() {
        return Err(no_archive());
    }
    let kind = match form.get("kind") {
        "" => CERTIFIED,
        given => KINDS
            .into_iter()
            .find(|kind| *kind == given)
            .ok_or_else(|| {
                Trouble::bad(sentence!(
                    "Không có loại bản sao này.",
                    "There is no such kind of copy."
                ))
            })?,
    };
    let certified = kind == CERTIFIED;
    if certified && !shell.who.has(&CERTIFY) {
        return Err(Trouble::refused(sentence!(
            "Bản chính để chứng thực do công chức tiếp nhận hoặc người thực hiện chứng thực nhận; văn thư làm sao y, sao lục, trích sao.",
            "Originals to be certified are taken in by the counter officer or the certifying person; the records clerk makes true copies and extracts."
        )));
    }
    let requester = if certified {
        form.wanted("requester", "họ tên người yêu cầu", "the requester's name")?
    } else {
        form.get("requester")
    }
    .to_owned();
    let copies = match form.get("copies") {
        "" => "1",
        count => count,
    };
    let copies = copies
        .parse()
        .ok()
        .filter(|count| (1..=MOST_COPIES).contains(count))
        .ok_or_else(|| {
            Trouble::bad(sentence!(
                "Số bản sao phải là một số từ 1 đến {}.",
                "The number of copies has to be a number from 1 to {}.",
                MOST_COPIES
            ))
        })?;
    let file = form.file("file")?;
    let act = app.act(&shell.who.login);
    let requester_id = form.get("requester_id").to_owned();
    let draft = Draft {
        word: app.world.token()?,
        login: shell.who.login.clone(),
        kind: kind.to_owned(),
        excerpt: BTreeSet::new(),
        scanned: 0,
        name: file.name.clone(),
        scan: format!(
            "scan.{}",
            file.path
                .extension()
                .and_then(|ending| ending.to_str())
                .unwrap_or("bin")
        ),
        visit: format!("{} {requester} {requester_id}", act.day())
            .trim()
            .to_owned(),
        requester,
        requester_id,
        title: form.get("title").to_owned(),
        copies,
        made: act.at,
        looked: None,
        failed: None,
        despite_held: String::new(),
        compared: BTreeSet::new(),
        answers: BTreeMap::new(),
    };
    drafts::put(&app, draft.clone(), file.path.clone()).await?;
    drafts::read(&app, shell.l, &draft);
    Ok(Redirect::to(&draft.address(Step::Reading)).into_response())
}

#[derive(Template)]
#[template(path = "certify/reading.html")]
struct ReadingPage {
    shell: Shell,
    steps: Steps,
    draft: Draft,
    failed: Option<String>,
    again: bool,
}

/// Where the paper stands: being read, unreadable, or at its next step.
async fn overview(
    State(app): State<Arc<App>>,
    Path(word): Path<String>,
    shell: Shell,
) -> Result<Response, Trouble> {
    let draft = drafts::get(&app, &shell.who.login, &word).await?;
    let signed = draft.is_certified()
        && draft
            .looked
            .as_ref()
            .is_some_and(|looked| looked.signed_original);
    if draft.looked.is_some() && !signed {
        return Ok(Redirect::to(&draft.address(draft.step())).into_response());
    }
    // A server that was stopped meanwhile begins again.
    drafts::read(&app, shell.l, &draft);
    let failed = if signed {
        let said = shell.l.say(
            "Đây là văn bản điện tử đã ký số: chứng thực bản sao điện tử chỉ làm từ bản chính giấy. Hãy giao chính tệp này cho người yêu cầu.",
            "This is a signed electronic document: certified copies are made of paper originals. Hand out this very file.",
        );
        Some(said.to_owned())
    } else {
        let failed = draft.failed.as_ref();
        failed.map(|(said, _)| said.of(shell.l).to_owned())
    };
    let again = draft.failed.as_ref().is_some_and(|(_, again)| *again);
    Ok(page::html(&ReadingPage {
        steps: Steps::of(&draft, Step::Reading, shell.l),
        shell,
        draft,
        failed,
        again,
    }))
}

/// Reads it once more.
async fn again(
    State(app): State<Arc<App>>,
    Path(word): Path<String>,
    shell: Shell,
    _: Form,
) -> Result<Response, Trouble> {
    let draft = drafts::change(&app, &shell.who.login, &word, |draft| {
        if draft.failed.as_ref().is_some_and(|(_, again)| *again) {
            draft.failed = None;
        }
    })
    .await?;
    drafts::read(&app, shell.l, &draft);
    Ok(Redirect::to(&draft.address(Step::Reading)).into_response())
}

async fn given_up(
    State(app): State<Arc<App>>,
    Path(word): Path<String>,
    shell: Shell,
    _: Form,
) -> Result<Response, Trouble> {
    let draft = drafts::get(&app, &shell.who.login, &word).await?;
    forget(&app, shell.l, &draft).await;
    drafts::remove(&app, &draft).await?;
    Ok(Redirect::to("/certify").into_response())
}

/// What was read of the scan goes too; should that fail, it goes by itself half a day later.
async fn forget(app: &Arc<App>, language: Language, draft: &Draft) {
    let Ok(scan) = drafts::scan(app, draft) else {
        return;
    };
    let arguments: [OsString; 7] = [
        "certify".into(),
        "look".into(),
        scan.into(),
        "--sealed".into(),
        "--forget".into(),
        "--by".into(),
        draft.login.clone().into(),
    ];
    let _ = app.desk.run(Job::Quick, language, arguments, None).await;
}

#[derive(Template)]
#[template(path = "certify/excerpt.html")]
struct ExcerptPage {
    shell: Shell,
    steps: Steps,
    draft: Draft,
    /// Pages of the scan.
    scanned: u32,
    wrong: bool,
}

/// Which pages are extracted.
async fn excerpt(
    State(app): State<Arc<App>>,
    Path(word): Path<String>,
    shell: Shell,
) -> Result<Response, Trouble> {
    let (draft, looked) = match at(&app, &shell.who, &word, Step::Excerpt).await? {
        Ok(found) => found,
        Err(elsewhere) => return Ok(elsewhere),
    };
    Ok(choosing(shell, draft, &looked, false))
}

fn choosing(shell: Shell, draft: Draft, looked: &Looked, wrong: bool) -> Response {
    let mut response = page::html(&ExcerptPage {
        steps: Steps::of(&draft, Step::Excerpt, shell.l),
        scanned: scanned(&draft, looked),
        shell,
        draft,
        wrong,
    });
    if wrong {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    response
}

/// Pages of the scan, of which an extract has some.
fn scanned(draft: &Draft, looked: &Looked) -> u32 {
    draft.scanned.max(looked.pages)
}

/// Takes the pages, and has these alone made into a copy.
async fn extracted(
    State(app): State<Arc<App>>,
    Path(word): Path<String>,
    shell: Shell,
    form: Form,
) -> Result<Response, Trouble> {
    let (draft, looked) = match at(&app, &shell.who, &word, Step::Excerpt).await? {
        Ok(found) => found,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let count = scanned(&draft, &looked);
    let pages: BTreeSet<u32> = (1..=count)
        .filter(|page| form.get(&format!("page-{page}")) == "yes")
        .collect();
    if pages.is_empty() {
        return Ok(choosing(shell, draft, &looked, true));
    }
    let draft = drafts::change(&app, &shell.who.login, &word, move |draft| {
        if draft.excerpt != pages {
            draft.excerpt = pages;
            draft.scanned = count;
            draft.looked = None;
            draft.failed = None;
        }
    })
    .await?;
    drafts::read(&app, shell.l, &draft);
    Ok(Redirect::to(&draft.address(Step::Reading)).into_response())
}
