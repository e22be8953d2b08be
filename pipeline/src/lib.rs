//! From scans to searchable PDF/A: the stages, and the driver that runs them over a batch.

pub mod document;

pub mod ingest;
