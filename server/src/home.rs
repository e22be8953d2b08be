//! The first page, the language, health and counters.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use crate::app::App;
use crate::language::Language;
use crate::page::{self, Shell, back_to};
use crate::routes::{Access, Routes};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .get("/", Access::Public, home)
        .get("/language", Access::Public, language)
        .get("/healthz", Access::Public, healthy)
        .get("/metrics", Access::Public, metrics)
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    shell: Shell,
    office: Option<String>,
}

async fn home(State(app): State<Arc<App>>, shell: Shell) -> Response {
    let office = if app.has_archive() {
        app.archive(|archive| Ok(archive.office().name.clone()))
            .await
            .ok()
    } else {
        None
    };
    page::html(&Home { shell, office })
}

#[derive(Deserialize)]
struct Choice {
    to: String,
    #[serde(default)]
    back: String,
}

/// Remembers a language; it is no secret and changes nothing else, so a link may do it.
async fn language(Query(choice): Query<Choice>) -> Response {
    let language = Language::parse(&choice.to).unwrap_or_default();
    let cookie = format!(
        "{}={}; Path=/; Max-Age=31536000; SameSite=Lax",
        Language::COOKIE,
        language.code()
    );
    (
        [(header::SET_COOKIE, cookie)],
        Redirect::to(back_to(&choice.back)),
    )
        .into_response()
}

async fn healthy() -> &'static str {
    "ok\n"
}

async fn metrics(State(app): State<Arc<App>>) -> Response {
    (
        [(
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        )],
        app.measures.text(),
    )
        .into_response()
}
