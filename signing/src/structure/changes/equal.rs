//! Whether two values mean the same in two revisions, or the newer one only adds to the older.

use std::collections::HashSet;

use saoy_pdf::{Dict, Object, ObjectId, PdfError};

use super::step::{Step, keys, value};

/// Pairs of objects that are being compared, or were and are the same.
type Pairs = HashSet<(ObjectId, ObjectId)>;

/// How deep values are compared, references included. Linked lists of outlines are the deepest met.
const DEPTH: usize = 400;

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// Nothing may differ.
    Same,
    /// Keys and values may be added, nothing may be taken away or replaced.
    Grown,
}

impl Step<'_, '_> {
    /// True when both values are the same, all that they refer to included.
    pub(super) fn equal(&mut self, old: &Object, new: &Object) -> Result<bool, PdfError> {
        self.compare(old, new, How::Same, &mut Pairs::new(), 0)
    }

    /// True when `new` has all that `old` has, unchanged: dictionaries may have gained keys, arrays values.
    pub(super) fn additive(&mut self, old: &Object, new: &Object) -> Result<bool, PdfError> {
        self.compare(old, new, How::Grown, &mut Pairs::new(), 0)
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
        // Where a link leads to a page, the page is compared for itself.
        if let (Object::Ref(a), Object::Ref(b)) = (old, new)
            && (a == b && (self.is_untouched(*a) || self.pages.contains(a))
                || !pairs.insert((*a, *b)))
        {
            return Ok(true);
        }
        if !matches!(old, Object::Ref(_)) && !matches!(new, Object::Ref(_)) {
            return self.values(old, new, how, pairs, depth);
        }
        let before = self.old.resolve(old)?.into_owned();
        let after = self.new.resolve(new)?.into_owned();
        self.values(&before, &after, how, pairs, depth)
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
            (_, Object::Array(b)) if how == How::Grown => {
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
            if matches!(key.as_slice(), b"Parent" | b"P" | b"Pg" | b"Obj")
                && let (Object::Ref(a), Object::Ref(b)) = (before, after)
            {
                if a != b {
                    return Ok(false);
                }
                continue;
            }
            if how == How::Grown {
                // The next free key of a structure tree and the limits of its number tree follow what is added.
                let counts = matches!(key.as_slice(), b"ParentTreeNextKey" | b"Limits");
                if counts
                    || *before == Object::Null && self.old.get(old, &key)?.as_ref() == &Object::Null
                {
                    continue;
                }
            }
            if !self.compare(before, after, how, pairs, depth + 1)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// True of two numbers of one value, whether written with a point or without.
fn a_number(a: &Object, b: &Object) -> bool {
    matches!((a.as_number(), b.as_number()), (Some(a), Some(b)) if (a - b).abs() < f64::EPSILON)
}
