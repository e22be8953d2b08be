//! Certified copies on pages: what waits for whom, from the scan to the number, and each copy's signature and seal.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use saoy_archive::ArchiveError;
use saoy_archive::certification::{Copy, Stage, plain_code, words};
use saoy_archive::metadata::masked;
use saoy_archive::payload::Payload;
use saoy_archive::profile::Profile;
use saoy_archive::refusal::Refused;
use serde::Deserialize;

use crate::app::{App, no_archive};
use crate::guard::Who;
use crate::language::Language;
use crate::page::{self, Shell};
use crate::routes::{Access, Routes};
use crate::trouble::Trouble;

pub(crate) mod copy;

pub(crate) mod drafts;
pub use drafts::seal_drafts;

pub(crate) mod far;

mod intake;

mod wizard;

/// Whoever has a part in a copy.
pub(crate) const PEOPLE: Access = Access::Roles(&["officer", "certifier", "clerk"]);
/// Who takes originals in to be certified. An office's true copies are made by its clerk as well.
const CERTIFY: [&str; 2] = ["officer", "certifier"];

/// Copies on one page of the list.
const SHOWN: usize = 200;

pub(crate) fn routes(routes: Routes) -> Routes {
    let routes = routes.get("/certify", PEOPLE, queue);
    copy::routes(far::routes(wizard::routes(routes)))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    stage: String,
    #[serde(default)]
    code: String,
    refused: Option<i64>,
}

/// The lists that can be asked for: their word, stage, and name.
const STAGES: [(&str, Stage, &str, &str); 5] = [
    ("prepared", Stage::Prepared, "Chờ ký", "To sign"),
    ("signed", Stage::Signed, "Chờ đóng dấu", "To seal"),
    ("sealed", Stage::Sealed, "Chờ trả", "To hand out"),
    ("delivered", Stage::Delivered, "Đã trả", "Handed out"),
    ("cancelled", Stage::Cancelled, "Đã hủy", "Cancelled"),
];

#[derive(Template)]
#[template(path = "certify/queue.html")]
struct QueuePage {
    shell: Shell,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    mine: bool,
    cut: bool,
    drafts: Vec<DraftRow>,
    typed: String,
    refused: Option<(Refused, String)>,
}

struct Tab {
    name: &'static str,
    at: String,
    here: bool,
}

/// One copy in the list.
struct Row {
    code: String,
    number: String,
    kind: String,
    title: String,
    requester: String,
    stage: &'static str,
    class: &'static str,
    since: String,
    /// What this person does next with it.
    next: Option<&'static str>,
}

struct DraftRow {
    at: String,
    kind: String,
    title: String,
    requester: String,
    since: String,
}

async fn queue(
    State(app): State<Arc<App>>,
    shell: Shell,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    if !app.has_archive() {
        return Err(no_archive());
    }
    let typed = asked.code.trim().to_owned();
    if !typed.is_empty()
        && let Some(code) = known(&app, &typed).await?
    {
        return Ok(Redirect::to(&format!("/certify/{code}")).into_response());
    }
    let chosen = STAGES.into_iter().find(|(word, ..)| *word == asked.stage);
    let stages: Vec<Stage> = match chosen {
        Some((_, stage, ..)) => vec![stage],
        None => vec![Stage::Prepared, Stage::Signed, Stage::Sealed],
    };
    let (who, l, mine) = (shell.who.clone(), shell.l, chosen.is_none());
    let wanted = asked.refused;
    let today = app.act(&shell.who.login).day();
    let (rows, cut, refused) = app
        .archive(move |archive| {
            let mut rows = Vec::new();
            for stage in stages {
                let copies = archive.copies(Some(stage))?;
                let copies = copies
                    .into_iter()
                    .filter(|copy| !mine || next(copy, &who).is_some());
                rows.extend(copies);
            }
            // What waits longest comes first; of what is done, the latest.
            if !mine && rows.iter().all(|copy| next(copy, &who).is_none()) {
                rows.reverse();
            }
            let cut = rows.len() > SHOWN;
            rows.truncate(SHOWN);
            let profile = Profile::on(today)?;
            let rows = rows.iter();
            let rows: Vec<Row> = rows.map(|copy| Row::new(copy, &who, &profile, l)).collect();
            let refused = match wanted {
                Some(id) => archive.refusals()?.into_iter().find(|one| one.id == id),
                None => None,
            };
            Ok((rows, cut, refused))
        })
        .await?;
    let profile = Profile::on(app.act(&shell.who.login).day())?;
    let refused = match refused {
        Some(refused) => {
            let question = profile.refusal.iter().find(|one| one.code == refused.code);
            let text = question.map_or("", |one| l.say(&one.text.vi, &one.text.en));
            Some((refused, text.to_owned()))
        }
        None => None,
    };
    let drafts = drafts::of(&app, &shell.who.login).await?;
    let tab = |name, word: &str, here| Tab {
        name,
        at: match word {
            "" => "/certify".to_owned(),
            word => format!("/certify?stage={word}"),
        },
        here,
    };
    let mut tabs = vec![tab(l.say("Chờ tôi", "Waiting for me"), "", mine)];
    tabs.extend(STAGES.into_iter().map(|(word, stage, vi, en)| {
        let here = chosen.is_some_and(|(_, chosen, ..)| chosen == stage);
        tab(l.say(vi, en), word, here)
    }));
    let mut response = page::html(&QueuePage {
        tabs,
        rows,
        mine,
        cut,
        drafts: drafts
            .iter()
            .map(|draft| DraftRow {
                at: draft.address(drafts::Step::Reading),
                title: match draft.titled() {
                    "" => draft.name.clone(),
                    title => title.to_owned(),
                },
                kind: kind_of(&profile, &draft.kind, l),
                requester: mask(&draft.requester, &draft.requester_id),
                since: moment(&taken(draft)),
            })
            .collect(),
        refused,
        shell,
        typed: typed.clone(),
    });
    if !typed.is_empty() {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    Ok(response)
}

/// The code of a copy that there is, by what was typed: a code, or the line of a QR code.
async fn known(app: &Arc<App>, typed: &str) -> Result<Option<String>, Trouble> {
    let code = Payload::parse(typed).map_or_else(|| plain_code(typed), |payload| payload.code);
    app.archive(move |archive| match archive.copy(&code) {
        Ok(copy) => Ok(Some(copy.code)),
        Err(ArchiveError::Missing(_)) => Ok(None),
        Err(error) => Err(error.into()),
    })
    .await
}

/// What a person does next with a copy, if it is their turn.
fn next(copy: &Copy, who: &Who) -> Option<Turn> {
    let signed_myself = copy
        .signed_by
        .as_ref()
        .is_some_and(|(login, _)| *login == who.login);
    match copy.stage {
        Stage::Prepared if is_two(copy) => who.has(&["certifier"]).then_some(Turn::Sign),
        Stage::Prepared => who.has(&["clerk"]).then_some(Turn::Seal),
        Stage::Signed => (who.has(&["clerk"]) && !signed_myself).then_some(Turn::Seal),
        Stage::Sealed => Some(Turn::Deliver),
        Stage::Delivered | Stage::Cancelled => None,
    }
}

/// The kind of copies that a person signs before the office.
const CERTIFIED: &str = "chung-thuc";
/// The kind that is of some pages only.
const EXTRACT: &str = "trich-sao";

/// Whether a person signs before the office: true of certified copies, not of an office's true copies.
fn is_two(copy: &Copy) -> bool {
    copy.kind == CERTIFIED
}

/// What a kind of copy is called.
pub(crate) fn kind_of(profile: &Profile, kind: &str, l: Language) -> String {
    profile.copy(kind).map_or_else(
        |_| kind.to_owned(),
        |known| l.say(&known.title.vi, &known.title.en).to_owned(),
    )
}

/// A step that is somebody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Sign,
    Seal,
    Deliver,
}

impl Turn {
    fn words(self, l: Language) -> &'static str {
        match self {
            Self::Sign => l.say("Ký", "Sign"),
            Self::Seal => l.say("Đóng dấu", "Seal"),
            Self::Deliver => l.say("Trả", "Hand out"),
        }
    }
}

impl Row {
    fn new(copy: &Copy, who: &Who, profile: &Profile, l: Language) -> Self {
        Self {
            kind: kind_of(profile, &copy.kind, l),
            code: copy.code.clone(),
            number: format!("{} {}", copy.line.register, copy.line.display),
            title: copy.title.clone(),
            requester: mask(&copy.requester, &copy.details.requester_id),
            stage: staged(copy, l),
            class: tone(copy),
            since: moment(since(copy)),
            next: next(copy, who).map(|turn| turn.words(l)),
        }
    }
}

/// A stage in words. A true copy waits for the office's signature only.
fn staged(copy: &Copy, l: Language) -> &'static str {
    if copy.line.annulment.is_some() {
        return l.say("đã hủy bỏ giá trị", "annulled");
    }
    if copy.stage == Stage::Prepared && !is_two(copy) {
        return l.say("chờ đóng dấu cơ quan", "waiting for the seal");
    }
    let (vi, en) = words(copy.stage);
    l.say(vi, en)
}

/// The colour of a stage; the word stands beside it.
fn tone(copy: &Copy) -> &'static str {
    match copy.stage {
        _ if copy.line.annulment.is_some() => "bad",
        Stage::Prepared | Stage::Signed => "open",
        Stage::Sealed | Stage::Delivered => "good",
        Stage::Cancelled => "none",
    }
}

/// When it came to its stage.
fn since(copy: &Copy) -> &str {
    [&copy.delivered, &copy.sealed_by, &copy.signed_by]
        .into_iter()
        .flatten()
        .map(|(_, at)| at.as_str())
        .next()
        .unwrap_or(&copy.prepared_by.1)
}

/// A moment as people write it here: `30/11/2026 18:05`.
fn moment(iso: &str) -> String {
    let (Some(day), Some(time)) = (iso.get(..10), iso.get(11..16)) else {
        return iso.to_owned();
    };
    let mut parts = day.split('-');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(year), Some(month), Some(day)) => format!("{day}/{month}/{year} {time}"),
        _ => iso.to_owned(),
    }
}

/// When a paper was handed in, as the archive writes moments.
fn taken(draft: &drafts::Draft) -> String {
    let act = saoy_archive::Act {
        by: draft.login.clone(),
        at: draft.made,
    };
    act.time()
}

/// A requester for eyes that need not know the number.
fn mask(name: &str, number: &str) -> String {
    match (name, number) {
        (name, "") => name.to_owned(),
        (name, number) => format!("{name} · {}", masked(number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_people_write_them() {
        assert_eq!(moment("2026-11-30T18:05:09+07:00"), "30/11/2026 18:05");
        assert_eq!(moment("?"), "?");
    }

    #[test]
    fn numbers_are_masked_and_names_are_not() {
        assert_eq!(mask("Trần Văn Cường", ""), "Trần Văn Cường");
        assert_eq!(
            mask("Trần Văn Cường", "079090000001"),
            "Trần Văn Cường · 079*****0001"
        );
    }
}
