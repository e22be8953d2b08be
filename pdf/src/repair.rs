//! What was wrong with a file and read nevertheless: nothing is put right in silence.

use std::fmt;

use crate::object::ObjectId;

/// One deviation from the standard that was read around. `at` is a byte offset in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Repair {
    /// Bytes stand before `%PDF-`.
    JunkBeforeHeader {
        /// How many.
        bytes: u64,
    },
    /// There is no `%PDF-` at the beginning.
    MissingHeader,
    /// Offsets count from `%PDF-`, not from the first byte.
    OffsetsFromHeader {
        /// Where `%PDF-` stands.
        at: u64,
    },
    /// There is no `startxref` near the end.
    MissingStartxref,
    /// The cross-reference table could not be used and was rebuilt by scanning for objects.
    XrefRebuilt {
        /// Where the table was unusable.
        at: u64,
        /// Objects found by scanning.
        objects: usize,
    },
    /// A cross-reference section deviates in form.
    Xref {
        /// Where.
        at: u64,
        /// What is wrong.
        what: &'static str,
    },
    /// The cross-reference table gave a wrong place for an object, which was found by scanning.
    ObjectMoved {
        /// The object.
        id: ObjectId,
        /// Where the table says it is.
        at: u64,
        /// Where it was found.
        found: u64,
    },
    /// A stream's `/Length` is missing or wrong; its end was searched for.
    StreamLength {
        /// Where the data begins.
        at: u64,
        /// What `/Length` says.
        declared: Option<u64>,
        /// What the data measures.
        actual: u64,
    },
    /// Syntax that was read around.
    Syntax {
        /// Where.
        at: u64,
        /// What is wrong.
        what: &'static str,
    },
    /// Stream data is damaged; what could be decoded was kept.
    StreamDamaged {
        /// Where the data begins.
        at: u64,
        /// The filter that failed.
        filter: &'static str,
        /// Bytes decoded before the damage.
        kept: usize,
    },
    /// The page tree's `/Count` is missing or wrong.
    PageCount {
        /// What it says.
        declared: Option<i64>,
        /// Pages found.
        found: usize,
    },
    /// A child in the page tree is no page and was left out, or was taken for one.
    PageKid {
        /// The parent node.
        parent: ObjectId,
        /// The child's place in `/Kids`, from 0.
        index: usize,
        /// What is wrong.
        what: &'static str,
    },
    /// A page attribute is missing or wrong and a default stands in.
    PageAttribute {
        /// The page, counted from 1.
        page: usize,
        /// The attribute.
        key: &'static str,
        /// What is wrong.
        what: &'static str,
    },
    /// A reference to an object that is not in the file counts as null.
    Dangling {
        /// The object.
        id: ObjectId,
    },
    /// The form's field tree has a loop, a node that is no dictionary, or an unreadable one.
    FieldTree {
        /// The node, when it has a number.
        id: Option<ObjectId>,
        /// What is wrong.
        what: &'static str,
    },
    /// More was repaired than is remembered.
    More,
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::JunkBeforeHeader { bytes } => write!(f, "{bytes} bytes before the header"),
            Self::MissingHeader => f.write_str("no %PDF- header"),
            Self::OffsetsFromHeader { at } => {
                write!(f, "offsets count from the header at byte {at}")
            }
            Self::MissingStartxref => f.write_str("no startxref near the end"),
            Self::XrefRebuilt { at, objects } => {
                write!(
                    f,
                    "cross-reference table unusable at byte {at}: rebuilt with {objects} objects"
                )
            }
            Self::Xref { at, what } => write!(f, "cross-reference table at byte {at}: {what}"),
            Self::ObjectMoved { id, at, found } => {
                write!(f, "object {id} is not at byte {at} but at byte {found}")
            }
            Self::StreamLength {
                at,
                declared: Some(declared),
                actual,
            } => {
                write!(f, "stream at byte {at} has {actual} bytes, not {declared}")
            }
            Self::StreamLength {
                at,
                declared: None,
                actual,
            } => {
                write!(
                    f,
                    "stream at byte {at} gives no length and has {actual} bytes"
                )
            }
            Self::Syntax { at, what } => write!(f, "byte {at}: {what}"),
            Self::StreamDamaged { at, filter, kept } => {
                write!(
                    f,
                    "stream at byte {at}: {filter} data is damaged after {kept} decoded bytes"
                )
            }
            Self::PageCount {
                declared: Some(declared),
                found,
            } => {
                write!(f, "the page tree counts {declared} pages and has {found}")
            }
            Self::PageCount {
                declared: None,
                found,
            } => write!(f, "the page tree counts nothing and has {found} pages"),
            Self::PageKid {
                parent,
                index,
                what,
            } => write!(f, "page tree node {parent}, child {index}: {what}"),
            Self::PageAttribute { page, key, what } => write!(f, "page {page}: /{key} {what}"),
            Self::Dangling { id } => write!(f, "object {id} is referred to and not in the file"),
            Self::FieldTree { id: Some(id), what } => write!(f, "form field {id}: {what}"),
            Self::FieldTree { id: None, what } => write!(f, "form field: {what}"),
            Self::More => f.write_str("and more"),
        }
    }
}
