//! PDF files of every kind.
