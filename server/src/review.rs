//! Review: what the machine was not sure of, one field after the other, by keyboard alone.
//!
//! The page works as a plain form, one field a page; a script makes it quick: it fetches the next fields and their pictures
//! ahead, sends answers behind, and holds each until it was acknowledged. An answer is acknowledged when `saoy correct` has
//! it in the journal of the output folder, on disk; so it outlives another run.

use std::sync::Arc;

use askama::Template;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::language::Language;
use crate::page::{self, Shell};
use crate::pictures::{self, Width};
use crate::routes::{Access, Routes};
use crate::trouble::{Trouble, sentence};

pub(crate) mod answer;

mod document;

pub(crate) mod pages;

pub(crate) mod queue;

mod sample;

pub(crate) mod words;

use queue::{Item, Shown};

/// Who reviews.
pub(crate) const REVIEWERS: Access = Access::Roles(&["officer", "clerk", "archivist", "intake"]);

/// Fields that are sent ahead at a time.
const AHEAD: usize = 40;

pub(crate) fn routes(routes: Routes) -> Routes {
    let routes = routes
        .get("/review", REVIEWERS, look)
        .get("/review/items", REVIEWERS, ahead)
        .post("/review/answer", REVIEWERS, answer::answer)
        .get("/review/document/{n}/page/{page}", REVIEWERS, picture);
    let routes = document::routes(routes);
    let routes = pages::routes(routes);
    sample::routes(routes)
}

#[derive(Deserialize, Default)]
struct Asked {
    /// The field after this one, by its key.
    #[serde(default)]
    after: String,
    /// This field and those after it.
    #[serde(default)]
    from: String,
    /// The field before this one.
    #[serde(default)]
    before: String,
    /// This field, whether it waits or not.
    #[serde(default)]
    item: String,
    /// That many fields were just answered; only said.
    #[serde(default)]
    saved: bool,
}

#[derive(Template)]
#[template(path = "review.html")]
struct Page {
    shell: Shell,
    item: Option<Shown>,
    left: usize,
    documents: usize,
    stations: usize,
    saved: bool,
}

async fn look(
    State(app): State<Arc<App>>,
    shell: Shell,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let listing = app.documents(false).await?;
    let items = queue::all(&listing);
    let item = if !asked.item.is_empty() {
        let (id, field) = asked.item.split_once('/').unwrap_or_default();
        let document = app.document(id, false).await?;
        Some(queue::one(&document, field).ok_or_else(no_field)?)
    } else if let Some(place) = queue::place(&listing, &asked.before) {
        let before = items.iter().rev().find(|item| item.is_before(place));
        before.or_else(|| items.last()).cloned()
    } else {
        let place = queue::place(&listing, &asked.after);
        let after = place.and_then(|place| items.iter().find(|item| item.is_after(place)));
        // What was passed over comes again at the end.
        after.or_else(|| items.first()).cloned()
    };
    Ok(page::html(&Page {
        item: item.map(|item| Shown::new(&item, shell.l)),
        shell,
        left: items.len(),
        documents: listing.len(),
        stations: app.stations.folders().len(),
        saved: asked.saved,
    }))
}

#[derive(Serialize)]
struct Ahead {
    /// Fields that wait in all.
    left: usize,
    items: Vec<Shown>,
    /// What forms carry now: another session has another.
    form: String,
}

/// The fields after one, or from the start.
async fn ahead(
    State(app): State<Arc<App>>,
    shell: Shell,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let listing = app.documents(false).await?;
    let items = queue::all(&listing);
    let after = queue::place(&listing, &asked.after);
    let from = queue::place(&listing, &asked.from);
    let is_next = |item: &&Item| {
        after.is_none_or(|place| item.is_after(place))
            && from.is_none_or(|place| !item.is_before(place))
    };
    let shown = items
        .iter()
        .filter(is_next)
        .take(AHEAD)
        .map(|item| Shown::new(item, shell.l))
        .collect();
    Ok(Json(Ahead {
        left: items.len(),
        items: shown,
        form: shell.who.form,
    })
    .into_response())
}

/// A page as a picture.
async fn picture(
    State(app): State<Arc<App>>,
    language: Language,
    Path((n, page)): Path<(String, u32)>,
) -> Result<Response, Trouble> {
    let document = app.document(&n, false).await?;
    if document.record.page(page).is_none() {
        return Err(no_page());
    }
    let file = document.pdf();
    let digest = &document.record.output.sha256;
    pictures::of_file(&app, language, (&file, digest), page, Width::Large).await
}

/// On to another page of ours after a form.
fn on_to(address: &str) -> Response {
    Redirect::to(address).into_response()
}

fn no_field() -> Trouble {
    Trouble::missing(sentence!(
        "Văn bản này không có trường đó.",
        "The document has no such field."
    ))
}

fn no_page() -> Trouble {
    Trouble::missing(sentence!(
        "Văn bản này không có trang đó.",
        "The document has no such page."
    ))
}
