//! From scans to searchable PDF/A: the stages, and the driver that runs them over a batch.
//!
//! # Steps
//! 1. [`ingest`] finds inputs and loads them page by page.
//! 2. [`preprocess`] makes the grey copy that OCR reads, and measures the page's quality.
//! 3. [`visible`] alters the page that people see, where a profile asks for it.
//! 4. [`recognize`] has it read and puts the words into reading order.
//! 5. [`classify`] looks at the page, and says what the document is and what it says.
//! 6. [`compose`] writes the searchable PDF/A and the text files beside it.
//! 7. [`driver`] runs the stages over a batch, many pages at a time, and loses nothing.
//!
//! The library reads no clock and no environment, opens no connection, and prints nothing.
#![forbid(unsafe_code)]

pub mod document;

pub mod picture;

pub mod legacy;

pub mod ingest;

pub mod preprocess;

pub mod visible;

pub mod recognize;

pub mod separator;

pub mod classify;

pub mod compose;

pub mod sheets;

pub mod record;

pub mod correct;

pub mod sampling;

pub mod masked;

pub mod speech;

pub mod failure;

pub mod driver;
