//! Pages as pictures: drawn in child processes, remembered by the digest of their file for as long as there is room.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::body::Bytes;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use crate::app::App;
use crate::desk::Job;
use crate::language::Language;
use crate::trouble::Trouble;

/// Bytes of all pictures together: some four hundred pages.
const MOST: usize = 64 << 20;

/// How wide a page is shown. There are only so many widths, so that nobody can fill the memory with all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Width {
    /// Told apart in a list.
    Thumbnail,
    /// Read.
    Page,
    /// Looked at closely.
    Large,
}

impl Width {
    /// By the word in an address.
    pub(crate) fn parse(word: &str) -> Self {
        match word {
            "s" => Self::Thumbnail,
            "l" => Self::Large,
            _ => Self::Page,
        }
    }

    fn px(self) -> u32 {
        match self {
            Self::Thumbnail => 240,
            Self::Page => 900,
            Self::Large => 1800,
        }
    }
}

/// One picture: of which file, which page from 1, how wide.
type Key = (String, u32, Width);

/// Pictures that were drawn, and when each was last asked for.
#[derive(Debug, Default)]
pub(crate) struct Pictures(Mutex<HashMap<Key, (Instant, Bytes)>>);

impl Pictures {
    fn get(&self, key: &Key) -> Option<Bytes> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (used, picture) = all.get_mut(key)?;
        *used = Instant::now();
        Some(picture.clone())
    }

    fn put(&self, key: Key, picture: Bytes) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut size: usize = all.values().map(|(_, one)| one.len()).sum();
        size += picture.len();
        while size > MOST {
            let oldest = all
                .iter()
                .min_by_key(|(_, (used, _))| *used)
                .map(|(key, _)| key.clone());
            let Some((_, gone)) = oldest.and_then(|key| all.remove(&key)) else {
                break;
            };
            size -= gone.len();
        }
        all.insert(key, (Instant::now(), picture));
    }

    /// Forgets what was drawn of a file.
    pub(crate) fn forget(&self, digest: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(of, _, _), _| of != digest);
    }
}

/// Page `page`, from 1, of the archive's file with this digest, JPEG. Whether the person may see it was asked before.
///
/// # Errors
/// When there is no such file or page, or it cannot be drawn.
pub(crate) async fn stored(
    app: &Arc<App>,
    language: Language,
    digest: &str,
    page: u32,
    width: Width,
) -> Result<Response, Trouble> {
    let source = [OsString::from(digest), "--stored".into()];
    drawn(app, language, digest, &source, page, width).await
}

/// The same of a file that is not in the archive.
///
/// # Errors
/// As [`stored`].
pub(crate) async fn of_file(
    app: &Arc<App>,
    language: Language,
    (path, digest): (&Path, &str),
    page: u32,
    width: Width,
) -> Result<Response, Trouble> {
    let source = [OsString::from(path)];
    drawn(app, language, digest, &source, page, width).await
}

/// The same of a file that lies beside the archive as stored files lie in it.
///
/// # Errors
/// As [`stored`].
pub(crate) async fn of_sealed(
    app: &Arc<App>,
    language: Language,
    (path, digest): (&Path, &str),
    page: u32,
    width: Width,
) -> Result<Response, Trouble> {
    let source = [OsString::from(path), "--sealed".into()];
    drawn(app, language, digest, &source, page, width).await
}

/// The same of the PDF that `saoy certify look` made of pages of the scan with a digest, of all when none are named; remembered
/// under `name`.
///
/// # Errors
/// As [`stored`].
pub(crate) async fn of_read(
    app: &Arc<App>,
    language: Language,
    (scan, pages, name): (&str, &str, &str),
    page: u32,
    width: Width,
) -> Result<Response, Trouble> {
    let source = ["--read".into(), "--pages".into(), pages.into(), scan.into()];
    drawn(app, language, name, &source, page, width).await
}

async fn drawn(
    app: &Arc<App>,
    language: Language,
    digest: &str,
    source: &[OsString],
    page: u32,
    width: Width,
) -> Result<Response, Trouble> {
    let key = (digest.to_owned(), page, width);
    if let Some(picture) = app.pictures.get(&key) {
        return Ok(shown(picture));
    }
    let mut arguments: Vec<OsString> = vec!["render".into()];
    arguments.extend_from_slice(source);
    arguments.extend(["--page".into(), page.to_string().into()]);
    arguments.extend(["--width".into(), width.px().to_string().into()]);
    let answer = app.desk.run(Job::Quick, language, arguments, None).await?;
    if answer.code != 0 {
        return Err(answer.trouble());
    }
    let picture = Bytes::from(answer.stdout);
    app.pictures.put(key, picture.clone());
    Ok(shown(picture))
}

/// Sends a picture; not to be kept by anybody on the way or by the browser, since pages bear names and numbers.
fn shown(picture: Bytes) -> Response {
    ([(header::CONTENT_TYPE, "image/jpeg")], picture).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_at_longest_ago_makes_room() {
        let pictures = Pictures::default();
        let key = |page| ("a".to_owned(), page, Width::Page);
        let quarter = Bytes::from(vec![0; MOST / 4]);
        for page in 1..=4 {
            pictures.put(key(page), quarter.clone());
        }
        assert!(pictures.get(&key(1)).is_some());
        pictures.put(key(5), quarter);
        assert!(pictures.get(&key(2)).is_none());
        assert!(pictures.get(&key(1)).is_some() && pictures.get(&key(5)).is_some());
        pictures.forget("a");
        assert!(pictures.get(&key(1)).is_none());
    }
}
