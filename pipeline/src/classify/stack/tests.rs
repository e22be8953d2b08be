//! Cuts, page by page.
