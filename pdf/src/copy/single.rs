//! One page as a document of its own, in memory.

use super::{Annotations, Copier, StreamBounds};
use crate::{
    document::Document,
    error::PdfError,
    object::{Dict, Name, Object},
    page::Page,
    writer::FileWriter,
};

/// A minimal PDF that holds `page` and nothing else: what a renderer needs to show it, layers' visibility and
/// the form's default resources included. Takes about as much memory as the page's streams; whoever undoes their
/// filters gets no more than `bounds` allow.
///
/// # Errors
/// When a part of the page is damaged or lost, or inflates to more than `bounds`.
pub fn single_page_pdf(
    document: &Document,
    page: &Page,
    annotations: Annotations,
    bounds: StreamBounds,
) -> Result<Vec<u8>, PdfError> {
    let mut out = FileWriter::new(Vec::new(), "1.7")?;
    let (root, tree) = (out.alloc()?, out.alloc()?);
    let mut copier = Copier::new(document).within(bounds);
    let copy = copier.page(page, tree, annotations, &mut out)?;
    let mut pages = named("Pages");
    pages.set("Kids", Object::Array(vec![copy.object()]));
    pages.set("Count", Object::Integer(1));
    out.put(tree, &Object::Dict(pages))?;

    let source = document.catalog()?;
    let mut catalog = named("Catalog");
    catalog.set("Pages", tree.object());
    if let Some(layers) = copier.layers(&mut out)? {
        catalog.set("OCProperties", layers);
    }
    if annotations == Annotations::Keep
        && let Some(form) = form(document, &source)?
    {
        catalog.set("AcroForm", copier.graph(&Object::Dict(form), &mut out)?);
    }
    out.put(root, &Object::Dict(catalog))?;
    out.finish(root, None, [[0; 16]; 2])
}

/// The form without its fields: widgets carry what they need.
fn form(document: &Document, catalog: &Dict) -> Result<Option<Dict>, PdfError> {
    let value = document.get(catalog, "AcroForm")?;
    let Some(source) = value.as_dict() else {
        return Ok(None);
    };
    let mut form = Dict::new();
    form.set("Fields", Object::Array(Vec::new()));
    for key in ["DR", "DA", "Q", "NeedAppearances"] {
        if let Some(value) = source.get(key) {
            form.set(key, value.clone());
        }
    }
    Ok(Some(form))
}

fn named(kind: &str) -> Dict {
    let mut dict = Dict::new();
    dict.set("Type", Object::Name(Name::new(kind)));
    dict
}
