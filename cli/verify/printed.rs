//! Who a document says signed it: the fields of its own text, as the classifier reads them.

use std::fs::File;
use std::path::Path;

use saoy_pdf::Document;
use saoy_pipeline::classify::Classified;
use saoy_pipeline::ingest::{Limits, glance};
use saoy_signing::verify::Printed;

/// Names in the text of the file at `path`; `None` when it has no text that can be read.
pub(crate) fn named_in(path: &Path) -> Option<Printed> {
    let document = Document::open(File::open(path).ok()?).ok()?;
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
