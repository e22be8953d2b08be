//! What a signature shows on its page: a picture of a hand or a seal, lines of text, a statement, a code.

use saoy_pdf::{Append, Dict, Document, Name, Object, ObjectId, Page, PdfError, Rectangle};

use super::SignError;
use super::field::Reserved;

mod code;
mod face;
mod ground;
mod picture;
mod print;
mod statement;
mod text;

pub use code::Code;
pub use face::Weight;
pub use ground::Ground;
pub use picture::Picture;
pub use print::{Print, printed, width};
pub use statement::{Align, Labelled, Paragraph, Statement};
pub use text::{Lines, SIZE};

use face::Pen;

/// Left, top, width, height in pt from the top left corner of a page as readers show it.
pub type Place = [f64; 4];

const MM: f64 = 72.0 / 25.4;

/// What stands on the page.
#[derive(Clone, Debug)]
pub enum Shown {
    /// A picture; as large as fits, in the middle.
    Picture(Picture),
    /// Text from the top left corner.
    Text(Lines),
    /// Text at the foot, the picture over it.
    Both(Picture, Lines),
    /// A statement, from the top left corner.
    Statement(Statement),
    /// A code at the left, the rest to its right.
    Beside(Code, Box<Shown>),
}

impl Shown {
    /// Between a code and what it stands beside, pt.
    const GUTTER: f64 = 2.0 * MM;

    /// The place that it takes with a code beside it when it alone takes `place`: the code goes to the left, in the middle
    /// where it is lower than the rest, else the rest is in the middle.
    pub fn with_code(self, code: Code, place: Place) -> (Self, Place) {
        let [left, top, width, height] = place;
        let (side, more) = (code.side(), code.side() + Self::GUTTER);
        let high = height.max(side);
        let place = [left - more, top - (high - height) / 2.0, width + more, high];
        (Self::Beside(code, Box::new(self)), place)
    }

    /// What can be read of it, line by line.
    pub fn text(&self) -> String {
        match self {
            Self::Picture(_) => String::new(),
            Self::Text(lines) | Self::Both(_, lines) => lines.as_slice().join("\n"),
            Self::Statement(statement) => statement.text(),
            Self::Beside(_, rest) => rest.text(),
        }
    }

    fn picture(&self) -> Option<&Picture> {
        match self {
            Self::Picture(picture) | Self::Both(picture, _) => Some(picture),
            Self::Text(_) | Self::Statement(_) => None,
            Self::Beside(_, rest) => rest.picture(),
        }
    }

    /// Draws it into `area`: left, bottom, width, height of the form, pt. Its picture is `P`.
    fn draw(
        &self,
        pen: &mut Pen,
        [left, bottom, width, height]: [f64; 4],
    ) -> Result<(), SignError> {
        let top = bottom + height;
        match self {
            Self::Picture(picture) => pen.content += &shown(picture, [left, bottom, width, height]),
            Self::Text(lines) => lines.draw(pen, left, top)?,
            Self::Both(picture, lines) => {
                let foot = lines.height().min(height);
                pen.content += &shown(picture, [left, bottom + foot, width, height - foot]);
                lines.draw(pen, left, bottom + foot)?;
            }
            Self::Statement(statement) => statement.draw(pen, (width, top))?,
            Self::Beside(code, rest) => {
                let (side, more) = (code.side(), code.side() + Self::GUTTER);
                code.draw(pen, left, bottom + f64::midpoint(height, side));
                rest.draw(pen, [left + more, bottom, (width - more).max(0.0), height])?;
            }
        }
        Ok(())
    }
}

/// Operators for a picture, as large as fits into the middle of `area`.
fn shown(picture: &Picture, [left, bottom, width, height]: [f64; 4]) -> String {
    let ratio = picture.ratio();
    let (wide, high) = (width.min(height * ratio), height.min(width / ratio));
    let (left, bottom) = (left + (width - wide) / 2.0, bottom + (height - high) / 2.0);
    format!("q {wide:.3} 0 0 {high:.3} {left:.3} {bottom:.3} cm /P Do Q\n")
}

/// An appearance, drawn.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The page, from 0.
    page: usize,
    /// Size of that page when it is to be added, pt.
    leaf: Option<(f64, f64)>,
    /// Where on it, in the page's own units and turn.
    rectangle: Rectangle,
    /// Width and height in pt, upright as the page is shown.
    size: (f64, f64),
    /// What of that it fills: left, bottom, width, height, pt.
    area: [f64; 4],
    /// `/Rotate` of the page.
    rotate: u16,
    shown: Shown,
}

impl Drawn {
    /// `shown` at `place` of `page`: left, top, width, height in pt from the top left corner of the page as readers show
    /// it. It stands upright also on pages that are turned. `None` when the place is empty or not all on the page.
    pub fn on(page: &Page, place: Place, shown: Shown) -> Option<Self> {
        let [_, _, width, height] = place;
        Some(Self {
            page: page.index,
            leaf: None,
            rectangle: rectangle_at(page, place)?,
            size: (width, height),
            area: [0.0, 0.0, width, height],
            rotate: page.rotate,
            shown,
        })
    }

    /// `shown` at `place` of a page that is added behind the last: of its size, or as much larger as `place` asks for.
    /// Only a document without signatures can get one.
    ///
    /// # Errors
    /// When the document's pages cannot be read.
    pub fn on_new_page(document: &Document, place: Place, shown: Shown) -> Result<Self, SignError> {
        let count = document.page_count()?;
        let (width, height) = new_page_size(document)?;
        let [left, top, wide, high] = place;
        let (width, height) = (width.max(left + wide), height.max(top + high));
        Ok(Self {
            page: count,
            leaf: Some((width, height)),
            rectangle: Rectangle {
                left,
                bottom: height - top - high,
                right: left + wide,
                top: height - top,
            },
            size: (wide, high),
            area: [0.0, 0.0, wide, high],
            rotate: 0,
            shown,
        })
    }

    /// The same within `field`, which a signature field takes up on `page`. `None` when it does not fit in.
    pub fn within(self, page: &Page, field: Rectangle) -> Option<Self> {
        /// Of rounding, pt.
        const SLACK: f64 = 0.5;
        let [left, top, width, height] = shown_place(page, self.rectangle);
        let [field_left, field_top, wide, high] = shown_place(page, field);
        let (right, below) = (left - field_left, top - field_top);
        let fits = right >= -SLACK
            && below >= -SLACK
            && right + width <= wide + SLACK
            && below + height <= high + SLACK;
        (fits && self.page == page.index && self.leaf.is_none()).then_some(Self {
            rectangle: field,
            size: (wide, high),
            area: [right, high - below - height, width, height],
            ..self
        })
    }

    /// Where it stands on its page as that is shown, and that page's width and height, pt.
    ///
    /// # Errors
    /// When the page cannot be read.
    pub fn place(&self, document: &Document) -> Result<(Place, (f64, f64)), SignError> {
        if let Some(size) = self.leaf {
            let Rectangle { left, top, .. } = self.rectangle;
            let (width, height) = self.size;
            return Ok(([left, size.1 - top, width, height], size));
        }
        let page = document.page(self.page)?;
        Ok((shown_place(&page, self.rectangle), shown_size(&page)))
    }

    /// A field for somebody who signs later, at `place` of the same page. `None` when that is not on it.
    ///
    /// # Errors
    /// When the page cannot be read.
    pub fn beside(
        &self,
        document: &Document,
        place: Place,
        name: &str,
    ) -> Result<Option<Reserved>, SignError> {
        let Some((width, height)) = self.leaf else {
            return Ok(Reserved::on(&document.page(self.page)?, place, name));
        };
        let [left, top, wide, high] = place;
        let inside = left >= 0.0 && top >= 0.0 && left + wide <= width && top + high <= height;
        Ok(inside.then(|| Reserved {
            name: name.to_owned(),
            page: self.page,
            rectangle: Rectangle {
                left,
                bottom: height - top - high,
                right: left + wide,
                top: height - top,
            },
            size: (wide, high),
            is_final: false,
        }))
    }

    /// The page, from 0.
    pub fn page(&self) -> usize {
        self.page
    }

    /// Width and height of the page that is to be added for it, pt.
    pub(super) fn leaf(&self) -> Option<(f64, f64)> {
        self.leaf
    }

    /// What can be read of it, line by line.
    pub fn text(&self) -> String {
        self.shown.text()
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
        let (mut resources, mut pen) = (Dict::new(), Pen::default());
        self.shown.draw(&mut pen, self.area)?;
        if let Some(picture) = self.shown.picture() {
            resources.set(
                "XObject",
                one("P", Object::Ref(put_picture(document, append, picture)?)),
            );
        }
        // A CIDSet is asked for by PDF/A-1 (ISO 19005-1, 6.3.5) and out of use since.
        let lists_glyphs = document.pdfa_claim()?.is_some_and(|claim| claim.part == 1);
        let fonts = pen.put_fonts(append, lists_glyphs)?;
        if fonts.iter().next().is_some() {
            resources.set("Font", Object::Dict(fonts));
        }
        if pen.content.contains("/G ") {
            resources.set("ColorSpace", one("G", black()));
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
        append.put_stream(look, &form, pen.content.as_bytes())?;
        Ok(())
    }
}

/// What `place`, in pt from the top left corner of the page as readers show it, is in the page's own units and turn. `None`
/// when it is empty or not all on the page.
pub(super) fn rectangle_at(page: &Page, place: Place) -> Option<Rectangle> {
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
    Some(match page.rotate {
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
    })
}

/// Size of a page that is added behind the last, pt: that page's own as it is shown, A4 when its units are not points.
///
/// # Errors
/// When the document's pages cannot be read.
pub fn new_page_size(document: &Document) -> Result<(f64, f64), SignError> {
    const A4: (f64, f64) = (595.276, 841.89);
    let last = document.page_count()?.saturating_sub(1);
    let page = document.page(last)?;
    Ok(if (page.user_unit - 1.0).abs() < f64::EPSILON {
        shown_size(&page)
    } else {
        A4
    })
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
pub fn shown_place(page: &Page, rectangle: Rectangle) -> Place {
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

/// Whether what is half transparent may be in an appearance of `document`: not in PDF/A-1 (ISO 19005-1, 6.4), and in later
/// parts only where the document or the page says in which colours to blend (ISO 19005-2, 6.2.10); pages stay as they are.
///
/// # Errors
/// When its metadata or catalog cannot be read.
pub fn allows_transparency(document: &Document) -> Result<bool, PdfError> {
    let Some(claim) = document.pdfa_claim()? else {
        return Ok(true);
    };
    if claim.part == 1 {
        return Ok(false);
    }
    let catalog = document.catalog()?;
    let intents = document.get(&catalog, "OutputIntents")?.into_owned();
    for intent in intents.as_array().unwrap_or_default() {
        let intent = document.resolve(intent)?;
        if let Some(intent) = intent.as_dict()
            && intent.is("S", "GTS_PDFA1")
            && intent.contains("DestOutputProfile")
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn put_picture(
    document: &Document,
    append: &mut Append,
    picture: &Picture,
) -> Result<ObjectId, SignError> {
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
    let soft = match &picture.soft {
        Some(soft) if allows_transparency(document)? => Some(soft),
        _ => None,
    };
    let (data, key) = match soft {
        Some(soft) => {
            // Soft masks are grey by definition, whatever the output intent (ISO 32000-1, table 145).
            let alpha = image(&[
                ("ColorSpace", name("DeviceGray")),
                ("BitsPerComponent", Object::Integer(8)),
            ]);
            append.put_stream(mask, &alpha, &soft.alpha)?;
            (&soft.colours, "SMask")
        }
        None => {
            let stencil = image(&[
                ("ImageMask", Object::Bool(true)),
                ("BitsPerComponent", Object::Integer(1)),
            ]);
            append.put_stream(mask, &stencil, &picture.hard.mask)?;
            (&picture.hard.colours, "Mask")
        }
    };
    let coloured = image(&[
        ("ColorSpace", calibrated()),
        ("BitsPerComponent", Object::Integer(8)),
        (key, Object::Ref(mask)),
    ]);
    append.put_stream(colours, &coloured, data)?;
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

/// Greys without regard to the document's output intent (ISO 32000-1, 8.6.5.2).
fn black() -> Object {
    Object::Array(vec![
        name("CalGray"),
        one("WhitePoint", reals(&[0.9505, 1.0, 1.089])),
    ])
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
