//! PDF syntax, once: lazy reading with byte offsets, and streaming writing.
//!
//! Reading never holds a file whole and never puts anything right in silence: what had to be read around is
//! in [`Document::repairs`]. It knows nothing of fonts, colours or signatures' cryptography, does not decode
//! images and does not decrypt.
//!
//! # Steps
//! 1. [`Document::open`] finds the cross-reference table, by way of any [`ReadAt`].
//! 2. [`Document::page`] gives a page with what it inherits; [`Document::object`] any object with its bytes.
//! 3. [`Document::decoded`] undoes filters; [`content::operations`] splits a content stream.
//! 4. [`Revisions`] reads a file as its revisions, strictly, and accounts for its bytes: what verifying needs.
//! 5. [`FileWriter`] writes a new file object by object; [`Copier`] carries objects over to it.
//!
//! ```no_run
//! let document = saoy_pdf::Document::open(std::fs::File::open("scan.pdf")?)?;
//! for index in 0..document.page_count()? {
//!     let page = document.page(index)?;
//!     println!("{}: {:?}", index + 1, page.media_box);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

pub mod limits;

mod error;

mod repair;

mod source;

mod input;

mod object;

mod lexer;

mod parser;

mod indirect;

mod filter;

mod xref;

mod object_stream;

mod document;

mod page;

mod signature;

mod revisions;

mod metadata;

pub mod content;

mod serialize;

mod writer;

mod append;

mod copy;

pub use append::{Append, Update};
pub use copy::{Annotations, Copied, Copier, Images, StreamBounds, pages_pdf, single_page_pdf};
pub use document::{Document, Encryption};
pub use error::{Fault, PdfError};
pub use filter::{Decoded, ImageFilter};
pub use metadata::PdfaClaim;
pub use object::{Dict, DictEntry, Located, Name, Object, ObjectId, Stream};
pub use page::{Page, Rectangle};
pub use repair::Repair;
pub use revisions::{Irregular, Irregularity, Revision, Revisions, Version};
pub use serialize::{write_dict, write_object};
pub use signature::{SignatureField, Signatures, text as text_string};
pub use source::ReadAt;
pub use writer::{FileWriter, Ref};
