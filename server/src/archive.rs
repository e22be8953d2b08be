//! The archive's pages: search as one types, with facets.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use saoy_archive::search::{COUNTED, Found, Hit, Search};
use serde::Deserialize;

use crate::app::{App, no_archive};
use crate::language::Language;
use crate::page::{self, Shell, in_query};
use crate::routes::{Access, Routes};
use crate::trouble::Trouble;

/// Who may look things up; delegated intake scans only.
pub(crate) const READERS: Access = Access::Roles(&[
    "archivist",
    "clerk",
    "officer",
    "certifier",
    "administrator",
]);

/// Finds on one page.
const SHOWN: usize = 20;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.get("/archive", READERS, search)
}

#[derive(Deserialize, Default)]
struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    from: usize,
}

#[derive(Template)]
#[template(path = "archive.html")]
struct Page {
    shell: Shell,
    q: String,
    found: Option<Shown>,
}

struct Shown {
    total: String,
    hits: Vec<HitView>,
    facets: Vec<FacetView>,
    before: Option<String>,
    after: Option<String>,
}

struct HitView {
    id: String,
    heading: String,
    line: String,
    /// Parts of the text around the words, and whether each is one of them.
    snippet: Vec<(String, bool)>,
    personal: bool,
}

struct FacetView {
    name: &'static str,
    /// Value, how many, where they are.
    values: Vec<(String, usize, String)>,
}

async fn search(
    State(app): State<Arc<App>>,
    shell: Shell,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    if !app.has_archive() {
        return Err(no_archive());
    }
    let q = asked.q.trim().to_owned();
    if q.is_empty() {
        return Ok(page::html(&Page {
            shell,
            q,
            found: None,
        }));
    }
    let act = app.act(&shell.who.login);
    let (text, from) = (q.clone(), asked.from);
    let found = app
        .archive(move |archive| {
            let search = Search {
                text: &text,
                typing: false,
                limit: SHOWN,
                offset: from,
                facets: true,
            };
            Ok(archive.find(&act, &search)?)
        })
        .await?;
    let shown = Shown::new(found, &q, from, shell.l);
    Ok(page::html(&Page {
        shell,
        q,
        found: Some(shown),
    }))
}

impl Shown {
    fn new(found: Found, q: &str, from: usize, l: Language) -> Self {
        let at = |from: usize| format!("/archive?q={}&from={from}", in_query(q));
        let more = if found.total >= COUNTED { "+" } else { "" };
        Self {
            total: format!("{}{more}", found.total),
            before: (from > 0).then(|| at(from.saturating_sub(SHOWN))),
            after: (from + found.hits.len() < found.total && !found.hits.is_empty())
                .then(|| at(from + SHOWN)),
            facets: found
                .facets
                .into_iter()
                .filter(|(_, values)| values.len() > 1)
                .map(|(name, values)| FacetView {
                    name: match name {
                        "type" => l.say("Loại", "Type"),
                        "agency" => l.say("Cơ quan", "Agency"),
                        "year" => l.say("Năm", "Year"),
                        _ => l.say("Đơn vị", "Unit"),
                    },
                    values: values
                        .into_iter()
                        .take(12)
                        .map(|(value, count)| {
                            let narrowed = match name {
                                "year" => format!("{q} date:{value}"),
                                _ => format!("{q} {name}:\"{value}\""),
                            };
                            let link = format!("/archive?q={}", in_query(&narrowed));
                            (value, count, link)
                        })
                        .collect(),
                })
                .collect(),
            hits: found
                .hits
                .into_iter()
                .map(|hit| HitView::new(hit, l))
                .collect(),
        }
    }
}

impl HitView {
    fn new(hit: Hit, l: Language) -> Self {
        let heading = [hit.type_code, hit.number_symbol]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ");
        let line = [hit.issued_date, hit.agency, hit.owner]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · ");
        let subject = hit.subject.unwrap_or_default();
        let heading = match (heading.is_empty(), subject.is_empty()) {
            (true, true) => l
                .say("(chưa rõ là gì)", "(not known what it is)")
                .to_owned(),
            (true, false) => subject,
            (false, true) => heading,
            (false, false) => format!("{heading}: {subject}"),
        };
        let mut snippet: Vec<(String, bool)> = Vec::new();
        if let Some(given) = hit.snippet {
            for (at, letter) in given.text.chars().enumerate() {
                let marked = given.marks.iter().any(|mark| mark.0 <= at && at < mark.1);
                match snippet.last_mut() {
                    Some((text, same)) if *same == marked => text.push(letter),
                    _ => snippet.push((letter.to_string(), marked)),
                }
            }
        }
        Self {
            id: hit.id,
            heading,
            line,
            snippet,
            personal: hit.personal,
        }
    }
}
