//! Text and rules added to pages in the faces of stamps: registers and reports for print, marks on print copies.

use std::fmt::Write as _;

use saoy_pdf::{Append, Dict, Document, Object, Page};

use super::face::{Face, Pen};
use super::picture::packed;
use super::{Weight, black, name, one, reals, shown_size};
use crate::sign::SignError;

/// What forms of ours are called on a page; nobody else's are.
const FORM: &str = "SaoyPrint";

/// What is to stand on a page. Places are in pt from the top left corner of the page as readers show it.
#[derive(Default)]
pub struct Print {
    texts: Vec<(String, Weight, f64, (f64, f64))>,
    rules: Vec<[f64; 4]>,
}

impl std::fmt::Debug for Print {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Print")
            .field("texts", &self.texts.len())
            .finish_non_exhaustive()
    }
}

impl Print {
    /// Shows `text` with its left end and baseline at `at`, in letters of `size` pt.
    pub fn text(&mut self, text: &str, weight: Weight, size: f64, at: (f64, f64)) {
        self.texts.push((text.to_owned(), weight, size, at));
    }

    /// A thin line from one place to another: x, y, x, y.
    pub fn rule(&mut self, from_to: [f64; 4]) {
        self.rules.push(from_to);
    }

    fn drawn(&self, height: f64) -> Result<Pen, SignError> {
        let mut pen = Pen::default();
        for (text, weight, size, (left, base)) in &self.texts {
            pen.write(text, *weight, *size, (*left, height - base))?;
        }
        if !self.rules.is_empty() {
            pen.content += "/G CS 0 SC 0.5 w\n";
        }
        for [x, y, to_x, to_y] in &self.rules {
            // Writing to a string does not fail.
            let _ = writeln!(
                pen.content,
                "{x:.2} {:.2} m {to_x:.2} {:.2} l S",
                height - y,
                height - to_y
            );
        }
        Ok(pen)
    }
}

/// How wide `text` is in letters of `size` pt.
///
/// # Errors
/// [`SignError::Letter`] when the faces lack a letter.
pub fn width(text: &str, weight: Weight, size: f64) -> Result<f64, SignError> {
    Face::open(weight)?.width(text, size)
}

/// The bytes that stand behind `document` to show each of `prints` on its page, counted from 0. What the pages showed
/// before stays below.
///
/// # Errors
/// When the document cannot be added to, has no such page, or the faces lack a letter.
pub fn printed(
    document: &Document,
    prints: &[(usize, Print)],
    id: [u8; 16],
) -> Result<Vec<u8>, SignError> {
    let mut append = Append::new(document)?;
    for (index, print) in prints {
        let page = document.page(*index)?;
        put(document, &mut append, &page, print)?;
    }
    Ok(append.finish(id)?.bytes)
}

fn put(
    document: &Document,
    append: &mut Append,
    page: &Page,
    print: &Print,
) -> Result<(), SignError> {
    let (width, height) = shown_size(page);
    let pen = print.drawn(height)?;
    let lists_glyphs = document.pdfa_claim()?.is_some_and(|claim| claim.part == 1);
    let fonts = pen.put_fonts(append, lists_glyphs)?;
    let mut resources = Dict::new();
    resources.set("Font", Object::Dict(fonts));
    resources.set("ColorSpace", one("G", black()));
    let mut form = Dict::new();
    form.set("Type", name("XObject"));
    form.set("Subtype", name("Form"));
    form.set("BBox", reals(&[0.0, 0.0, width, height]));
    form.set("Filter", name("FlateDecode"));
    form.set("Resources", Object::Dict(resources));
    let look = append.alloc()?;
    append.put_stream(look, &form, &packed(pen.content.as_bytes())?)?;

    // What was there may leave any state behind: it is put between brackets.
    let (before, after) = (append.alloc()?, append.alloc()?);
    append.put_stream(before, &Dict::new(), b"q\n")?;
    append.put_stream(after, &Dict::new(), placed(page).as_bytes())?;
    let mut contents = vec![Object::Ref(before)];
    match page.dict.get("Contents") {
        Some(Object::Ref(own)) => match document.get(&page.dict, "Contents")?.as_array() {
            Some(several) => contents.extend(several.iter().cloned()),
            None => contents.push(Object::Ref(*own)),
        },
        Some(Object::Array(several)) => contents.extend(several.iter().cloned()),
        _ => {}
    }
    contents.push(Object::Ref(after));

    let mut of_page = page.resources.as_dict().cloned().unwrap_or_default();
    let forms = document.get(&of_page, "XObject")?.into_owned();
    let mut forms = forms.as_dict().cloned().unwrap_or_default();
    forms.set(FORM, Object::Ref(look));
    of_page.set("XObject", Object::Dict(forms));
    let mut dict = page.dict.clone();
    dict.set("Contents", Object::Array(contents));
    dict.set("Resources", Object::Dict(of_page));
    append.put(page.id, &Object::Dict(dict))?;
    Ok(())
}

/// Shows the form upright on a page that readers turn.
fn placed(page: &Page) -> String {
    let (left, bottom) = (page.crop_box.left, page.crop_box.bottom);
    let (right, top) = (page.crop_box.right, page.crop_box.top);
    let unit = 1.0 / page.user_unit;
    let turn = match page.rotate {
        90 => [0.0, unit, -unit, 0.0, right, bottom],
        180 => [-unit, 0.0, 0.0, -unit, right, top],
        270 => [0.0, -unit, unit, 0.0, left, top],
        _ => [unit, 0.0, 0.0, unit, left, bottom],
    };
    let turn: Vec<String> = turn.iter().map(|value| format!("{value:.4}")).collect();
    format!("Q q {} cm /{FORM} Do Q\n", turn.join(" "))
}
