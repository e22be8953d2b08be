//! Two revisions that follow each other, walked side by side from the trailer.

use std::collections::{HashMap, HashSet};

use saoy_pdf::{Dict, Document, Object, ObjectId, PdfError, Rectangle};

use super::Signer;
use crate::structure::{Change, Changed, Kind};

/// The longest metadata read for its title, in bytes; the longest met (with thumbnails) have 300 kB.
const METADATA: usize = 1 << 20;

/// The comparison of one revision with the one before.
pub(super) struct Step<'a, 's> {
    pub(super) old: &'a Document,
    pub(super) new: &'a Document,
    /// From 1.
    pub(super) revision: usize,
    /// The signatures made in it.
    pub(super) signers: &'s [&'s Signer],
    /// Numbers of the objects that it changed.
    pub(super) changed: HashSet<u32>,
    /// These, and all that lead to them.
    pub(super) touched: HashSet<u32>,
    /// Pages that are there before and after.
    pub(super) pages: HashSet<ObjectId>,
    pub(super) changes: Vec<Change>,
    /// Widgets of the fields that were signed in it, with the signature, and of those that it added empty.
    pub(super) own_widgets: HashMap<ObjectId, Option<&'s Signer>>,
    /// Fields that were compared as fields.
    pub(super) fields: HashSet<ObjectId>,
    pub(super) budget: &'s mut usize,
    /// Appearances of its signatures: page, rectangle, field.
    pub(super) visible: Vec<(usize, Rectangle, String)>,
    /// Annotations and their pages, once they were asked for.
    pub(super) widgets: Option<HashMap<ObjectId, usize>>,
}

impl Step<'_, '_> {
    /// True when a signature that is no document timestamp was made in this revision.
    pub(super) fn signed(&self) -> bool {
        self.signer().is_some()
    }

    fn signer(&self) -> Option<&Signer> {
        let mut signers = self.signers.iter();
        signers
            .find(|signer| signer.kind == Kind::Signature)
            .copied()
    }

    pub(super) fn spend(&mut self) -> Result<(), PdfError> {
        match self.budget.checked_sub(1) {
            Some(rest) => {
                *self.budget = rest;
                Ok(())
            }
            None => Err(PdfError::Limit {
                at: self.new.file_len(),
                what: "values compared between revisions",
                limit: super::BUDGET as u64,
            }),
        }
    }

    /// Notes a change.
    pub(super) fn tell(
        &mut self,
        kind: Changed,
        object: Option<ObjectId>,
        page: Option<usize>,
        detail: impl Into<String>,
    ) {
        let change = Change {
            revision: self.revision,
            kind,
            object,
            page,
            explained_by: None,
            field: None,
            fills: false,
            annotates: false,
            stamped: false,
            detail: detail.into(),
        };
        self.push(change);
    }

    pub(super) fn push(&mut self, change: Change) {
        // Twice what is told, so that the gravest are among them when it is cut.
        let grave = change.kind == Changed::Other;
        if self.changes.len() < 2 * super::TOLD || grave && self.changes.len() < 4 * super::TOLD {
            self.changes.push(change);
        }
    }

    /// Notes a change that a signature of this revision explains; without one it is `otherwise`.
    pub(super) fn explain(
        &mut self,
        otherwise: Changed,
        object: Option<ObjectId>,
        page: Option<usize>,
        detail: impl Into<String>,
    ) -> Option<&mut Change> {
        let by = self.signer().map(|signer| signer.name.clone());
        let kind = if by.is_some() {
            Changed::LaterSignature
        } else {
            otherwise
        };
        self.tell(kind, object, page, detail);
        let change = self.changes.last_mut()?;
        change.explained_by = by;
        Some(change)
    }

    /// Notes a part of a new signature or document timestamp: its field, its entry in the form, its widget.
    pub(super) fn part_of(
        &mut self,
        signer: &Signer,
        object: Option<ObjectId>,
        page: Option<usize>,
        detail: impl Into<String>,
    ) -> Option<&mut Change> {
        let kind = match signer.kind {
            Kind::Signature => Changed::LaterSignature,
            Kind::DocumentTimestamp => Changed::LongTermData,
        };
        self.tell(kind, object, page, detail);
        let change = self.changes.last_mut()?;
        change.explained_by = Some(signer.name.clone());
        change.field = Some(signer.name.clone());
        Some(change)
    }

    /// Notes something that comes with any signature of this revision; without one it is `otherwise`. A timestamp alone
    /// brings what its field needs, and nothing that counts as tampering.
    pub(super) fn with_any(
        &mut self,
        otherwise: Changed,
        object: Option<ObjectId>,
        page: Option<usize>,
        detail: impl Into<String>,
    ) {
        let timestamp = self.signers.first().map(|signer| signer.name.clone());
        match timestamp.filter(|_| !self.signed() && otherwise != Changed::Other) {
            Some(name) => {
                self.tell(Changed::LongTermData, object, page, detail);
                if let Some(change) = self.changes.last_mut() {
                    change.explained_by = Some(name);
                }
            }
            None => {
                self.explain(otherwise, object, page, detail);
            }
        }
    }

    /// Remembers an appearance of a signature. Timestamps have none: one that shows something is an annotation.
    pub(super) fn shows(
        &mut self,
        page: usize,
        rectangle: Rectangle,
        object: ObjectId,
        signer: &Signer,
    ) {
        self.visible.push((page, rectangle, signer.name.clone()));
        if signer.kind == Kind::DocumentTimestamp {
            let detail = format!("the timestamp {} shows something", signer.name);
            self.tell(Changed::Annotation, Some(object), Some(page), detail);
        }
    }

    /// Compares all that the trailers lead to.
    pub(super) fn trailers(&mut self, old: &Dict, new: &Dict) -> Result<(), PdfError> {
        let (before, after) = (self.old.catalog()?, self.new.catalog()?);
        let root = new.get("Root").and_then(Object::as_ref_id);
        self.catalog(&before, &after, root)?;
        let (before, after) = (value(old, "Info"), value(new, "Info"));
        if !self.equal(before, after)? {
            self.information(before, after)?;
        }
        if old.contains("Encrypt") != new.contains("Encrypt") {
            self.tell(Changed::Other, None, None, "encryption");
        }
        Ok(())
    }

    fn catalog(&mut self, old: &Dict, new: &Dict, root: Option<ObjectId>) -> Result<(), PdfError> {
        let stored = !self.equal(value(old, "DSS"), value(new, "DSS"))?;
        for key in keys(old, new) {
            let (before, after) = (value(old, &key), value(new, &key));
            // The form first: pages ask which widgets belong to it.
            if matches!(key.as_slice(), b"Pages" | b"AcroForm" | b"Type")
                || self.equal(before, after)?
            {
                continue;
            }
            let name = String::from_utf8_lossy(&key).into_owned();
            match key.as_slice() {
                b"DSS" => self.tell(Changed::LongTermData, root, None, "document security store"),
                b"Extensions" | b"Version" => {
                    let otherwise = if stored {
                        Changed::LongTermData
                    } else {
                        Changed::Other
                    };
                    self.with_any(otherwise, root, None, format!("catalog /{name}"));
                }
                b"Metadata" => self.metadata(before, after, stored)?,
                b"PieceInfo" | b"Legal" => {
                    self.explain(Changed::Other, root, None, format!("catalog /{name}"));
                }
                b"Perms" => self.permissions(before, after, root)?,
                b"StructTreeRoot" if self.grown_tree(before, after)? => {
                    self.with_any(Changed::Other, root, None, "structure tree added to");
                }
                _ => self.tell(Changed::Other, root, None, format!("catalog /{name}")),
            }
        }
        self.form(value(old, "AcroForm"), value(new, "AcroForm"))?;
        self.pages(old, new)
    }

    /// `/Info`: who made the file with what, and when. Only the title is shown to who reads.
    fn information(&mut self, old: &Object, new: &Object) -> Result<(), PdfError> {
        let id = new.as_ref_id();
        let (before, after) = (self.dict(self.old, old)?, self.dict(self.new, new)?);
        let same_title = self.equal(value(&before, "Title"), value(&after, "Title"))?;
        let plain = after
            .iter()
            .all(|entry| matches!(entry.value, Object::String(_) | Object::Name(_)));
        let otherwise = if same_title && plain {
            Changed::LongTermData
        } else {
            Changed::Other
        };
        self.with_any(otherwise, id, None, "document information");
        Ok(())
    }

    /// `/Metadata` shows on no page; only its title is shown to who reads.
    fn metadata(&mut self, old: &Object, new: &Object, stored: bool) -> Result<(), PdfError> {
        let titles = (self.title(self.old, old)?, self.title(self.new, new)?);
        let same_title = titles.0.is_some() && titles.0 == titles.1;
        let otherwise = if stored || same_title {
            Changed::LongTermData
        } else {
            Changed::Other
        };
        self.with_any(otherwise, new.as_ref_id(), None, "metadata");
        Ok(())
    }

    /// The title that metadata gives, as written, empty without one; `None` when it cannot be read.
    fn title(&self, view: &Document, metadata: &Object) -> Result<Option<Vec<u8>>, PdfError> {
        let resolved = view.resolve(metadata)?;
        let Some(stream) = resolved
            .as_stream()
            .filter(|own| own.dict.is("Type", "Metadata"))
        else {
            return Ok(None);
        };
        let Ok(text) = view.decoded(stream, METADATA) else {
            return Ok(None);
        };
        let find = |needle: &[u8]| text.windows(needle.len()).position(|own| own == needle);
        let title = match (find(b"<dc:title"), find(b"</dc:title")) {
            (Some(from), Some(to)) => text.get(from..to).unwrap_or_default().to_vec(),
            _ => Vec::new(),
        };
        Ok(Some(title))
    }

    /// `/Perms`: a certification comes with its signature; usage rights go when a document is signed elsewhere.
    fn permissions(
        &mut self,
        old: &Object,
        new: &Object,
        root: Option<ObjectId>,
    ) -> Result<(), PdfError> {
        let (before, after) = (self.dict(self.old, old)?, self.dict(self.new, new)?);
        for key in keys(&before, &after) {
            let (was, is) = (value(&before, &key), value(&after, &key));
            if self.equal(was, is)? {
                continue;
            }
            let name = String::from_utf8_lossy(&key).into_owned();
            let own = self
                .signers
                .iter()
                .any(|signer| is.as_ref_id() == Some(signer.dictionary));
            if key == b"DocMDP" && *was == Object::Null && own
                || key.starts_with(b"UR") && *is == Object::Null
            {
                self.explain(Changed::Other, root, None, format!("permission /{name}"));
            } else {
                self.tell(Changed::Other, root, None, format!("permission /{name}"));
            }
        }
        Ok(())
    }

    /// The dictionary that `object` is in `view`; an empty one when it is none.
    pub(super) fn dict(&self, view: &Document, object: &Object) -> Result<Dict, PdfError> {
        let resolved = view.resolve(object)?;
        Ok(resolved.as_dict().cloned().unwrap_or_default())
    }

    /// The array that `object` is in `view`; a single value counts as an array of one, null as an empty one.
    pub(super) fn list(&self, view: &Document, object: &Object) -> Result<Vec<Object>, PdfError> {
        Ok(match view.resolve(object)?.into_owned() {
            Object::Array(values) => values,
            Object::Null => Vec::new(),
            _ => vec![object.clone()],
        })
    }
}

/// The keys of both, each once, in the order of the file.
pub(super) fn keys(old: &Dict, new: &Dict) -> Vec<Vec<u8>> {
    let mut keys: Vec<Vec<u8>> = Vec::new();
    let mut seen = HashSet::new();
    for entry in old.iter().chain(new) {
        if seen.insert(entry.key.as_bytes()) {
            keys.push(entry.key.as_bytes().to_vec());
        }
    }
    keys
}

/// The value of `key`, null when it is not there.
pub(super) fn value(dict: &Dict, key: impl AsRef<[u8]>) -> &Object {
    const NULL: &Object = &Object::Null;
    dict.get(key).unwrap_or(NULL)
}
