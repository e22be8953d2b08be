//! Empty signature fields: found, filled, and made ahead for those who sign later (ISO 32000-2, 12.7.5.5).
//!
//! A certification lets later signers fill fields, and readers differ on whether they may make visible ones. So whoever signs
//! first makes the fields of those who follow.

use saoy_pdf::{Append, Dict, Document, Name, Object, ObjectId, Page, PdfError, Rectangle};

use super::SignError;
use super::edit::Edit;
use crate::structure::widgets_of;

/// A signature field that nobody has signed yet.
#[derive(Clone, Debug, PartialEq)]
pub struct EmptyField {
    /// Its full name.
    pub name: String,
    /// Its page, from 0, and where it stands there in the page's own units and turn; `None` when it shows nothing.
    pub place: Option<(usize, Rectangle)>,
    /// Whether a signature in it ends all: its `/Lock` has P 1.
    pub is_final: bool,
    id: ObjectId,
    /// What of it stands on a page; the field itself, or its one kid.
    widget: ObjectId,
    lock: Option<Dict>,
    /// Whether it has seed values that a signer must heed (table 237).
    demands: bool,
}

/// Why a field cannot be signed as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FieldTrouble {
    /// What is to show does not stand where the field does.
    #[error("it stands elsewhere on the pages than what is to show")]
    Elsewhere,
    /// It has no place on a page, or several.
    #[error("it does not stand in exactly one place")]
    NoPlace,
    /// Its maker asks for something that this program does not know how to do.
    #[error("it has demands on its signature (/SV) that are not understood")]
    Demands,
    /// The signature is to end it all, and the field has no lock.
    #[error("it was made without a lock, and cannot get one after a signature")]
    NoLock,
}

/// The empty signature fields of `document`'s form.
///
/// # Errors
/// When the form or the pages cannot be read.
pub fn empty_fields(document: &Document) -> Result<Vec<EmptyField>, PdfError> {
    let fields = document.signatures()?.fields;
    let empty = fields
        .into_iter()
        .filter(|field| field.value.is_none() && field.value_id.is_none() && field.in_form);
    let empty: Vec<(String, ObjectId)> = empty
        .filter_map(|field| Some((field.name, field.id?)))
        .collect();
    if empty.is_empty() {
        return Ok(Vec::new());
    }
    let pages = widgets_of(document);
    empty
        .into_iter()
        .map(|(name, id)| {
            let located = document.object(id)?;
            let field = located.value.as_dict().cloned().unwrap_or_default();
            let kids = document.get(&field, "Kids")?.into_owned();
            let widget = match kids.as_array().unwrap_or_default() {
                [only] => only.as_ref_id().unwrap_or(id),
                _ => id,
            };
            let shown = document.object(widget)?;
            let rectangle = shown
                .value
                .as_dict()
                .and_then(|widget| crate::structure::rectangle_of(document, widget));
            let page = pages.get(&widget).and_then(|page| page.checked_sub(1));
            let lock = document.get(&field, "Lock")?.as_dict().cloned();
            let ends = match &lock {
                Some(lock) => document.get(lock, "P")?.as_integer() == Some(1),
                None => false,
            };
            let seeds = document.get(&field, "SV")?.into_owned();
            let demands = match seeds.as_dict() {
                Some(seeds) => document.get(seeds, "Ff")?.as_integer().unwrap_or(0) != 0,
                None => false,
            };
            Ok(EmptyField {
                name,
                place: page.zip(rectangle),
                is_final: ends,
                id,
                widget,
                lock,
                demands,
            })
        })
        .collect()
}

impl EmptyField {
    /// That of this name, when there is one.
    pub(super) fn named(document: &Document, name: &str) -> Result<Option<Self>, PdfError> {
        let mut fields = empty_fields(document)?.into_iter();
        Ok(fields.find(|field| field.name == name))
    }

    /// Whether a signature that shows at `at`, or nowhere, may go into it, ending it all where `ends` is set.
    pub(super) fn check(
        &self,
        at: Option<(usize, Rectangle)>,
        ends: bool,
    ) -> Result<(), FieldTrouble> {
        if self.demands {
            return Err(FieldTrouble::Demands);
        }
        if ends && !self.is_final {
            return Err(FieldTrouble::NoLock);
        }
        let Some((page, wanted)) = at else {
            return Ok(());
        };
        let (own, there) = self.place.ok_or(FieldTrouble::NoPlace)?;
        let near = |a: f64, b: f64| (a - b).abs() < 0.01;
        let same = near(wanted.left, there.left)
            && near(wanted.bottom, there.bottom)
            && near(wanted.right, there.right)
            && near(wanted.top, there.top);
        if own != page || !same {
            return Err(FieldTrouble::Elsewhere);
        }
        Ok(())
    }

    /// Puts the signature `value` into it, and `look` where there is one. Nothing else of it changes.
    pub(super) fn fill(
        &self,
        document: &Document,
        edit: &mut Edit,
        value: ObjectId,
        look: Option<ObjectId>,
    ) -> Result<(), PdfError> {
        let dict = |id: ObjectId| -> Result<Dict, PdfError> {
            let located = document.object(id)?;
            Ok(located.value.as_dict().cloned().unwrap_or_default())
        };
        let mut field = dict(self.id)?;
        field.set("V", Object::Ref(value));
        if let Some(look) = look {
            let shows = appearance(look);
            if self.widget == self.id {
                field.set("AP", shows);
            } else {
                let mut widget = dict(self.widget)?;
                widget.set("AP", shows);
                edit.replace(self.widget, Object::Dict(widget));
            }
        }
        edit.replace(self.id, Object::Dict(field));
        Ok(())
    }

    /// The parameters of the lock that its signature must bear (12.7.5.5): what the field says, but for the P that only the
    /// field has.
    pub(super) fn lock_parameters(&self) -> Option<Dict> {
        let mut lock = self.lock.clone()?;
        lock.remove("P");
        lock.set("Type", Object::Name(Name::new("TransformParams")));
        lock.set("V", Object::Name(Name::new("1.2")));
        Some(lock)
    }
}

/// A visible field to be made, with the first signature, for somebody who signs later.
#[derive(Clone, Debug, PartialEq)]
pub struct Reserved {
    /// The name it should have; a number is added where it is taken.
    pub name: String,
    /// The page, from 0; that behind the last where the signature's appearance gets a page of its own.
    pub page: usize,
    /// Where, in the page's own units and turn.
    pub rectangle: Rectangle,
    /// Width and height as the page is shown, pt.
    pub size: (f64, f64),
    /// Whether its signature ends it all.
    pub is_final: bool,
}

impl Reserved {
    /// A field at `place` of `page`, in pt from the top left corner of the page as it is shown. `None` when that is not on the
    /// page.
    pub fn on(page: &Page, place: super::appearance::Place, name: &str) -> Option<Self> {
        let rectangle = super::appearance::rectangle_at(page, place)?;
        let [_, _, width, height] = place;
        Some(Self {
            name: name.to_owned(),
            page: page.index,
            rectangle,
            size: (width, height),
            is_final: false,
        })
    }

    /// What stands on its page until then: nothing, but PDF/A wants that to be said (ISO 19005-2, 6.3.3).
    pub(super) fn put_look(&self, append: &mut Append) -> Result<ObjectId, SignError> {
        let name = |text: &str| Object::Name(Name::new(text));
        let look = append.alloc()?;
        let (width, height) = self.size;
        let mut form = Dict::new();
        form.set("Type", name("XObject"));
        form.set("Subtype", name("Form"));
        let corners = [0.0, 0.0, width, height].map(Object::Real);
        form.set("BBox", Object::Array(corners.into()));
        form.set("Resources", Object::Dict(Dict::new()));
        append.put_stream(look, &form, b"")?;
        Ok(look)
    }
}

/// `/AP` with one state.
pub(super) fn appearance(look: ObjectId) -> Object {
    let mut shows = Dict::new();
    shows.set("N", Object::Ref(look));
    Object::Dict(shows)
}
