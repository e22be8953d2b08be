//! What waits for a person's eyes at the stations, and what was said of it, for other programs.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use crate::app::App;
use crate::guard::Who;
use crate::incoming::Form;
use crate::language::Language;
use crate::review::REVIEWERS;
use crate::review::answer::{self, Said};
use crate::review::{pages, queue};
use crate::routes::Routes;
use crate::stations::Work;
use crate::trouble::Trouble;

/// Most fields of one answer.
const MOST: usize = 500;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .get("/api/v1/review/fields", REVIEWERS, fields)
        .post("/api/v1/review/answers", REVIEWERS, answers)
        .get("/api/v1/review/documents/{id}", REVIEWERS, document)
        .post(
            "/api/v1/review/documents/{id}/pages",
            REVIEWERS,
            change_pages,
        )
        .get("/api/v1/review/documents/{id}/pages", REVIEWERS, work)
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default = "hundred")]
    limit: usize,
}

fn hundred() -> usize {
    100
}

async fn fields(
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
) -> Result<Json<serde_json::Value>, Trouble> {
    let listing = app.documents(true).await?;
    let items = queue::all(&listing);
    let waiting = items.len();
    let fields: Vec<serde_json::Value> = items
        .iter()
        .take(asked.limit.min(MOST))
        .map(|item| {
            let record = &item.document.record;
            let read = record.fields.get(&item.field);
            serde_json::json!({
                "document": item.document.id,
                "name": item.document.name,
                "field": item.field,
                "value": record.value(&item.field),
                "confidence": read.map(|field| field.confidence),
                "page": read.and_then(|field| field.page),
                "box": read.and_then(|field| field.bbox),
            })
        })
        .collect();
    Ok(Json(
        serde_json::json!({ "schema": "saoy.review/1", "waiting": waiting, "fields": fields }),
    ))
}

#[derive(Deserialize)]
struct Answers {
    document: String,
    answers: Vec<One>,
}

/// What a field says; `was` is what it said when it was looked at, so that nothing newer is written over.
#[derive(Deserialize)]
struct One {
    field: String,
    #[serde(default)]
    value: String,
    #[serde(default)]
    was: String,
}

async fn answers(
    State(app): State<Arc<App>>,
    who: Who,
    language: Language,
    Json(given): Json<Answers>,
) -> Result<Json<serde_json::Value>, Trouble> {
    let said: Vec<Said> = given
        .answers
        .into_iter()
        .map(|one| Said {
            field: one.field,
            value: one.value,
            was: one.was,
        })
        .collect();
    let count = said.len();
    answer::say(&app, language, &who.login, &given.document, &said).await?;
    Ok(Json(
        serde_json::json!({ "schema": "saoy.answers/1", "saved": count }),
    ))
}

/// The record of a document as it stands in its station's folder.
async fn document(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    let document = app.document(&id, true).await?;
    let bytes = tokio::fs::read(&document.path).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], bytes).into_response())
}

/// Begins what was asked for of pages.
async fn change_pages(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    who: Who,
    language: Language,
    form: Form,
) -> Result<Json<serde_json::Value>, Trouble> {
    let document = pages::begun(&app, (language, &who.login), &id, form).await?;
    Ok(Json(
        serde_json::json!({ "schema": "saoy.page-work/1", "document": document.id, "state": "running" }),
    ))
}

/// How that is going.
async fn work(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<serde_json::Value>, Trouble> {
    let schema = "saoy.page-work/1";
    let told = match app.stations.work(&id) {
        Some(Work::Running) => {
            serde_json::json!({ "schema": schema, "document": id, "state": "running" })
        }
        Some(Work::Failed(trouble)) => serde_json::json!({
            "schema": schema, "document": id, "state": "failed",
            "detail": trouble.said.en, "detail_vi": trouble.said.vi,
        }),
        Some(Work::Became(heir)) => {
            serde_json::json!({ "schema": schema, "document": heir, "state": "became" })
        }
        None => {
            let document = app.document(&id, false).await?;
            serde_json::json!({ "schema": schema, "document": document.id, "state": "idle" })
        }
    };
    Ok(Json(told))
}
