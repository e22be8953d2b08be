//! What the pages need of a document's record (`docs/schemas/document-1.schema.json`).

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::language::Language;

/// One document.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Record {
    pub(crate) schema: String,
    pub(crate) source: Source,
    pub(crate) output: Output,
    #[serde(rename = "type")]
    pub(crate) kind: Option<Kind>,
    pub(crate) fields: BTreeMap<String, Field>,
    #[serde(default)]
    pub(crate) alternatives: Vec<Kind>,
    #[serde(default)]
    pub(crate) flags: Vec<Flag>,
    #[serde(default)]
    pub(crate) corrections: Vec<Correction>,
    #[serde(default)]
    pub(crate) part_of: Option<PartOf>,
    #[serde(default)]
    pub(crate) pages: Vec<Page>,
}

/// Where it came from.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Source {
    pub(crate) path: String,
}

/// The PDF.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Output {
    pub(crate) sha256: String,
}

/// A type.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Kind {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) confidence: f32,
}

impl Kind {
    /// Its name in a language; that of the record where pages know none.
    pub(crate) fn shown(&self, l: Language) -> String {
        crate::types::known(&self.code, l).map_or_else(|| self.name.clone(), str::to_owned)
    }
}

/// A value and where it stands.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Field {
    pub(crate) value: Option<String>,
    #[serde(default)]
    pub(crate) confidence: f32,
    #[serde(default)]
    pub(crate) page: Option<u32>,
    /// `[x, y, w, h]` in px of the page as shown.
    #[serde(rename = "box", default)]
    pub(crate) bbox: Option<[f32; 4]>,
    #[serde(default)]
    pub(crate) text: Option<String>,
}

/// A finding.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Flag {
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) page: Option<u32>,
    #[serde(rename = "box", default)]
    pub(crate) bbox: Option<[f32; 4]>,
}

/// What a person said.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Correction {
    pub(crate) field: String,
    pub(crate) value: Option<String>,
    #[serde(default)]
    pub(crate) was: Option<String>,
    pub(crate) by: String,
    pub(crate) at: String,
}

/// The pages of the scan that the document is.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct PartOf {
    pub(crate) source_pages: Vec<u32>,
}

/// A page.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Page {
    pub(crate) number: u32,
    #[serde(default)]
    pub(crate) source_page: Option<u32>,
    pub(crate) width_px: u32,
    pub(crate) height_px: u32,
    #[serde(default)]
    pub(crate) blank: bool,
    #[serde(default)]
    pub(crate) words: u32,
    #[serde(default)]
    pub(crate) flags: Vec<String>,
}

/// The type's name among fields, as in `corrections`.
pub(crate) const TYPE: &str = "type";

/// What people decided of a document as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing yet.
    Open,
    /// It is right.
    Accepted,
    /// It goes back to the scanner.
    SentBack(String),
}

impl Record {
    /// What people decided. Pages that were changed after make it open again: nobody has accepted these.
    pub(crate) fn standing(&self) -> Standing {
        for said in self.corrections.iter().rev() {
            if said.field.starts_with("page ") {
                return Standing::Open;
            }
            if said.field != "status" {
                continue;
            }
            let value = said.value.as_deref().unwrap_or_default();
            return match value.strip_prefix("sent_back:") {
                Some(reason) => Standing::SentBack(reason.trim().to_owned()),
                None => Standing::Accepted,
            };
        }
        Standing::Open
    }

    /// The value of a field, or the code of the type.
    pub(crate) fn value(&self, field: &str) -> Option<&str> {
        if field == TYPE {
            return self.kind.as_ref().map(|kind| kind.code.as_str());
        }
        self.fields.get(field)?.value.as_deref()
    }

    /// What a person last said of a field.
    pub(crate) fn said(&self, field: &str) -> Option<&Correction> {
        self.corrections.iter().rev().find(|one| one.field == field)
    }

    /// A page by its number, from 1.
    pub(crate) fn page(&self, number: u32) -> Option<&Page> {
        self.pages.iter().find(|page| page.number == number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_that_were_changed_are_accepted_by_nobody() {
        let said = |all: &[(&str, &str)]| {
            let corrections: Vec<_> = all
                .iter()
                .map(|(field, value)| {
                    serde_json::json!({"field": field, "value": value, "by": "lan", "at": ""})
                })
                .collect();
            let record: Record = serde_json::from_value(serde_json::json!({
                "schema": "", "source": {"path": ""}, "output": {"sha256": ""}, "type": null,
                "fields": {}, "corrections": corrections
            }))
            .unwrap();
            record.standing()
        };
        assert_eq!(said(&[]), Standing::Open);
        assert_eq!(
            said(&[("status", "accepted"), ("place", "Huế")]),
            Standing::Accepted
        );
        assert_eq!(
            said(&[("status", "accepted"), ("page 1", "drop")]),
            Standing::Open
        );
        assert_eq!(
            said(&[("status", "accepted"), ("status", "sent_back: mờ")]),
            Standing::SentBack("mờ".to_owned())
        );
    }
}
