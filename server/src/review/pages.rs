//! What is done with a document's pages: turned, moved, left out, put in, scanned again, cut and joined. Pages are then read anew,
//! which takes a while: it goes on behind, and the document's page says so.

use std::ffi::OsString;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;

use super::document::changed;
use super::{REVIEWERS, no_page, on_to};
use crate::app::App;
use crate::desk::Job;
use crate::incoming::Form;
use crate::language::Language;
use crate::page::Shell;
use crate::routes::Routes;
use crate::stations::{Document, Listing};
use crate::trouble::{Trouble, sentence};

/// How long a run of `saoy digitize` or `watch` in the same folder is waited for, seconds.
const WAIT: u32 = 600;

pub(super) fn routes(routes: Routes) -> Routes {
    routes.post("/review/document/{n}/pages", REVIEWERS, act)
}

/// Begins what was asked for.
async fn act(
    State(app): State<Arc<App>>,
    shell: Shell,
    Path(n): Path<String>,
    form: Form,
) -> Result<Response, Trouble> {
    let document = begun(&app, (shell.l, &shell.who.login), &n, form).await?;
    Ok(on_to(&format!("/review/document/{}", document.id)))
}

/// Begins what a form asks for of a document's pages.
///
/// # Errors
/// When the form is about another version of the document, or asks for what cannot be; then nothing was begun.
pub(crate) async fn begun(
    app: &Arc<App>,
    (l, login): (Language, &str),
    id: &str,
    form: Form,
) -> Result<Arc<Document>, Trouble> {
    let listing = app.documents(true).await?;
    let document = app.document(id, false).await?;
    // Sent twice, or after somebody else: page numbers may mean other pages by now.
    if form.get("version") != document.record.output.sha256 {
        return Err(changed());
    }
    let other = match (form.get("do"), form.get("other")) {
        ("merge", name) if !name.is_empty() => Some(another(&listing, &document, name)?),
        _ => None,
    };
    let words = wanted(&document, other.as_deref(), &form)?;
    if !app.stations.begin(&document.id) {
        return Err(busy());
    }
    if let Some(other) = &other
        && !app.stations.begin(&other.id)
    {
        app.stations.ended(&document.id, None);
        return Err(busy());
    }
    let mut arguments: Vec<OsString> = vec!["correct".into(), document.path.clone().into()];
    arguments.extend(words);
    arguments.push(format!("--by={login}").into());
    arguments.extend(["--wait".into(), WAIT.to_string().into()]);
    if let Some(reader) = &app.settings.reader {
        arguments.extend(["--reader".into(), reader.clone().into()]);
    }
    let (app, begun) = (Arc::clone(app), Arc::clone(&document));
    tokio::spawn(async move {
        // The file that was sent lives as long as the form.
        let _form = form;
        let turn = app.stations.writing(begun.station).await;
        let done = match app.desk.run(Job::Long, l, arguments, None).await {
            Ok(answer) if answer.code == 0 => Ok(()),
            Ok(answer) => Err(answer.trouble()),
            Err(trouble) => Err(trouble),
        };
        drop(turn);
        if let Some(other) = &other {
            match &done {
                Ok(()) => app.stations.became(&other.id, &begun.id),
                Err(_) => app.stations.ended(&other.id, None),
            }
        }
        ended(&app, &begun, done).await;
    });
    Ok(document)
}

/// Another document of the same station, by its id or name.
fn another(listing: &Listing, document: &Document, name: &str) -> Result<Arc<Document>, Trouble> {
    let found = listing.iter().find(|one| {
        one.station == document.station
            && one.id != document.id
            && (one.id == name || one.name == name)
    });
    found.cloned().ok_or_else(|| {
        Trouble::bad(sentence!(
            "Trạm này không có văn bản nào khác tên \"{}\".",
            "This station has no other document called \"{}\".",
            name
        ))
    })
}

fn busy() -> Trouble {
    Trouble::refused(sentence!(
        "Các trang của văn bản này đang được tạo lại; hãy đợi xong rồi làm tiếp. Chưa có gì thay đổi.",
        "The pages of this document are being made anew; wait until that is done. Nothing was changed."
    ))
}

/// Notes how it ended; a document that was cut or joined goes on under another number.
async fn ended(app: &Arc<App>, document: &Document, done: Result<(), Trouble>) {
    let listing = app.documents(true).await.unwrap_or_default();
    if let Err(trouble) = done {
        return app.stations.ended(&document.id, Some(trouble));
    }
    let gone = listing.iter().all(|one| one.id != document.id);
    let heir = listing.iter().find(|one| {
        one.station == document.station && one.record.source.path == document.record.source.path
    });
    match heir {
        Some(heir) if gone => app.stations.became(&document.id, &heir.id),
        _ => app.stations.ended(&document.id, None),
    }
}

/// What was asked for, in the words of `saoy correct`.
fn wanted(
    document: &Document,
    other: Option<&Document>,
    form: &Form,
) -> Result<Vec<OsString>, Trouble> {
    let page = form.get("page").parse::<u32>().unwrap_or(0);
    let known = document.record.page(page).is_some();
    let number = || -> Result<OsString, Trouble> {
        if known {
            Ok(page.to_string().into())
        } else {
            Err(no_page())
        }
    };
    let scan = || -> Result<OsString, Trouble> {
        let mut file = OsString::from(&form.file("file")?.path);
        let page = form.get("scan_page").parse::<u32>().unwrap_or(1).max(1);
        file.push(format!("#{page}"));
        Ok(file)
    };
    let words = match form.get("do") {
        "rotate" => {
            let degrees = form.get("degrees");
            if !matches!(degrees, "90" | "180" | "270") {
                return Err(unknown());
            }
            vec!["page".into(), "rotate".into(), number()?, degrees.into()]
        }
        "drop" => {
            if document.record.pages.len() < 2 {
                return Err(Trouble::bad(sentence!(
                    "Đây là trang duy nhất của văn bản nên không bỏ được; nếu quét hỏng, hãy trả lại văn bản.",
                    "This is the only page of the document and cannot be left out; send the document back if the scan is no good."
                )));
            }
            vec!["page".into(), "drop".into(), number()?]
        }
        "insert" if page == 0 => vec!["page".into(), "insert".into(), "0".into(), scan()?],
        "insert" => vec!["page".into(), "insert".into(), number()?, scan()?],
        "replace" => vec!["page".into(), "replace".into(), number()?, scan()?],
        "split" => vec!["page".into(), "split".into(), number()?],
        "restore" => {
            // By the page's number in the scan.
            if page == 0 {
                return Err(no_page());
            }
            vec!["page".into(), "restore".into(), page.to_string().into()]
        }
        "move" => {
            let to = form.get("to").parse::<u32>().ok();
            let to = to.filter(|to| document.record.page(*to).is_some());
            let to = to.ok_or_else(no_page)?.to_string();
            vec!["page".into(), "move".into(), number()?, to.into()]
        }
        "merge" => {
            let other = other.map(|other| other.path.clone().into());
            std::iter::once("merge".into()).chain(other).collect()
        }
        _ => return Err(unknown()),
    };
    Ok(words)
}

fn unknown() -> Trouble {
    Trouble::bad(sentence!(
        "Không rõ cần làm gì với trang; hãy mở lại văn bản.",
        "It is not clear what to do with the page; open the document again."
    ))
}
