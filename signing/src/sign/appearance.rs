//! What a signature shows on its page: a picture of a hand or a seal, lines of text, or both.

use saoy_pdf::{Append, Dict, Document, Name, Object, ObjectId, Page, Rectangle};

use super::SignError;

mod picture;
mod text;

pub use picture::Picture;
pub use text::{Lines, SIZE};

/// What stands on the page.
#[derive(Clone, Debug)]
pub enum Shown {
    /// A picture; as large as fits, in the middle.
    Picture(Picture),
    /// Text from the top left corner.
    Text(Lines),
    /// Text at the foot, the picture over it.
    Both(Picture, Lines),
}

/// An appearance, drawn.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The page, from 0.
    page: usize,
    /// Where on it, in the page's own units and turn.
    rectangle: Rectangle,
    /// Width and height in pt, upright as the page is shown.
    size: (f64, f64),
    /// `/Rotate` of the page.
    rotate: u16,
    shown: Shown,
}

impl Drawn {
    /// `shown` at `place` of `page`: left, top, width, height in pt from the top left corner of the page as readers show
    /// it. It stands upright also on pages that are turned. `None` when the place is empty or not all on the page.
    pub fn on(page: &Page, place: [f64; 4], shown: Shown) -> Option<Self> {
        /// Of rounding.
        const SLACK: f64 = 0.01;
        let [left, top, width, height] = place;
        let (page_width, page_height) = shown_size(page);
        let inside = left >= -SLACK
            && top >= -SLACK
            && width > 0.0
            && height > 0.0
            && left + width <= page_width + SLACK
            && top + height <= page_height + SLACK;
        if !inside {
            return None;
        }
        let whole = page.crop_box;
        let [left, top, wide, high] = place.map(|pt| pt / page.user_unit);
        let (right, bottom) = (left + wide, top + high);
        // The shown page's left and top edges are other edges of the page's own space.
        let rectangle = match page.rotate {
            90 => Rectangle {
                left: whole.left + top,
                bottom: whole.bottom + left,
                right: whole.left + bottom,
                top: whole.bottom + right,
            },
            180 => Rectangle {
                left: whole.right - right,
                bottom: whole.bottom + top,
                right: whole.right - left,
                top: whole.bottom + bottom,
            },
            270 => Rectangle {
                left: whole.right - bottom,
                bottom: whole.top - right,
                right: whole.right - top,
                top: whole.top - left,
            },
            _ => Rectangle {
                left: whole.left + left,
                bottom: whole.top - bottom,
                right: whole.left + right,
                top: whole.top - top,
            },
        };
        Some(Self {
            page: page.index,
            rectangle,
            size: (width, height),
            rotate: page.rotate,
            shown,
        })
    }

    /// The page, from 0.
    pub fn page(&self) -> usize {
        self.page
    }

    /// Where on it, in the page's own units and turn.
    pub fn rectangle(&self) -> Rectangle {
        self.rectangle
    }

    /// Writes the form that shows it.
    pub(super) fn put(
        &self,
        document: &Document,
        append: &mut Append,
        look: ObjectId,
    ) -> Result<(), SignError> {
        let (mut resources, mut content) = (Dict::new(), String::new());
        let (picture, lines) = match &self.shown {
            Shown::Picture(picture) => (Some(picture), None),
            Shown::Text(lines) => (None, Some(lines)),
            Shown::Both(picture, lines) => (Some(picture), Some(lines)),
        };
        let foot = match (picture, lines) {
            (Some(_), Some(lines)) => lines.height().min(self.size.1),
            _ => 0.0,
        };
        if let Some(picture) = picture {
            content += &self.picture(picture, foot);
            resources.set(
                "XObject",
                one("P", Object::Ref(put_picture(append, picture)?)),
            );
        }
        if let Some(lines) = lines {
            let top = if picture.is_some() { foot } else { self.size.1 };
            // A CIDSet is asked for by PDF/A-1 (ISO 19005-1, 6.3.5) and out of use since.
            let lists_glyphs = document.pdfa_claim()?.is_some_and(|claim| claim.part == 1);
            let (font, drawn) = lines.put(append, top, lists_glyphs)?;
            content += &drawn;
            resources.set("Font", one("F", Object::Ref(font)));
            resources.set("ColorSpace", one("G", text::black()));
        }
        let mut form = Dict::new();
        form.set("Type", name("XObject"));
        form.set("Subtype", name("Form"));
        form.set("BBox", reals(&[0.0, 0.0, self.size.0, self.size.1]));
        // Against the page's turn. Readers fit the turned box into the rectangle (ISO 32000-1, 12.5.5).
        let turn: Option<[f64; 6]> = match self.rotate {
            90 => Some([0.0, 1.0, -1.0, 0.0, 0.0, 0.0]),
            180 => Some([-1.0, 0.0, 0.0, -1.0, 0.0, 0.0]),
            270 => Some([0.0, -1.0, 1.0, 0.0, 0.0, 0.0]),
            _ => None,
        };
        if let Some(turn) = turn {
            form.set("Matrix", reals(&turn));
        }
        form.set("Resources", Object::Dict(resources));
        append.put_stream(look, &form, content.as_bytes())?;
        Ok(())
    }

    /// Operators for a picture that stands on what is `foot` pt high.
    fn picture(&self, picture: &Picture, foot: f64) -> String {
        let (width, height) = (self.size.0, (self.size.1 - foot).max(0.0));
        let ratio = picture.ratio();
        let (wide, high) = (width.min(height * ratio), height.min(width / ratio));
        let (left, bottom) = ((width - wide) / 2.0, foot + (height - high) / 2.0);
        format!("q {wide:.3} 0 0 {high:.3} {left:.3} {bottom:.3} cm /P Do Q\n")
    }
}

/// Width and height of a page as readers show it, pt.
pub fn shown_size(page: &Page) -> (f64, f64) {
    let (width, height) = (page.crop_box.width(), page.crop_box.height());
    let (width, height) = if page.rotate % 180 == 90 {
        (height, width)
    } else {
        (width, height)
    };
    (width * page.user_unit, height * page.user_unit)
}

/// Where `rectangle`, in the page's own units and turn, stands on the page as readers show it: left, top, width, height,
/// pt.
pub fn shown_place(page: &Page, rectangle: Rectangle) -> [f64; 4] {
    let whole = page.crop_box;
    let (left, top) = match page.rotate {
        90 => (rectangle.bottom - whole.bottom, rectangle.left - whole.left),
        180 => (
            whole.right - rectangle.right,
            rectangle.bottom - whole.bottom,
        ),
        270 => (whole.top - rectangle.top, whole.right - rectangle.right),
        _ => (rectangle.left - whole.left, whole.top - rectangle.top),
    };
    let (wide, high) = if page.rotate % 180 == 90 {
        (rectangle.height(), rectangle.width())
    } else {
        (rectangle.width(), rectangle.height())
    };
    [left, top, wide, high].map(|units| units * page.user_unit)
}

fn put_picture(append: &mut Append, picture: &Picture) -> Result<ObjectId, SignError> {
    let (colours, mask) = (append.alloc()?, append.alloc()?);
    let image = |more: &[(&str, Object)]| {
        let mut image = Dict::new();
        image.set("Type", name("XObject"));
        image.set("Subtype", name("Image"));
        image.set("Width", Object::Integer(i64::from(picture.width)));
        image.set("Height", Object::Integer(i64::from(picture.height)));
        image.set("Filter", name("FlateDecode"));
        for (key, value) in more {
            image.set(key, value.clone());
        }
        image
    };
    let stencil = image(&[
        ("ImageMask", Object::Bool(true)),
        ("BitsPerComponent", Object::Integer(1)),
    ]);
    append.put_stream(mask, &stencil, &picture.mask)?;
    let coloured = image(&[
        ("ColorSpace", calibrated()),
        ("BitsPerComponent", Object::Integer(8)),
        ("Mask", Object::Ref(mask)),
    ]);
    append.put_stream(colours, &coloured, &picture.colours)?;
    Ok(colours)
}

/// sRGB as a calibrated space (ISO 32000-1, 8.6.5.3): independent of the document's output intent, and needs no profile.
fn calibrated() -> Object {
    let mut space = Dict::new();
    space.set("WhitePoint", reals(&[0.9505, 1.0, 1.089]));
    space.set("Gamma", reals(&[2.2; 3]));
    let matrix = [
        0.4124, 0.2126, 0.0193, 0.3576, 0.7152, 0.1192, 0.1805, 0.0722, 0.9505,
    ];
    space.set("Matrix", reals(&matrix));
    Object::Array(vec![name("CalRGB"), Object::Dict(space)])
}

fn name(text: &str) -> Object {
    Object::Name(Name::new(text))
}

fn one(key: &str, value: Object) -> Object {
    let mut dict = Dict::new();
    dict.set(key, value);
    Object::Dict(dict)
}

fn reals(values: &[f64]) -> Object {
    Object::Array(values.iter().copied().map(Object::Real).collect())
}

#[cfg(test)]
mod tests;
