//! Pages compared: what they show, what was stamped into them, their annotations.

use std::collections::{HashMap, HashSet};

use saoy_pdf::{Dict, Object, ObjectId, Page, PdfError};

use super::step::{Step, keys, value};
use crate::structure::{Changed, Kind, find};

impl Step<'_, '_> {
    pub(super) fn pages(&mut self, old: &Dict, new: &Dict) -> Result<(), PdfError> {
        let (before, after) = (value(old, "Pages"), value(new, "Pages"));
        if let (Object::Ref(a), Object::Ref(b)) = (before, after)
            && a == b
            && self.is_untouched(*a)
        {
            return Ok(());
        }
        let (was, is) = (self.old.page_ids()?, self.new.page_ids()?);
        let same_order = was == is;
        if was.len() != is.len() {
            self.count(&was, &is);
            return Ok(());
        }
        let inherits = self.nodes_changed();
        for (index, (a, b)) in was.iter().zip(&is).enumerate() {
            if same_order && self.is_untouched(*b) && !inherits {
                continue;
            }
            self.spend()?;
            if a != b {
                let detail = format!("object {a} was page {} before", index + 1);
                self.tell(Changed::Other, Some(*b), Some(index + 1), detail);
                continue;
            }
            let (a, b) = (self.old.page(index)?, self.new.page(index)?);
            self.page(&a, &b)?;
        }
        Ok(())
    }

    /// Pages were added or removed: says which.
    fn count(&mut self, was: &[ObjectId], is: &[ObjectId]) {
        let (before, after): (HashSet<_>, HashSet<_>) = (was.iter().collect(), is.iter().collect());
        for (index, id) in was.iter().enumerate().filter(|(_, id)| !after.contains(id)) {
            self.tell(
                Changed::Other,
                Some(*id),
                Some(index + 1),
                format!("page {} removed", index + 1),
            );
        }
        for (index, id) in is.iter().enumerate().filter(|(_, id)| !before.contains(id)) {
            self.tell(
                Changed::Other,
                Some(*id),
                Some(index + 1),
                format!("page {} added", index + 1),
            );
        }
        self.tell(
            Changed::Other,
            None,
            None,
            format!("{} pages in place of {}", is.len(), was.len()),
        );
    }

    /// True when a node of the page tree changed, from which pages may inherit.
    fn nodes_changed(&self) -> bool {
        self.changed.iter().any(|number| {
            [self.old, self.new].iter().any(|view| {
                view.id_of(*number)
                    .and_then(|id| view.object(id).ok())
                    .and_then(|object| {
                        object
                            .value
                            .as_dict()
                            .map(|dict| dict.contains("Kids") && !dict.contains("FT"))
                    })
                    .unwrap_or(false)
            })
        })
    }

    fn page(&mut self, old: &Page, new: &Page) -> Result<(), PdfError> {
        let (page, id) = (Some(new.index + 1), Some(new.id));
        if old.media_box != new.media_box
            || old.crop_box != new.crop_box
            || old.rotate != new.rotate
            || (old.user_unit - new.user_unit).abs() > f64::EPSILON
        {
            self.tell(
                Changed::Other,
                id,
                page,
                "size, visible part or rotation of the page",
            );
        }
        if !self.equal(&old.resources, &new.resources)? {
            if self.more_resources(&old.resources, &new.resources)? {
                let change = self.explain(Changed::Other, id, page, "resources added to the page");
                if let Some(change) = change {
                    change.stamped = true;
                }
            } else {
                self.tell(Changed::Other, id, page, "resources of the page replaced");
            }
        }
        for key in keys(&old.dict, &new.dict) {
            let (was, is) = (value(&old.dict, &key), value(&new.dict, &key));
            let compared = [
                "Annots",
                "Contents",
                "CropBox",
                "MediaBox",
                "Parent",
                "Resources",
                "Rotate",
                "Type",
                "UserUnit",
            ];
            if compared.iter().any(|own| own.as_bytes() == key) || self.equal(was, is)? {
                continue;
            }
            let detail = format!("page /{}", String::from_utf8_lossy(&key));
            match key.as_slice() {
                b"Tabs" | b"StructParents" | b"LastModified" | b"PieceInfo" | b"Metadata" => {
                    self.with_any(Changed::Other, id, page, detail);
                }
                _ => self.tell(Changed::Other, id, page, detail),
            }
        }
        self.contents(old, new)?;
        self.annotations(old, new)
    }

    /// Content may be added by a signer of this revision; what was there stays as it is, in its order.
    fn contents(&mut self, old: &Page, new: &Page) -> Result<(), PdfError> {
        let (was, is) = (value(&old.dict, "Contents"), value(&new.dict, "Contents"));
        if self.equal(was, is)? {
            return Ok(());
        }
        let (was, is) = (self.list(self.old, was)?, self.list(self.new, is)?);
        let (page, id) = (Some(new.index + 1), Some(new.id));
        let mut kept = 0;
        for part in &is {
            if let Some(own) = was.get(kept)
                && self.equal(own, part)?
            {
                kept += 1;
            }
        }
        if kept < was.len() {
            self.tell(Changed::Other, id, page, "content of the page replaced");
        } else if is.len() > kept {
            let change = self.explain(Changed::Other, id, page, "content added to the page");
            if let Some(change) = change {
                change.stamped = true;
            }
        }
        Ok(())
    }

    fn annotations(&mut self, old: &Page, new: &Page) -> Result<(), PdfError> {
        let (was, is) = (value(&old.dict, "Annots"), value(&new.dict, "Annots"));
        if self.equal(was, is)? {
            return Ok(());
        }
        let (was, is) = (self.list(self.old, was)?, self.list(self.new, is)?);
        let page = Some(new.index + 1);
        let ids = |list: &[Object]| -> HashMap<ObjectId, ()> {
            list.iter()
                .filter_map(|own| Some((own.as_ref_id()?, ())))
                .collect()
        };
        let (before, after) = (ids(&was), ids(&is));
        for own in &was {
            let gone = own.as_ref_id().is_none_or(|id| !after.contains_key(&id));
            if gone && !is.contains(own) {
                let dict = self.dict(self.old, own)?;
                let signs = dict.is("FT", "Sig") && dict.contains("V");
                let kind = if signs {
                    Changed::Other
                } else {
                    Changed::Annotation
                };
                self.tell(kind, own.as_ref_id(), page, "an annotation removed");
            }
        }
        for own in &is {
            self.spend()?;
            match own.as_ref_id() {
                Some(id) if before.contains_key(&id) => {
                    let unseen = !self.is_untouched(id) && !self.fields.contains(&id);
                    if unseen && !self.equal(own, own)? {
                        self.tell(Changed::Annotation, Some(id), page, "an annotation changed");
                    }
                }
                None if was.contains(own) => {}
                _ => self.added_annotation(own, new)?,
            }
        }
        Ok(())
    }

    fn added_annotation(&mut self, annotation: &Object, page: &Page) -> Result<(), PdfError> {
        let id = annotation.as_ref_id();
        let number = Some(page.index + 1);
        let dict = self.dict(self.new, annotation)?;
        let own =
            id.is_some_and(|id| self.own_widgets.contains_key(&id)) && dict.is("Subtype", "Widget");
        if !own {
            return self.foreign_annotation(id, &dict, page);
        }
        let Some(signer) = id.and_then(|id| self.own_widgets.get(&id).copied().flatten()) else {
            return Ok(());
        };
        self.part_of(signer, id, number, "the widget of the signature");
        if let Some(rectangle) = find::rectangle(self.new, &dict).filter(|_| dict.contains("AP"))
            && let Some(id) = id
        {
            self.shows(page.index + 1, rectangle, id, signer);
        }
        Ok(())
    }

    /// An annotation that is no widget of a signature of this revision. Marks that a signer puts on the page (number,
    /// date, seal) belong to the signature; what does something, or comes alone, does not.
    fn foreign_annotation(
        &mut self,
        id: Option<ObjectId>,
        dict: &Dict,
        page: &Page,
    ) -> Result<(), PdfError> {
        let kind = self.new.get(dict, "Subtype")?;
        let kind = kind
            .as_name()
            .map_or_else(|| "unnamed".to_owned(), ToString::to_string);
        let detail = format!("an annotation ({kind}) added");
        let number = page.index + 1;
        let acts = dict.contains("A") || dict.contains("AA");
        if !self.signed() || acts || !MARKS.contains(&kind.as_str()) {
            self.tell(Changed::Annotation, id, Some(number), detail);
            return Ok(());
        }
        if let Some(change) = self.explain(Changed::Annotation, id, Some(number), detail) {
            change.annotates = true;
            change.stamped = true;
        }
        let name = self
            .signers
            .iter()
            .find(|signer| signer.kind == Kind::Signature);
        if let (Some(rectangle), Some(signer)) = (find::rectangle(self.new, dict), name) {
            self.visible.push((number, rectangle, signer.name.clone()));
        }
        Ok(())
    }
}

/// Annotations that only show something (ISO 32000-2, table 171).
const MARKS: [&str; 11] = [
    "Circle",
    "FreeText",
    "Highlight",
    "Ink",
    "Line",
    "PolyLine",
    "Polygon",
    "Square",
    "Stamp",
    "StrikeOut",
    "Underline",
];
