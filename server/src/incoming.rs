//! Forms and files that come in: counted while they come, kept under names of ours, gone when they are dropped.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use saoy_archive::workplace::Workplace;
use tokio::io::AsyncWriteExt as _;
use unicode_normalization::UnicodeNormalization as _;

use crate::accounts::is_same;
use crate::app::App;
use crate::guard::Who;
use crate::trouble::{Trouble, sentence};

/// Longest value of a field, bytes.
const LONGEST_FIELD: usize = 256 << 10;
/// Most fields and files of one form.
const MOST: usize = 2_000;

/// The field that carries the form's word.
pub(crate) const WORD: &str = "form";

/// A file that came in. It is under a name of ours; the name it had is for people only.
#[derive(Clone, Debug)]
pub(crate) struct Incoming {
    /// The field it came in.
    pub(crate) field: String,
    /// The name it had, without folders, NFC.
    pub(crate) name: String,
    /// Where it is, until the form is dropped.
    pub(crate) path: PathBuf,
}

/// A form with its files. For people who are logged in it has been checked that one of our own pages sent it.
#[derive(Debug, Default)]
pub(crate) struct Form {
    fields: HashMap<String, Vec<String>>,
    /// The files.
    pub(crate) files: Vec<Incoming>,
    /// What holds them.
    folder: Option<Workplace>,
}

impl Form {
    /// The first value of a field, trimmed, NFC; empty when there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.fields
            .get(name)
            .and_then(|values| values.first())
            .map(String::as_str)
            .unwrap_or_default()
    }

    /// A field that has to be there.
    ///
    /// # Errors
    /// When it is empty.
    pub(crate) fn wanted(&self, name: &str, vi: &str, en: &str) -> Result<&str, Trouble> {
        match self.get(name) {
            "" => Err(Trouble::bad(saoy_archive::Sentence {
                vi: format!("Chưa điền: {vi}."),
                en: format!("Not filled in: {en}."),
            })),
            value => Ok(value),
        }
    }

    /// Names of the fields, in order.
    pub(crate) fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.fields.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    /// The file of a field.
    ///
    /// # Errors
    /// When none was chosen.
    pub(crate) fn file(&self, field: &str) -> Result<&Incoming, Trouble> {
        self.files
            .iter()
            .find(|file| file.field == field)
            .ok_or_else(|| Trouble::bad(sentence!("Chưa chọn tệp nào.", "No file was chosen.")))
    }
}

impl FromRequest<Arc<App>> for Form {
    type Rejection = Trouble;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Trouble> {
        let who = request
            .extensions()
            .get::<Who>()
            .cloned()
            .unwrap_or_default();
        let header = request
            .headers()
            .get("x-saoy-form")
            .and_then(|value| value.to_str().ok())
            .map(ToOwned::to_owned);
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let patience = app.settings.patience;
        let reading = async {
            if kind.starts_with("multipart/form-data") {
                let multipart = Multipart::from_request(request, app)
                    .await
                    .map_err(unreadable)?;
                multi(multipart, app, who.login.is_empty()).await
            } else {
                simple(request).await
            }
        };
        let form = tokio::time::timeout(patience, reading).await.map_err(|_| {
            Trouble::new(StatusCode::REQUEST_TIMEOUT, sentence!(
                "Tệp gửi lên quá chậm (hơn {} giây) nên đã dừng; hãy kiểm tra mạng rồi gửi lại.",
                "The upload took over {} seconds and was stopped; check the network and send it again.",
                patience.as_secs()
            ))
        })??;
        // A token of the interface is no cookie: no other site can make a browser send it.
        let word = header.as_deref().unwrap_or_else(|| form.get(WORD));
        if !who.form.is_empty() && !is_same(word, &who.form) {
            return Err(Trouble::new(
                StatusCode::FORBIDDEN,
                sentence!(
                    "Biểu mẫu này không phải của phiên làm việc hiện tại; hãy mở lại trang rồi gửi lại. Không có gì thay đổi.",
                    "This form is not of the present session; open the page again and send it again. Nothing was changed."
                ),
            ));
        }
        Ok(form)
    }
}

async fn simple(request: Request) -> Result<Form, Trouble> {
    let body = axum::body::to_bytes(request.into_body(), LONGEST_FIELD * 4)
        .await
        .map_err(|_| too_large(LONGEST_FIELD as u64 * 4))?;
    let mut form = Form::default();
    let pairs: Vec<(String, String)> = axum::extract::Form::<Vec<(String, String)>>::from_request(
        Request::builder()
            .method("POST")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(axum::body::Body::from(body))
            .map_err(Trouble::ours)?,
        &(),
    )
    .await
    .map_err(|error| unreadable(error.to_string()))?
    .0;
    for (name, value) in pairs.into_iter().take(MOST) {
        form.fields.entry(name).or_default().push(tidy(&value));
    }
    Ok(form)
}

async fn multi(mut multipart: Multipart, app: &App, stranger: bool) -> Result<Form, Trouble> {
    let most = app.settings.upload;
    let mut form = Form::default();
    let mut left = most;
    let mut parts = 0;
    while let Some(mut part) = multipart.next_field().await.map_err(unreadable)? {
        parts += 1;
        if parts > MOST {
            return Err(unreadable("too many parts"));
        }
        let field = part.name().unwrap_or_default().to_owned();
        let Some(name) = part.file_name().map(plain_name) else {
            let mut value = Vec::new();
            while let Some(chunk) = part.chunk().await.map_err(unreadable)? {
                if value.len() + chunk.len() > LONGEST_FIELD {
                    return Err(too_large(LONGEST_FIELD as u64));
                }
                value.extend_from_slice(&chunk);
            }
            form.fields
                .entry(field)
                .or_default()
                .push(tidy(&String::from_utf8_lossy(&value)));
            continue;
        };
        let folder = match form.folder.take() {
            Some(folder) => folder,
            None => place(app, !stranger)?,
        };
        let path = folder
            .path()
            .join(format!("{}{}", form.files.len() + 1, ending(&name)));
        form.folder = Some(folder);
        let mut file = tokio::fs::File::create(&path).await?;
        let mut size = 0;
        while let Some(chunk) = part.chunk().await.map_err(unreadable)? {
            let length = chunk.len() as u64;
            left = left.checked_sub(length).ok_or_else(|| too_large(most))?;
            size += length;
            file.write_all(&chunk).await?;
        }
        file.flush().await?;
        // A file input that nobody filled sends an empty part.
        if size > 0 || !name.is_empty() {
            form.files.push(Incoming { field, name, path });
        }
    }
    Ok(form)
}

/// A folder that only this account can look into, beside the other data and not in a shared place; in memory where the archive's
/// files are encrypted.
pub(crate) fn folder(app: &App) -> Result<Workplace, Trouble> {
    place(app, true)
}

/// What strangers send is none of the archive's, and must not fill the memory.
fn place(app: &App, in_memory: bool) -> Result<Workplace, Trouble> {
    let within = app.settings.own().join("incoming");
    std::fs::create_dir_all(&within)?;
    Ok(Workplace::new(&within, in_memory && app.is_encrypted())?)
}

/// What a browser calls a file, without folders.
fn plain_name(given: &str) -> String {
    let name = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name
        .nfc()
        .filter(|letter| !letter.is_control())
        .take(200)
        .collect();
    name.trim().to_owned()
}

/// The ending by which programs know a file, when it is one of those that come in here.
fn ending(name: &str) -> &'static str {
    const KNOWN: [&str; 10] = [
        ".pdf", ".tif", ".tiff", ".jpg", ".jpeg", ".png", ".webp", ".jp2", ".csv", ".json",
    ];
    let lower = name.to_lowercase();
    KNOWN
        .into_iter()
        .find(|one| lower.ends_with(one))
        .unwrap_or(".bin")
}

fn tidy(value: &str) -> String {
    value.trim().nfc().collect()
}

fn unreadable(error: impl std::fmt::Display) -> Trouble {
    let mut trouble = Trouble::bad(sentence!(
        "Không đọc được biểu mẫu gửi lên (có thể đường truyền bị ngắt); hãy gửi lại.",
        "The form could not be read (the connection may have been cut); send it again."
    ));
    trouble.cause = Some(error.to_string());
    trouble
}

fn too_large(most: u64) -> Trouble {
    Trouble::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        sentence!(
            "Tệp gửi lên lớn hơn giới hạn {} MB của máy chủ này.",
            "What was sent is larger than this server's limit of {} MB.",
            most >> 20
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_never_lead_anywhere() {
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_name(r"C:\Windows\a.pdf"), "a.pdf");
        assert_eq!(plain_name("a\0\nb.pdf"), "ab.pdf");
        // Decomposed letters are composed.
        assert_eq!(plain_name("Quye\u{302}\u{301}t.pdf"), "Quyết.pdf");
    }

    #[test]
    fn endings_come_from_a_list() {
        assert_eq!(ending("a.PDF"), ".pdf");
        assert_eq!(ending("a.pdf.exe"), ".bin");
        assert_eq!(ending(""), ".bin");
    }
}
