//! The archive's pages: search, documents, records, reuse, registers, indicators, health.

use std::sync::Arc;

use crate::app::{App, no_archive};
use crate::routes::{Access, Routes};
use crate::trouble::Trouble;

mod search;

mod document;

mod record;

mod held;

mod registers;

mod indicators;

mod chart;

mod health;

mod shelf;

pub(crate) mod words;

pub(crate) use shelf::Shelf;

/// Who may look things up; delegated intake scans only.
pub(crate) const READERS: Access = Access::Roles(&[
    "archivist",
    "clerk",
    "officer",
    "certifier",
    "administrator",
]);

/// Who looks after the archive itself.
const KEEPERS: Access = Access::Roles(&["archivist", "administrator"]);

pub(crate) fn routes(routes: Routes) -> Routes {
    let routes = search::routes(routes);
    let routes = document::routes(routes);
    let routes = record::routes(routes);
    let routes = held::routes(routes);
    let routes = registers::routes(routes);
    let routes = indicators::routes(routes);
    health::routes(routes)
}

/// The application, when there is an archive.
pub(crate) fn there(app: &Arc<App>) -> Result<&Arc<App>, Trouble> {
    if app.has_archive() {
        Ok(app)
    } else {
        Err(no_archive())
    }
}
