//! Certified copies from the scan to the hand-over, for other programs: each step by whoever may take it.

use std::ffi::OsString;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use saoy_archive::Archive;
use saoy_archive::blob::BlobId;
use saoy_archive::certification::{Copy, Stage};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::app::App;
use crate::archive::there;
use crate::certify::copy::stepped;
use crate::certify::{PEOPLE, far};
use crate::desk::Job;
use crate::guard::Who;
use crate::incoming::Form;
use crate::language::Language;
use crate::routes::{Access, Routes};
use crate::trouble::{Trouble, sentence};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .get("/api/v1/copies", PEOPLE, list)
        .post("/api/v1/copies", PEOPLE, prepare)
        .post("/api/v1/papers", PEOPLE, look)
        .get("/api/v1/copies/{code}/file", PEOPLE, file)
        .post(
            "/api/v1/copies/{code}/signature",
            Access::Roles(&["certifier"]),
            sign,
        )
        .post(
            "/api/v1/copies/{code}/seal",
            Access::Roles(&["clerk"]),
            seal,
        )
        .post("/api/v1/copies/{code}/delivery", PEOPLE, deliver)
        .post("/api/v1/copies/{code}/cancellation", PEOPLE, cancel)
}

#[derive(Deserialize)]
struct Asked {
    stage: Option<String>,
}

async fn list(
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
) -> Result<Json<serde_json::Value>, Trouble> {
    let stage = asked.stage.as_deref().map(stage_of).transpose()?;
    let copies = there(&app)?
        .archive(move |archive| Ok(archive.copies(stage)?))
        .await?;
    Ok(Json(
        serde_json::json!({ "schema": "saoy.copies/1", "copies": copies }),
    ))
}

fn stage_of(name: &str) -> Result<Stage, Trouble> {
    let stages = [
        Stage::Prepared,
        Stage::Signed,
        Stage::Sealed,
        Stage::Delivered,
        Stage::Cancelled,
    ];
    let named = |stage: &Stage| serde_json::to_value(stage).is_ok_and(|value| value == name);
    stages.into_iter().find(named).ok_or_else(|| {
        Trouble::bad(sentence!(
            "stage là prepared, signed, sealed, delivered hoặc cancelled",
            "stage is prepared, signed, sealed, delivered or cancelled"
        ))
    })
}

/// Reads a paper before any number is taken: pages, what it is, what speaks against certifying it, what is held already.
async fn look(
    State(app): State<Arc<App>>,
    who: Who,
    language: Language,
    form: Form,
) -> Result<Json<serde_json::Value>, Trouble> {
    with_paper(&app, &who, language, &form, "look")
        .await
        .map(Json)
}

/// Takes a paper in and reserves its number: `file`, and `answers` as `saoy certify prepare --answers` has them.
async fn prepare(
    State(app): State<Arc<App>>,
    who: Who,
    language: Language,
    form: Form,
) -> Result<Json<serde_json::Value>, Trouble> {
    with_paper(&app, &who, language, &form, "prepare")
        .await
        .map(Json)
}

async fn with_paper(
    app: &Arc<App>,
    who: &Who,
    language: Language,
    form: &Form,
    step: &str,
) -> Result<serde_json::Value, Trouble> {
    there(app)?;
    let file = form.file("file")?;
    let mut arguments: Vec<OsString> = vec![
        "certify".into(),
        step.into(),
        file.path.clone().into(),
        "--by".into(),
        who.login.clone().into(),
        "--json".into(),
    ];
    if step == "prepare" {
        let answers: serde_json::Map<String, serde_json::Value> = match form.get("answers") {
            "" => serde_json::Map::new(),
            text => serde_json::from_str(text).map_err(|_| {
                Trouble::bad(sentence!(
                    "answers cần là một đối tượng JSON",
                    "answers has to be a JSON object"
                ))
            })?,
        };
        // Names and numbers of citizens stay off the command line.
        let beside = file.path.with_extension("answers");
        tokio::fs::write(
            &beside,
            serde_json::to_vec(&answers).map_err(Trouble::ours)?,
        )
        .await?;
        arguments.extend(["--answers".into(), beside.into()]);
    }
    if let Some(reader) = &app.settings.reader {
        arguments.extend(["--reader".into(), reader.clone().into()]);
    }
    app.desk
        .run(Job::Long, language, arguments, None)
        .await?
        .done()
}

async fn file(State(app): State<Arc<App>>, Path(code): Path<String>) -> Result<Response, Trouble> {
    let bytes = there(&app)?
        .archive(move |archive| {
            let copy = archive.copy(&code)?;
            let id = copy
                .sealed
                .as_deref()
                .and_then(BlobId::parse)
                .ok_or_else(|| {
                    Trouble::refused(sentence!(
                        "bản sao {} chưa được cấp",
                        "copy {} is not issued yet",
                        copy.code
                    ))
                })?;
            Ok(archive.blobs().read(id)?)
        })
        .await?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], bytes).into_response())
}

/// The key by its name among those of the server, and its PIN; neither is stored or logged.
#[derive(Deserialize)]
struct Key {
    key: String,
    #[serde(default)]
    pin: Zeroizing<String>,
    /// A one-time code, for a key at a service that wants one.
    #[serde(default)]
    otp: Zeroizing<String>,
}

async fn sign(
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
    who: Who,
    language: Language,
    Json(key): Json<Key>,
) -> Result<Json<serde_json::Value>, Trouble> {
    with_key(app, code, who, language, key, "sign").await
}

async fn seal(
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
    who: Who,
    language: Language,
    Json(key): Json<Key>,
) -> Result<Json<serde_json::Value>, Trouble> {
    with_key(app, code, who, language, key, "seal").await
}

async fn with_key(
    app: Arc<App>,
    code: String,
    who: Who,
    language: Language,
    key: Key,
    step: &'static str,
) -> Result<Json<serde_json::Value>, Trouble> {
    let mut keys = app.settings.keys.iter();
    let known = keys.find(|one| one.name == key.key).cloned();
    let asked = code.clone();
    let copy = there(&app)?
        .archive(move |archive| Ok(archive.copy(&asked)?))
        .await?;
    let person = (language, who.login.as_str());
    match known {
        Some(known) if known.is_far() => {
            let given = (key.pin, key.otp);
            far::at_once(&app, &copy.code, person, &known, given, step).await?;
        }
        known => stepped(&app, &copy.code, person, known, key.pin, step).await?,
    }
    let copy = app.archive(move |archive| Ok(archive.copy(&code)?)).await?;
    told(&copy)
}

#[derive(Deserialize)]
struct To {
    to: String,
}

async fn deliver(
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
    who: Who,
    Json(to): Json<To>,
) -> Result<Json<serde_json::Value>, Trouble> {
    let act = app.act(&who.login);
    changed(&app, move |archive| {
        archive.deliver_copy(&act, &code, &to.to)
    })
    .await
}

#[derive(Deserialize)]
struct Reason {
    reason: String,
}

async fn cancel(
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
    who: Who,
    Json(reason): Json<Reason>,
) -> Result<Json<serde_json::Value>, Trouble> {
    let act = app.act(&who.login);
    changed(&app, move |archive| {
        archive.cancel_copy(&act, &code, &reason.reason)
    })
    .await
}

async fn changed<F>(app: &Arc<App>, change: F) -> Result<Json<serde_json::Value>, Trouble>
where
    F: FnOnce(&mut Archive) -> saoy_archive::Result<Copy> + Send + 'static,
{
    let copy = there(app)?
        .archive(move |archive| {
            let copy = change(archive)?;
            // It is done; a checkpoint that could not be written comes with the next change.
            let _ = archive.checkpoint();
            Ok(copy)
        })
        .await?;
    told(&copy)
}

fn told(copy: &Copy) -> Result<Json<serde_json::Value>, Trouble> {
    serde_json::to_value(copy).map(Json).map_err(Trouble::ours)
}
