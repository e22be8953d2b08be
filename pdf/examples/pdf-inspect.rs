//! Prints what a PDF is made of, or copies it page by page: `pdf-inspect FILE [--object N | --copy OUT | --page N OUT]`.
#![forbid(unsafe_code)]

use std::{
    error::Error,
    fs::File,
    io::{self, BufWriter, Write},
};

use saoy_pdf::{
    Annotations, Copier, Dict, Document, FileWriter, Name, Object, ObjectId, StreamBounds,
    single_page_pdf,
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (path, rest) = words.split_first().ok_or("which file?")?;
    let document = Document::open(File::open(path)?)?;
    match rest {
        [] => summary(&document),
        ["--object", number] => {
            let located = document.object(ObjectId::new(number.parse()?, 0))?;
            Ok(writeln!(io::stdout(), "{located:#?}")?)
        }
        ["--copy", out] => copy(&document, out),
        ["--page", number, out] => {
            let page = document.page(number.parse::<usize>()?.saturating_sub(1))?;
            Ok(std::fs::write(
                out,
                single_page_pdf(&document, &page, Annotations::Keep, StreamBounds::default())?,
            )?)
        }
        _ => Err("usage: pdf-inspect FILE [--object N | --copy OUT | --page N OUT]".into()),
    }
}

fn summary(document: &Document) -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    let count = document.page_count()?;
    writeln!(
        out,
        "pages {count}, version {:?}, {} bytes",
        document.version(),
        document.file_len()
    )?;
    if let Some(encryption) = document.encryption() {
        writeln!(out, "encrypted {encryption:?}")?;
    }
    if let Some(claim) = document.pdfa_claim().unwrap_or_default() {
        writeln!(out, "claims {claim:?}")?;
    }
    let signatures = document.signatures()?;
    writeln!(
        out,
        "signed {}, {} signature fields",
        signatures.any(),
        signatures.fields.len()
    )?;
    for field in &signatures.fields {
        writeln!(
            out,
            "  {} {:?} {:?}",
            field.name, field.byte_range, field.contents_range
        )?;
    }
    for index in 0..count.min(5) {
        let page = document.page(index)?;
        writeln!(
            out,
            "page {}: {:?} turned {}",
            index + 1,
            page.crop_box,
            page.rotate
        )?;
    }
    for repair in document.repairs() {
        writeln!(out, "repaired: {repair}")?;
    }
    Ok(())
}

fn copy(document: &Document, out: &str) -> Result<(), Box<dyn Error>> {
    let mut writer = FileWriter::new(BufWriter::new(File::create(out)?), "1.7")?;
    let (root, tree) = (writer.alloc()?, writer.alloc()?);
    let mut copier = Copier::new(document);
    let mut kids = Vec::new();
    for index in 0..document.page_count()? {
        let page = document.page(index)?;
        kids.push(
            copier
                .page(&page, tree, Annotations::Keep, &mut writer)?
                .object(),
        );
    }
    let mut pages = typed("Pages");
    pages.set("Count", Object::Integer(i64::try_from(kids.len())?));
    pages.set("Kids", Object::Array(kids));
    writer.put(tree, &Object::Dict(pages))?;
    let mut catalog = typed("Catalog");
    catalog.set("Pages", tree.object());
    if let Some(layers) = copier.layers(&mut writer)? {
        catalog.set("OCProperties", layers);
    }
    writer.put(root, &Object::Dict(catalog))?;
    writer.finish(root, None, [[0; 16]; 2])?;
    Ok(())
}

fn typed(kind: &str) -> Dict {
    let mut dict = Dict::new();
    dict.set("Type", Object::Name(Name::new(kind)));
    dict
}
