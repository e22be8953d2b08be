//! The words of pages and where they stand: read from the PDF's text layer in child processes, remembered while there is room.

use std::collections::HashMap;
use std::ffi::OsString;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;

use super::Document;
use crate::app::App;
use crate::desk::Job;
use crate::language::Language;
use crate::trouble::Trouble;

/// Pages that are remembered; each has some hundred words.
const MOST: usize = 200;

/// A page's words.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Text {
    /// Width of the page in the measure of the boxes.
    pub(crate) width: f32,
    /// Level lines, top to bottom.
    pub(crate) lines: Vec<Vec<Word>>,
}

/// A word.
#[derive(Debug, Deserialize)]
pub(crate) struct Word {
    pub(crate) text: String,
    /// `[x, y, w, h]`, origin top left.
    #[serde(rename = "box")]
    pub(crate) bbox: [f32; 4],
}

type Key = (String, u32);

/// What is remembered, each with when it was last asked for, as a count of requests.
#[derive(Default)]
pub(crate) struct Texts(Mutex<(u64, Kept)>);

/// Texts with the turn in which each was last wanted.
type Kept = HashMap<Key, (u64, Arc<Text>)>;

impl Texts {
    fn get(&self, key: &Key) -> Option<Arc<Text>> {
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.0 += 1;
        let now = shelf.0;
        let (asked, text) = shelf.1.get_mut(key)?;
        *asked = now;
        Some(Arc::clone(text))
    }

    fn put(&self, key: Key, text: &Arc<Text>) {
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.0 += 1;
        let now = shelf.0;
        if shelf.1.len() >= MOST {
            let oldest = shelf.1.iter().min_by_key(|(_, (asked, _))| *asked);
            if let Some(key) = oldest.map(|(key, _)| key.clone()) {
                shelf.1.remove(&key);
            }
        }
        shelf.1.insert(key, (now, Arc::clone(text)));
    }
}

/// The words of a page, from 1. A file that was changed has another digest, and is read again.
pub(crate) async fn of(app: &App, document: &Document, page: u32) -> Result<Arc<Text>, Trouble> {
    let key = (document.record.output.sha256.clone(), page);
    if let Some(text) = app.texts.get(&key) {
        return Ok(text);
    }
    let arguments: [OsString; 4] = [
        "page-text".into(),
        document.pdf().into(),
        "--page".into(),
        page.to_string().into(),
    ];
    let answer = app
        .desk
        .run(Job::Quick, Language::default(), arguments, None)
        .await?;
    let text: Arc<Text> = Arc::new(answer.done()?);
    app.texts.put(key, &text);
    Ok(text)
}
