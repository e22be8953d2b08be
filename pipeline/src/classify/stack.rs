//! Stack: where in a pile of pages the next document begins.
//!
//! Pages come in order, once; what is known of the pages before is all there is. A cut that is not certain is not made.

use serde::{Deserialize, Serialize};

use super::Sheet;
use crate::record::{Flag, SeparatorRecord, said};
use crate::separator::{Payload, Read};

mod ending;

mod first;

mod words;

/// Whether and by what one input is cut into several documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// An input is one document.
    #[default]
    None,
    /// At separator sheets.
    Sheets,
    /// At separator sheets, and where a page is the first of a document by what it says.
    Auto,
}

impl Split {
    /// Whether nothing is cut at all.
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }
}

/// Why a document begins where it does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Begin {
    /// What made the cut.
    pub reason: Reason,
    /// What on the page and the one before spoke for it.
    pub evidence: Vec<&'static str>,
    /// What the separator sheet before it said.
    pub separator: Option<SeparatorRecord>,
}

/// What made a cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reason {
    /// Nothing: the input begins here.
    #[default]
    Start,
    /// A separator sheet.
    Separator,
    /// The page is the first of a document by what it says.
    FirstPage,
    /// A person said so.
    Person,
}

impl Reason {
    /// The word in records.
    pub fn code(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Separator => "separator",
            Self::FirstPage => "first_page",
            Self::Person => "person",
        }
    }
}

/// What becomes of a page.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It belongs to the document before it.
    Keep,
    /// A document begins with it.
    Begin(Begin),
    /// It is no page of any document.
    Drop(Dropped),
}

/// Why a page is no page of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dropped {
    /// A separator sheet.
    Sheet,
    /// The blank back of a separator sheet.
    Back,
}

/// Decides for one page after the other.
#[derive(Clone, Debug, Default)]
pub struct Cutter {
    split: Split,
    /// Some page went into a document.
    begun: bool,
    /// The page before was a separator sheet.
    after_sheet: bool,
    /// The separator sheet whose document has not begun yet.
    pending: Option<SeparatorRecord>,
    /// What the last page with anything on it was like.
    before: Option<ending::Ending>,
}

impl Cutter {
    /// Begins with the first page of an input.
    pub fn new(split: Split) -> Self {
        Self {
            split,
            ..Self::default()
        }
    }

    /// What becomes of the next page, and what there is to say about it. The sheet's number is that of the page in
    /// the input; `blank` says that nothing is on it.
    pub fn next(&mut self, sheet: &Sheet<'_>, blank: bool) -> (Verdict, Vec<Flag>) {
        if self.split.is_none() {
            return (self.started(), Vec::new());
        }
        let read = separator_on(sheet);
        if let Some(Read::Valid(payload)) = read {
            let flags = self.without_document();
            self.pending = Some(SeparatorRecord {
                page: sheet.number,
                code: payload.1,
                data: payload.0.data,
            });
            self.after_sheet = true;
            return (Verdict::Drop(Dropped::Sheet), flags);
        }
        if std::mem::take(&mut self.after_sheet) && blank {
            return (Verdict::Drop(Dropped::Back), Vec::new());
        }
        let mut flags = Vec::new();
        if let Some(Read::Unreadable(why)) = read {
            flags.push(Flag::new("separator_unreadable").saying(why));
        }
        let verdict = self.by_evidence(sheet, blank, &mut flags);
        (verdict, flags)
    }

    /// What there is to say when no page is left.
    pub fn end(&mut self) -> Vec<Flag> {
        self.without_document()
    }

    fn started(&mut self) -> Verdict {
        if std::mem::replace(&mut self.begun, true) {
            Verdict::Keep
        } else {
            Verdict::Begin(Begin::default())
        }
    }

    fn by_evidence(&mut self, sheet: &Sheet<'_>, blank: bool, flags: &mut Vec<Flag>) -> Verdict {
        let before = if blank {
            self.before.clone()
        } else {
            self.before.replace(ending::Ending::of(sheet))
        };
        if let Some(separator) = self.pending.take() {
            self.begun = true;
            return Verdict::Begin(Begin {
                reason: Reason::Separator,
                evidence: Vec::new(),
                separator: Some(separator),
            });
        }
        let started = self.started();
        let (Some(before), Split::Auto, Verdict::Keep, false) =
            (before, self.split, &started, blank)
        else {
            return started;
        };
        let found = first::weigh(sheet, &before);
        match found.answer() {
            first::Answer::Begins => Verdict::Begin(Begin {
                reason: Reason::FirstPage,
                evidence: found.reasons,
                separator: None,
            }),
            first::Answer::Doubtful => {
                flags.push(
                    Flag::new("cut_doubtful")
                        .with_value(found.score)
                        .saying(first::told(&found.reasons)),
                );
                Verdict::Keep
            }
            first::Answer::GoesOn => Verdict::Keep,
        }
    }

    fn without_document(&mut self) -> Vec<Flag> {
        let empty = self
            .pending
            .take()
            .map(|separator| Flag::new("separator_without_document").on_page(separator.page));
        empty.into_iter().collect()
    }
}

/// What the codes and words of a page say of its being a separator sheet; `None` when it is none.
fn separator_on(sheet: &Sheet<'_>) -> Option<Read<(Payload, String)>> {
    let mut unreadable = None;
    for code in &sheet.sight.codes {
        let name = code.symbology.code();
        if code.symbology == super::Symbology::PatchT {
            continue;
        }
        match Payload::read(&code.text) {
            Some(Read::Valid(payload)) => return Some(Read::Valid((payload, name.to_owned()))),
            Some(Read::Unreadable(why)) => unreadable = Some(why),
            None => {}
        }
    }
    if let Some(why) = unreadable {
        return Some(Read::Unreadable(why));
    }
    if words::names_separator(sheet.lines) {
        return Some(Read::Unreadable(said!(
            "không đọc được mã nào trên đó",
            "no code on it can be read"
        )));
    }
    // A sheet that says nothing else, for scanners and for us.
    let patch = sheet
        .sight
        .codes
        .iter()
        .find(|code| code.symbology == super::Symbology::PatchT);
    patch.map(|code| Read::Valid((Payload::default(), code.symbology.code().to_owned())))
}

#[cfg(test)]
mod tests;
