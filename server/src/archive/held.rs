//! What is held for somebody already: looked up with purpose and consent, handed out with its verification.
//!
//! The owner's number travels in bodies of forms only: addresses are written into logs and histories.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use saoy_archive::metadata::masked;
use saoy_archive::reuse::{Held, LookUp};

use super::document::{file_name, judged};
use super::shelf::Handed;
use super::words::day;
use super::{READERS, there};
use crate::app::App;
use crate::guard::Who;
use crate::incoming::Form;
use crate::language::Language;
use crate::page::{self, Shell};
use crate::routes::Routes;
use crate::trouble::{Trouble, sentence};
use crate::types;
use crate::verify::{Tone, View};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/archive/held", READERS, asked)
        .post("/archive/held", READERS, looked_up)
        .post("/archive/held/{id}", READERS, handed_out)
        .get("/archive/handed/{word}", READERS, handed)
        .get("/archive/handed/{word}/file", READERS, file)
}

/// What was typed.
#[derive(Clone, Debug, Default)]
struct Wanted {
    owner: String,
    kind: String,
    number: String,
    purpose: String,
    consent: String,
    case: String,
    unit: String,
}

impl Wanted {
    fn of(form: &Form) -> Self {
        let text = |name: &str| form.get(name).to_owned();
        Self {
            owner: text("owner"),
            kind: text("type"),
            number: text("number"),
            purpose: text("purpose"),
            consent: text("consent"),
            case: text("case"),
            unit: text("unit"),
        }
    }

    fn as_look_up(&self) -> LookUp<'_> {
        LookUp {
            owner_number: &self.owner,
            type_code: &self.kind,
            number_symbol: &self.number,
            purpose: &self.purpose,
            consent: &self.consent,
            case_code: (!self.case.is_empty()).then_some(self.case.as_str()),
            unit: &self.unit,
        }
    }
}

#[derive(Template)]
#[template(path = "archive/held.html")]
struct Page {
    shell: Shell,
    wanted: Wanted,
    /// The owner's number in part.
    owner: String,
    found: Option<Vec<HeldView>>,
}

struct HeldView {
    id: String,
    copy: bool,
    heading: String,
    line: String,
    until: Option<String>,
    signed: bool,
}

impl HeldView {
    fn new(one: Held, l: Language) -> Self {
        let type_name = one.type_code.as_deref();
        let type_name = type_name.map(|code| types::named(code, l));
        let kind = match one.kind {
            "result" => l.say("Kết quả thủ tục", "Procedure result"),
            "copy" => l.say("Bản sao chứng thực", "Certified copy"),
            _ => l.say("Tài liệu", "Document"),
        };
        let parts = [type_name, one.number_symbol];
        let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let line = [
            one.issued_date.map(|date| day(&date, l)),
            one.agency,
            one.title,
        ];
        Self {
            id: one.id,
            copy: one.kind == "copy",
            heading: if name.is_empty() {
                kind.to_owned()
            } else {
                format!("{kind}: {name}")
            },
            line: line.into_iter().flatten().collect::<Vec<_>>().join(" · "),
            until: one.valid_until.map(|until| day(&until.to_string(), l)),
            signed: one.signed,
        }
    }
}

async fn asked(State(app): State<Arc<App>>, shell: Shell) -> Result<Response, Trouble> {
    there(&app)?;
    Ok(page::html(&Page {
        shell,
        wanted: Wanted::default(),
        owner: String::new(),
        found: None,
    }))
}

/// Answers in the body of the same request: the number that was asked for stands in no address.
async fn looked_up(
    State(app): State<Arc<App>>,
    shell: Shell,
    form: Form,
) -> Result<Response, Trouble> {
    let act = app.act(&shell.who.login);
    let wanted = Wanted::of(&form);
    let typed = wanted.clone();
    let found = there(&app)?
        .archive(move |archive| Ok(archive.look_up(&act, &typed.as_look_up())?))
        .await?;
    let l = shell.l;
    Ok(page::html(&Page {
        shell,
        owner: masked(&wanted.owner),
        wanted,
        found: Some(found.into_iter().map(|one| HeldView::new(one, l)).collect()),
    }))
}

/// Hands a document out: counted as reused, verified in a child process, held for a quarter of an hour.
async fn handed_out(
    State(app): State<Arc<App>>,
    shell: Shell,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Trouble> {
    let act = app.act(&shell.who.login);
    let wanted = Wanted::of(&form);
    let (document, bytes) = there(&app)?
        .archive(move |archive| Ok(archive.reuse(&act, &id, &wanted.as_look_up())?))
        .await?;
    let name = file_name(&document, "pdf");
    let report = judged(&app, shell.l, &name, bytes.clone()).await?;
    let word = app.world.token()?;
    app.shelf.hand(
        &word,
        Handed {
            id: document.id,
            login: shell.who.login,
            bytes,
            report,
        },
    );
    Ok(Redirect::to(&format!("/archive/handed/{word}")).into_response())
}

#[derive(Template)]
#[template(path = "archive/handed.html")]
struct HandedPage {
    shell: Shell,
    word: String,
    id: String,
    report: String,
    verdict: Option<(Tone, &'static str, String)>,
}

async fn handed(
    State(app): State<Arc<App>>,
    shell: Shell,
    Path(word): Path<String>,
) -> Result<Response, Trouble> {
    let file = taken(&app, &shell.who, &word)?;
    let view = app
        .kept
        .get(&file.report)
        .and_then(|report| View::new(&report, shell.l));
    Ok(page::html(&HandedPage {
        word,
        id: file.id.clone(),
        report: file.report.clone(),
        verdict: view.map(|view| (view.tone, view.verdict, view.summary)),
        shell,
    }))
}

async fn file(
    State(app): State<Arc<App>>,
    who: Who,
    Path(word): Path<String>,
) -> Result<Response, Trouble> {
    let file = taken(&app, &who, &word)?;
    Ok(page::download(
        "application/pdf",
        &format!("{}.pdf", file.id),
        file.bytes.clone(),
    ))
}

fn taken(app: &App, who: &Who, word: &str) -> Result<Arc<Handed>, Trouble> {
    app.shelf.handed(word, &who.login).ok_or_else(|| {
        Trouble::missing(sentence!(
            "Tệp này không còn chờ ở đây: chỉ giữ 15 phút cho người đã lấy. Hãy tra và lấy lại.",
            "This file no longer waits here: it is held for 15 minutes for who asked. Look it up and take it again."
        ))
    })
}
