//! Where on a page a stamp belongs, by what is printed there; and what it would cover.

use saoy_pdf::{Document, Object, Page, PdfError, Rectangle};
use saoy_pipeline::document::Word;
use saoy_pipeline::ingest::{Limits, glance};
use saoy_signing::sign::appearance::{shown_place, shown_size};
use unicode_normalization::UnicodeNormalization;

pub(super) use saoy_signing::sign::appearance::Place;

/// Points in a millimetre.
pub(super) const MM: f64 = 72.0 / 25.4;
/// Words further apart than this many of their heights belong to different columns.
const COLUMN_GAP: f64 = 1.5;
/// A name may stand beside a rank or degree of so many words.
const TITLES_BEFORE_NAME: usize = 3;
/// How far above the name the title is looked for, pt: some nine blank lines.
const TITLE_REACH: f64 = 200.0;
/// Room for a hand where no title stands above the name, pt.
const USUAL_ROOM: f64 = 70.0;

/// Words that stand together.
#[derive(Clone, Debug, PartialEq)]
struct Piece {
    text: String,
    place: Place,
}

/// A page with what is printed on it.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// Width and height, pt.
    pub(super) size: (f64, f64),
    words: Vec<Piece>,
    pieces: Vec<Piece>,
    /// Visible signatures, oldest first.
    pub(super) signatures: Vec<Place>,
}

/// The room between a title and a name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Room {
    /// Its middle from left to right.
    pub(super) middle: f64,
    /// Upper end.
    pub(super) top: f64,
    /// Lower end.
    pub(super) bottom: f64,
}

impl Sheet {
    /// Reads `page`. A page whose text cannot be read has none.
    pub(super) fn of(document: &Document, page: &Page) -> Result<Self, PdfError> {
        let size = shown_size(page);
        let text = glance::text(document, page.index, &Limits::default()).unwrap_or_default();
        // Readers of text may not know of pages in larger units.
        let scale = (
            size.0 / text.size_pt.0.max(1.0),
            size.1 / text.size_pt.1.max(1.0),
        );
        let (mut words, mut pieces) = (Vec::new(), Vec::new());
        for line in &text.lines {
            let line: Vec<Piece> = line.words.iter().map(|word| piece(word, scale)).collect();
            pieces.extend(columns(&line));
            words.extend(line);
        }
        Ok(Self {
            size,
            words,
            pieces,
            signatures: visible_signatures(document, page)?,
        })
    }

    /// The room for the hand of one of `names`: over the lowest place where the name stands by itself.
    pub(super) fn room(&self, names: &[String]) -> Option<(Room, String)> {
        names.iter().find_map(|name| {
            let wanted = folded(name);
            let count = wanted.split(' ').count();
            let is_it = |piece: &&Piece| {
                let said = folded(&piece.text);
                count > 1
                    && format!(" {said} ").contains(&format!(" {wanted} "))
                    && said.split(' ').count() <= count + TITLES_BEFORE_NAME
            };
            let found = self.pieces.iter().filter(is_it);
            let lowest = found.max_by(|a, b| a.place[1].total_cmp(&b.place[1]))?;
            Some((self.room_above(lowest), name.clone()))
        })
    }

    fn room_above(&self, name: &Piece) -> Room {
        let [left, top, width, _] = name.place;
        let middle = left + width / 2.0;
        let title_ends = self
            .pieces
            .iter()
            .filter(|piece| {
                let [x, y, w, h] = piece.place;
                let beside = x + w < left - width / 2.0 || x > left + width * 1.5;
                !beside && y + h <= top + 1.0 && top - (y + h) < TITLE_REACH
            })
            .map(|piece| piece.place[1] + piece.place[3])
            .max_by(f64::total_cmp);
        Room {
            middle,
            top: title_ends.unwrap_or(top - USUAL_ROOM).max(0.0),
            bottom: top,
        }
    }

    /// The words that `place` lies over, in the order of reading; `None` when there are none.
    pub(super) fn under(&self, place: Place) -> Option<String> {
        let words: Vec<&str> = self
            .words
            .iter()
            .filter(|word| overlap(word.place, place))
            .map(|word| word.text.as_str())
            .collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// Where words and visible signatures stand.
    pub(super) fn places(&self) -> impl Iterator<Item = Place> + '_ {
        let words = self.words.iter().map(|word| word.place);
        words.chain(self.signatures.iter().copied())
    }

    /// Whether `place` lies over an earlier signature that shows.
    pub(super) fn covers_signature(&self, place: Place) -> bool {
        self.signatures.iter().any(|other| overlap(*other, place))
    }
}

/// Where a seal of `size` stands that goes with the person's signature at `person`: over its left third and to its left
/// (decree 30/2020, annex I, II.8).
pub(super) fn sealed(person: Place, (width, height): (f64, f64)) -> Place {
    let [left, top, wide, high] = person;
    [
        left + wide / 3.0 - width,
        top + (high - height) / 2.0,
        width,
        height,
    ]
}

/// `place`, moved onto a page of `size` as far as it is beyond its edges.
pub(super) fn moved_onto([left, top, width, height]: Place, size: (f64, f64)) -> Place {
    [
        left.min(size.0 - width).max(0.0),
        top.min(size.1 - height).max(0.0),
        width,
        height,
    ]
}

/// Whether two places share more than their borders.
fn overlap(a: Place, b: Place) -> bool {
    /// Letters do not fill their boxes.
    const BORDER: f64 = 1.0;
    let along = |at: usize, size: usize| {
        let end = |place: Place| place[at] + place[size];
        end(a).min(end(b)) - a[at].max(b[at]) > BORDER
    };
    along(0, 2) && along(1, 3)
}

fn piece(word: &Word, scale: (f64, f64)) -> Piece {
    let b = word.bbox;
    Piece {
        text: word.text.clone(),
        place: [
            f64::from(b.x) * scale.0,
            f64::from(b.y) * scale.1,
            f64::from(b.w) * scale.0,
            f64::from(b.h) * scale.1,
        ],
    }
}

fn columns(words: &[Piece]) -> Vec<Piece> {
    let mut columns: Vec<Piece> = Vec::new();
    for word in words {
        let [left, top, width, height] = word.place;
        match columns.last_mut() {
            Some(last) if left - (last.place[0] + last.place[2]) < COLUMN_GAP * height => {
                last.text = format!("{} {}", last.text, word.text);
                let [x, y, _, h] = last.place;
                let (above, below) = (y.min(top), (y + h).max(top + height));
                last.place = [x, above, left + width - x, below - above];
            }
            _ => columns.push(word.clone()),
        }
    }
    columns
}

/// Small letters without marks, words with single spaces between them: engines read marks wrong more often than letters.
fn folded(text: &str) -> String {
    let letters: String = text
        .to_lowercase()
        .nfd()
        .filter(|letter| !unicode_normalization::char::is_combining_mark(*letter))
        .map(|letter| match letter {
            'đ' => 'd',
            letter if letter.is_alphanumeric() => letter,
            _ => ' ',
        })
        .collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Signatures that show on `page`, oldest first.
pub(super) fn visible_signatures(document: &Document, page: &Page) -> Result<Vec<Place>, PdfError> {
    let annotations = document.get(&page.dict, "Annots")?.into_owned();
    let mut places = Vec::new();
    for annotation in annotations.as_array().unwrap_or_default() {
        let annotation = document.resolve(annotation)?;
        let Some(widget) = annotation.as_dict() else {
            continue;
        };
        if !widget.is("FT", "Sig") || !widget.contains("V") {
            continue;
        }
        let corners = document.get(widget, "Rect")?;
        let numbers: Vec<f64> = corners
            .as_array()
            .unwrap_or_default()
            .iter()
            .filter_map(Object::as_number)
            .collect();
        if let [a, b, c, d] = numbers[..]
            && (a - c).abs() > 1.0
            && (b - d).abs() > 1.0
        {
            let rectangle = Rectangle {
                left: a.min(c),
                bottom: b.min(d),
                right: a.max(c),
                top: b.max(d),
            };
            places.push(shown_place(page, rectangle));
        }
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(words: &[(&str, f64, f64, f64)]) -> Sheet {
        let mut sheet = Sheet {
            size: (595.0, 842.0),
            ..Sheet::default()
        };
        for (text, x, y, w) in words {
            sheet.pieces.push(Piece {
                text: (*text).to_owned(),
                place: [*x, *y, *w, 12.0],
            });
        }
        sheet.words.clone_from(&sheet.pieces);
        sheet
    }

    #[test]
    fn the_room_is_between_the_title_and_the_lowest_place_of_the_name() {
        let sheet = sheet(&[
            (
                "Xét đề nghị của ông Nguyễn Văn An về việc",
                85.0,
                100.0,
                300.0,
            ),
            ("Nơi nhận:", 85.0, 500.0, 60.0),
            ("CHỦ TỊCH", 380.0, 500.0, 80.0),
            ("- Như trên;", 85.0, 560.0, 60.0),
            ("ThS. NGUYỄN VAN AN", 370.0, 590.0, 100.0),
        ]);
        let names = ["Trần Lạ".to_owned(), "Nguyễn Văn An".to_owned()];
        let (room, name) = sheet.room(&names).unwrap();
        assert_eq!(name, "Nguyễn Văn An");
        assert_eq!((room.middle, room.top, room.bottom), (420.0, 512.0, 590.0));
        assert!(sheet.room(&["Trần Lạ".to_owned()]).is_none());
        assert!(
            sheet.room(&["An".to_owned()]).is_none(),
            "a word is no name"
        );
    }

    #[test]
    fn what_lies_under_a_stamp_is_named() {
        let sheet = sheet(&[("CHỦ", 380.0, 500.0, 30.0), ("TỊCH", 415.0, 500.0, 30.0)]);
        assert_eq!(
            sheet.under([400.0, 505.0, 50.0, 50.0]).as_deref(),
            Some("CHỦ TỊCH")
        );
        assert_eq!(
            sheet.under([420.0, 505.0, 50.0, 50.0]).as_deref(),
            Some("TỊCH")
        );
        assert_eq!(sheet.under([380.0, 511.5, 50.0, 50.0]), None);
    }

    #[test]
    fn wide_gaps_part_columns() {
        let word = |text: &str, x, w| Piece {
            text: text.to_owned(),
            place: [x, 10.0, w, 10.0],
        };
        let line = [
            word("Lưu:", 80.0, 20.0),
            word("VT.", 103.0, 15.0),
            word("An", 300.0, 15.0),
        ];
        let texts: Vec<String> = columns(&line).into_iter().map(|one| one.text).collect();
        assert_eq!(texts, ["Lưu: VT.", "An"]);
    }
}
