//! The registers: lines by month, on paper as PDF, and the public list of annulled copies.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use jiff::ToSpan as _;
use jiff::civil::Date;
use saoy_archive::profile::{Profile, Register};
use saoy_archive::register::{Line, State as Number};
use serde::Deserialize;

use super::words::{day, veiled};
use super::{READERS, there};
use crate::app::App;
use crate::desk::Job;
use crate::incoming::folder;
use crate::language::Language;
use crate::page::{self, Shell, in_query};
use crate::routes::{Access, Routes};
use crate::trouble::{Trouble, sentence};
use crate::verify::Tone;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/archive/registers", READERS, shown)
        .get("/archive/registers/print.pdf", READERS, printed)
        .get("/annulled.json", Access::Public, annulled)
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    register: String,
    month: String,
}

impl Asked {
    /// The first day of the month.
    fn first(&self, today: Date) -> Result<Date, Trouble> {
        if self.month.is_empty() {
            return Ok(today.first_of_month());
        }
        format!("{}-01", self.month).parse().map_err(|_| {
            Trouble::bad(sentence!(
                "tháng cần dạng NĂM-THÁNG, ví dụ 2026-11",
                "a month is of the form YEAR-MONTH, such as 2026-11"
            ))
        })
    }
}

#[derive(Template)]
#[template(path = "archive/registers.html")]
struct Page {
    shell: Shell,
    /// Code, title, where it is, whether it is the one shown.
    registers: Vec<(String, String, String, bool)>,
    code: String,
    title: String,
    month: String,
    before: String,
    after: String,
    print: String,
    columns: Vec<String>,
    lines: Vec<LineView>,
    /// Numbers missing in any register: it, the year, the first number that lacks.
    gaps: Vec<(String, i16, i64)>,
}

struct LineView {
    cells: Vec<String>,
    tone: Tone,
    state: String,
}

async fn shown(
    State(app): State<Arc<App>>,
    shell: Shell,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let l = shell.l;
    let first = asked.first(app.act(&shell.who.login).day())?;
    let last = first.last_of_month();
    let profile = Profile::on(last)?;
    let register = match asked.register.as_str() {
        "" => profile.register.first().ok_or_else(none)?,
        code => profile.register(code)?,
    };
    let code = register.code.clone();
    let (lines, gaps) = there(&app)?
        .archive(move |archive| Ok((archive.lines(&code, first, last)?, archive.gaps()?)))
        .await?;
    let at = |code: &str, first: Date| {
        format!(
            "/archive/registers?register={}&month={}",
            in_query(code),
            month(first)
        )
    };
    Ok(page::html(&Page {
        registers: profile
            .register
            .iter()
            .map(|one| {
                (
                    one.code.clone(),
                    l.say(&one.title.vi, &one.title.en).to_owned(),
                    at(&one.code, first),
                    one.code == register.code,
                )
            })
            .collect(),
        code: register.code.clone(),
        title: l.say(&register.title.vi, &register.title.en).to_owned(),
        month: month(first),
        before: at(&register.code, first.saturating_sub(1.month())),
        after: at(&register.code, first.saturating_add(1.month())),
        print: format!(
            "/archive/registers/print.pdf?register={}&month={}",
            in_query(&register.code),
            month(first)
        ),
        columns: register
            .columns
            .iter()
            .map(|column| l.say(&column.vi, &column.en).to_owned())
            .collect(),
        lines: lines
            .iter()
            .map(|line| LineView::new(line, register, l))
            .collect(),
        gaps,
        shell,
    }))
}

fn none() -> Trouble {
    Trouble::missing(sentence!("chưa có sổ nào", "there are no registers"))
}

fn month(day: Date) -> String {
    day.strftime("%Y-%m").to_string()
}

impl LineView {
    fn new(line: &Line, register: &Register, l: Language) -> Self {
        let cell = |key: &str| match key {
            "number" => line.display.clone(),
            "day" => day(&line.day.to_string(), l),
            key => veiled(line.columns.get(key).map_or("", String::as_str)),
        };
        let (tone, state) = match (line.state, &line.annulment) {
            (_, Some(annulment)) => (
                Tone::Bad,
                format!(
                    "{} {}",
                    l.say("bị hủy bỏ giá trị theo", "annulled by"),
                    annulment.decision
                ),
            ),
            (Number::Issued, None) => (Tone::Good, l.say("đã cấp", "issued").to_owned()),
            (Number::Reserved, None) => (Tone::Open, l.say("chờ cấp", "reserved").to_owned()),
            (Number::Cancelled, None) => {
                let why = line.reason.clone().unwrap_or_default();
                (
                    Tone::None,
                    format!("{}: {why}", l.say("đã hủy số", "cancelled")),
                )
            }
        };
        Self {
            cells: register
                .columns
                .iter()
                .map(|column| cell(&column.key))
                .collect(),
            tone,
            state,
        }
    }
}

/// The month on paper, made by the program itself.
async fn printed(
    State(app): State<Arc<App>>,
    shell: Shell,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let first = asked.first(there(&app)?.act(&shell.who.login).day())?;
    let profile = Profile::on(first.last_of_month())?;
    let register = profile.register(&asked.register)?;
    let folder = folder(&app)?;
    let out = folder.path().join("register.pdf");
    let arguments: Vec<std::ffi::OsString> = vec![
        "archive".into(),
        "register".into(),
        "print".into(),
        register.code.clone().into(),
        "--month".into(),
        month(first).into(),
        "-o".into(),
        out.clone().into(),
    ];
    let answer = app.desk.run(Job::Quick, shell.l, arguments, None).await?;
    if answer.code != 0 {
        return Err(answer.trouble());
    }
    let bytes = tokio::fs::read(&out).await?;
    let name = format!("{}-{}.pdf", register.code.replace('/', "-"), month(first));
    Ok(page::download("application/pdf", &name, bytes))
}

/// Numbers and digests of annulled copies, nobody's name: for everybody, as the circular wants it published.
async fn annulled(State(app): State<Arc<App>>) -> Result<Response, Trouble> {
    let list = there(&app)?
        .archive(|archive| Ok(archive.annulled_list()?))
        .await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], list).into_response())
}
