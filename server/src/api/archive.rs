//! What the archive holds, for other programs. Whoever reads personal documents says for what, and is in the log for it.

use std::ffi::OsString;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use jiff::civil::Date;
use saoy_archive::blob::BlobId;
use saoy_archive::records::Part;
use saoy_archive::reuse::LookUp;
use saoy_archive::search::Search;
use serde::Deserialize;

use crate::app::App;
use crate::archive::{READERS, there};
use crate::desk::Job;
use crate::guard::Who;
use crate::incoming::Form;
use crate::language::Language;
use crate::lookup::{self, Known};
use crate::routes::{Access, Routes};
use crate::trouble::{Trouble, sentence};

/// Who may put documents in.
const KEEPERS: Access = Access::Roles(&["archivist", "clerk", "officer", "intake"]);

/// Most finds of one answer.
const MOST: usize = 200;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .get("/api/v1/copies/{code}", Access::Public, copy)
        .get("/api/v1/annulled", Access::Public, annulled)
        .get("/api/v1/documents", READERS, documents)
        .post("/api/v1/documents", KEEPERS, add)
        .get("/api/v1/documents/{id}", READERS, document)
        .get("/api/v1/documents/{id}/file", READERS, file)
        .post("/api/v1/held", READERS, held)
        .post("/api/v1/documents/{id}/reuse", READERS, reuse)
        .get("/api/v1/registers/lines", READERS, lines)
        .get("/api/v1/indicators", READERS, indicators)
}

async fn copy(
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
) -> Result<Json<Known>, Trouble> {
    let code = saoy_archive::certification::plain_code(&code);
    lookup::known(&app, &code).await?.map(Json).ok_or_else(|| {
        Trouble::missing(sentence!(
            "không có bản sao nào mang mã này",
            "no copy of this office has this code"
        ))
    })
}

async fn annulled(State(app): State<Arc<App>>) -> Result<Response, Trouble> {
    let list = there(&app)?
        .archive(|archive| Ok(archive.annulled_list()?))
        .await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], list).into_response())
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    offset: usize,
    #[serde(default = "twenty")]
    limit: usize,
}

fn twenty() -> usize {
    20
}

async fn documents(
    State(app): State<Arc<App>>,
    who: Who,
    Query(asked): Query<Asked>,
) -> Result<Json<serde_json::Value>, Trouble> {
    let act = app.act(&who.login);
    let found = there(&app)?
        .archive(move |archive| {
            let search = Search {
                text: &asked.q,
                typing: false,
                limit: asked.limit.min(MOST),
                offset: asked.offset,
                facets: true,
                ..Search::default()
            };
            Ok(archive.find(&act, &search)?)
        })
        .await?;
    Ok(Json(
        serde_json::json!({ "schema": "saoy.found/1", "found": found }),
    ))
}

/// Takes a PDF in: `file`, `metadata` (a JSON object), `kind` (`document`, or `result` for the signed result of a procedure),
/// `record`. With a header `Idempotency-Key` the same upload again gets the same answer.
async fn add(
    State(app): State<Arc<App>>,
    who: Who,
    language: Language,
    headers: HeaderMap,
    form: Form,
) -> Result<Json<serde_json::Value>, Trouble> {
    let file = form.file("file")?;
    let metadata = form.get("metadata");
    let fields: std::collections::BTreeMap<String, String> = match metadata {
        "" => Default::default(),
        text => serde_json::from_str(text).map_err(|_| {
            Trouble::bad(sentence!(
                "metadata cần là một đối tượng JSON với các giá trị là chuỗi",
                "metadata has to be a JSON object whose values are strings"
            ))
        })?,
    };
    let result = match form.get("kind") {
        "" | "document" => false,
        "result" => true,
        _ => {
            return Err(Trouble::bad(sentence!(
                "kind là document hoặc result",
                "kind is document or result"
            )));
        }
    };
    let key = headers
        .get("idempotency-key")
        .and_then(|key| key.to_str().ok())
        .map(str::to_owned);
    let path = file.path.clone();
    let parts = format!("{fields:?} {result} {}", form.get("record"));
    let digest = tokio::task::spawn_blocking(move || {
        let file = BlobId::of_reader(&mut std::fs::File::open(path)?)?;
        Ok::<_, std::io::Error>(BlobId::of(format!("{file} {parts}").as_bytes()).to_string())
    })
    .await
    .map_err(Trouble::ours)??;
    if let Some(key) = key.clone() {
        let (login, digest) = (who.login.clone(), digest.clone());
        let known = app
            .accounts(move |accounts| accounts.answered(&login, &key, &digest))
            .await?;
        if let Some(answer) = known {
            return Ok(Json(serde_json::from_str(&answer).map_err(Trouble::ours)?));
        }
    }
    // Personal numbers stay off the command line, which others on the machine can read.
    let beside = file.path.with_extension("metadata");
    tokio::fs::write(&beside, serde_json::to_vec(&fields).map_err(Trouble::ours)?).await?;
    let mut arguments: Vec<OsString> = vec![
        "archive".into(),
        if result { "deposit" } else { "add" }.into(),
        file.path.clone().into(),
        "--metadata".into(),
        beside.into(),
        "--by".into(),
        who.login.clone().into(),
        "--json".into(),
    ];
    if !form.get("record").is_empty() && !result {
        arguments.extend(["--record".into(), form.get("record").into()]);
    }
    let answer = there(&app)?
        .desk
        .run(Job::Quick, language, arguments, None)
        .await?;
    let added: serde_json::Value = answer.done()?;
    let Some(document) = added.pointer("/documents/0").cloned() else {
        return Err(Trouble::ours("the answer to an upload names no document"));
    };
    let mut said = serde_json::json!({ "schema": "saoy.upload/1" });
    for member in ["id", "outcome", "missing"] {
        said[member] = document[member].clone();
    }
    if let Some(key) = key {
        let text = said.to_string();
        app.accounts(move |accounts| accounts.remember(&who.login, &key, &digest, &text))
            .await?;
    }
    Ok(Json(said))
}

#[derive(Deserialize)]
struct Reading {
    #[serde(default)]
    purpose: String,
    #[serde(default)]
    part: String,
}

async fn document(
    State(app): State<Arc<App>>,
    who: Who,
    Path(id): Path<String>,
    Query(reading): Query<Reading>,
) -> Result<Json<serde_json::Value>, Trouble> {
    let act = app.act(&who.login);
    let document = there(&app)?
        .archive(move |archive| Ok(archive.read(&act, &id, &reading.purpose)?))
        .await?;
    Ok(Json(
        serde_json::json!({ "schema": "saoy.held-document/1", "document": document }),
    ))
}

async fn file(
    State(app): State<Arc<App>>,
    who: Who,
    Path(id): Path<String>,
    Query(reading): Query<Reading>,
) -> Result<Response, Trouble> {
    let (part, kind) = match reading.part.as_str() {
        "" | "pdf" => (Part::Pdf, "application/pdf"),
        "text" => (Part::Text, "text/plain; charset=utf-8"),
        "record" => (Part::Record, "application/json"),
        _ => {
            return Err(Trouble::bad(sentence!(
                "part là pdf, text hoặc record",
                "part is pdf, text or record"
            )));
        }
    };
    let act = app.act(&who.login);
    let bytes = there(&app)?
        .archive(move |archive| Ok(archive.export(&act, &id, part, &reading.purpose)?))
        .await?;
    Ok(([(header::CONTENT_TYPE, kind)], bytes).into_response())
}

/// What is looked for; in a body and not in the address, since addresses are written into logs.
#[derive(Deserialize)]
struct Wanted {
    owner: String,
    #[serde(default, rename = "type")]
    type_code: String,
    #[serde(default)]
    number: String,
    purpose: String,
    consent: String,
    case: Option<String>,
    #[serde(default)]
    unit: String,
}

impl Wanted {
    fn as_look_up(&self) -> LookUp<'_> {
        LookUp {
            owner_number: &self.owner,
            type_code: &self.type_code,
            number_symbol: &self.number,
            purpose: &self.purpose,
            consent: &self.consent,
            case_code: self.case.as_deref(),
            unit: &self.unit,
        }
    }
}

async fn held(
    State(app): State<Arc<App>>,
    who: Who,
    Json(wanted): Json<Wanted>,
) -> Result<Json<serde_json::Value>, Trouble> {
    let act = app.act(&who.login);
    let held = there(&app)?
        .archive(move |archive| Ok(archive.look_up(&act, &wanted.as_look_up())?))
        .await?;
    Ok(Json(
        serde_json::json!({ "schema": "saoy.lookup/1", "held": held }),
    ))
}

/// The file as it is stored; its SHA-256 is in `ETag`, so that who gets it can hold it against what was announced.
async fn reuse(
    State(app): State<Arc<App>>,
    who: Who,
    Path(id): Path<String>,
    Json(wanted): Json<Wanted>,
) -> Result<Response, Trouble> {
    let act = app.act(&who.login);
    let (document, bytes) = there(&app)?
        .archive(move |archive| Ok(archive.reuse(&act, &id, &wanted.as_look_up())?))
        .await?;
    let digest = document
        .versions
        .last()
        .map(|version| version.pdf.clone())
        .unwrap_or_default();
    Ok((
        [
            (header::CONTENT_TYPE, "application/pdf".to_owned()),
            (header::ETAG, format!("\"{digest}\"")),
        ],
        bytes,
    )
        .into_response())
}

#[derive(Deserialize)]
struct Period {
    #[serde(default)]
    register: String,
    from: Option<Date>,
    to: Option<Date>,
    unit: Option<String>,
    #[serde(default)]
    units: bool,
}

impl Period {
    /// From the first of the year to today, unless it says otherwise.
    fn days(&self, app: &App) -> (Date, Date) {
        let today = app.act("").day();
        let to = self.to.unwrap_or(today);
        (self.from.unwrap_or_else(|| to.first_of_year()), to)
    }
}

async fn lines(
    State(app): State<Arc<App>>,
    Query(period): Query<Period>,
) -> Result<Json<serde_json::Value>, Trouble> {
    let (from, to) = period.days(&app);
    let lines = there(&app)?
        .archive(move |archive| Ok(archive.lines(&period.register, from, to)?))
        .await?;
    Ok(Json(
        serde_json::json!({ "schema": "saoy.register/1", "from": from, "to": to, "lines": lines }),
    ))
}

async fn indicators(
    State(app): State<Arc<App>>,
    Query(period): Query<Period>,
) -> Result<Json<serde_json::Value>, Trouble> {
    let (from, to) = period.days(&app);
    let report = there(&app)?
        .archive(move |archive| {
            Ok(archive.report(from, to, period.unit.as_deref(), period.units)?)
        })
        .await?;
    Ok(Json(serde_json::to_value(report).map_err(Trouble::ours)?))
}
