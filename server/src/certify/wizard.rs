//! From what was read to a number: held already or not, pages compared, reasons to refuse, the statement looked at.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use saoy_archive::profile::Profile;
use serde::Deserialize;

use super::drafts::{self, Draft, Looked, Step};
use super::{PEOPLE, intake, kind_of, mask};
use crate::app::App;
use crate::desk::{Answer, Job};
use crate::guard::Who;
use crate::incoming::Form;
use crate::language::Language;
use crate::page::{self, Shell};
use crate::pictures::{self, Width};
use crate::routes::Routes;
use crate::trouble::Trouble;

/// How wide the page with the statement is drawn, px.
const PREVIEW: u32 = 1100;

pub(super) fn routes(routes: Routes) -> Routes {
    intake::routes(routes)
        .get("/certify/draft/{word}/held", PEOPLE, held)
        .post("/certify/draft/{word}/held", PEOPLE, held_all_the_same)
        .get("/certify/draft/{word}/pages", PEOPLE, pages)
        .post("/certify/draft/{word}/pages", PEOPLE, compared)
        .get("/certify/draft/{word}/checks", PEOPLE, checks)
        .post("/certify/draft/{word}/checks", PEOPLE, checked)
        .get("/certify/draft/{word}/preview", PEOPLE, preview)
        .post("/certify/draft/{word}/preview", PEOPLE, numbered)
        .get("/certify/draft/{word}/scan/{n}/{width}", PEOPLE, scan)
        .get("/certify/draft/{word}/made/{n}/{width}", PEOPLE, made)
        .get("/certify/draft/{word}/statement", PEOPLE, statement)
}

/// The steps as the wizard's head shows them.
pub(super) struct Steps {
    pub(super) all: Vec<Stage>,
}

pub(super) struct Stage {
    pub(super) name: &'static str,
    pub(super) here: bool,
    pub(super) done: bool,
    /// Where it is, once it may be opened.
    pub(super) at: Option<String>,
}

impl Steps {
    pub(super) fn of(draft: &Draft, here: Step, l: Language) -> Self {
        Self::new(draft.steps(), Some(draft), here, l)
    }

    pub(super) fn new(steps: &[Step], draft: Option<&Draft>, here: Step, l: Language) -> Self {
        let reached = draft.map(Draft::step);
        let all = steps
            .iter()
            .map(|step| Stage {
                name: match step {
                    Step::Reading => l.say("Bản quét", "Scan"),
                    Step::Held => l.say("Đã có chưa", "Held already"),
                    Step::Excerpt => l.say("Trang được trích", "Pages to extract"),
                    Step::Pages => l.say("Đối chiếu từng trang", "Compare pages"),
                    Step::Checks => l.say("Trường hợp từ chối", "Reasons to refuse"),
                    Step::Preview => l.say("Xem trước, lấy số", "Preview, number"),
                },
                here: *step == here,
                done: reached.is_some_and(|reached| *step < reached),
                at: draft
                    .filter(|_| *step > Step::Reading && *step != here)
                    .filter(|_| reached.is_some_and(|reached| *step <= reached))
                    .map(|draft| draft.address(*step)),
            })
            .collect();
        Self { all }
    }
}

/// The paper, what was read of it, and the step it must have reached; else the way to the one it is at.
pub(super) async fn at(
    app: &Arc<App>,
    who: &Who,
    word: &str,
    step: Step,
) -> Result<Result<(Draft, Looked), Response>, Trouble> {
    let draft = drafts::get(app, &who.login, word).await?;
    match draft.looked.clone() {
        Some(looked) if draft.step() >= step && draft.steps().contains(&step) => {
            Ok(Ok((draft, looked)))
        }
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
        steps: Steps::of(&draft, Step::Held, shell.l),
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
        steps: Steps::of(&draft, Step::Pages, shell.l),
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
        steps: Steps::of(&draft, Step::Checks, l),
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
    kind: String,
    certified: bool,
    /// What the machine says against this kind of copy.
    doubt: Option<&'static str>,
    /// Pages of the copy with the page of the scan that each is of.
    shown: Vec<(u32, u32)>,
}

/// Pages whose pictures the preview of a true copy shows.
const SHOWN: usize = 6;

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
    let l = shell.l;
    let profile = Profile::on(app.act(&shell.who.login).day())?;
    // Decree 30/2020, article 25: sao lục is made of a true copy; sao y of the document itself.
    let doubt = match (draft.kind.as_str(), looked.true_copy) {
        ("sao-luc", false) => Some(l.say(
            "Máy không thấy dấu SAO Y trên bản quét: sao lục làm từ bản sao y. Hãy xem lại loại bản sao.",
            "No SAO Y mark is seen on the scan: a sao lục is made of a true copy. Look at the kind of copy again.",
        )),
        ("sao-y", true) => Some(l.say(
            "Bản quét mang dấu SAO Y: từ bản sao y thì làm sao lục. Hãy xem lại loại bản sao.",
            "The scan bears a SAO Y mark: of a true copy a sao lục is made. Look at the kind of copy again.",
        )),
        _ => None,
    };
    let own: Vec<u32> = match draft.excerpt.is_empty() {
        true => (1..=looked.pages).collect(),
        false => draft.excerpt.iter().copied().collect(),
    };
    Ok(page::html(&PreviewPage {
        kind: kind_of(&profile, &draft.kind, l),
        certified: draft.is_certified(),
        doubt,
        shown: (1..).zip(own).take(SHOWN).collect(),
        steps: Steps::of(&draft, Step::Preview, shell.l),
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
        "kind": draft.kind,
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
        ("pages", &draft.pages()),
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
    let name = drafts::made(&draft, looked);
    let pages = draft.pages();
    let source = (looked.scan.as_str(), pages.as_str(), name.as_str());
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
    let pages = draft.pages();
    let mut of: Vec<&str> = vec![&looked.scan, "--kind", &draft.kind];
    if !pages.is_empty() {
        of.extend(["--pages", &pages]);
    }
    stated(&app, shell.l, &of, &shell.who.login).await
}

/// The page with the statement of a copy, or of a scan that was read, with what else says which; JPEG.
pub(super) async fn stated(
    app: &Arc<App>,
    language: Language,
    copy: &[&str],
    login: &str,
) -> Result<Response, Trouble> {
    let width = PREVIEW.to_string();
    let arguments = ["certify", "preview", "--picture", &width, "--by", login];
    let arguments: Vec<&str> = arguments.into_iter().chain(copy.iter().copied()).collect();
    let answer = app.desk.run(Job::Quick, language, arguments, None).await?;
    if answer.code != 0 {
        return Err(answer.trouble());
    }
    Ok(([(header::CONTENT_TYPE, "image/jpeg")], answer.stdout).into_response())
}
