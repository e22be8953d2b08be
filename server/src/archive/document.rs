//! A document: what is known of it, its pages, versions, signatures, uses; its files to take away. A personal one is opened
//! for a purpose, and each time is on record.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use saoy_archive::metadata::{Meta, Of, Standard};
use saoy_archive::records::{Document, Kind, Part, Version};
use serde::Deserialize;

use super::words::{action, in_path, moment, usage, value};
use super::{READERS, there};
use crate::app::App;
use crate::guard::Who;
use crate::incoming::{Form, Incoming, folder};
use crate::language::Language;
use crate::page::{self, Shell};
use crate::pictures::{self, Width};
use crate::routes::Routes;
use crate::trouble::{Trouble, sentence};
use crate::types;
use crate::verify::{self, Tone, View};

/// Pages that are shown as pictures on the document's page; more are a link away.
const PICTURES: u32 = 24;
/// Uses and entries of the log that are listed.
const LISTED: usize = 50;
/// How long a browser may keep the picture of a page that is about nobody.
const KEPT: HeaderValue = HeaderValue::from_static("private, max-age=600");
/// Keys that repeat a person's number in another form and are not shown at all.
const HIDDEN: [&str; 1] = ["mrz"];

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/archive/document/{id}", READERS, shown)
        .post("/archive/document/{id}/purpose", READERS, opened)
        .get("/archive/document/{id}/view/{page}", READERS, viewed)
        .get("/archive/document/{id}/page/{page}", READERS, picture)
        .get("/archive/document/{id}/file", READERS, file)
        .post("/archive/document/{id}/verify", READERS, verified)
}

/// Asks for what a personal document is needed.
#[derive(Template)]
#[template(path = "archive/purpose.html")]
struct PurposePage {
    shell: Shell,
    id: String,
    kind: String,
}

#[derive(Template)]
#[template(path = "archive/document.html")]
struct Page {
    shell: Shell,
    id: String,
    heading: String,
    kind: &'static str,
    kept: bool,
    /// For what it is open, when it is about a person.
    purpose: Option<String>,
    meta: Vec<MetaView>,
    records: Vec<(String, String)>,
    versions: Vec<VersionView>,
    pictures: Vec<u32>,
    more_pages: Option<u32>,
    parts: Vec<(&'static str, &'static str)>,
    verdict: Option<VerdictView>,
    uses: Vec<UseView>,
    log: Vec<(String, String, String)>,
}

/// A field.
struct MetaView {
    name: String,
    /// Its name in the other language, or its key.
    other: String,
    value: String,
}

struct VersionView {
    number: u32,
    origin: String,
    pages: Option<u32>,
    kilobytes: i64,
    signed: bool,
    by: String,
    at: String,
    sha256: String,
}

struct UseView {
    what: &'static str,
    purpose: String,
    by: String,
    at: String,
}

struct VerdictView {
    tone: Tone,
    verdict: &'static str,
    summary: String,
    signers: Vec<(Tone, String, &'static str)>,
    word: String,
}

#[derive(Template)]
#[template(path = "archive/view.html")]
struct ViewPage {
    shell: Shell,
    id: String,
    heading: String,
    page: u32,
    pages: u32,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// The word of a verification of this document.
    verified: String,
    part: String,
    w: String,
}

/// What a document is called on pages; of a personal one only what kind of paper it is.
pub(super) fn heading(meta: &Meta, personal: bool, l: Language) -> String {
    let known = |key: &str| meta.get(key).map(String::as_str);
    let kind = known("type").or_else(|| known("type_code"));
    let kind = kind.map(|code| types::named(code, l));
    if personal {
        let name = kind.or_else(|| known("type_name").map(str::to_owned));
        return name.unwrap_or_else(|| l.say("Giấy tờ cá nhân", "Personal paper").to_owned());
    }
    let start: Vec<String> = [kind, known("number_symbol").map(str::to_owned)]
        .into_iter()
        .flatten()
        .collect();
    match (start.join(" "), known("subject").or(known("type_name"))) {
        (start, Some(subject)) if start.is_empty() => subject.to_owned(),
        (start, Some(subject)) => format!("{start}: {subject}"),
        (start, None) if start.is_empty() => l
            .say("(chưa rõ là gì)", "(not known what it is)")
            .to_owned(),
        (start, None) => start,
    }
}

/// The metadata in the standard's order, then what else is known.
fn metadata(standard: &Standard, of: Of, meta: &Meta, l: Language) -> Vec<MetaView> {
    let own = standard.field.iter().filter(|field| field.of.contains(&of));
    let mut rows: Vec<MetaView> = own
        .clone()
        .filter_map(|field| {
            let found = meta.get(&field.key)?;
            Some(MetaView {
                name: l.say(&field.vi, &field.en).to_owned(),
                other: l.say(&field.en, &field.vi).to_owned(),
                value: value(Some(field), found, l),
            })
        })
        .collect();
    let others = meta
        .iter()
        .filter(|(key, _)| !own.clone().any(|field| field.key == **key))
        .filter(|(key, _)| !HIDDEN.contains(&key.as_str()));
    rows.extend(others.map(|(key, found)| MetaView {
        name: key.replace('_', " "),
        other: String::new(),
        value: match types::known(found, l) {
            Some(name) if key == "type" => format!("{name} ({found})"),
            _ => value(None, found, l),
        },
    }));
    rows
}

/// The rows of a record's metadata, for its page.
pub(super) fn record_metadata(
    standard: &Standard,
    meta: &Meta,
    l: Language,
) -> Vec<(String, String, String)> {
    metadata(standard, Of::Record, meta, l)
        .into_iter()
        .map(|row| (row.name, row.other, row.value))
        .collect()
}

fn current(document: &Document) -> Option<&Version> {
    document.versions.last().filter(|_| document.kept)
}

async fn shown(
    State(app): State<Arc<App>>,
    shell: Shell,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let act = app.act(&shell.who.login);
    let (l, today) = (shell.l, act.day());
    let wanted = id.trim().to_ascii_uppercase();
    let purpose = app.shelf.purpose(&shell.who.form, &wanted);
    let given = purpose.clone();
    let found = there(&app)?
        .archive(move |archive| {
            let document = archive.document(&wanted)?;
            if document.personal && given.is_none() {
                return Ok(Err(document));
            }
            let document = archive.read(&act, &wanted, &given.unwrap_or_default())?;
            let mut records = Vec::new();
            for code in &document.records {
                let title = archive.record(code)?.meta.remove("title");
                records.push((code.clone(), title.unwrap_or_default()));
            }
            let uses = archive.uses_of(&document, LISTED)?;
            let log = archive.log_of(&document.id, LISTED)?;
            Ok(Ok((document, records, uses, log)))
        })
        .await?;
    let (document, records, uses, log) = match found {
        Ok(found) => found,
        Err(closed) => {
            return Ok(page::html(&PurposePage {
                kind: heading(&closed.meta, true, l),
                id: closed.id,
                shell,
            }));
        }
    };
    let standard = Standard::on(today)?;
    let pages = current(&document).map_or(0, |version| version.pages.unwrap_or(1));
    let page = Page {
        heading: heading(&document.meta, document.personal, l),
        kind: match document.kind {
            Kind::Document => l.say("Tài liệu", "Document"),
            Kind::Result => l.say("Kết quả thủ tục", "Result of a procedure"),
        },
        kept: document.kept,
        purpose: purpose.filter(|_| document.personal),
        meta: metadata(standard, Of::Document, &document.meta, l),
        records: records
            .into_iter()
            .map(|(code, title)| {
                let link = format!("/archive/record/{}", in_path(&code));
                (format!("{code} {title}"), link)
            })
            .collect(),
        versions: document
            .versions
            .iter()
            .rev()
            .map(|version| VersionView::new(version, l))
            .collect(),
        pictures: (1..=pages.min(PICTURES)).collect(),
        more_pages: (pages > PICTURES).then_some(PICTURES + 1),
        parts: parts(&document, l),
        verdict: verdict(&app, &asked.verified, &document, l),
        uses: uses
            .into_iter()
            .map(|one| UseView {
                what: usage(&one.kind, l),
                purpose: match one.case_code {
                    Some(case) => format!("{} ({case})", one.purpose),
                    None => one.purpose,
                },
                by: one.by,
                at: moment(&one.at, l),
            })
            .collect(),
        log: log
            .into_iter()
            .map(|entry| (action(&entry.action, l), entry.actor, moment(&entry.at, l)))
            .collect(),
        id: document.id,
        shell,
    };
    Ok(page::html(&page))
}

impl VersionView {
    fn new(version: &Version, l: Language) -> Self {
        Self {
            number: version.number,
            origin: super::words::veiled(&version.origin),
            pages: version.pages,
            kilobytes: (version.bytes + 999) / 1000,
            signed: version.figures.signed,
            by: version.added.0.clone(),
            at: moment(&version.added.1, l),
            sha256: version.pdf.clone(),
        }
    }
}

fn parts(document: &Document, l: Language) -> Vec<(&'static str, &'static str)> {
    let Some(version) = current(document) else {
        return Vec::new();
    };
    [
        (Part::Pdf, "pdf", "PDF"),
        (Part::Text, "text", l.say("Văn bản thuần", "Plain text")),
        (
            Part::Record,
            "record",
            l.say("Bản ghi đã đọc (JSON)", "What was read (JSON)"),
        ),
    ]
    .into_iter()
    .filter(|(part, _, _)| version.file(*part).is_some())
    .map(|(_, code, name)| (code, name))
    .collect()
}

/// What a verification said, when it was of this very file.
fn verdict(app: &App, word: &str, document: &Document, l: Language) -> Option<VerdictView> {
    let report = app.kept.get(word).filter(|_| !word.is_empty())?;
    let version = current(document).filter(|version| version.pdf == report.sha256)?;
    let view = View::new(&report, l).filter(|_| !version.pdf.is_empty())?;
    Some(VerdictView {
        tone: view.tone,
        verdict: view.verdict,
        summary: view.summary,
        signers: view
            .signatures
            .into_iter()
            .map(|one| (one.tone, one.who, one.standing))
            .collect(),
        word: word.to_owned(),
    })
}

/// Says for what a personal document is opened.
async fn opened(
    State(app): State<Arc<App>>,
    who: Who,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Trouble> {
    let purpose = form.wanted("purpose", "mục đích sử dụng", "what it is needed for")?;
    let id = id.trim().to_ascii_uppercase();
    let wanted = id.clone();
    there(&app)?
        .archive(move |archive| Ok(archive.document(&wanted)?))
        .await?;
    app.shelf.open(&who.form, &id, purpose);
    Ok(Redirect::to(&format!("/archive/document/{id}")).into_response())
}

/// A document that this session may look at now, with the purpose.
async fn open(app: &Arc<App>, who: &Who, id: &str) -> Result<(Document, String), Trouble> {
    let wanted = id.trim().to_ascii_uppercase();
    let document = there(app)?
        .archive(move |archive| Ok(archive.document(&wanted)?))
        .await?;
    match app.shelf.purpose(&who.form, &document.id) {
        None if document.personal => Err(Trouble::refused(sentence!(
            "Giấy tờ của cá nhân: hãy mở trang của tài liệu và ghi mục đích sử dụng trước.",
            "This is a personal document: open its page and say what it is needed for first."
        ))),
        purpose => Ok((document, purpose.unwrap_or_default())),
    }
}

async fn viewed(
    State(app): State<Arc<App>>,
    shell: Shell,
    Path((id, page)): Path<(String, u32)>,
) -> Result<Response, Trouble> {
    let (document, _) = open(&app, &shell.who, &id).await?;
    let pages = current(&document).map_or(0, |version| version.pages.unwrap_or(1));
    if page == 0 || page > pages {
        return Err(no_page(pages));
    }
    Ok(page::html(&ViewPage {
        heading: heading(&document.meta, document.personal, shell.l),
        id: document.id,
        page,
        pages,
        shell,
    }))
}

fn no_page(pages: u32) -> Trouble {
    Trouble::missing(sentence!(
        "Không có trang này; tài liệu có {} trang còn giữ.",
        "There is no such page; the document has {} pages that are kept.",
        pages
    ))
}

async fn picture(
    State(app): State<Arc<App>>,
    shell: Shell,
    Path((id, page)): Path<(String, u32)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let (document, _) = open(&app, &shell.who, &id).await?;
    let Some(version) = current(&document) else {
        return Err(no_page(0));
    };
    if page == 0 || version.pages.is_some_and(|pages| page > pages) {
        return Err(no_page(version.pages.unwrap_or_default()));
    }
    let width = Width::parse(&asked.w);
    let mut response = pictures::stored(&app, shell.l, &version.pdf, page, width).await?;
    if !document.personal {
        response.headers_mut().insert(header::CACHE_CONTROL, KEPT);
    }
    Ok(response)
}

async fn file(
    State(app): State<Arc<App>>,
    who: Who,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let (part, kind, ending) = match asked.part.as_str() {
        "" | "pdf" => (Part::Pdf, "application/pdf", "pdf"),
        "text" => (Part::Text, "text/plain; charset=utf-8", "txt"),
        "record" => (Part::Record, "application/json", "json"),
        _ => {
            return Err(Trouble::bad(sentence!(
                "part là pdf, text hoặc record",
                "part is pdf, text or record"
            )));
        }
    };
    let (document, purpose) = open(&app, &who, &id).await?;
    let act = app.act(&who.login);
    let (id, name) = (document.id.clone(), file_name(&document, ending));
    let bytes = app
        .archive(move |archive| Ok(archive.export(&act, &id, part, &purpose)?))
        .await?;
    Ok(page::download(kind, &name, bytes))
}

/// Number and symbol where there is one and nobody is named by it, else the id.
pub(super) fn file_name(document: &Document, ending: &str) -> String {
    let number = document
        .meta
        .get("number_symbol")
        .filter(|_| !document.personal)
        .map(|number| number.replace(['/', '\\', ' ', ':'], "-"));
    format!("{}.{ending}", number.unwrap_or_else(|| document.id.clone()))
}

/// Judges the stored file in a child process; the document's page then shows the verdict for as long as it is held.
async fn verified(
    State(app): State<Arc<App>>,
    shell: Shell,
    Path(id): Path<String>,
    _checked: Form,
) -> Result<Response, Trouble> {
    let (document, _) = open(&app, &shell.who, &id).await?;
    let name = file_name(&document, "pdf");
    let digest = current(&document).and_then(|version| version.file(Part::Pdf));
    let bytes = app
        .archive(move |archive| match digest {
            Some(digest) => Ok(archive.blobs().read(digest)?),
            None => Err(no_page(0)),
        })
        .await?;
    let word = judged(&app, shell.l, &name, bytes).await?;
    Ok(Redirect::to(&format!(
        "/archive/document/{}?verified={word}#signatures",
        document.id
    ))
    .into_response())
}

/// Verifies bytes of the archive; gives the word under which the report is held.
pub(super) async fn judged(
    app: &Arc<App>,
    l: Language,
    name: &str,
    bytes: Vec<u8>,
) -> Result<String, Trouble> {
    let folder = folder(app)?;
    let file = Incoming {
        field: String::new(),
        name: name.to_owned(),
        path: folder.path().join("1.pdf"),
    };
    tokio::fs::write(&file.path, bytes).await?;
    verify::begun(app, l, file, folder).await
}
