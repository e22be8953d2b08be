//! A record (hồ sơ) with its documents in order.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use saoy_archive::metadata::Standard;
use serde::Deserialize;

use super::document::{heading, record_metadata};
use super::words::{day, in_path};
use super::{READERS, there};
use crate::app::App;
use crate::page::{self, Shell};
use crate::routes::Routes;
use crate::trouble::Trouble;

/// Documents on one page.
const SHOWN: usize = 100;

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get("/archive/record/{code}", READERS, shown)
}

#[derive(Template)]
#[template(path = "archive/record.html")]
struct Page {
    shell: Shell,
    code: String,
    title: String,
    total: usize,
    /// Name, name in the other language, value.
    meta: Vec<(String, String, String)>,
    documents: Vec<Line>,
    before: Option<String>,
    after: Option<String>,
}

struct Line {
    number: usize,
    id: String,
    heading: String,
    line: String,
    personal: bool,
    kept: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    from: usize,
}

async fn shown(
    State(app): State<Arc<App>>,
    shell: Shell,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let l = shell.l;
    let today = app.act(&shell.who.login).day();
    let from = asked.from;
    let (record, documents) = there(&app)?
        .archive(move |archive| {
            let record = archive.record(&code)?;
            let mut documents = Vec::new();
            for id in record.documents.iter().skip(from).take(SHOWN) {
                documents.push(archive.document(id)?);
            }
            Ok((record, documents))
        })
        .await?;
    let at = |from: usize| format!("/archive/record/{}?from={from}", in_path(&record.code));
    let total = record.documents.len();
    Ok(page::html(&Page {
        title: record.meta.get("title").cloned().unwrap_or_default(),
        meta: record_metadata(Standard::on(today)?, &record.meta, l),
        before: (from > 0).then(|| at(from.saturating_sub(SHOWN))),
        after: (from + documents.len() < total && !documents.is_empty()).then(|| at(from + SHOWN)),
        // Of papers about persons a list says what kind they are, and no more: opening one asks for a purpose.
        documents: documents
            .into_iter()
            .enumerate()
            .map(|(index, document)| {
                let parts = [
                    document.meta.get("issued_date").map(|date| day(date, l)),
                    document.meta.get("agency").cloned(),
                ];
                Line {
                    number: from + index + 1,
                    heading: heading(&document.meta, document.personal, l),
                    line: parts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
                    personal: document.personal,
                    kept: document.kept,
                    id: document.id,
                }
            })
            .collect(),
        code: record.code,
        total,
        shell,
    }))
}
