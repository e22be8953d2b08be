//! Whether two values mean the same in two revisions, or the newer one only adds to the older.

use std::collections::HashSet;

use saoy_pdf::{Dict, Object, ObjectId, PdfError};

use super::step::{Step, keys, value};

/// How deep values are compared, references included. Linked lists of outlines are the deepest met.
const DEPTH: usize = 400;

/// What of a structure tree may gain values (ISO 32000-2, tables 354, 355 and 37); the rest of it stays.
const GROWING: [&[u8]; 5] = [b"K", b"Kids", b"Nums", b"ParentTree", b"RoleMap"];

/// What follows from that.
const COUNTING: [&[u8]; 2] = [b"Limits", b"ParentTreeNextKey"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// Nothing may differ.
    Same,
    /// Resources: names may be added to its categories, and categories; what has a name stays as it is.
    Resources,
    /// A structure tree: elements may be added.
    Tree,
}

/// Pairs of objects that are being compared, or were and are the same.
#[derive(Default)]
struct Pairs {
    known: HashSet<(ObjectId, ObjectId)>,
    order: Vec<(ObjectId, ObjectId)>,
}

impl Pairs {
    /// False when the pair is there already.
    fn insert(&mut self, pair: (ObjectId, ObjectId)) -> bool {
        let new = self.known.insert(pair);
        if new {
            self.order.push(pair);
        }
        new
    }

    /// Forgets what was taken for the same since `mark`, because it rests on something that is not.
    fn forget(&mut self, mark: usize) {
        for pair in self.order.drain(mark.min(self.order.len())..) {
            self.known.remove(&pair);
        }
    }
}

impl Step<'_, '_> {
    /// True when both values are the same, all that they refer to included.
    pub(super) fn equal(&mut self, old: &Object, new: &Object) -> Result<bool, PdfError> {
        self.compare(old, new, How::Same, &mut Pairs::default(), 0)
    }

    /// True when the resources `new` have all that `old` have, unchanged.
    pub(super) fn more_resources(&mut self, old: &Object, new: &Object) -> Result<bool, PdfError> {
        self.compare(old, new, How::Resources, &mut Pairs::default(), 0)
    }

    /// True when the structure tree `new` has all that `old` has, unchanged.
    pub(super) fn grown_tree(&mut self, old: &Object, new: &Object) -> Result<bool, PdfError> {
        self.compare(old, new, How::Tree, &mut Pairs::default(), 0)
    }

    /// True when no object that `object` refers to was changed, as far as its number tells.
    pub(super) fn is_untouched(&self, object: ObjectId) -> bool {
        !self.touched.contains(&object.number)
    }

    fn compare(
        &mut self,
        old: &Object,
        new: &Object,
        how: How,
        pairs: &mut Pairs,
        depth: usize,
    ) -> Result<bool, PdfError> {
        self.spend()?;
        if depth > DEPTH {
            // What is nested deeper than any document is told as changed.
            return Ok(false);
        }
        // Below the names of resources everything stays.
        let how = if how == How::Resources && depth > 1 {
            How::Same
        } else {
            how
        };
        let mark = pairs.order.len();
        // Where a link leads to a page, the page is compared for itself.
        if let (Object::Ref(a), Object::Ref(b)) = (old, new)
            && (a == b && (self.is_untouched(*a) || self.pages.contains(a))
                || !pairs.insert((*a, *b)))
        {
            return Ok(true);
        }
        let same = if matches!(old, Object::Ref(_)) || matches!(new, Object::Ref(_)) {
            let before = self.old.resolve(old)?.into_owned();
            let after = self.new.resolve(new)?.into_owned();
            self.values(&before, &after, how, pairs, depth)?
        } else {
            self.values(old, new, how, pairs, depth)?
        };
        if !same {
            pairs.forget(mark);
        }
        Ok(same)
    }

    fn values(
        &mut self,
        old: &Object,
        new: &Object,
        how: How,
        pairs: &mut Pairs,
        depth: usize,
    ) -> Result<bool, PdfError> {
        match (old, new) {
            (Object::Array(a), Object::Array(b)) => self.arrays(a, b, how, pairs, depth),
            // One kid of a structure element becomes a list of several.
            (_, Object::Array(b)) if how == How::Tree && *old != Object::Null => {
                self.arrays(std::slice::from_ref(old), b, how, pairs, depth)
            }
            (Object::Dict(a), Object::Dict(b)) => self.dicts(a, b, how, pairs, depth),
            (Object::Stream(a), Object::Stream(b)) => {
                if a.data != b.data && !self.new.same_bytes(a.data.clone(), b.data.clone())? {
                    return Ok(false);
                }
                // The data is at hand: whether it is said by number or by reference how long it is does not matter.
                let (mut before, mut after) = (a.dict.clone(), b.dict.clone());
                before.remove("Length");
                after.remove("Length");
                self.dicts(&before, &after, How::Same, pairs, depth)
            }
            _ => Ok(a_number(old, new) || old == new),
        }
    }

    fn arrays(
        &mut self,
        old: &[Object],
        new: &[Object],
        how: How,
        pairs: &mut Pairs,
        depth: usize,
    ) -> Result<bool, PdfError> {
        if old.len() > new.len() || how == How::Same && old.len() != new.len() {
            return Ok(false);
        }
        let mut rest = new.iter();
        for own in old {
            loop {
                let Some(other) = rest.next() else {
                    return Ok(false);
                };
                if self.compare(own, other, how, pairs, depth + 1)? {
                    break;
                }
                if how == How::Same {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    fn dicts(
        &mut self,
        old: &Dict,
        new: &Dict,
        how: How,
        pairs: &mut Pairs,
        depth: usize,
    ) -> Result<bool, PdfError> {
        for key in keys(old, new) {
            let (before, after) = (value(old, &key), value(new, &key));
            // Links upwards, and those of the structure tree, are told apart by number; where they lead is compared on
            // the way down from the catalog.
            if is_link(old, new, &key)
                && let (Object::Ref(a), Object::Ref(b)) = (before, after)
            {
                if a != b {
                    return Ok(false);
                }
                continue;
            }
            let grows = match how {
                How::Same => false,
                How::Resources => true,
                How::Tree => GROWING.contains(&key.as_slice()),
            };
            if how == How::Tree && COUNTING.contains(&key.as_slice())
                || grows && self.old.get(old, &key)?.as_ref() == &Object::Null
            {
                continue;
            }
            let how = if grows { how } else { How::Same };
            if !self.compare(before, after, how, pairs, depth + 1)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// True of a key that points to what stands elsewhere and is judged there. `/Data` of a signature reference names what its
/// method looks at (ISO 32000-1, table 253), mostly the catalog: with every later signature that is another.
fn is_link(old: &Dict, new: &Dict, key: &[u8]) -> bool {
    match key {
        b"Parent" | b"P" | b"Pg" | b"Obj" => true,
        b"Data" => [old, new]
            .iter()
            .all(|dict| dict.contains("TransformMethod")),
        _ => false,
    }
}

/// True of two numbers of one value, whether written with a point or without.
fn a_number(a: &Object, b: &Object) -> bool {
    matches!((a.as_number(), b.as_number()), (Some(a), Some(b)) if (a - b).abs() < f64::EPSILON)
}
