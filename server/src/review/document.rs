//! A whole document: scan and text side by side, its type and fields with their places, and what a person decides of it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::answer::{self, Said};
use super::queue::{self, Why};
use super::{REVIEWERS, no_page, on_to, words};
use crate::app::App;
use crate::incoming::Form;
use crate::language::Language;
use crate::page::{self, Shell};
use crate::routes::Routes;
use crate::stations::record::{Page as PageRecord, Standing, TYPE};
use crate::stations::{Document, Listing, Work, text};
use crate::trouble::{Trouble, sentence};

/// Documents that are offered for joining; others are joined by their names.
const OFFERED: usize = 200;
/// Documents on one page of the list.
const LISTED: usize = 50;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/review/documents", REVIEWERS, list)
        .get("/review/document/{n}", REVIEWERS, look)
        .post("/review/document/{n}", REVIEWERS, decide)
}

#[derive(Deserialize, Default)]
struct Asked {
    #[serde(default)]
    page: Option<u32>,
    /// The document is looked at for the sake of a sample.
    #[serde(default)]
    sample: bool,
    /// It was just saved; only said.
    #[serde(default)]
    saved: bool,
}

#[derive(Template)]
#[template(path = "review_document.html")]
struct Whole {
    shell: Shell,
    id: String,
    name: String,
    source: String,
    version: String,
    kind: String,
    tone: &'static str,
    standing: String,
    page: u32,
    pages: Vec<(u32, String)>,
    width: u32,
    height: u32,
    picture: String,
    lines: Vec<Vec<Word>>,
    fields: Vec<FieldView>,
    types: Vec<(String, String)>,
    flags: Vec<String>,
    corrections: Vec<(String, String, String, String)>,
    /// Pages of the scan that were left out.
    dropped: Vec<u32>,
    next: Option<String>,
    /// Names of other documents of the station that may be joined to it: those around it.
    others: Vec<String>,
    first: bool,
    running: bool,
    trouble: Option<String>,
    sample: bool,
    saved: bool,
}

/// A word and where it stands, px of the page as shown.
struct Word {
    number: usize,
    text: String,
    x: String,
    y: String,
    w: String,
    h: String,
}

struct FieldView {
    name: String,
    label: String,
    value: String,
    long: bool,
    /// It is the type, which has choices.
    is_type: bool,
    why: String,
    /// Who said so, when somebody did.
    by: Option<String>,
    percent: String,
    page: Option<u32>,
    /// Its place, when that is on the page that is shown.
    place: Option<[String; 4]>,
}

async fn look(
    State(app): State<Arc<App>>,
    shell: Shell,
    Path(n): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let work = app.stations.work(&n);
    if let Some(Work::Became(id)) = &work {
        return Ok(on_to(&format!("/review/document/{id}")));
    }
    let listing = app.documents(false).await?;
    let document = app.document(&n, false).await?;
    let record = &document.record;
    let number = asked.page.unwrap_or(1);
    let page = match record.page(number) {
        Some(page) => page,
        None if asked.page.is_none() => record.pages.first().ok_or_else(no_page)?,
        None => return Err(no_page()),
    };
    let running = matches!(work, Some(Work::Running));
    // While pages are made anew the file may be another one in the next moment.
    let lines = match text::of(&app, &document, page.number).await {
        Ok(text) => lines(&text, page),
        Err(trouble) if !running => return Err(trouble),
        Err(_) => Vec::new(),
    };
    let l = shell.l;
    let (tone, standing) = standing(&record.standing(), queue::waiting(record), l);
    Ok(page::html(&Whole {
        id: document.id.clone(),
        name: words::quiet(&document.name),
        source: words::quiet(&record.source.path),
        version: record.output.sha256.clone(),
        kind: record.kind.as_ref().map_or_else(
            || l.say("chưa rõ loại", "type not known").to_owned(),
            |kind| kind.shown(l),
        ),
        tone,
        standing,
        page: page.number,
        pages: record
            .pages
            .iter()
            .map(|one| (one.number, about(one, l)))
            .collect(),
        width: page.width_px,
        height: page.height_px,
        picture: queue::picture(&document, page.number),
        lines,
        fields: fields(&document, page.number, l),
        types: record
            .kind
            .iter()
            .chain(&record.alternatives)
            .map(|kind| (kind.code.clone(), kind.shown(l)))
            .collect(),
        flags: flags(&document, l),
        corrections: corrections(&document, l),
        dropped: dropped(&listing, &document),
        next: next_of_scan(&listing, &document).map(|next| words::quiet(&next.name)),
        others: others(&listing, &document),
        first: record
            .pages
            .first()
            .is_some_and(|first| first.number == page.number),
        running,
        trouble: match work {
            Some(Work::Failed(trouble)) => Some(l.of(&trouble.said).to_owned()),
            _ => None,
        },
        sample: asked.sample,
        saved: asked.saved,
        shell,
    }))
}

fn standing(standing: &Standing, waiting: usize, l: Language) -> (&'static str, String) {
    match standing {
        Standing::Accepted => ("good", l.say("Đã chấp nhận", "Accepted").to_owned()),
        Standing::SentBack(reason) => (
            "bad",
            format!(
                "{}: {reason}",
                l.say("Trả lại để quét lại", "Sent back to be scanned again")
            ),
        ),
        Standing::Open if waiting > 0 => (
            "open",
            format!(
                "{}: {waiting}",
                l.say("Trường chờ xem", "Fields to look at")
            ),
        ),
        Standing::Open => (
            "none",
            l.say("Chưa chấp nhận", "Not accepted yet").to_owned(),
        ),
    }
}

fn about(page: &PageRecord, l: Language) -> String {
    let mut said: Vec<String> = page.flags.iter().map(|code| words::flag(l, code)).collect();
    if page.words == 0 && !page.blank {
        said.push(l.say("không có chữ", "no words").to_owned());
    }
    said.join(", ")
}

#[expect(
    clippy::cast_precision_loss,
    reason = "pages have at most some ten thousand px"
)]
fn lines(text: &text::Text, page: &PageRecord) -> Vec<Vec<Word>> {
    let scale = page.width_px as f32 / text.width.max(1.0);
    let mut number = 0;
    text.lines
        .iter()
        .map(|line| {
            line.iter()
                .map(|word| {
                    number += 1;
                    let [x, y, w, h] = word.bbox.map(|length| format!("{:.0}", length * scale));
                    Word {
                        number,
                        text: word.text.clone(),
                        x,
                        y,
                        w,
                        h,
                    }
                })
                .collect()
        })
        .collect()
}

fn fields(document: &Document, page: u32, l: Language) -> Vec<FieldView> {
    let record = &document.record;
    queue::in_order(record)
        .into_iter()
        .map(|name| {
            let field = record.fields.get(&name);
            let confidence = match (&record.kind, field) {
                (_, Some(field)) => field.confidence,
                (Some(kind), None) => kind.confidence,
                (None, None) => 0.0,
            };
            let value = record.value(&name).unwrap_or_default().to_owned();
            let why: Vec<Why> = queue::why(record, &name);
            let at = field.and_then(|field| field.page);
            FieldView {
                label: queue::label(record, &name, l),
                long: value.chars().count() > 45,
                is_type: name == TYPE,
                value,
                why: if why.is_empty() {
                    String::new()
                } else {
                    l.say("cần xem", "look at it").to_owned()
                },
                by: record.said(&name).map(|said| said.by.clone()),
                percent: format!("{:.0}", confidence * 100.0),
                page: at,
                place: field
                    .filter(|field| field.page == Some(page))
                    .and_then(|field| field.bbox)
                    .map(|place| place.map(|length| format!("{length:.0}"))),
                name,
            }
        })
        .collect()
}

fn flags(document: &Document, l: Language) -> Vec<String> {
    let mut said = Vec::new();
    for flag in &document.record.flags {
        let mut text = words::flag(l, &flag.code);
        if let Some(page) = flag.page {
            text = format!("{text} ({} {page})", l.say("trang", "page"));
        }
        if !said.contains(&text) {
            said.push(text);
        }
    }
    said
}

/// Who said what: of what, what, by whom, when.
fn corrections(document: &Document, l: Language) -> Vec<(String, String, String, String)> {
    let known = |field: &str| match field {
        "status" => l.say("Kết luận", "Verdict").to_owned(),
        field => match field.strip_prefix("page ") {
            Some(page) => format!("{} {page}", l.say("Trang quét", "Scanned page")),
            None => match (field, field.strip_prefix("scan ")) {
                (_, Some(scan)) => format!("{} {scan}", l.say("Trang chèn thêm", "Inserted page")),
                ("order", _) => l.say("Thứ tự trang", "Order of pages").to_owned(),
                ("merge", _) => l.say("Đã gộp văn bản", "Joined the document").to_owned(),
                _ => words::field(l, field),
            },
        },
    };
    document
        .record
        .corrections
        .iter()
        .rev()
        .map(|one| {
            let said = one.value.as_deref().unwrap_or("–");
            let said = match (&one.was, one.field.as_str()) {
                (_, "status") if said == "accepted" => l.say("chấp nhận", "accepted").to_owned(),
                (Some(was), field) if was != said && !field.starts_with("page ") => {
                    format!("{was} → {said}")
                }
                _ => said.to_owned(),
            };
            (known(&one.field), said, one.by.clone(), one.at.clone())
        })
        .collect()
}

/// Documents of the same scan, in order.
fn of_scan<'a>(
    listing: &'a Listing,
    document: &'a Document,
) -> impl Iterator<Item = &'a Arc<Document>> {
    listing.iter().filter(|one| {
        one.station == document.station && one.record.source.path == document.record.source.path
    })
}

/// Names of documents of the same station, those after this one first.
fn others(listing: &Listing, document: &Document) -> Vec<String> {
    let of_station = || listing.iter().filter(|one| one.station == document.station);
    let after = of_station().skip_while(|one| one.id != document.id).skip(1);
    let before = of_station().take_while(|one| one.id != document.id);
    after
        .chain(before)
        .take(OFFERED)
        .map(|one| one.name.clone())
        .collect()
}

/// The document after this one in the scan.
fn next_of_scan<'a>(listing: &'a Listing, document: &'a Document) -> Option<&'a Arc<Document>> {
    // Pages may have changed places.
    let first = |one: &Document| {
        let part = one.record.part_of.as_ref()?;
        part.source_pages.iter().min().copied()
    };
    let here = first(document)?;
    of_scan(listing, document)
        .filter(|one| first(one).is_some_and(|page| page > here))
        .min_by_key(|one| first(one))
}

/// Pages of the scan that a person had left out: such a page is in no document of the scan, and somebody said so.
fn dropped(listing: &Listing, document: &Document) -> Vec<u32> {
    let mut dropped: Vec<u32> = of_scan(listing, document)
        .flat_map(|one| &one.record.corrections)
        .filter(|one| one.value.as_deref() == Some("drop"))
        .filter_map(|one| one.field.strip_prefix("page ")?.parse().ok())
        .collect();
    let shown = |page: &u32| {
        of_scan(listing, document)
            .flat_map(|one| &one.record.pages)
            .any(|one| one.source_page.unwrap_or(one.number) == *page)
    };
    dropped.retain(|page| !shown(page));
    dropped.sort_unstable();
    dropped.dedup();
    dropped
}

/// Takes fields and a verdict.
async fn decide(
    State(app): State<Arc<App>>,
    shell: Shell,
    Path(n): Path<String>,
    form: Form,
) -> Result<Response, Trouble> {
    let login = &shell.who.login;
    let page = form.get("page").parse::<u32>().unwrap_or(1);
    let sample = form.get("sample") == "true";
    let document = app.document(&n, false).await?;
    if form.get("version") != document.record.output.sha256 {
        return Err(changed());
    }
    // Only what was changed in the form; what was left as it stood is accepted with the document or not at all.
    let said: Vec<Said> = queue::in_order(&document.record)
        .into_iter()
        .filter(|name| form.names().contains(&format!("value_{name}").as_str()))
        .map(|field| Said {
            value: form.get(&format!("value_{field}")).to_owned(),
            was: form.get(&format!("was_{field}")).to_owned(),
            field,
        })
        .filter(|one| one.value != one.was)
        .collect();
    let verdict = match form.get("do") {
        "accept" => Some(json!("accepted")),
        "send_back" => {
            let reason =
                form.wanted("reason", "lý do trả lại", "the reason for sending it back")?;
            Some(json!({ "sent_back": { "reason": reason } }))
        }
        _ => None,
    };
    answer::say(&app, shell.l, login, &n, &said).await?;
    if let Some(verdict) = verdict {
        let _turn = answer::turn(&app, document.station).await?;
        let document = app.document(&n, true).await?;
        let stands = document.record.standing();
        let again = match (&stands, form.get("do")) {
            (Standing::Accepted, "accept") => true,
            (Standing::SentBack(reason), "send_back") => reason == form.get("reason"),
            _ => false,
        };
        if !again {
            answer::correct(&app, shell.l, login, &document, vec![verdict]).await?;
            app.documents(true).await?;
        }
        if sample {
            return Ok(on_to("/review/sample/next"));
        }
    }
    let more = if sample { "&sample=true" } else { "" };
    Ok(on_to(&format!(
        "/review/document/{}?page={page}&saved=true{more}",
        document.id
    )))
}

/// What is said to whoever acts on a document that is another by now.
pub(super) fn changed() -> Trouble {
    Trouble::refused(sentence!(
        "Các trang của văn bản đã được tạo lại từ khi trang này được mở; hãy mở lại rồi làm tiếp. Chưa có gì thay đổi.",
        "The document's pages were made anew since this page was opened; open it again and go on. Nothing was changed."
    ))
}

#[derive(Deserialize, Default)]
struct Listed {
    #[serde(default)]
    show: String,
    #[serde(default)]
    from: usize,
}

#[derive(Template)]
#[template(path = "review_documents.html")]
struct List {
    shell: Shell,
    show: String,
    counts: [(&'static str, &'static str, usize); 4],
    rows: Vec<Row>,
    total: usize,
    before: Option<String>,
    after: Option<String>,
}

struct Row {
    id: String,
    name: String,
    station: String,
    kind: String,
    number: String,
    pages: usize,
    tone: &'static str,
    standing: String,
}

/// All documents of the stations.
async fn list(
    State(app): State<Arc<App>>,
    shell: Shell,
    Query(asked): Query<Listed>,
) -> Result<Response, Trouble> {
    let listing = app.documents(false).await?;
    let l = shell.l;
    let of = |document: &Document| match document.record.standing() {
        Standing::Accepted => "accepted",
        Standing::SentBack(_) => "sent_back",
        Standing::Open if queue::waiting(&document.record) > 0 => "waiting",
        Standing::Open => "open",
    };
    let sorts: Vec<(&str, &Arc<Document>)> = listing.iter().map(|one| (of(one), one)).collect();
    let count = |sort: &str| sorts.iter().filter(|(one, _)| *one == sort).count();
    let counts = [
        (
            "waiting",
            l.say("có trường chờ xem", "with fields to look at"),
            count("waiting"),
        ),
        (
            "open",
            l.say("chưa chấp nhận", "not accepted yet"),
            count("open"),
        ),
        (
            "accepted",
            l.say("đã chấp nhận", "accepted"),
            count("accepted"),
        ),
        (
            "sent_back",
            l.say("trả lại", "sent back"),
            count("sent_back"),
        ),
    ];
    let shown: Vec<&Arc<Document>> = sorts
        .iter()
        .filter(|(sort, _)| asked.show.is_empty() || *sort == asked.show)
        .map(|(_, document)| *document)
        .collect();
    let show = counts
        .iter()
        .find(|(sort, _, _)| *sort == asked.show)
        .map_or("", |(sort, _, _)| *sort);
    let at = |from: usize| format!("/review/documents?show={show}&from={from}");
    let rows = shown.iter().skip(asked.from).take(LISTED).map(|document| {
        let record = &document.record;
        let (tone, standing) = standing(&record.standing(), queue::waiting(record), l);
        Row {
            id: document.id.clone(),
            name: words::quiet(&document.name),
            station: app.stations.name(document.station),
            kind: record
                .kind
                .as_ref()
                .map_or_else(String::new, |kind| kind.shown(l)),
            number: record.value("number_symbol").unwrap_or_default().to_owned(),
            pages: record.pages.len(),
            tone,
            standing,
        }
    });
    Ok(page::html(&List {
        rows: rows.collect(),
        show: show.to_owned(),
        counts,
        total: shown.len(),
        before: (asked.from > 0).then(|| at(asked.from.saturating_sub(LISTED))),
        after: (asked.from.saturating_add(LISTED) < shown.len())
            .then(|| at(asked.from.saturating_add(LISTED))),
        shell,
    }))
}
