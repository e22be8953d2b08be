//! Whether a document is signed, and where: signature fields of the form and of the pages (ISO 32000-1, 12.7.4.5).

use std::{collections::HashSet, ops::Range};

use crate::{
    document::Document,
    error::PdfError,
    limits,
    object::{Dict, Object, ObjectId},
    repair::Repair,
};

/// One signature field.
#[derive(Clone, Debug, PartialEq)]
pub struct SignatureField {
    /// The fully qualified name: partial names joined by points, as the file's bytes mean them.
    pub name: String,
    /// The field's object, when it has one of its own.
    pub id: Option<ObjectId>,
    /// The signature dictionary's object, when it is not written into the field.
    pub value_id: Option<ObjectId>,
    /// The signature dictionary; `None` in a field that is not signed yet.
    pub value: Option<Dict>,
    /// `/ByteRange`: offsets and lengths of the signed bytes, as they are written.
    pub byte_range: Vec<i64>,
    /// Where the value of `/Contents` stands in the file, with its angle brackets.
    pub contents_range: Option<Range<u64>>,
    /// False when only a page's annotations lead to the field.
    pub in_form: bool,
}

/// What a document holds of signatures.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Signatures {
    /// The signature fields, signed or not.
    pub fields: Vec<SignatureField>,
    /// `/SigFlags` of the form: bit 1 signatures exist, bit 2 only to be appended to (table 219).
    pub flags: i64,
    /// True when the catalog's `/Perms` names a signature (certification, usage rights).
    pub permissions: bool,
}

impl Signatures {
    /// True when anything says that the document is signed. An empty signature field says no such thing.
    pub fn any(&self) -> bool {
        self.permissions
            || self.flags & 1 != 0
            || self.fields.iter().any(|field| field.value.is_some())
    }
}

impl Document {
    /// True when the document is signed in any way and must not be rewritten.
    ///
    /// # Errors
    /// As [`Self::signatures`].
    pub fn has_signatures(&self) -> Result<bool, PdfError> {
        self.signatures().map(|signatures| signatures.any())
    }

    /// The signature fields and flags.
    ///
    /// # Errors
    /// When the catalog or the page tree is damaged, or there are too many fields.
    pub fn signatures(&self) -> Result<Signatures, PdfError> {
        let catalog = self.catalog()?;
        let mut search = Search {
            document: self,
            visited: HashSet::new(),
            found: Signatures::default(),
            seen: 0,
        };
        search.found.permissions = self
            .lenient(&catalog, "Perms")
            .as_dict()
            .is_some_and(|perms| perms.iter().any(|entry| entry.value != Object::Null));
        if let Some(form) = self.lenient(&catalog, "AcroForm").as_dict() {
            search.found.flags = self.lenient(form, "SigFlags").as_integer().unwrap_or(0);
            if let Object::Array(fields) = self.lenient(form, "Fields") {
                search.tree(fields)?;
            }
        }
        search.pages()?;
        Ok(search.found)
    }

    /// The value of `key`; what is damaged counts as null and is noted.
    fn lenient(&self, dict: &Dict, key: &str) -> Object {
        self.get(dict, key).map_or_else(
            |_| {
                self.input().note(Repair::FieldTree {
                    id: None,
                    what: "an unreadable value",
                });
                Object::Null
            },
            std::borrow::Cow::into_owned,
        )
    }
}

/// What a field hands down to its kids (table 220).
#[derive(Clone, Default)]
struct Inherited {
    name: String,
    kind: Option<Object>,
    value: Option<(Object, Range<u64>)>,
    depth: usize,
}

struct Search<'a> {
    document: &'a Document,
    visited: HashSet<ObjectId>,
    found: Signatures,
    seen: usize,
}

impl Search<'_> {
    fn tree(&mut self, fields: Vec<Object>) -> Result<(), PdfError> {
        let mut queue: Vec<(Object, Inherited)> = fields
            .into_iter()
            .rev()
            .map(|field| (field, Inherited::default()))
            .collect();
        while let Some((field, inherited)) = queue.pop() {
            let Some((id, dict)) = self.node(&field)? else {
                continue;
            };
            let own = self.merge(&dict, &inherited);
            let kids = match self.document.lenient(&dict, "Kids") {
                Object::Array(kids) if !kids.is_empty() => kids,
                _ => Vec::new(),
            };
            // Kids without a partial name are the field's own widgets (12.7.3.1).
            let is_terminal =
                kids.is_empty() || own.kind.as_ref().is_some_and(|kind| kind.is_name("Sig"));
            if is_terminal {
                self.terminal(id, &own, true);
            }
            if !kids.is_empty() && own.depth >= limits::TREE_DEPTH {
                self.document.input().note(Repair::FieldTree {
                    id,
                    what: "nested too deeply",
                });
                continue;
            }
            let for_kids = if is_terminal {
                Inherited {
                    value: None,
                    kind: None,
                    ..own
                }
            } else {
                own
            };
            queue.extend(kids.into_iter().rev().map(|kid| (kid, for_kids.clone())));
        }
        Ok(())
    }

    /// Widgets of signature fields that no form knows.
    fn pages(&mut self) -> Result<(), PdfError> {
        let document = self.document;
        let pages: Vec<ObjectId> = document.page_tree()?.ids().collect();
        for id in pages {
            let Some(page) = document
                .object(id)
                .ok()
                .and_then(|page| page.value.as_dict().cloned())
            else {
                continue;
            };
            let Object::Array(annotations) = document.lenient(&page, "Annots") else {
                continue;
            };
            for annotation in annotations {
                if annotation
                    .as_ref_id()
                    .is_some_and(|id| self.visited.contains(&id))
                {
                    continue;
                }
                let Some((id, dict)) = self.node(&annotation)? else {
                    continue;
                };
                let own = self.merge(&dict, &Inherited::default());
                self.terminal(id, &own, false);
            }
        }
        Ok(())
    }

    fn node(&mut self, field: &Object) -> Result<Option<(Option<ObjectId>, Dict)>, PdfError> {
        self.seen += 1;
        if self.seen > limits::FIELDS {
            let limit = limits::FIELDS as u64;
            return Err(PdfError::Limit {
                at: self.document.file_len(),
                what: "form fields",
                limit,
            });
        }
        let id = field.as_ref_id();
        if id.is_some_and(|id| !self.visited.insert(id)) {
            self.document.input().note(Repair::FieldTree {
                id,
                what: "a field that was there before",
            });
            return Ok(None);
        }
        match self
            .document
            .resolve(field)
            .map(std::borrow::Cow::into_owned)
        {
            Ok(Object::Dict(dict)) => Ok(Some((id, dict))),
            _ => {
                self.document.input().note(Repair::FieldTree {
                    id,
                    what: "no readable dictionary",
                });
                Ok(None)
            }
        }
    }

    fn merge(&self, dict: &Dict, above: &Inherited) -> Inherited {
        let mut name = above.name.clone();
        if let Some(part) = self.document.lenient(dict, "T").as_string()
            // A tree of a thousand levels of long names would otherwise take their square.
            && name.len() < 4096
        {
            if !name.is_empty() {
                name.push('.');
            }
            name.push_str(&text(part));
        }
        let kind = if dict.contains("FT") {
            Some(self.document.lenient(dict, "FT"))
        } else {
            above.kind.clone()
        };
        let value = dict.entry("V").filter(|entry| entry.value != Object::Null);
        let value = value
            .map(|entry| (entry.value.clone(), entry.range.clone()))
            .or_else(|| above.value.clone());
        Inherited {
            name,
            kind,
            value,
            depth: above.depth + 1,
        }
    }

    fn terminal(&mut self, id: Option<ObjectId>, field: &Inherited, in_form: bool) {
        let is_signature_field = field.kind.as_ref().is_some_and(|kind| kind.is_name("Sig"));
        let value_id = field
            .value
            .as_ref()
            .and_then(|(value, _)| value.as_ref_id());
        let value = field.value.as_ref().and_then(|(value, _)| {
            match self.document.resolve(value).ok()?.into_owned() {
                Object::Dict(dict) => Some(dict),
                _ => None,
            }
        });
        // A value with a byte range is a signature whatever the field calls itself.
        let signs = value
            .as_ref()
            .is_some_and(|value| value.contains("ByteRange"));
        if !is_signature_field && !signs {
            return;
        }
        let byte_range = value
            .as_ref()
            .map(|value| self.document.lenient(value, "ByteRange"));
        let byte_range = byte_range
            .as_ref()
            .and_then(Object::as_array)
            .unwrap_or_default();
        let byte_range = byte_range
            .iter()
            .take(64)
            .filter_map(Object::as_integer)
            .collect();
        let contents = value.as_ref().and_then(|value| value.entry("Contents"));
        let contents_range = contents
            .map(|entry| entry.range.clone())
            .filter(|_| self.is_in_file(value_id.or(id)));
        let name = field.name.clone();
        self.found.fields.push(SignatureField {
            name,
            id,
            value_id,
            value,
            byte_range,
            contents_range,
            in_form,
        });
    }

    /// Ranges of objects in object streams are none of the file.
    fn is_in_file(&self, id: Option<ObjectId>) -> bool {
        id.and_then(|id| self.document.object(id).ok())
            .is_some_and(|located| located.container.is_none())
    }
}

/// A text string: UTF-16 with a mark, or bytes read as Latin-1 (7.9.2.2).
pub fn text(bytes: &[u8]) -> String {
    if let Some(utf16) = bytes.strip_prefix(&[0xFE, 0xFF]) {
        let units = utf16.chunks_exact(2).map(|pair| {
            pair.iter()
                .fold(0_u16, |unit, byte| unit << 8 | u16::from(*byte))
        });
        return char::decode_utf16(units)
            .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect();
    }
    if let Some(utf8) = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]) {
        return String::from_utf8_lossy(utf8).into_owned();
    }
    bytes.iter().copied().map(char::from).collect()
}
