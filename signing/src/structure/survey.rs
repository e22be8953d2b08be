//! One look at every object of every revision: signature dictionaries, doubled keys, who refers to whom.

use std::collections::HashSet;

use saoy_pdf::{Dict, Irregularity, Object, ObjectId, PdfError, Revisions, Version};

/// Signature dictionaries remembered: the most signatures met in one file are a few dozen.
const CANDIDATES: usize = 1024;

/// Doubled keys remembered.
const DOUBLED: usize = 100;

/// References remembered, 8 bytes each.
const REFERENCES: usize = 1 << 22;

/// What was seen.
#[derive(Default)]
pub(super) struct Survey {
    pub(super) irregularities: Vec<Irregularity>,
    /// Dictionaries that are signatures, or were.
    pub(super) candidates: Vec<Candidate>,
    pub(super) doubled: Vec<Doubled>,
    /// Objects that are only containers: object streams and cross-reference streams.
    pub(super) containers: HashSet<u32>,
    /// Objects that a page shows: pages, forms, images.
    pub(super) shown: Vec<ObjectId>,
    /// Actions that run something, by their kind.
    pub(super) actions: Vec<(ObjectId, &'static str)>,
    /// (from, to), over all revisions, links to parents left out; sorted.
    forward: Vec<(u32, u32)>,
    /// (to, from), sorted.
    backward: Vec<(u32, u32)>,
    full: Option<PdfError>,
}

/// A dictionary that is a signature, or was.
pub(super) struct Candidate {
    pub(super) revision: usize,
    /// The object it is, or stands in.
    pub(super) id: ObjectId,
    pub(super) dict: Dict,
    /// True when it stands in an object stream.
    pub(super) packed: bool,
}

/// A key that stands twice in a dictionary.
pub(super) struct Doubled {
    pub(super) id: ObjectId,
    pub(super) key: String,
    /// True when the values differ and the dictionary decides what is shown or signed.
    pub(super) matters: bool,
}

impl Survey {
    pub(super) fn of(file: &Revisions) -> Result<Self, PdfError> {
        let mut survey = Self::default();
        let irregularities = file.account(&mut |version| survey.visit(version))?;
        survey.irregularities = irregularities;
        for revision in file {
            survey.doubled_keys(ObjectId::new(0, 0), &revision.trailer);
        }
        survey.forward.sort_unstable();
        survey.forward.dedup();
        survey.backward = survey
            .forward
            .iter()
            .map(|(from, to)| (*to, *from))
            .collect();
        survey.backward.sort_unstable();
        survey.full.take().map_or(Ok(survey), Err)
    }

    /// True when any object refers to `number`.
    pub(super) fn is_referenced(&self, number: u32) -> bool {
        !linked(&self.backward, number).is_empty()
    }

    /// The objects that can be reached from `roots`, in any revision.
    pub(super) fn reachable(&self, roots: impl IntoIterator<Item = u32>) -> HashSet<u32> {
        spread(&self.forward, roots)
    }

    /// The objects from which `changed` can be reached, in any revision, and those themselves.
    pub(super) fn leading_to(&self, changed: impl IntoIterator<Item = u32>) -> HashSet<u32> {
        spread(&self.backward, changed)
    }

    fn visit(&mut self, version: Version<'_>) {
        let value = &version.located.value;
        if let Some(dict) = value.as_dict() {
            // What calls itself a container is looked at like everything else: the name is only a claim.
            let stream = value.as_stream().is_some();
            if stream && (dict.is("Type", "ObjStm") || dict.is("Type", "XRef")) {
                self.containers.insert(version.id.number);
            }
            let shown = ["Page", "XObject"].iter().any(|kind| dict.is("Type", kind));
            if version.reached
                && (shown
                    || ["Form", "Image"]
                        .iter()
                        .any(|kind| dict.is("Subtype", kind)))
            {
                self.shown.push(version.id);
            }
        }
        self.value(version, value);
    }

    fn value(&mut self, version: Version<'_>, value: &Object) {
        match value {
            Object::Ref(id) => self.reference(version.id.number, id.number),
            Object::Array(values) => {
                for value in values {
                    self.value(version, value);
                }
            }
            Object::Dict(dict) => self.dict(version, dict),
            Object::Stream(stream) => self.dict(version, &stream.dict),
            _ => {}
        }
    }

    fn dict(&mut self, version: Version<'_>, dict: &Dict) {
        self.doubled_keys(version.id, dict);
        let signs =
            dict.contains("ByteRange") || dict.is("Type", "Sig") || dict.is("Type", "DocTimeStamp");
        if signs {
            if self.candidates.len() >= CANDIDATES {
                self.full.get_or_insert(PdfError::Limit {
                    at: version.located.range.start,
                    what: "signature dictionaries",
                    limit: CANDIDATES as u64,
                });
                return;
            }
            self.candidates.push(Candidate {
                revision: version.revision,
                id: version.id,
                dict: dict.clone(),
                packed: version.located.container.is_some(),
            });
        }
        for (kind, name) in [("JavaScript", "JavaScript"), ("Launch", "Launch")] {
            if dict.is("S", kind) && self.actions.len() < DOUBLED {
                self.actions.push((version.id, name));
            }
        }
        // `/P` is the page of an annotation and the parent of a structure element; elsewhere it is a name like others.
        let has_parent = dict.contains("Rect")
            || dict.contains("Subtype")
            || (dict.contains("S") && dict.contains("K"));
        for entry in dict {
            // Links upwards would make everything lead to everything.
            let upwards = match entry.key.as_bytes() {
                b"Parent" => true,
                b"P" => has_parent,
                _ => false,
            };
            if !(upwards && entry.value.as_ref_id().is_some()) {
                self.value(version, &entry.value);
            }
        }
    }

    fn reference(&mut self, from: u32, to: u32) {
        if self.forward.len() >= REFERENCES {
            // Long documents repeat themselves: fonts of every page.
            self.forward.sort_unstable();
            self.forward.dedup();
            if self.forward.len() >= REFERENCES / 2 {
                self.full.get_or_insert(PdfError::Limit {
                    at: 0,
                    what: "references between objects",
                    limit: REFERENCES as u64 / 2,
                });
                self.forward.clear();
            }
        }
        self.forward.push((from, to));
    }

    fn doubled_keys(&mut self, id: ObjectId, dict: &Dict) {
        if dict.len() < 2 || self.doubled.len() >= DOUBLED {
            return;
        }
        let mut keys: Vec<_> = dict
            .iter()
            .map(|entry| (&entry.key, &entry.value))
            .collect();
        keys.sort_by_key(|(key, _)| *key);
        for pair in keys.windows(2) {
            if let [(key, a), (other, b)] = pair
                && key == other
            {
                self.doubled.push(Doubled {
                    id,
                    key: key.to_string(),
                    matters: a != b && (id.number == 0 || decides(dict)),
                });
            }
        }
    }
}

/// True of dictionaries from which readers learn what is shown, and what is signed.
fn decides(dict: &Dict) -> bool {
    const TYPES: [&str; 12] = [
        "Annot",
        "Catalog",
        "DocTimeStamp",
        "ExtGState",
        "Font",
        "Page",
        "Pages",
        "Sig",
        "SigFieldLock",
        "SigRef",
        "TransformParams",
        "XObject",
    ];
    const KEYS: [&str; 7] = [
        "BBox",
        "ByteRange",
        "FT",
        "Fields",
        "Kids",
        "Length",
        "XObject",
    ];
    TYPES.iter().any(|kind| dict.is("Type", kind)) || KEYS.iter().any(|key| dict.contains(key))
}

fn linked(links: &[(u32, u32)], from: u32) -> &[(u32, u32)] {
    let start = links.partition_point(|(own, _)| *own < from);
    let rest = links.get(start..).unwrap_or_default();
    let end = rest.partition_point(|(own, _)| *own == from);
    rest.get(..end).unwrap_or_default()
}

fn spread(links: &[(u32, u32)], roots: impl IntoIterator<Item = u32>) -> HashSet<u32> {
    let mut reached: HashSet<u32> = HashSet::new();
    let mut queue: Vec<u32> = roots.into_iter().collect();
    while let Some(number) = queue.pop() {
        if reached.insert(number) {
            queue.extend(linked(links, number).iter().map(|(_, to)| *to));
        }
    }
    reached
}
