//! Print in colour is read as print; seals, stamps and pens fade, also where they lie over print.

use crate::paper::{Bits, Sheet};
use crate::program::{Desk, run};

const BLACK: [u8; 3] = [25, 25, 28];
const BLUE: [u8; 3] = [35, 65, 170];
const RED: [u8; 3] = [205, 35, 45];

/// What the reader's test line says, word by word.
fn words(name: &str) -> Vec<String> {
    let path = crate::program::fixtures(&format!("../../ocr-models/tests/ocr/fixtures/{name}.txt"));
    let text = std::fs::read_to_string(path).expect("the text of a fixture");
    text.split_whitespace().map(str::to_owned).collect()
}

/// Share of the words of a test line that stand in `text`.
fn share(name: &str, text: &str) -> f64 {
    let read: Vec<&str> = text.split_whitespace().collect();
    let words = words(name);
    let found = words.iter().filter(|word| read.contains(&word.as_str()));
    found.count() as f64 / words.len() as f64
}

/// The text that is read from a sheet.
fn read(sheet: &Sheet) -> String {
    let desk = Desk::new();
    desk.put("sheet.png", sheet.png());
    let (code, _, complaints) = run(&mut desk.digitize(&["--progress", "none"]));
    assert_eq!(code, 0, "{complaints}");
    std::fs::read_to_string(desk.output("sheet.txt")).expect("a text")
}

/// Two black paragraphs, room for more below and to the right.
fn letter() -> Sheet {
    let mut sheet = Sheet::blank(1700, 1900);
    sheet.print(&Bits::text("paragraph"), (100, 420), BLACK);
    sheet.print(&Bits::text("paragraph"), (100, 820), BLACK);
    sheet
}

#[test]
fn headings_in_colour_are_read_beside_black_print() {
    for color in [BLUE, RED, [20, 130, 60], [150, 30, 140]] {
        let mut sheet = letter();
        sheet.print(&Bits::text("motto"), (300, 150), color);
        sheet.print(&Bits::text("place"), (300, 1250), color);
        let text = read(&sheet);
        for name in ["paragraph", "motto", "place"] {
            assert!(share(name, &text) >= 0.8, "{color:?} {name}: {text}");
        }
    }
}

#[test]
fn a_seal_and_a_pen_fade_over_print_and_beside_it() {
    let mut sheet = letter();
    sheet.print(&Bits::text("motto"), (300, 150), BLUE);
    // A seal over the end of the first paragraph, with a line of text in its middle.
    let (x, y) = (700, 560);
    sheet.ring((x, y), 205, 215, RED);
    sheet.ring((x, y), 190, 195, RED);
    sheet.ring((x, y), 60, 100, RED);
    // A pen: a thick wave of 60 mm.
    for step in 0..7000_u32 {
        let at = f64::from(step) / 10.0;
        let height = 1400.0 + 120.0 * (at / 31.0).sin() + 50.0 * (at / 13.0).cos();
        for dy in 0..8 {
            let (x, y) = (400.0 + at, height + f64::from(dy));
            sheet.dot(x as usize, y as usize, BLUE);
        }
    }
    let text = read(&sheet);
    for name in ["paragraph", "motto"] {
        assert!(share(name, &text) >= 0.8, "{name}: {text}");
    }
    let known = [words("paragraph"), words("motto")].concat();
    let strange: Vec<&str> = text
        .split_whitespace()
        .filter(|word| !known.iter().any(|known| known == word))
        .collect();
    assert!(strange.len() <= 4, "{strange:?}");
}

#[test]
fn a_framed_stamp_fades_with_its_text() {
    let mut sheet = letter();
    let text_of_stamp = Bits::text("place");
    let (left, top) = (200, 1250);
    let (right, bottom) = (left + text_of_stamp.width as usize + 60, top + 260);
    for y in top..bottom {
        for x in left..right {
            let edge = x < left + 6 || x >= right - 6 || y < top + 6 || y >= bottom - 6;
            if edge {
                sheet.dot(x, y, RED);
            }
        }
    }
    sheet.print(&text_of_stamp, (left + 30, top + 100), RED);
    let text = read(&sheet);
    assert!(share("paragraph", &text) >= 0.8, "{text}");
    assert!(share("place", &text) <= 0.3, "{text}");
}
