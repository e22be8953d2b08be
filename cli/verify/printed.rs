//! Who a document says signed it: the fields of its own text, as the classifier reads them.

use std::fs::File;
use std::path::Path;

use saoy_pdf::Document;
use saoy_pipeline::classify::Classified;
use saoy_pipeline::ingest::{Limits, glance};
use saoy_signing::verify::Printed;

/// Pages larger than this, bytes on average, are not looked at: each is held whole while its text is read, and a page
/// with text is smaller (a colour scan of A4 at 600 dpi has some 5 MB).
const LARGEST_PAGE: u64 = 8 << 20;

/// Names in the text of the file at `path`; `None` when it has no text that can be read.
pub(crate) fn named_in(path: &Path) -> Option<Printed> {
    let document = Document::open(File::open(path).ok()?).ok()?;
    let pages = u64::try_from(document.page_count().ok()?).ok()?;
    if document.file_len() / pages.max(1) > LARGEST_PAGE {
        return None;
    }
    glance::classified(&document, &Limits::default()).map(|classified| names(&classified))
}

fn names(classified: &Classified) -> Printed {
    let value = |name: &str| classified.fields.get(name)?.value.clone();
    let agencies = ["agency", "parent_agency"].into_iter().filter_map(value);
    Printed {
        signer: value("signer_name"),
        title: value("signer_title"),
        // Bodies that issue together are joined by semicolons.
        agencies: agencies
            .flat_map(|names| {
                names
                    .split(';')
                    .map(|name| name.trim().to_owned())
                    .collect::<Vec<_>>()
            })
            .filter(|name| !name.is_empty())
            .collect(),
        by_engine: false,
    }
}
