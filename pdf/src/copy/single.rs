//! One page, or a few, as a document of its own, in memory.

use super::{Annotations, Copier, Images, StreamBounds};
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
    let page = std::slice::from_ref(page);
    pages_pdf(document, page, annotations, Images::Whole, bounds)
}

/// The same of several pages: what they share is there once, and all of them together get no more than `bounds`.
///
/// # Errors
/// As [`single_page_pdf`].
pub fn pages_pdf(
    document: &Document,
    pages: &[Page],
    annotations: Annotations,
    images: Images,
    bounds: StreamBounds,
) -> Result<Vec<u8>, PdfError> {
    let mut out = FileWriter::new(Vec::new(), "1.7")?;
    let (root, tree) = (out.alloc()?, out.alloc()?);
    let copier = Copier::new(document).with_images(images);
    let mut copier = copier.within(bounds);
    let mut kids = Vec::new();
    for page in pages {
        kids.push(copier.page(page, tree, annotations, &mut out)?.object());
    }
    let mut node = named("Pages");
    let count = i64::try_from(kids.len()).unwrap_or(i64::MAX);
    node.set("Count", Object::Integer(count));
    node.set("Kids", Object::Array(kids));
    out.put(tree, &Object::Dict(node))?;

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
