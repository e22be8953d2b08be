//! Sheets drawn, and read back.

use super::*;
use crate::classify::codes;
use crate::classify::{Sight, stack};
use crate::document::Affine;
use crate::picture::Picture;
use crate::separator::Read;

fn sheets(code: CodeKind, data: &[(&str, &str)], patch_t: bool) -> Sheets {
    let owned = data
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    Sheets {
        count: 2,
        code,
        data: owned.collect(),
        patch_t,
        created: Options::default().created,
    }
}

#[test]
fn a_sheet_says_what_it_was_made_to_say() {
    for (code, symbology, data) in [
        (
            CodeKind::Qr,
            "qr",
            &[("box", "17"), ("unit", "Phòng Tư pháp – Quận 3")][..],
        ),
        (CodeKind::Code128, "code128", &[("box", "17")][..]),
    ] {
        for patch_t in [false, true] {
            let sheets = sheets(code, data, patch_t);
            let payload = payload(&sheets.data, 1).unwrap();
            let (page, lines) = drawn(&sheets, &payload).unwrap();
            assert!(crate::ingest::recode::is_bilevel_image(&page));
            let raster = Raster::Gray(page);
            let picture = Picture::new(&raster, Affine::IDENTITY, SIZE, DPI);
            let found = codes::find(&picture);
            let ours: Vec<_> = found
                .iter()
                .filter(|found| found.symbology.code() == symbology)
                .collect();
            assert_eq!(ours.len(), 2, "{found:?}");
            for code in ours {
                assert_eq!(
                    Payload::read(&code.text),
                    Some(Read::Valid(payload.clone()))
                );
            }
            let patches = found
                .iter()
                .filter(|found| found.symbology.code() == "patch_t");
            assert_eq!(patches.count(), usize::from(patch_t));
            // Words lie in the page, and say what the sheet is.
            let sight = Sight::default();
            let words: Vec<&Word> = lines.iter().flat_map(|line| &line.words).collect();
            assert!(
                words.iter().all(|word| {
                    word.bbox.x >= 0.0 && word.bbox.x + word.bbox.w <= SIZE.0 as f32
                })
            );
            let mut cutter = stack::Cutter::new(stack::Split::Sheets);
            let sheet = crate::classify::Sheet {
                number: 1,
                size_px: SIZE,
                dpi: DPI,
                lines: &lines,
                sight: &sight,
            };
            // Without its code, as when it is torn.
            let (_, flags) = cutter.next(&sheet, false);
            assert_eq!(flags[0].code, "separator_unreadable");
        }
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let long = "x".repeat(60);
    let bars = sheets(CodeKind::Code128, &[("record", &long)], false);
    assert!(matches!(
        write(&bars, Vec::new()),
        Err(SheetError::TooLong(_))
    ));
    let qr = sheets(CodeKind::Qr, &[("record", &long)], false);
    assert!(write(&qr, Vec::new()).unwrap().starts_with(b"%PDF-"));
    let wrong = sheets(CodeKind::Qr, &[("Hộp", "1")], false);
    assert!(matches!(
        write(&wrong, Vec::new()),
        Err(SheetError::Payload(_))
    ));
}

#[test]
fn every_letter_of_the_table_has_whole_points() {
    for c in ('A'..='Z')
        .chain('0'..='9')
        .chain("Đ.,:;-–/()=_+#%?!'\"*&".chars())
    {
        let strokes = letters::strokes(&c.to_string());
        assert!(!strokes.is_empty(), "{c}");
        let inside = |(x, y): (f32, f32)| (-0.2..1.0).contains(&x) && (0.0..=1.0).contains(&y);
        assert!(
            strokes
                .iter()
                .all(|(from, to)| inside(*from) && inside(*to)),
            "{c}"
        );
    }
    assert!(letters::width("Ợ") == letters::width("O"));
    assert!(letters::strokes("Ợ").len() > letters::strokes("O").len());
}
