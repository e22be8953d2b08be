//! Looking a certified copy up by its code: what the register says, whether it was annulled, and whether a file is the one
//! that was issued. The code is 100 random bits, so whoever has it holds the copy; names of requesters are shown to nobody.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Extension, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use saoy_archive::ArchiveError;
use saoy_archive::certification::{Copy, Stage, plain_code, words};
use saoy_archive::payload::Payload;
use saoy_archive::profile::Profile;
use serde::{Deserialize, Serialize};

use crate::app::{App, no_archive};
use crate::certify::kind_of;
use crate::guard::Who;
use crate::guard::limits::Kind;
use crate::incoming::Form;
use crate::language::Language;
use crate::log::Client;
use crate::page::{self, Shell};
use crate::routes::{Access, Routes};
use crate::trouble::{Trouble, sentence};
use crate::verify;
use crate::verify::Tone;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .get("/lookup", Access::Public, look)
        .post("/lookup", Access::Public, compare)
        .get("/1/{code}/{length}/{digest}", Access::Public, scanned)
}

/// What everybody who has the code may know of a copy.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Known {
    /// The look-up code.
    pub(crate) code: String,
    /// `issued`, `annulled`, `cancelled` or `unfinished`.
    pub(crate) standing: &'static str,
    /// The kind of copy.
    pub(crate) kind: String,
    /// The office.
    pub(crate) office: String,
    /// The register, its volume, and the number as written.
    pub(crate) register: String,
    pub(crate) volume: String,
    pub(crate) number: String,
    /// The day of the entry.
    pub(crate) day: String,
    /// The original's title.
    pub(crate) title: String,
    pub(crate) pages: u32,
    /// SHA-256 of the file that was issued.
    pub(crate) document: Option<String>,
    /// When the office sealed it.
    pub(crate) sealed: Option<String>,
    /// The decision that took its value away.
    pub(crate) annulment: Option<saoy_archive::register::Annulment>,
    #[serde(skip)]
    stage: Stage,
}

impl Known {
    fn new(copy: Copy, office: &str) -> Self {
        let standing = match (&copy.line.annulment, copy.stage) {
            (Some(_), _) => "annulled",
            (None, Stage::Cancelled) => "cancelled",
            (None, Stage::Sealed | Stage::Delivered) => "issued",
            _ => "unfinished",
        };
        Self {
            code: copy.code,
            standing,
            kind: copy.kind,
            office: office.to_owned(),
            register: copy.line.register,
            volume: copy.line.volume,
            number: copy.line.display,
            day: copy.line.day.to_string(),
            title: copy.title,
            pages: copy.pages,
            document: copy.sealed,
            sealed: copy.sealed_by.map(|(_, at)| at),
            annulment: copy.line.annulment,
            stage: copy.stage,
        }
    }

    fn tone(&self) -> Tone {
        match self.standing {
            "issued" => Tone::Good,
            "unfinished" => Tone::Open,
            _ => Tone::Bad,
        }
    }

    fn words(&self, l: Language) -> String {
        match self.standing {
            "annulled" => l
                .say(
                    "Bản sao đã bị hủy bỏ giá trị",
                    "The copy was declared to be without value",
                )
                .to_owned(),
            "issued" => l
                .say(
                    "Bản sao đã cấp, có trong sổ",
                    "The copy was issued and is in the register",
                )
                .to_owned(),
            "cancelled" => l
                .say(
                    "Số này đã hủy; không có bản sao nào được cấp",
                    "The number was cancelled; no copy was issued",
                )
                .to_owned(),
            _ => {
                let (vi, en) = words(self.stage);
                format!(
                    "{}: {}",
                    l.say("Bản sao chưa cấp xong", "The copy is not issued yet"),
                    l.say(vi, en)
                )
            }
        }
    }
}

#[derive(Template)]
#[template(path = "lookup.html")]
struct Page {
    shell: Shell,
    code: String,
    found: Option<Found>,
    missing: bool,
    compared: Option<(Tone, &'static str, String)>,
}

struct Found {
    known: Known,
    tone: Tone,
    words: String,
    /// What kind of copy it is.
    kind: String,
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    code: String,
}

async fn look(
    State(app): State<Arc<App>>,
    client: Option<Extension<Client>>,
    shell: Shell,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let typed = typed_code(&asked.code);
    if typed.is_empty() {
        return Ok(page::html(&Page {
            shell,
            code: String::new(),
            found: None,
            missing: false,
            compared: None,
        }));
    }
    may_look(&app, &shell.who, client)?;
    let found = known(&app, &typed).await?;
    Ok(shown(shell, typed, found, None))
}

/// Somebody followed the QR code.
async fn scanned(
    State(app): State<Arc<App>>,
    client: Option<Extension<Client>>,
    shell: Shell,
    Path((code, _, _)): Path<(String, u64, String)>,
) -> Result<Response, Trouble> {
    may_look(&app, &shell.who, client)?;
    let code = plain_code(&code);
    let found = known(&app, &code).await?;
    Ok(shown(shell, code, found, None))
}

/// Holds a file against the register.
async fn compare(
    State(app): State<Arc<App>>,
    client: Option<Extension<Client>>,
    shell: Shell,
    form: Form,
) -> Result<Response, Trouble> {
    may_look(&app, &shell.who, client)?;
    verify::may_upload(&app, &shell.who, client.map(|client| client.0))?;
    let code = typed_code(form.get("code"));
    let found = known(&app, &code).await?;
    let l = shell.l;
    let word = verify::handed_in(&app, l, &shell.who, form).await?;
    let sha256 = app.kept.get(&word).map(|report| report.sha256.clone());
    let same =
        found.as_ref().and_then(|known| known.document.clone()) == sha256 && sha256.is_some();
    let compared = if same {
        (
            Tone::Good,
            l.say(
                "Tệp này đúng là bản đã cấp và ghi trong sổ, không khác một byte.",
                "This file is the one that was issued and registered, to the byte.",
            ),
        )
    } else {
        (
            Tone::Bad,
            l.say(
                "Tệp này KHÔNG phải bản đã cấp: nội dung khác với bản ghi trong sổ.",
                "This file is NOT the one that was issued: it differs from what is registered.",
            ),
        )
    };
    Ok(shown(
        shell,
        code,
        found,
        Some((compared.0, compared.1, word)),
    ))
}

fn shown(
    shell: Shell,
    code: String,
    known: Option<Known>,
    compared: Option<(Tone, &'static str, String)>,
) -> Response {
    let found = known.map(|known| Found {
        tone: known.tone(),
        words: known.words(shell.l),
        kind: known
            .day
            .parse()
            .ok()
            .and_then(|day| Profile::on(day).ok())
            .map_or_else(String::new, |profile| {
                kind_of(&profile, &known.kind, shell.l)
            }),
        known,
    });
    let missing = found.is_none();
    let mut response = page::html(&Page {
        shell,
        code,
        found,
        missing,
        compared,
    });
    if missing {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

/// A code as typed, or the whole line of a QR code.
fn typed_code(typed: &str) -> String {
    Payload::parse(typed).map_or_else(|| plain_code(typed), |payload| plain_code(&payload.code))
}

/// The copy of a code, if there is one.
pub(crate) async fn known(app: &Arc<App>, code: &str) -> Result<Option<Known>, Trouble> {
    if !app.has_archive() {
        return Err(no_archive());
    }
    let code = code.to_owned();
    app.archive(move |archive| match archive.copy(&code) {
        Ok(copy) => Ok(Some(Known::new(copy, &archive.office().name))),
        Err(ArchiveError::Missing(_)) => Ok(None),
        Err(error) => Err(error.into()),
    })
    .await
}

fn may_look(app: &App, who: &Who, client: Option<Extension<Client>>) -> Result<(), Trouble> {
    let (false, Some(client)) = (who.is_somebody(), client) else {
        return Ok(());
    };
    app.limits
        .take_for(Kind::LookUp, client.0.0)
        .map_err(|wait| {
            Trouble::new(
                StatusCode::TOO_MANY_REQUESTS,
                sentence!(
                    "Tra cứu quá nhiều lần; hãy đợi {} giây.",
                    "Too many look-ups; wait {} seconds.",
                    wait.as_secs() + 1
                ),
            )
        })
}
