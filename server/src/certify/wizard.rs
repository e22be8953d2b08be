//! From a scan to a number: handed in, read, compared page by page, held against the reasons to refuse, looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::drafts::{self, Draft, Looked, Step};
use super::{MAKERS, mask};
use crate::app::{App, no_archive};
use crate::desk::{Answer, Job};
use crate::guard::Who;
use crate::incoming::Form;
use crate::language::Language;
use crate::page::{self, Shell};
use crate::pictures::{self, Width};
use crate::routes::Routes;
use crate::trouble::{Trouble, sentence};

/// Most copies of one original.
const MOST_COPIES: u32 = 1000;
/// How wide the page with the statement is drawn, px.
const PREVIEW: u32 = 1100;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/certify/new", MAKERS, form)
        .post("/certify/new", MAKERS, handed_in)
        .get("/certify/draft/{word}", MAKERS, overview)
        .post("/certify/draft/{word}/again", MAKERS, again)
        .post("/certify/draft/{word}/drop", MAKERS, given_up)
        .get("/certify/draft/{word}/held", MAKERS, held)
        .post("/certify/draft/{word}/held", MAKERS, held_all_the_same)
        .get("/certify/draft/{word}/pages", MAKERS, pages)
        .post("/certify/draft/{word}/pages", MAKERS, compared)
        .get("/certify/draft/{word}/checks", MAKERS, checks)
        .post("/certify/draft/{word}/checks", MAKERS, checked)
        .get("/certify/draft/{word}/preview", MAKERS, preview)
        .post("/certify/draft/{word}/preview", MAKERS, numbered)
        .get("/certify/draft/{word}/scan/{n}/{width}", MAKERS, scan)
        .get("/certify/draft/{word}/made/{n}/{width}", MAKERS, made)
        .get("/certify/draft/{word}/statement", MAKERS, statement)
}

/// The steps as the wizard's head shows them.
pub(super) struct Steps {
    all: Vec<Stage>,
}

pub(super) struct Stage {
    name: &'static str,
    here: bool,
    done: bool,
    /// Where it is, once it may be opened.
    at: Option<String>,
}

impl Steps {
    fn of(draft: Option<&Draft>, here: usize, l: Language) -> Self {
        let reached = draft.map_or(0, |draft| draft.step() as usize + 1);
        let names = [
            l.say("Bản quét", "Scan"),
            l.say("Đã có chưa", "Held already"),
            l.say("Đối chiếu từng trang", "Compare pages"),
            l.say("Trường hợp từ chối", "Reasons to refuse"),
            l.say("Xem trước, lấy số", "Preview, number"),
        ];
        let steps = [
            Step::Reading,
            Step::Held,
            Step::Pages,
            Step::Checks,
            Step::Preview,
        ];
        let all = names
            .into_iter()
            .zip(steps)
            .enumerate()
            .map(|(index, (name, step))| Stage {
                name,
                here: index == here,
                done: index + 1 < reached,
                at: draft
                    .filter(|_| index > 0 && index < reached && index != here)
                    .map(|draft| draft.address(step)),
            })
            .collect();
        Self { all }
    }
}

#[derive(Template)]
#[template(path = "certify/new.html")]
struct NewPage {
    shell: Shell,
    steps: Steps,
    most: u64,
}

async fn form(State(app): State<Arc<App>>, shell: Shell) -> Result<Response, Trouble> {
    if !app.has_archive() {
        return Err(no_archive());
    }
    Ok(page::html(&NewPage {
        steps: Steps::of(None, 0, shell.l),
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
    let requester = form
        .wanted("requester", "họ tên người yêu cầu", "the requester's name")?
        .to_owned();
    let copies = form
        .get("copies")
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
    let signed = draft
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
        steps: Steps::of(Some(&draft), 0, shell.l),
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

/// The paper, what was read of it, and the step it must have reached; else the way to the one it is at.
async fn at(
    app: &Arc<App>,
    who: &Who,
    word: &str,
    step: Step,
) -> Result<Result<(Draft, Looked), Response>, Trouble> {
    let draft = drafts::get(app, &who.login, word).await?;
    match draft.looked.clone() {
        Some(looked) if draft.step() >= step => Ok(Ok((draft, looked))),
        _ => Ok(Err(
            Redirect::to(&draft.address(draft.step())).into_response()
        )),
    }
}

#[derive(Template)]
#[template(path = "certify/held.html")]
struct HeldPage {
    shell: Shell,
    steps: Steps,
    draft: Draft,
    looked: Looked,
}

async fn held(
    State(app): State<Arc<App>>,
    Path(word): Path<String>,
    shell: Shell,
) -> Result<Response, Trouble> {
    let (draft, looked) = match at(&app, &shell.who, &word, Step::Held).await? {
        Ok(found) => found,
        Err(elsewhere) => return Ok(elsewhere),
    };
    Ok(page::html(&HeldPage {
        steps: Steps::of(Some(&draft), 1, shell.l),
        shell,
        draft,
        looked,
    }))
}

async fn held_all_the_same(
    State(app): State<Arc<App>>,
    Path(word): Path<String>,
    shell: Shell,
    form: Form,
) -> Result<Response, Trouble> {
    let reason = form
        .wanted("reason", "lý do vẫn làm bản mới", "why a new copy is made")?
        .to_owned();
    let draft = drafts::change(&app, &shell.who.login, &word, |draft| {
        draft.despite_held = reason;
    })
    .await?;
    Ok(Redirect::to(&draft.address(draft.step())).into_response())
}

#[derive(Deserialize)]
struct Which {
    page: Option<u32>,
}

#[derive(Template)]
#[template(path = "certify/pages.html")]
struct PagesPage {
    shell: Shell,
    steps: Steps,
    draft: Draft,
    looked: Looked,
    page: u32,
    left: usize,
}

async fn pages(
    State(app): State<Arc<App>>,
    Path(word): Path<String>,
    shell: Shell,
    Query(which): Query<Which>,
) -> Result<Response, Trouble> {
    let (draft, looked) = match at(&app, &shell.who, &word, Step::Pages).await? {
        Ok(found) => found,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let page = which
        .page
        .filter(|page| (1..=looked.pages).contains(page))
        .or_else(|| draft.next_page())
        .unwrap_or(1);
    Ok(page::html(&PagesPage {
        steps: Steps::of(Some(&draft), 2, shell.l),
        left: (1..=looked.pages)
            .filter(|page| !draft.compared.contains(page))
            .count(),
        shell,
        draft,
        looked,
        page,
    }))
}

async fn compared(
    State(app): State<Arc<App>>,
    Path(word): Path<String>,
    shell: Shell,
    form: Form,
) -> Result<Response, Trouble> {
    let page: Option<u32> = form.get("page").parse().ok();
    let same = form.get("same") == "yes";
    let draft = drafts::change(&app, &shell.who.login, &word, move |draft| {
        let pages = draft.looked.as_ref().map_or(0, |looked| looked.pages);
        match page.filter(|page| (1..=pages).contains(page)) {
            Some(page) if same => {
                draft.compared.insert(page);
            }
            Some(page) => {
                draft.compared.remove(&page);
            }
            None => {}
        }
    })
    .await?;
    let place = match (draft.step(), page) {
        (Step::Pages, Some(page)) => {
            let pages = draft.looked.as_ref().map_or(0, |looked| looked.pages);
            let next = (page..=pages)
                .find(|page| same && !draft.compared.contains(page))
                .or_else(|| draft.next_page())
                .unwrap_or(page);
            format!("{}?page={next}#compare", draft.address(Step::Pages))
        }
        (step, _) => draft.address(step),
    };
    Ok(Redirect::to(&place).into_response())
}

/// A question as the page shows it.
struct Asked {
    code: String,
    text: String,
    hint: Option<String>,
    clear: bool,
    refuse: bool,
    remark: String,
    /// What is missing in the answer.
    wrong: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "certify/checks.html")]
struct ChecksPage {
    shell: Shell,
    steps: Steps,
    draft: Draft,
    asked: Vec<Asked>,
    wrong: usize,
}

async fn checks(
    State(app): State<Arc<App>>,
    Path(word): Path<String>,
    shell: Shell,
) -> Result<Response, Trouble> {
    let (draft, looked) = match at(&app, &shell.who, &word, Step::Checks).await? {
        Ok(found) => found,
        Err(elsewhere) => return Ok(elsewhere),
    };
    Ok(questions(shell, draft, &looked, false))
}

fn questions(shell: Shell, draft: Draft, looked: &Looked, sent: bool) -> Response {
    let l = shell.l;
    let asked: Vec<Asked> = looked
        .questions
        .iter()
        .map(|one| {
            let answer = draft.answers.get(&one.code);
            let remark = answer.map(|(_, remark)| remark.clone()).unwrap_or_default();
            let wrong = match answer {
                None => Some(l.say("Chưa trả lời.", "Not answered.")),
                Some((false, _)) if remark.is_empty() => {
                    Some(l.say("Từ chối thì phải ghi lý do.", "A refusal needs its reason."))
                }
                Some((true, _)) if one.hint.is_some() && remark.is_empty() => Some(l.say(
                    "Máy thấy dấu hiệu: hãy ghi vì sao vẫn chứng thực.",
                    "The machine sees a sign: say why it is certified all the same.",
                )),
                Some(_) => None,
            };
            Asked {
                code: one.code.clone(),
                text: one.text.of(l).to_owned(),
                hint: one.hint.as_ref().map(|hint| hint.of(l).to_owned()),
                clear: answer.is_some_and(|(clear, _)| *clear),
                refuse: answer.is_some_and(|(clear, _)| !clear),
                remark,
                wrong: wrong.filter(|_| sent),
            }
        })
        .collect();
    let wrong = asked.iter().filter(|one| one.wrong.is_some()).count();
    let mut response = page::html(&ChecksPage {
        steps: Steps::of(Some(&draft), 3, l),
        shell,
        draft,
        asked,
        wrong,
    });
    if wrong > 0 {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    response
}

async fn checked(
    State(app): State<Arc<App>>,
    Path(word): Path<String>,
    shell: Shell,
    form: Form,
) -> Result<Response, Trouble> {
    let (_, looked) = match at(&app, &shell.who, &word, Step::Checks).await? {
        Ok(found) => found,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let mut answers = BTreeMap::new();
    for question in &looked.questions {
        let remark = form.get(&format!("remark-{}", question.code)).to_owned();
        match form.get(&format!("answer-{}", question.code)) {
            "clear" => answers.insert(question.code.clone(), (true, remark)),
            "refuse" => answers.insert(question.code.clone(), (false, remark)),
            _ => None,
        };
    }
    let draft = drafts::change(&app, &shell.who.login, &word, |draft| {
        draft.answers = answers;
    })
    .await?;
    let refused = draft
        .answers
        .values()
        .any(|(clear, remark)| !clear && !remark.is_empty());
    if refused {
        return refuse(&app, shell.l, &draft).await;
    }
    if draft.step() == Step::Preview {
        return Ok(Redirect::to(&draft.address(Step::Preview)).into_response());
    }
    Ok(questions(shell, draft, &looked, true))
}

/// Puts the refusal on record and takes the paper away.
async fn refuse(app: &Arc<App>, language: Language, draft: &Draft) -> Result<Response, Trouble> {
    #[derive(Deserialize)]
    struct Told {
        refused: Refused,
    }
    #[derive(Deserialize)]
    struct Refused {
        id: i64,
    }
    let answer = prepare(app, language, draft).await?;
    let Ok(told) = answer.json::<Told>() else {
        return Err(answer.trouble());
    };
    drafts::remove(app, draft).await?;
    let place = format!("/certify?refused={}", told.refused.id);
    Ok(Redirect::to(&place).into_response())
}

#[derive(Template)]
#[template(path = "certify/preview.html")]
struct PreviewPage {
    shell: Shell,
    steps: Steps,
    draft: Draft,
    looked: Looked,
    requester: String,
    remarks: Vec<(String, String)>,
}

async fn preview(
    State(app): State<Arc<App>>,
    Path(word): Path<String>,
    shell: Shell,
) -> Result<Response, Trouble> {
    let (draft, looked) = match at(&app, &shell.who, &word, Step::Preview).await? {
        Ok(found) => found,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let remarks = draft
        .answers
        .iter()
        .filter(|(_, (_, remark))| !remark.is_empty())
        .map(|(code, (_, remark))| (code.clone(), remark.clone()))
        .collect();
    Ok(page::html(&PreviewPage {
        steps: Steps::of(Some(&draft), 4, shell.l),
        shell,
        requester: mask(&draft.requester, &draft.requester_id),
        draft,
        looked,
        remarks,
    }))
}

/// Takes the number.
async fn numbered(
    State(app): State<Arc<App>>,
    Path(word): Path<String>,
    shell: Shell,
    _: Form,
) -> Result<Response, Trouble> {
    #[derive(Deserialize)]
    struct Made {
        code: String,
    }
    let (draft, _) = match at(&app, &shell.who, &word, Step::Preview).await? {
        Ok(found) => found,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let made: Made = prepare(&app, shell.l, &draft).await?.done()?;
    drafts::remove(&app, &draft).await?;
    Ok(Redirect::to(&format!("/certify/{}", made.code)).into_response())
}

/// Runs `saoy certify prepare` with what the officer said. Names and numbers go by a file: command lines are seen by all.
async fn prepare(app: &Arc<App>, language: Language, draft: &Draft) -> Result<Answer, Trouble> {
    let mut said = serde_json::json!({
        "kind": "chung-thuc",
        "requester": draft.requester,
        "requester-id": draft.requester_id,
        "visit": draft.visit,
        "copies": draft.copies,
        "compared": draft.compared.iter().map(u32::to_string).collect::<Vec<_>>().join(","),
    });
    let coded = |wanted: bool| -> Vec<String> {
        draft
            .answers
            .iter()
            .filter(|(_, (clear, _))| *clear == wanted)
            .map(|(code, (_, remark))| match remark.as_str() {
                "" => code.clone(),
                remark => format!("{code}={remark}"),
            })
            .collect()
    };
    said["clear"] = coded(true).into();
    said["refuse"] = coded(false).into();
    for (name, value) in [
        ("title", &draft.title),
        ("despite-held", &draft.despite_held),
    ] {
        if !value.is_empty() {
            said[name] = value.as_str().into();
        }
    }
    let folder = crate::incoming::folder(app)?;
    let answers = folder.path().join("answers.json");
    tokio::fs::write(&answers, said.to_string()).await?;
    let mut arguments: Vec<OsString> = vec![
        "certify".into(),
        "prepare".into(),
        drafts::scan(app, draft)?.into(),
        "--sealed".into(),
        "--answers".into(),
        answers.into(),
        "--by".into(),
        draft.login.clone().into(),
        "--json".into(),
    ];
    if let Some(reader) = &app.settings.reader {
        arguments.extend(["--reader".into(), reader.into()]);
    }
    app.desk.run(Job::Long, language, arguments, None).await
}

async fn scan(
    State(app): State<Arc<App>>,
    Path((word, page, width)): Path<(String, u32, String)>,
    shell: Shell,
) -> Result<Response, Trouble> {
    let draft = drafts::get(&app, &shell.who.login, &word).await?;
    let looked = draft.looked.as_ref().ok_or_else(drafts::gone)?;
    let path = drafts::scan(&app, &draft)?;
    let source = (path.as_path(), looked.scan.as_str());
    pictures::of_sealed(&app, shell.l, source, page, Width::parse(&width)).await
}

async fn made(
    State(app): State<Arc<App>>,
    Path((word, page, width)): Path<(String, u32, String)>,
    shell: Shell,
) -> Result<Response, Trouble> {
    let draft = drafts::get(&app, &shell.who.login, &word).await?;
    let looked = draft.looked.as_ref().ok_or_else(drafts::gone)?;
    let name = drafts::made(&looked.scan);
    let source = (looked.scan.as_str(), name.as_str());
    pictures::of_read(&app, shell.l, source, page, Width::parse(&width)).await
}

/// The page with the statement, drawn the way signing draws it.
async fn statement(
    State(app): State<Arc<App>>,
    Path(word): Path<String>,
    shell: Shell,
) -> Result<Response, Trouble> {
    let draft = drafts::get(&app, &shell.who.login, &word).await?;
    let looked = draft.looked.as_ref().ok_or_else(drafts::gone)?;
    stated(&app, shell.l, &looked.scan, &shell.who.login).await
}

/// The page with the statement of a copy, or of a scan that was read; JPEG.
pub(super) async fn stated(
    app: &Arc<App>,
    language: Language,
    copy: &str,
    login: &str,
) -> Result<Response, Trouble> {
    let arguments = [
        "certify",
        "preview",
        copy,
        "--picture",
        &PREVIEW.to_string(),
        "--by",
        login,
    ];
    let answer = app.desk.run(Job::Quick, language, arguments, None).await?;
    if answer.code != 0 {
        return Err(answer.trouble());
    }
    Ok(([(header::CONTENT_TYPE, "image/jpeg")], answer.stdout).into_response())
}
