//! The REST interface: what the pages do, for other programs, under `/api/v1`. [`openapi`] describes it.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};

use crate::app::App;
use crate::guard::Who;
use crate::incoming::Form;
use crate::language::Language;
use crate::log::Client;
use crate::routes::{Access, Routes};
use crate::trouble::Trouble;
use crate::verify;

mod archive;

mod copies;

mod openapi;

mod people;

mod review;

mod webhooks;

pub(crate) fn routes(routes: Routes) -> Routes {
    let routes = routes
        .get("/openapi.json", Access::Public, openapi::document)
        .post("/api/v1/verifications", Access::Public, verified);
    let routes = archive::routes(routes);
    let routes = copies::routes(routes);
    let routes = review::routes(routes);
    let routes = people::routes(routes);
    webhooks::routes(routes)
}

/// The record of a verification, as `saoy verify --json` gives it; the file is not kept.
async fn verified(
    State(app): State<Arc<App>>,
    client: Option<Extension<Client>>,
    who: Who,
    language: Language,
    form: Form,
) -> Result<Json<serde_json::Value>, Trouble> {
    verify::may_upload(&app, &who, client.map(|client| client.0))?;
    let _place = verify::place(&app, &who).await?;
    let report = verify::judged(&app, language, form.file("file")?, verify::Depth::Read).await?;
    if let Some(verdict) = report
        .record
        .pointer("/files/0/verdict")
        .and_then(|one| one.as_str())
    {
        app.measures.verdict(verdict);
    }
    Ok(Json(report.record))
}
