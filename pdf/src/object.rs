//! The values a PDF file is made of (ISO 32000-1, 7.3).

use std::{fmt, ops::Range};

use smallvec::SmallVec;

/// An indirect object's number and generation in the file that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId {
    /// Object number, from 1.
    pub number: u32,
    /// Generation, nearly always 0.
    pub generation: u16,
}

impl ObjectId {
    /// The object `number` with this `generation`.
    pub const fn new(number: u32, generation: u16) -> Self {
        Self { number, generation }
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number, self.generation)
    }
}

/// Something read from the file and the bytes it was read from.
#[derive(Clone, Debug, PartialEq)]
pub struct Located<T> {
    /// What was read.
    pub value: T,
    /// Its bytes: in the file, from the object number to the end of `endobj`; or, with a `container`, in
    /// that object stream's decoded data.
    pub range: Range<u64>,
    /// The object stream it was read from.
    pub container: Option<ObjectId>,
}

/// One value.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Object {
    /// `null`, also what a reference to nothing means (7.3.10).
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a point, or a whole one too long for an integer.
    Real(f64),
    /// A name without its slash.
    Name(Name),
    /// A string's bytes, unescaped.
    String(Vec<u8>),
    /// An array.
    Array(Vec<Object>),
    /// A dictionary.
    Dict(Dict),
    /// A stream; its data stays in the file.
    Stream(Box<Stream>),
    /// A reference to an indirect object.
    Ref(ObjectId),
}

impl Object {
    /// The whole number this is; a real without fraction counts.
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(*value),
            #[expect(
                clippy::cast_possible_truncation,
                reason = "checked to be whole and in range"
            )]
            Self::Real(value) if value.fract() == 0.0 && value.abs() < 9e15 => Some(*value as i64),
            _ => None,
        }
    }

    /// The number this is.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            #[expect(
                clippy::cast_precision_loss,
                reason = "PDF numbers have single precision"
            )]
            Self::Integer(value) => Some(*value as f64),
            Self::Real(value) => Some(*value),
            _ => None,
        }
    }

    /// The name this is.
    #[inline]
    pub fn as_name(&self) -> Option<&Name> {
        match self {
            Self::Name(name) => Some(name),
            _ => None,
        }
    }

    /// True when this is the name `name`.
    pub fn is_name(&self, name: impl AsRef<[u8]>) -> bool {
        matches!(self, Self::Name(own) if own.as_bytes() == name.as_ref())
    }

    /// The string's bytes.
    pub fn as_string(&self) -> Option<&[u8]> {
        match self {
            Self::String(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The array's values.
    #[inline]
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(values) => Some(values),
            _ => None,
        }
    }

    /// The dictionary, also that of a stream.
    #[inline]
    pub fn as_dict(&self) -> Option<&Dict> {
        match self {
            Self::Dict(dict) => Some(dict),
            Self::Stream(stream) => Some(&stream.dict),
            _ => None,
        }
    }

    /// The stream.
    pub fn as_stream(&self) -> Option<&Stream> {
        match self {
            Self::Stream(stream) => Some(stream),
            _ => None,
        }
    }

    /// The referenced object.
    pub fn as_ref_id(&self) -> Option<ObjectId> {
        match self {
            Self::Ref(id) => Some(*id),
            _ => None,
        }
    }
}

/// A name's bytes, with `#xx` decoded.
// Nearly all names are short, and a file has tens of thousands: none of those is allocated.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(SmallVec<[u8; 16]>);

impl Name {
    /// A name of these bytes.
    #[inline]
    pub fn new(bytes: impl AsRef<[u8]>) -> Self {
        Self(SmallVec::from_slice(bytes.as_ref()))
    }

    /// The bytes.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

/// A dictionary in the order of the file.
///
/// A key that stands twice is kept twice; the last one counts, as it does for most readers. Two dictionaries
/// are equal when their keys and values are, wherever they stand.
#[derive(Clone, Debug, Default)]
pub struct Dict {
    entries: Vec<DictEntry>,
}

/// One key, its value, and where the value stands.
#[derive(Clone, Debug)]
pub struct DictEntry {
    /// The key.
    pub key: Name,
    /// The value.
    pub value: Object,
    /// The value's bytes, in the same space as the object's [`Located::range`]; empty for values not read.
    pub range: Range<u64>,
}

impl Dict {
    /// A dictionary without entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of `key`.
    pub fn get(&self, key: impl AsRef<[u8]>) -> Option<&Object> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The value of `key` and where it stands.
    pub fn entry(&self, key: impl AsRef<[u8]>) -> Option<&DictEntry> {
        let key = key.as_ref();
        self.entries
            .iter()
            .rev()
            .find(|entry| entry.key.as_bytes() == key)
    }

    /// True when `key` is there.
    pub fn contains(&self, key: impl AsRef<[u8]>) -> bool {
        self.entry(key).is_some()
    }

    /// True when `key` has the name `name` as its direct value.
    pub fn is(&self, key: impl AsRef<[u8]>, name: impl AsRef<[u8]>) -> bool {
        self.get(key).is_some_and(|value| value.is_name(name))
    }

    /// Sets `key`, in its place when it is there, else at the end.
    pub fn set(&mut self, key: impl AsRef<[u8]>, value: Object) {
        let key = key.as_ref();
        if let Some(first) = self
            .entries
            .iter()
            .position(|entry| entry.key.as_bytes() == key)
        {
            let mut index = 0;
            self.entries.retain(|entry| {
                index += 1;
                index - 1 == first || entry.key.as_bytes() != key
            });
            if let Some(entry) = self.entries.get_mut(first) {
                entry.value = value;
                entry.range = 0..0;
            }
        } else {
            self.entries.push(DictEntry {
                key: Name::new(key),
                value,
                range: 0..0,
            });
        }
    }

    /// Removes `key` and gives its value.
    pub fn remove(&mut self, key: impl AsRef<[u8]>) -> Option<Object> {
        let key = key.as_ref();
        let mut value = None;
        self.entries.retain_mut(|entry| {
            if entry.key.as_bytes() != key {
                return true;
            }
            value = Some(std::mem::take(&mut entry.value));
            false
        });
        value
    }

    /// The entries in the file's order, doubled keys included.
    #[inline]
    pub fn iter(&self) -> std::slice::Iter<'_, DictEntry> {
        self.entries.iter()
    }

    /// Entries, doubled keys included.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True without entries.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(crate) fn of(entries: Vec<DictEntry>) -> Self {
        Self { entries }
    }

    pub(crate) fn push_value(&mut self, key: Name, value: Object) {
        self.entries.push(DictEntry {
            key,
            value,
            range: 0..0,
        });
    }

    pub(crate) fn retain_mut(&mut self, keep: impl FnMut(&mut DictEntry) -> bool) {
        self.entries.retain_mut(keep);
    }
}

impl PartialEq for Dict {
    fn eq(&self, other: &Self) -> bool {
        self.entries.len() == other.entries.len()
            && self
                .iter()
                .zip(other.iter())
                .all(|(a, b)| a.key == b.key && a.value == b.value)
    }
}

impl<'a> IntoIterator for &'a Dict {
    type Item = &'a DictEntry;
    type IntoIter = std::slice::Iter<'a, DictEntry>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// A stream: its dictionary, and where its data stands in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Stream {
    /// The stream's dictionary.
    pub dict: Dict,
    /// The data's bytes in the file, still encoded.
    pub data: Range<u64>,
}
