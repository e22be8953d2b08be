//! Webhooks: who wants to be told what, and what became of the messages.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;

use crate::accounts::hooks::{Delivery, Hook};
use crate::app::App;
use crate::guard::Who;
use crate::hooks::{EVENTS, checked};
use crate::routes::{Access, Routes};
use crate::trouble::{Trouble, sentence};

const ADMINISTRATORS: Access = Access::Roles(&["administrator"]);

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .get("/api/v1/webhooks", ADMINISTRATORS, list)
        .post("/api/v1/webhooks", ADMINISTRATORS, add)
        .delete("/api/v1/webhooks/{id}", ADMINISTRATORS, remove)
        .get(
            "/api/v1/webhooks/{id}/deliveries",
            ADMINISTRATORS,
            deliveries,
        )
}

#[derive(Deserialize)]
struct New {
    url: String,
    #[serde(default)]
    events: Vec<String>,
}

async fn list(State(app): State<Arc<App>>) -> Result<Json<Vec<Hook>>, Trouble> {
    Ok(Json(app.accounts(|accounts| accounts.hooks()).await?))
}

async fn add(
    State(app): State<Arc<App>>,
    who: Who,
    Json(new): Json<New>,
) -> Result<(StatusCode, Json<serde_json::Value>), Trouble> {
    checked(&new.url)?;
    let events = if new.events.is_empty() {
        vec!["*".to_owned()]
    } else {
        new.events
    };
    if let Some(unknown) = events
        .iter()
        .find(|event| *event != "*" && EVENTS.iter().all(|(_, known)| known != event))
    {
        let known: Vec<&str> = EVENTS.iter().map(|(_, name)| *name).collect();
        return Err(Trouble::bad(sentence!(
            "không có sự kiện {:?}; có: {}",
            "there is no event {:?}; there are: {}",
            unknown,
            known.join(", ")
        )));
    }
    // Told from now on: what was before is nobody's news.
    let last = if app.has_archive() {
        app.archive(|archive| Ok(archive.last_entry()?)).await?
    } else {
        0
    };
    let (id, secret) = app
        .accounts(move |accounts| accounts.add_hook(&new.url, &events, &who.login, last))
        .await?;
    Ok((
        StatusCode::CREATED,
        Json(serde_json::json!({ "id": id, "secret": secret })),
    ))
}

async fn remove(State(app): State<Arc<App>>, Path(id): Path<i64>) -> Result<StatusCode, Trouble> {
    app.accounts(move |accounts| accounts.remove_hook(id))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn deliveries(
    State(app): State<Arc<App>>,
    Path(id): Path<i64>,
) -> Result<Json<Vec<Delivery>>, Trouble> {
    Ok(Json(
        app.accounts(move |accounts| accounts.deliveries(id))
            .await?,
    ))
}
