//! Quality control by samples: a share of a station's documents is drawn, people judge each, and the error rate of all is told
//! with the interval in which it lies.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::{REVIEWERS, on_to, words};
use crate::app::App;
use crate::desk::{Answer, Job};
use crate::incoming::Form;
use crate::language::Language;
use crate::page::{self, Shell};
use crate::routes::Routes;
use crate::stations::Listing;
use crate::trouble::{Trouble, sentence};

/// Documents of a sample that are listed; the count says how many there are.
const LISTED: usize = 100;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/review/sample", REVIEWERS, look)
        .post("/review/sample", REVIEWERS, draw)
        .get("/review/sample/next", REVIEWERS, next)
}

/// What `saoy quality --json` says (`saoy.quality/1`).
#[derive(Debug, Deserialize)]
struct Findings {
    documents: usize,
    sampled: usize,
    reviewed: usize,
    right: usize,
    corrected: usize,
    sent_back: usize,
    error_rate: Option<f64>,
    interval: Option<[f64; 2]>,
    by_field: std::collections::BTreeMap<String, usize>,
    left: Vec<String>,
}

#[derive(Template)]
#[template(path = "review_sample.html")]
struct Page {
    shell: Shell,
    stations: Vec<Station>,
}

struct Station {
    number: usize,
    name: String,
    findings: Option<Findings>,
    /// Error rate and its interval, in words.
    rate: Option<String>,
    by_field: Vec<(String, usize)>,
    /// Documents that nobody has judged yet: name, number.
    left: Vec<(String, String)>,
    trouble: Option<String>,
}

async fn look(State(app): State<Arc<App>>, shell: Shell) -> Result<Response, Trouble> {
    let listing = app.documents(false).await?;
    let mut stations = Vec::new();
    for number in 0..app.stations.folders().len() {
        let found = findings(&app, shell.l, number).await;
        stations.push(Station::new(&app, &listing, number, found, shell.l));
    }
    Ok(page::html(&Page { shell, stations }))
}

impl Station {
    fn new(
        app: &App,
        listing: &Listing,
        number: usize,
        found: Result<Findings, Trouble>,
        l: Language,
    ) -> Self {
        let name = app.stations.name(number);
        let (findings, trouble) = match found {
            Ok(found) => (Some(found), None),
            Err(trouble) => (None, Some(l.of(&trouble.said).to_owned())),
        };
        let rate = findings.as_ref().and_then(|found| {
            let (rate, [low, high]) = found.error_rate.zip(found.interval)?;
            Some(format!(
                "{:.1} % ({:.1} – {:.1} %, {})",
                rate * 100.0,
                low * 100.0,
                high * 100.0,
                l.say("độ tin cậy 95 %", "95 % certainty")
            ))
        });
        let by_field = findings
            .iter()
            .flat_map(|found| &found.by_field)
            .map(|(field, count)| match field.as_str() {
                "page" => (l.say("Trang", "Pages").to_owned(), *count),
                field => (words::field(l, field), *count),
            });
        let of = |name: &String| {
            let found = listing
                .iter()
                .find(|one| one.station == number && one.name == *name)?;
            Some((words::quiet(name), found.id.clone()))
        };
        let left = findings.iter().flat_map(|found| &found.left).filter_map(of);
        Self {
            number,
            name,
            rate,
            by_field: by_field.collect(),
            left: left.take(LISTED).collect(),
            findings,
            trouble,
        }
    }
}

/// Runs `saoy quality` on a station.
async fn quality(
    app: &App,
    l: Language,
    number: usize,
    more: &[String],
) -> Result<Answer, Trouble> {
    let folder = app.stations.folders().get(number).ok_or_else(|| {
        Trouble::missing(sentence!("Không có trạm này.", "There is no such station."))
    })?;
    let mut arguments: Vec<std::ffi::OsString> = vec!["quality".into(), folder.into()];
    arguments.extend(["--json".into(), "--wait".into(), "20".into()]);
    arguments.extend(more.iter().map(Into::into));
    app.desk.run(Job::Quick, l, arguments, None).await
}

async fn findings(app: &App, l: Language, number: usize) -> Result<Findings, Trouble> {
    quality(app, l, number, &[]).await?.done()
}

/// Draws a sample.
async fn draw(State(app): State<Arc<App>>, shell: Shell, form: Form) -> Result<Response, Trouble> {
    let number = form.get("station").parse().unwrap_or(usize::MAX);
    let share = form.get("share");
    let fine = share == "all"
        || share
            .parse::<f64>()
            .is_ok_and(|share| share > 0.0 && share <= 100.0);
    if !fine {
        return Err(Trouble::bad(sentence!(
            "Tỷ lệ rút mẫu phải từ trên 0 đến 100 phần trăm.",
            "The share to draw is more than 0 and at most 100 percent."
        )));
    }
    let share = if share == "all" {
        "--sample=all".to_owned()
    } else {
        format!("--sample={share}%")
    };
    let by = format!("--by={}", shell.who.login);
    let answer = quality(&app, shell.l, number, &[share, by]).await?;
    if answer.code != 0 {
        return Err(answer.trouble());
    }
    Ok(on_to("/review/sample"))
}

#[derive(Deserialize, Default)]
struct Asked {
    #[serde(default)]
    station: Option<usize>,
}

/// On to the next document that nobody has judged yet.
async fn next(
    State(app): State<Arc<App>>,
    shell: Shell,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let listing = app.documents(true).await?;
    let all = 0..app.stations.folders().len();
    for number in all.filter(|number| asked.station.is_none_or(|one| one == *number)) {
        let Ok(found) = findings(&app, shell.l, number).await else {
            continue;
        };
        let next = found.left.iter().find_map(|name| {
            listing
                .iter()
                .find(|one| one.station == number && one.name == *name)
        });
        if let Some(next) = next {
            return Ok(on_to(&format!("/review/document/{}?sample=true", next.id)));
        }
    }
    Ok(on_to("/review/sample"))
}
