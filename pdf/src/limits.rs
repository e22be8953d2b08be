//! Every bound on memory, time and depth that input could otherwise set.

/// Junk allowed before `%PDF-`, in bytes (ISO 32000-1, annex H.3, note 13: Acrobat looks at the first 1024).
pub const HEADER_SEARCH: u64 = 1024;

/// How far from the end `startxref` is looked for, in bytes (ISO 32000-1, annex H.3, note 18: the last 1024;
/// doubled for files that gained a mail trailer).
pub const TAIL_SEARCH: u64 = 2048;

/// The first read for an object, in bytes: holds nearly every page, font and image dictionary.
pub const FIRST_WINDOW: usize = 2048;

/// The longest object without its stream data, in bytes. The longest met in practice are signature contents
/// and `/Kids` of very long documents, both under 2 MiB.
pub const OBJECT_BYTES: usize = 32 << 20;

/// Values in one object. A value takes at most about 150 bytes in memory, so one object stays below 150 MB.
pub const OBJECT_NODES: usize = 1 << 20;

/// Nesting of arrays and dictionaries. Real files stay below 20; the stack of a 2 MiB thread allows thousands.
pub const NESTING: usize = 128;

/// References that lead to references, and streams whose length leads to streams.
pub const REFERENCE_CHAIN: usize = 16;

/// Entries over all cross-reference sections: 50 MB of memory, and ten objects for each of 200,000 pages.
pub const XREF_ENTRIES: usize = 1 << 21;

/// Cross-reference sections, one for each saved change of a file; the longest chains met have dozens.
pub const XREF_SECTIONS: usize = 4096;

/// The greatest object number (ISO 32000-1, table C.1).
pub const OBJECT_NUMBER: u64 = 8_388_607;

/// One object stream, decoded, in bytes. Producers close one at 100 or 200 objects.
pub const OBJECT_STREAM_BYTES: usize = 16 << 20;

/// Decoded object streams kept at a time, in bytes.
pub const OBJECT_STREAM_CACHE: usize = 32 << 20;

/// Object streams decoded over the life of a document, in bytes: about 4 s of inflating, far above what any
/// order of access to a real file costs with the cache above.
pub const OBJECT_STREAM_TOTAL: u64 = 4 << 30;

/// Bytes read over the life of a document for objects longer than the first window, beyond 16 times its length: about
/// three seconds.
pub const WINDOWS_TOTAL: u64 = 256 << 20;

/// Bytes searched for lost `endstream` keywords over the life of a document, beyond four times its length.
pub const STREAM_END_SEARCH: u64 = 256 << 20;

/// Bytes parsed while rebuilding a cross-reference table, beyond twice the file's length.
pub const REBUILD_PARSE: u64 = 64 << 20;

/// Bytes read at a time while scanning or copying.
pub const CHUNK: usize = 256 << 10;

/// Trailers and catalogs remembered while rebuilding; the newest are kept.
pub const REBUILD_TRAILERS: usize = 256;

/// Pages in a document: fifty times the longest land register met.
pub const PAGES: usize = 1 << 20;

/// Depth of the page tree and of the form field tree.
pub const TREE_DEPTH: usize = 256;

/// Form fields looked at.
pub const FIELDS: usize = 1 << 17;

/// Filters on one stream. Two are usual; each more multiplies what a small file can inflate to.
pub const FILTERS: usize = 8;

/// Bytes between two filters of one stream, unless the raw data has more: common pairs (ASCII over Flate) shrink.
pub const BETWEEN_FILTERS: usize = 64 << 20;

/// Streams that cannot become longer than this are not measured before they are handed on, in bytes.
pub const UNMEASURED: u64 = 1 << 20;

/// XMP metadata, decoded, in bytes; the longest met (with thumbnails) have 300 kB.
pub const XMP_BYTES: usize = 8 << 20;

/// Repairs remembered for a document.
pub const REPAIRS: usize = 1000;

/// Operands before one content operator (ISO 32000-1, table C.1 allows 33 for `DeviceN`; `TJ` takes one array).
pub const OPERANDS: usize = 512;

/// Objects copied for one call: as many as a document may have.
pub const COPIED_OBJECTS: usize = XREF_ENTRIES;

/// Offsets in a classic cross-reference table have ten digits (ISO 32000-1, 7.5.4).
pub const CLASSIC_OFFSET: u64 = 9_999_999_999;
