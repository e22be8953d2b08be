//! The stamp that goes with a signature: which, what it shows, and where (decree 30/2020, annex I; circular 01/2023 of the
//! Government Office, article 8).

use std::path::PathBuf;

use anyhow::Context as _;
use clap::ArgMatches;
use saoy_pdf::{Document, Page, Rectangle};
use saoy_pipeline::ingest::{Limits, glance};
use saoy_pipeline::record::Bilingual;
use saoy_signing::sign::appearance::{
    Code, Drawn, Lines, Picture, Shown, allows_transparency, shown_place,
};
use saoy_signing::sign::field::EmptyField;
use saoy_signing::sign::{LocalTime, SignError, iso_time};

use super::place::{MM, Place, Room, Sheet, moved_onto, sealed, visible_signatures};
use super::record::Warning;
use super::reserve;
use super::statement::{self, Form};
use crate::words::{Said, said};

/// From the page's edges to stamps in its corners; most printers reach so far.
const MARGIN: f64 = 5.0 * MM;
/// Largest picture of a hand.
const HAND: (f64, f64) = (55.0 * MM, 20.0 * MM);
/// Smallest height of one, however little room there is.
const LEAST_HAND: f64 = 8.0 * MM;
/// Width of a seal whose picture has no resolution, and what counts as a size that one can have.
const SEAL: f64 = 36.0 * MM;
const SEALS: std::ops::RangeInclusive<f64> = 15.0 * MM..=60.0 * MM;
/// Where a hand usually stands, in shares of the page: the middle of cells 7a to 7c in the decree's drawing.
const USUAL: (f64, f64) = (0.72, 0.77);
/// Pages looked through from the back for a person's signature.
const PAGES_BACK: usize = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A hand between title and name.
    Person,
    /// A seal over a third of the hand, to its left.
    Agency,
    /// Text at the top right of the first page.
    Copy,
    /// Text at the top left of the first page.
    Digitizer,
    /// A statement where the last page has room, or on a page of its own.
    Statement,
}

/// The stamp of a run.
pub(super) struct Stamp {
    pub(super) kind: Kind,
    picture: Option<Picture>,
    texts: Vec<String>,
    statement: Option<Form>,
    /// Beside the rest.
    code: Option<Code>,
    /// From 1.
    page: Option<usize>,
    place: Option<Place>,
}

/// Who signs, and when.
pub(super) struct By<'a> {
    pub(super) name: &'a str,
    pub(super) time: LocalTime,
    /// What else is to be said of the signature.
    pub(super) caveat: Option<&'a str>,
}

fn usage(vi: &str, en: &str) -> anyhow::Error {
    Said(Bilingual {
        vi: vi.to_owned(),
        en: en.to_owned(),
    })
    .into()
}

impl Stamp {
    /// What the arguments ask for.
    ///
    /// # Errors
    /// When they do not go together, or the picture cannot be read.
    pub(super) fn of(matches: &ArgMatches) -> anyhow::Result<Option<Self>> {
        let text = |name: &str| matches.get_one::<String>(name).map(String::as_str);
        let image = matches.get_one::<PathBuf>("image");
        let kind = match text("stamp") {
            Some("person") => Some(Kind::Person),
            Some("agency") => Some(Kind::Agency),
            Some("copy") => Some(Kind::Copy),
            Some("digitizer") => Some(Kind::Digitizer),
            Some("statement") => Some(Kind::Statement),
            Some(_) => None,
            None => image.map(|_| match text("role") {
                Some("agency") => Kind::Agency,
                _ => Kind::Person,
            }),
        };
        let texts: Vec<String> = ["number", "text"]
            .into_iter()
            .filter_map(|name| matches.get_many::<String>(name))
            .flatten()
            .cloned()
            .collect();
        let Some(kind) = kind else {
            let given = ["image", "box", "page", "text", "number", "statement", "qr"];
            if given.iter().any(|name| matches.contains_id(name)) {
                return Err(usage("cần thêm --stamp", "this needs --stamp"));
            }
            return Ok(None);
        };
        match (kind, image) {
            (Kind::Person | Kind::Agency, None) => {
                return Err(usage("dấu này cần --image", "this stamp needs --image"));
            }
            (Kind::Copy | Kind::Digitizer | Kind::Statement, Some(_)) => {
                return Err(usage(
                    "dấu này không có hình ảnh",
                    "this stamp has no picture",
                ));
            }
            (Kind::Copy, None) if texts.is_empty() => {
                return Err(usage(
                    "dấu này cần --number hoặc --text",
                    "this stamp needs --number or --text",
                ));
            }
            _ => {}
        }
        let form = matches.get_one::<PathBuf>("statement");
        if (kind == Kind::Statement) != form.is_some() {
            return Err(usage(
                "--stamp statement và --statement đi cùng nhau",
                "--stamp statement and --statement go together",
            ));
        }
        let qr = text("qr");
        if qr.is_some() && !matches!(kind, Kind::Person | Kind::Copy) {
            return Err(usage(
                "--qr chỉ đi với dấu person hoặc copy",
                "--qr goes with the stamps person and copy only",
            ));
        }
        if kind == Kind::Statement && !texts.is_empty() {
            return Err(usage(
                "lời chứng lấy chữ từ --statement",
                "a statement has its text from --statement",
            ));
        }
        let picture = match image {
            Some(path) => {
                let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
                Some(Picture::from_png(&bytes)?)
            }
            None => None,
        };
        let page = matches.get_one::<u32>("page");
        Ok(Some(Self {
            kind,
            picture,
            texts,
            statement: form.map(|path| Form::read(path)).transpose()?,
            code: qr.map(code_of).transpose()?,
            page: page.and_then(|page| usize::try_from(*page).ok()),
            place: place_of(matches)?,
        }))
    }

    /// Whether the command line says where it stands.
    pub(super) fn has_place(&self) -> bool {
        self.place.is_some() || self.page.is_some()
    }

    /// The stamp on its page, in `field` where there is one, and what people should know about it.
    ///
    /// # Errors
    /// When there is no such page or place, or the text has letters that cannot be shown.
    pub(super) fn on(
        &self,
        document: &Document,
        by: &By<'_>,
        field: Option<&EmptyField>,
    ) -> anyhow::Result<(Drawn, Vec<Warning>)> {
        let own = match field {
            Some(field) => Some(self.of_field(document, field)?),
            None => None,
        };
        let page = match &own {
            Some((page, _)) => page.clone(),
            None => self.page_of(document)?,
        };
        let area = own.as_ref().map(|(page, field)| shown_place(page, *field));
        let sheet = Sheet::of(document, &page).map_err(SignError::from)?;
        let (mut drawn, place, mut warnings) = match &self.statement {
            Some(form) => {
                let may_add =
                    own.is_none() && self.page.is_none() && statement::may_get_page(document)?;
                let place = area.or(self.place);
                form.on(document, (&page, &sheet), place, may_add, by)?
            }
            None => self.drawn(document, &page, &sheet, area, by)?,
        };
        if let (Some(field), Some((page, rectangle))) = (field, own) {
            let fitted = drawn.within(&page, rectangle);
            drawn = fitted.ok_or_else(|| Said(reserve::no_room(field)))?;
        }
        if self.picture.as_ref().is_some_and(Picture::is_soft)
            && !allows_transparency(document).map_err(SignError::from)?
        {
            warnings.push(Warning::flattened());
        }
        // Nothing stands on a page that was just added.
        if drawn.page() == page.index {
            let number = page.index.saturating_add(1);
            if let Some(text) = sheet.under(place) {
                warnings.push(Warning::covers(number, &text));
            }
            if self.kind != Kind::Agency && sheet.covers_signature(place) {
                warnings.push(Warning::covers_signature(number));
            }
        }
        Ok((drawn, warnings))
    }

    /// Where the field stands that was made for it.
    fn of_field(
        &self,
        document: &Document,
        field: &EmptyField,
    ) -> anyhow::Result<(Page, Rectangle)> {
        if self.has_place() {
            return Err(usage(
                "trường chữ ký này đã có chỗ trên trang; bỏ --page và --box",
                "this field has its place already; leave out --page and --box",
            ));
        }
        let (page, rectangle) = field.place.ok_or_else(|| {
            usage(
                "trường chữ ký này không hiện trên trang; bỏ --stamp",
                "this field does not show on a page; leave out --stamp",
            )
        })?;
        Ok((document.page(page).map_err(SignError::from)?, rectangle))
    }

    /// Pictures and lines at their place; in `area`, where a field was made for them.
    fn drawn(
        &self,
        document: &Document,
        page: &Page,
        sheet: &Sheet,
        area: Option<Place>,
        by: &By<'_>,
    ) -> anyhow::Result<(Drawn, Place, Vec<Warning>)> {
        let mut warnings = Vec::new();
        let paragraphs = self.paragraphs(by);
        let asked = area.or(self.place);
        let (mut place, mut shown) = match &self.picture {
            None => {
                let code = self.code.as_ref().map_or(0.0, Code::side);
                let room = asked.map_or(sheet.size.0 / 2.0 - MARGIN, |place| place[2]);
                let lines = Lines::new(&paragraphs, (room - code).max(MARGIN))?;
                (self.text_place(sheet, asked, &lines), Shown::Text(lines))
            }
            Some(picture) => {
                let place = match area.filter(|_| self.kind == Kind::Agency) {
                    Some(area) => seal_in(area, picture, &mut warnings),
                    None => {
                        self.picture_place(document, sheet, (picture, asked), by, &mut warnings)
                    }
                };
                if paragraphs.is_empty() {
                    (place, Shown::Picture(picture.clone()))
                } else {
                    let lines = Lines::new(&paragraphs, place[2])?;
                    let [left, top, width, height] = place;
                    let place = [left, top, width.max(lines.width()), height + lines.height()];
                    (place, Shown::Both(picture.clone(), lines))
                }
            }
        };
        if let Some(code) = &self.code {
            let top = place[1];
            (shown, place) = shown.with_code(code.clone(), place);
            // Text in a corner keeps its distance from the page's edge.
            if self.picture.is_none() {
                place[1] = top;
            }
            // Where a box was asked for, the code is part of it.
            if let Some([left, top, width, height]) = asked {
                place = [left, top, place[2].max(width), place[3].max(height)];
            }
        }
        // A place that was asked for must be on the page; one that was found is moved there.
        if asked.is_none() {
            place = moved_onto(place, sheet.size);
        }
        let drawn = Drawn::on(page, place, shown)
            .ok_or_else(|| usage("dấu nằm ngoài trang", "the stamp does not fit on the page"))?;
        Ok((drawn, place, warnings))
    }

    fn page_of(&self, document: &Document) -> anyhow::Result<Page> {
        let count = document.page_count().map_err(SignError::from)?;
        let wanted = match (self.page, self.kind) {
            (Some(page), _) => page,
            (None, Kind::Copy | Kind::Digitizer) => 1,
            (None, Kind::Person | Kind::Statement) => count,
            (None, Kind::Agency) => {
                let back = (0..count).rev().take(PAGES_BACK);
                let mut signed = back.filter(|&index| {
                    let page = document.page(index);
                    page.and_then(|page| visible_signatures(document, &page))
                        .is_ok_and(|places| !places.is_empty())
                });
                signed.next().map_or(count, |index| index + 1)
            }
        };
        if wanted > count {
            let why = said!("tệp chỉ có {} trang", "the file has only {} pages", count);
            return Err(Said(why).into());
        }
        Ok(document
            .page(wanted.saturating_sub(1))
            .map_err(SignError::from)?)
    }

    fn paragraphs(&self, by: &By<'_>) -> Vec<String> {
        let mut all = self.texts.clone();
        if self.kind == Kind::Digitizer && all.is_empty() {
            all.push(by.name.to_owned());
        }
        if matches!(self.kind, Kind::Copy | Kind::Digitizer) {
            all.push(iso_time(by.time));
        }
        all.extend(by.caveat.map(str::to_owned));
        all
    }

    /// In its corner, below what was stamped there before.
    fn text_place(&self, sheet: &Sheet, asked: Option<Place>, lines: &Lines) -> Place {
        let (width, height) = (lines.width(), lines.height());
        if let Some([left, top, wide, high]) = asked {
            // What stands beside it needs its part of the box.
            let (wide, high) = if self.code.is_some() {
                (0.0, 0.0)
            } else {
                (wide, high)
            };
            return [left, top, wide.max(width), high.max(height)];
        }
        let left = if self.kind == Kind::Copy {
            sheet.size.0 - MARGIN - width
        } else {
            MARGIN
        };
        let mut place = [left, MARGIN, width, height];
        // As often as there are stamps to go below.
        for _ in &sheet.signatures {
            let lower = sheet
                .signatures
                .iter()
                .filter(|[x, y, w, h]| {
                    x + w > place[0]
                        && *x < place[0] + place[2]
                        && y + h > place[1]
                        && *y < place[1] + place[3]
                })
                .map(|[_, y, _, h]| y + h + 2.0)
                .max_by(f64::total_cmp);
            let Some(lower) = lower else { break };
            place[1] = lower;
        }
        place
    }

    fn picture_place(
        &self,
        document: &Document,
        sheet: &Sheet,
        (picture, asked): (&Picture, Option<Place>),
        by: &By<'_>,
        warnings: &mut Vec<Warning>,
    ) -> Place {
        let ratio = picture.ratio().max(0.001);
        if let Some(place) = asked {
            return fitted(place, ratio);
        }
        let hand = |picture_ratio: f64, warnings: &mut Vec<Warning>| {
            let room = self.room(document, sheet, by, warnings);
            in_room(room, picture_ratio)
        };
        if self.kind == Kind::Person {
            return hand(ratio, warnings);
        }
        let person = match sheet.signatures.last() {
            Some(person) => *person,
            // A hand of the usual shape.
            None => hand(2.5, warnings),
        };
        sealed(person, seal_size(picture))
    }

    fn room(
        &self,
        document: &Document,
        sheet: &Sheet,
        by: &By<'_>,
        warnings: &mut Vec<Warning>,
    ) -> Room {
        let own = match self.kind {
            Kind::Person => sheet.room(&[by.name.to_owned()]),
            _ => None,
        };
        if let Some((room, _)) = own {
            return room;
        }
        let printed = glance::classified(document, &Limits::default());
        let printed = printed.and_then(|found| found.fields.get("signer_name")?.value.clone());
        if let Some((room, name)) = printed.and_then(|name| sheet.room(&[name])) {
            if self.kind == Kind::Person {
                warnings.push(Warning::other_name(by.name, &name));
            }
            return room;
        }
        warnings.push(Warning::guessed());
        let (width, height) = sheet.size;
        let (middle, centre) = (width * USUAL.0, height * USUAL.1);
        Room {
            middle,
            top: centre - HAND.1 / 2.0,
            bottom: centre + HAND.1 / 2.0,
        }
    }
}

/// Width and height of a seal, pt.
fn seal_size(picture: &Picture) -> (f64, f64) {
    let width = picture
        .size()
        .map(|(width, _)| width)
        .filter(|width| SEALS.contains(width))
        .unwrap_or(SEAL);
    (width, width / picture.ratio().max(0.001))
}

/// A seal in the field that was made for it: in its own size, at the side where the person's signature is.
fn seal_in(area: Place, picture: &Picture, warnings: &mut Vec<Warning>) -> Place {
    /// Of rounding, pt.
    const SLACK: f64 = 0.5;
    let (wide, high) = seal_size(picture);
    let [left, top, width, height] = area;
    if wide > width + SLACK || high > height + SLACK {
        warnings.push(Warning::shrunk());
        return fitted(area, picture.ratio().max(0.001));
    }
    [left + width - wide, top + (height - high) / 2.0, wide, high]
}

/// The largest part of `place` with this ratio, in its middle.
fn fitted([left, top, width, height]: Place, ratio: f64) -> Place {
    let (wide, high) = (width.min(height * ratio), height.min(width / ratio));
    [
        left + (width - wide) / 2.0,
        top + (height - high) / 2.0,
        wide,
        high,
    ]
}

fn in_room(room: Room, ratio: f64) -> Place {
    let high = (room.bottom - room.top - 2.0).clamp(LEAST_HAND, HAND.1);
    let wide = (high * ratio).min(HAND.0);
    let high = wide / ratio;
    [
        room.middle - wide / 2.0,
        f64::midpoint(room.top, room.bottom) - high / 2.0,
        wide,
        high,
    ]
}

fn code_of(text: &str) -> anyhow::Result<Code> {
    let why = |_| {
        usage(
            "nội dung --qr dài quá một mã QR",
            "--qr is more than a QR code holds",
        )
    };
    Code::new(text.as_bytes()).map(Code::compact).map_err(why)
}

fn place_of(matches: &ArgMatches) -> anyhow::Result<Option<Place>> {
    let Some(numbers) = matches.get_many::<f64>("box") else {
        return Ok(None);
    };
    let numbers: Vec<f64> = numbers.copied().collect();
    <[f64; 4]>::try_from(numbers)
        .ok()
        .filter(|[_, _, width, height]| *width > 0.0 && *height > 0.0)
        .map(Some)
        .ok_or_else(|| usage("--box cần X,Y,W,H", "--box needs X,Y,W,H"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hands_keep_their_shape_and_stay_in_their_room() {
        let room = Room {
            middle: 400.0,
            top: 500.0,
            bottom: 540.0,
        };
        let [left, top, width, height] = in_room(room, 2.0);
        assert!(top >= 500.0 && top + height <= 540.0);
        assert!((left + width / 2.0 - 400.0).abs() < 1e-9);
        assert!((width / height - 2.0).abs() < 1e-9);
        let [_, _, wide, _] = in_room(room, 100.0);
        assert!((wide - HAND.0).abs() < 1e-9);
        assert_eq!(fitted([0.0, 0.0, 30.0, 10.0], 1.0), [10.0, 0.0, 10.0, 10.0]);
        assert_eq!(
            moved_onto([-5.0, 95.0, 20.0, 10.0], (100.0, 100.0)),
            [0.0, 90.0, 20.0, 10.0]
        );
    }
}
