//! The signatures of a file: those of its fields, and those that no field leads to any more.

mod claims;

use std::collections::{HashMap, HashSet};

use saoy_pdf::{Dict, Document, Object, ObjectId, PdfError, Rectangle, Revisions, SignatureField};

pub(crate) use self::claims::rectangle;
pub(super) use self::claims::{Lock, name_of};
use super::{
    Kind, SignedField, Structure,
    coverage::{self, Coverage},
    failure,
    survey::{Candidate, Survey},
};
use crate::finding::{Finding, Reason};

/// Older revisions whose fields are searched for signatures that went: each may take as long as the newest.
const OLDER: usize = 16;

/// A signature and what the other parts of this module need of it.
pub(super) struct Known {
    pub(super) signed: SignedField,
    /// The revision of its dictionary, from 0.
    pub(super) written: usize,
    /// The object of its field.
    pub(super) field: Option<ObjectId>,
    /// What it locks.
    pub(super) locks: Vec<Lock>,
    /// True when a field of the newest revision has it.
    pub(super) present: bool,
}

/// All signatures, in the order they were made.
pub(super) fn all(
    file: &Revisions,
    survey: &Survey,
    structure: &mut Structure,
) -> Result<Vec<Known>, PdfError> {
    let mut finder = Finder {
        file,
        known: Vec::new(),
        seen: HashSet::new(),
        pages: None,
    };
    let newest = file.newest()?;
    match newest.signatures() {
        Ok(found) => {
            for field in &found.fields {
                finder.field(field, newest, structure);
            }
        }
        Err(error) => structure.findings.push(failure(&error)),
    }
    finder.hidden(survey, structure);
    let mut known = finder.known;
    known.sort_by_key(|known| {
        let end = known.signed.signed.get(1).map_or(0, |part| part.end);
        (known.signed.revision, end, known.signed.dictionary)
    });
    first_certifies(&mut known);
    Ok(known)
}

struct Finder<'a> {
    file: &'a Revisions,
    known: Vec<Known>,
    /// Dictionaries dealt with: object and the byte they stand at.
    seen: HashSet<(ObjectId, u64)>,
    /// Widgets and the pages they stand on, from 1.
    pages: Option<HashMap<ObjectId, usize>>,
}

impl Finder<'_> {
    /// A field of the newest revision.
    fn field(&mut self, field: &SignatureField, view: &Document, structure: &mut Structure) {
        let has_value = field.value.is_some() || field.value_id.is_some();
        if !has_value {
            structure.unsigned.push(field.name.clone());
            return;
        }
        let dictionary = field.value_id.or(field.id).unwrap_or(ObjectId::new(0, 0));
        let located = view.object(dictionary).ok();
        let start = located.as_ref().map_or(0, |located| located.range.start);
        let container = located.as_ref().and_then(|located| located.container);
        let written = match container {
            Some(container) => view.object(container).map_or(0, |own| own.range.start),
            None => start,
        };
        let again = !self.seen.insert((dictionary, start));
        let dict = field.value.clone().unwrap_or_default();
        let packed = container.is_some();
        let mut known = self.known(&dict, dictionary, packed, self.file.revision_of(written));
        known.present = true;
        known.signed.name.clone_from(&field.name);
        known.field = field.id;
        known.locks = claims::locks(view, &dict, field.id);
        if again {
            known.signed.findings.push(
                Finding::new(Reason::SignaturesOverlap, "two fields have this signature")
                    .object(dictionary),
            );
        }
        if let Some(id) = field.id {
            known.signed.place = self.place(view, id);
        }
        self.known.push(known);
    }

    /// Signature dictionaries that no field of the newest revision has.
    fn hidden(&mut self, survey: &Survey, structure: &mut Structure) {
        let mut fields: HashMap<usize, Vec<SignatureField>> = HashMap::new();
        for candidate in &survey.candidates {
            if self.is_seen(candidate) {
                continue;
            }
            let room = fields.len() < OLDER;
            let older = fields.entry(candidate.revision).or_insert_with(|| {
                let view = self.file.at(candidate.revision).filter(|_| room);
                view.and_then(|view| view.signatures().ok())
                    .map(|found| found.fields)
                    .unwrap_or_default()
            });
            let field = older.iter().find(|field| {
                let own = field.value_id.or(field.id);
                own == Some(candidate.id)
            });
            if field.is_none() && self.is_permission(candidate) {
                structure.warnings.push(
                    Finding::new(
                        Reason::SignatureUnreachable,
                        "a usage rights signature, which says nothing about the document",
                    )
                    .object(candidate.id),
                );
                continue;
            }
            let mut known = self.known(
                &candidate.dict,
                candidate.id,
                candidate.packed,
                candidate.revision,
            );
            match (field, self.file.at(candidate.revision)) {
                (Some(field), Some(view)) => {
                    known.signed.name.clone_from(&field.name);
                    known.field = field.id;
                    known.locks = claims::locks(view, &candidate.dict, field.id);
                }
                _ => known.signed.findings.push(
                    Finding::new(
                        Reason::SignatureUnreachable,
                        "a signature dictionary that no field leads to",
                    )
                    .object(candidate.id),
                ),
            }
            self.known.push(known);
        }
    }

    fn is_seen(&self, candidate: &Candidate) -> bool {
        // Where the object stands tells versions of one number apart; a field's own direct value is its field.
        self.known.iter().any(|known| {
            known.signed.dictionary == candidate.id && known.written == candidate.revision
        })
    }

    /// True of the dictionaries of usage rights (ISO 32000-1, 12.8.2.3).
    fn is_permission(&self, candidate: &Candidate) -> bool {
        let Some(view) = self.file.at(candidate.revision) else {
            return false;
        };
        let Ok(catalog) = view.catalog() else {
            return false;
        };
        let perms = view.get(&catalog, "Perms").ok();
        let perms = perms.as_ref().and_then(|perms| perms.as_dict());
        perms.is_some_and(|perms| {
            ["UR", "UR3"].iter().any(|key| {
                perms.get(key).and_then(Object::as_ref_id) == Some(candidate.id)
                    || perms.get(key).and_then(Object::as_dict) == Some(&candidate.dict)
            })
        })
    }

    fn known(&self, dict: &Dict, dictionary: ObjectId, packed: bool, written: usize) -> Known {
        let Coverage {
            signed,
            revision,
            contents,
            mut findings,
        } = coverage::check(self.file, dict, packed);
        for finding in &mut findings {
            finding.object.get_or_insert(dictionary);
        }
        let resolve = |key: &str| {
            let view = self.file.at(written)?;
            view.get(dict, key).ok().map(std::borrow::Cow::into_owned)
        };
        let name = |key: &str| resolve(key)?.as_name().map(ToString::to_string);
        let subfilter = name("SubFilter").unwrap_or_default();
        let timestamp = dict.is("Type", "DocTimeStamp") || subfilter == "ETSI.RFC3161";
        let [_, second] = &signed;
        let covers_whole_file = second.end == self.file.file_len() && second.end > 0;
        let text = |key: &str| claims::text(resolve(key));
        Known {
            signed: SignedField {
                name: String::new(),
                dictionary,
                kind: if timestamp {
                    Kind::DocumentTimestamp
                } else {
                    Kind::Signature
                },
                subfilter,
                contents,
                signed,
                revision: revision.unwrap_or(written) + 1,
                covers_whole_file,
                claimed_time: text("M"),
                claims: super::Claims {
                    name: text("Name"),
                    reason: text("Reason"),
                    location: text("Location"),
                },
                place: None,
                certification: self
                    .file
                    .at(written)
                    .and_then(|view| claims::certification(view, dict)),
                findings,
                after: super::After::default(),
            },
            written,
            field: None,
            locks: Vec::new(),
            present: false,
        }
    }

    /// Where the first widget of the field `id` stands that shows anything.
    fn place(&mut self, view: &Document, id: ObjectId) -> Option<(usize, Rectangle)> {
        let field = view.object(id).ok()?.value;
        let dict = field.as_dict()?;
        let kids = view.get(dict, "Kids").ok()?.into_owned();
        let mut widgets = vec![id];
        widgets.extend(
            kids.as_array()
                .unwrap_or_default()
                .iter()
                .take(64)
                .filter_map(Object::as_ref_id),
        );
        widgets.into_iter().find_map(|widget| {
            let object = view.object(widget).ok()?.value;
            let rectangle = rectangle(view, object.as_dict()?)?;
            let page = *self
                .pages
                .get_or_insert_with(|| widgets_of(view))
                .get(&widget)?;
            Some((page, rectangle))
        })
    }
}

/// Every annotation of every page, with its page from 1.
pub(crate) fn widgets_of(view: &Document) -> HashMap<ObjectId, usize> {
    let mut found = HashMap::new();
    for (index, id) in view.page_ids().unwrap_or_default().into_iter().enumerate() {
        let Ok(page) = view.object(id) else { continue };
        let Some(annotations) = page
            .value
            .as_dict()
            .and_then(|page| view.get(page, "Annots").ok())
        else {
            continue;
        };
        for annotation in annotations.as_array().unwrap_or_default() {
            if let Some(id) = annotation.as_ref_id() {
                found.entry(id).or_insert(index + 1);
            }
        }
    }
    found
}

/// Only the first signature may certify (ISO 32000-2, 12.8.2.2.1).
fn first_certifies(known: &mut [Known]) {
    let signatures = known
        .iter_mut()
        .filter(|known| known.present && known.signed.kind == Kind::Signature);
    for later in signatures.skip(1) {
        if later.signed.certification.is_some() {
            later.signed.findings.push(Finding::new(
                Reason::CertificationViolated,
                "certifies although it is not the first signature",
            ));
        }
    }
}
