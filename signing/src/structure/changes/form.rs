//! The form compared: fields filled, signed, added or tampered with.

use std::collections::HashMap;

use saoy_pdf::{Dict, Object, ObjectId, PdfError};

use super::{
    Signer,
    step::{Step, keys, value},
};
use crate::structure::{Changed, find};

/// Depth of the field tree.
const DEPTH: usize = 64;

/// What fields hand down (ISO 32000-1, table 220).
#[derive(Clone, Default)]
struct Above {
    name: String,
    kind: Option<Object>,
    depth: usize,
}

impl<'s> Step<'_, 's> {
    pub(super) fn form(&mut self, old: &Object, new: &Object) -> Result<(), PdfError> {
        if self.equal(old, new)? {
            return Ok(());
        }
        let at = new.as_ref_id();
        let (before, after) = (self.dict(self.old, old)?, self.dict(self.new, new)?);
        if after.is_empty() && !before.is_empty() {
            self.tell(Changed::Other, at, None, "the form is gone");
            return Ok(());
        }
        for key in keys(&before, &after) {
            let (was, is) = (value(&before, &key), value(&after, &key));
            if key == b"Fields" || self.equal(was, is)? {
                continue;
            }
            let name = String::from_utf8_lossy(&key).into_owned();
            let detail = format!("form /{name}");
            match key.as_slice() {
                b"SigFlags" => self.with_any(Changed::FormFill, at, None, detail),
                b"DA" | b"Q" if *was == Object::Null => {
                    self.with_any(Changed::FormFill, at, None, detail);
                }
                b"DR" if self.more_resources(was, is)? => {
                    self.with_any(Changed::FormFill, at, None, detail);
                }
                b"DR" if self.signed() => self.with_any(Changed::Other, at, None, detail),
                b"NeedAppearances" => self.with_any(Changed::FormFill, at, None, detail),
                _ => self.tell(Changed::Other, at, None, detail),
            }
        }
        let (was, is) = (value(&before, "Fields"), value(&after, "Fields"));
        let (was, is) = (self.list(self.old, was)?, self.list(self.new, is)?);
        self.field_lists(&was, &is, &Above::default())
    }

    /// Two lists of fields or widgets.
    fn field_lists(
        &mut self,
        old: &[Object],
        new: &[Object],
        above: &Above,
    ) -> Result<(), PdfError> {
        if above.depth > DEPTH {
            self.tell(Changed::Other, None, None, "a form nested too deeply");
            return Ok(());
        }
        let ids = |list: &[Object]| -> HashMap<ObjectId, ()> {
            list.iter()
                .filter_map(|field| Some((field.as_ref_id()?, ())))
                .collect()
        };
        let (before, after) = (ids(old), ids(new));
        for field in old {
            let gone = field.as_ref_id().is_none_or(|id| !after.contains_key(&id));
            if gone && !(field.as_ref_id().is_none() && new.contains(field)) {
                let detail = format!("a field of {} is gone", named(&above.name));
                self.tell(Changed::Other, field.as_ref_id(), None, detail);
            }
        }
        for field in new {
            self.spend()?;
            match field.as_ref_id() {
                Some(id) if before.contains_key(&id) => {
                    if !self.is_untouched(id) {
                        self.field(id, above)?;
                    }
                }
                None if old.contains(field) => {}
                _ => self.added_field(field, above)?,
            }
        }
        Ok(())
    }

    fn added_field(&mut self, field: &Object, above: &Above) -> Result<(), PdfError> {
        let id = field.as_ref_id();
        let dict = self.dict(self.new, field)?;
        if id.is_some_and(|id| !self.fields.insert(id)) {
            return Ok(());
        }
        // A number that was something else before is no new object.
        let reused = id.is_some_and(|id| {
            self.old
                .object(id)
                .is_ok_and(|old| !is_null_or(&old.value, &dict))
        });
        let own = self.below(&dict, above, true)?;
        let kids = self.list(self.new, value(&dict, "Kids"))?;
        let is_signature = own.kind.as_ref().is_some_and(|kind| kind.is_name("Sig"));
        if reused {
            self.tell(
                Changed::Other,
                id,
                None,
                format!("{} was something else before", named(&own.name)),
            );
            return Ok(());
        }
        if is_signature {
            return self.added_signature(id, &dict, &own, &kids);
        }
        if own.kind.is_none() && !kids.is_empty() {
            // A node that only groups: its kids are what was added.
            return self.field_lists(&[], &kids, &own);
        }
        self.tell(
            Changed::Other,
            id,
            None,
            format!("field {} added", named(&own.name)),
        );
        Ok(())
    }

    fn added_signature(
        &mut self,
        id: Option<ObjectId>,
        dict: &Dict,
        own: &Above,
        kids: &[Object],
    ) -> Result<(), PdfError> {
        let signature = value(dict, "V");
        let detail = format!("signature field {} added", named(&own.name));
        let signer = self.signer_of(signature);
        match signer {
            Some(signer) => {
                self.claim(id, kids, signer);
                self.part_of(signer, id, None, detail);
            }
            None if *signature == Object::Null => {
                self.own_widgets.extend(id.map(|id| (id, None)));
                if find::rectangle(self.new, dict).is_some() && dict.contains("AP") {
                    // What it shows belongs to no signature.
                    self.tell(Changed::Annotation, id, None, detail);
                } else {
                    self.with_any(Changed::FormFill, id, None, detail);
                }
                if let Some(change) = self.changes.last_mut() {
                    change.field = Some(own.name.clone());
                }
            }
            None => self.tell(
                Changed::Other,
                id,
                None,
                format!("{detail} with a signature made elsewhere"),
            ),
        }
        Ok(())
    }

    /// The field and its kids belong to a signature of this revision.
    fn claim(&mut self, id: Option<ObjectId>, kids: &[Object], signer: &'s Signer) {
        let kids = kids.iter().filter_map(Object::as_ref_id);
        self.own_widgets
            .extend(id.into_iter().chain(kids).map(|id| (id, Some(signer))));
    }

    /// The signature of this revision that `signature` is.
    fn signer_of(&self, signature: &Object) -> Option<&'s Signer> {
        let id = signature.as_ref_id()?;
        self.signers
            .iter()
            .find(|signer| signer.dictionary == id)
            .copied()
    }

    /// A field, or a widget of one, that was there before.
    fn field(&mut self, id: ObjectId, above: &Above) -> Result<(), PdfError> {
        if !self.fields.insert(id) {
            return Ok(());
        }
        let (old, new) = (
            self.dict(self.old, &Object::Ref(id))?,
            self.dict(self.new, &Object::Ref(id))?,
        );
        let before = self.below(&old, above, false)?;
        let own = self.below(&new, above, true)?;
        if before.name != own.name || before.kind != own.kind {
            self.tell(
                Changed::Other,
                Some(id),
                None,
                format!("field {} renamed or of another type", named(&own.name)),
            );
        }
        let kids = self.list(self.new, value(&new, "Kids"))?;
        let signer = self
            .signer_of(value(&new, "V"))
            .filter(|_| *value(&old, "V") == Object::Null);
        if let Some(signer) = signer {
            self.claim(Some(id), &kids, signer);
            self.see(id, &new, signer);
        }
        let state = Field {
            id,
            name: own.name.clone(),
            is_signature: own.kind.as_ref().is_some_and(|kind| kind.is_name("Sig")),
            was_signed: *value(&old, "V") != Object::Null,
            signer,
        };
        for key in keys(&old, &new) {
            let (was, is) = (value(&old, &key), value(&new, &key));
            if key == b"Kids" || matches!(key.as_slice(), b"Parent" | b"P") && was == is {
                continue;
            }
            if !self.equal(was, is)? {
                self.entry(&state, &key, was, is);
            }
        }
        let was = self.list(self.old, value(&old, "Kids"))?;
        self.field_lists(&was, &kids, &own)
    }

    /// Remembers where the widget of a field that was there before shows its new signature.
    fn see(&mut self, id: ObjectId, dict: &Dict, signer: &Signer) {
        let Some(rectangle) = find::rectangle(self.new, dict).filter(|_| dict.contains("AP"))
        else {
            return;
        };
        let view = self.new;
        let widgets = self.widgets.get_or_insert_with(|| find::widgets_of(view));
        if let Some(page) = widgets.get(&id).copied() {
            self.shows(page, rectangle, id, signer);
        }
    }

    /// One entry of a field that was there before, changed.
    fn entry(&mut self, field: &Field<'s>, key: &[u8], was: &Object, is: &Object) {
        let name = String::from_utf8_lossy(key).into_owned();
        let detail = format!("/{name} of field {}", named(&field.name));
        let id = Some(field.id);
        let is_own_widget = self.own_widgets.contains_key(&field.id);
        if let Some(signer) = field.signer {
            if matches!(key, b"A" | b"AA" | b"FT" | b"T" | b"Parent") {
                self.tell(Changed::Other, id, None, detail);
            } else if let Some(change) = self.part_of(signer, id, None, detail) {
                change.fills = true;
            }
            return;
        }
        let looks = matches!(
            key,
            b"AP" | b"AS" | b"MK" | b"DA" | b"M" | b"RV" | b"I" | b"TI" | b"V" | b"DV"
        );
        if is_own_widget && !matches!(key, b"V" | b"A" | b"AA" | b"FT") {
            self.with_any(Changed::Other, id, None, detail);
        } else if field.is_signature && looks {
            // Nobody but its own signer touches a signature, or what it looks like.
            let detail = if field.was_signed {
                format!("{detail}, signed before")
            } else {
                detail
            };
            let kind = if key == b"V" || field.was_signed {
                Changed::Other
            } else {
                Changed::FormFill
            };
            self.tell(kind, id, None, detail);
        } else if looks {
            self.tell(Changed::FormFill, id, None, detail);
        } else if is_sealed(key, was, is) {
            // Signing with a lock makes fields read-only.
            self.with_any(Changed::Other, id, None, detail);
        } else {
            self.tell(Changed::Other, id, None, detail);
        }
        if let Some(change) = self.changes.last_mut() {
            change.field = Some(field.name.clone());
        }
    }

    fn below(&self, dict: &Dict, above: &Above, new: bool) -> Result<Above, PdfError> {
        let view = if new { self.new } else { self.old };
        let kind = view.get(dict, "FT")?.into_owned();
        Ok(Above {
            name: find::name_of(view, dict, &above.name),
            kind: if kind == Object::Null {
                above.kind.clone()
            } else {
                Some(kind)
            },
            depth: above.depth + 1,
        })
    }
}

/// A field that was there before.
struct Field<'s> {
    id: ObjectId,
    name: String,
    is_signature: bool,
    was_signed: bool,
    /// The signature that it got in this revision.
    signer: Option<&'s Signer>,
}

/// True of flags to which only "read-only" (field) or "locked" and "print" (annotation) were added.
fn is_sealed(key: &[u8], was: &Object, is: &Object) -> bool {
    let (was, is) = (was.as_integer().unwrap_or(0), is.as_integer().unwrap_or(0));
    let added = match key {
        b"Ff" => 1,
        b"F" => 4 | 128 | 512,
        _ => return false,
    };
    is & was == was && (is ^ was) & !added == 0
}

fn is_null_or(old: &Object, new: &Dict) -> bool {
    *old == Object::Null || old.as_dict() == Some(new)
}

fn named(name: &str) -> String {
    if name.is_empty() {
        "the form".to_owned()
    } else {
        format!("{name:?}")
    }
}
