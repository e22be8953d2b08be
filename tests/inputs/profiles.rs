//! Profiles: what a station sets once, from the program, from the data folder, from a file.

use crate::paper::{Bits, Dice, Sheet};
use crate::picture::Picture;
use crate::program::{Desk, asked, fixtures, run};

/// A sheet of black print with a shadow, sloping by about two degrees.
fn crooked() -> Sheet {
    let mut straight = Sheet::blank(1500, 1300);
    for row in 0..3 {
        straight.print(&Bits::text("paragraph"), (120, 150 + 360 * row), [20; 3]);
    }
    let mut sheet = Sheet::blank(1500, 1300);
    let slope = 0.035;
    let mut grain = Dice(7);
    for y in 0..sheet.height {
        for x in 0..sheet.width {
            let (dx, dy) = (x as f64 - 750.0, y as f64 - 650.0);
            let (from_x, from_y) = (750.0 + dx + slope * dy, 650.0 + dy - slope * dx);
            let shade = 235.0 - 60.0 * x as f64 / 1500.0;
            let inside = (0.0..1500.0).contains(&from_x) && (0.0..1300.0).contains(&from_y);
            let ink = if inside {
                f64::from(straight.pixels[from_y as usize * 1500 + from_x as usize][0]) / 255.0
            } else {
                1.0
            };
            // The grain that every scanner adds, and that makes lossless codings large.
            let grain = grain.below(13) as f64 - 6.0;
            let value = (shade * ink + grain) as u8;
            sheet.dot(x, y, [value, value, value.saturating_sub(12)]);
        }
    }
    sheet
}

fn digitized(desk: &Desk, more: &[&str]) -> serde_json::Value {
    let (code, _, complaints) = run(desk.digitize(&["--progress", "none", "--force"]).args(more));
    assert_eq!(code, 0, "{complaints}");
    desk.json("sheet.json")
}

fn pdf_bytes(desk: &Desk) -> u64 {
    std::fs::metadata(desk.output("sheet.pdf"))
        .expect("an output")
        .len()
}

#[test]
fn an_enhanced_page_is_level_and_white_and_its_boxes_fit() {
    let desk = Desk::new();
    desk.put("sheet.png", crooked().png());
    let record = digitized(
        &desk,
        &["--profile", "enhanced", "--sidecar", "json,hocr,txt"],
    );
    let page = &record["pages"][0];
    assert_eq!(
        (&record["profile"], &page["image"]),
        (&"enhanced".into(), &"enhanced".into())
    );
    let flag = record["flags"]
        .as_array()
        .unwrap()
        .iter()
        .find(|flag| flag["code"] == "page_enhanced");
    let levelled = flag.expect("a flag")["value"].as_f64().unwrap();
    assert!((levelled.abs() - 2.0).abs() < 0.3, "{levelled}");
    assert!(page["skew_deg"].as_f64().unwrap().abs() < 0.3, "{page}");
    // The picture in the file is the page of the record.
    let shown = Picture::stored(&desk.output("sheet.pdf"), 1);
    let size = [&page["width_px"], &page["height_px"]].map(|side| side.as_u64().unwrap() as usize);
    assert_eq!((shown.width, shown.height), (size[0], size[1]));
    // White paper in the corner that lay in the shadow, ink in the boxes of words.
    let hocr = std::fs::read_to_string(desk.output("sheet.hocr")).expect("hOCR");
    let mut boxes = 0;
    for part in hocr.split("ocrx_word").skip(1) {
        let at = part.split("bbox ").nth(1).expect("a box");
        let sides: Vec<usize> = at
            .split(|c: char| !c.is_ascii_digit())
            .take(4)
            .map(|side| side.parse().expect("px"))
            .collect();
        let [left, top, right, bottom] = sides[..] else {
            panic!("{part}")
        };
        let dark = |top: usize, bottom: usize| {
            (top..bottom)
                .flat_map(|y| (left..right).map(move |x| (x, y)))
                .filter(|(x, y)| shown.at(*x, *y)[0] < 128)
                .count()
        };
        // Ink reaches near the upper and the lower edge: the box is where the word is, and level.
        let third = (bottom - top).div_ceil(3);
        assert!(
            dark(top, top + third) > 0 && dark(bottom - third, bottom) > 0,
            "{part}"
        );
        boxes += 1;
    }
    assert!(boxes > 20, "{boxes}");
    let white = (0..shown.height)
        .filter(|y| shown.at(shown.width - 90, *y)[0] >= 235)
        .count();
    assert!(white * 10 > shown.height * 9, "{white} of {}", shown.height);
    // Without the profile the page stays as it came.
    let record = digitized(&desk, &[]);
    assert_eq!(record["pages"][0]["image"], "untouched");
    assert!(record["profile"].is_null());
}

#[test]
fn a_small_page_is_smaller_and_says_so() {
    let desk = Desk::new();
    desk.put("sheet.png", crooked().png());
    let archive = digitized(&desk, &["--profile", "archive"]);
    let large = pdf_bytes(&desk);
    let small = digitized(&desk, &["--profile", "small"]);
    assert!(
        pdf_bytes(&desk) * 2 < large,
        "{} of {large}",
        pdf_bytes(&desk)
    );
    assert_eq!(archive["pages"][0]["image"], "untouched");
    assert_eq!(small["pages"][0]["image"], "compressed");
    let list = asked(
        "pdfimages",
        &["-list".as_ref(), desk.output("sheet.pdf").as_os_str()],
    );
    assert!(list.contains("jpeg"), "{list}");
    for key in ["width_px", "height_px", "words"] {
        assert_eq!(archive["pages"][0][key], small["pages"][0][key], "{key}");
    }
    // Black and white pages are not made worse.
    let desk = Desk::new();
    std::fs::copy(fixtures("inputs/g4.tif"), desk.input("sheet.tif")).expect("an input");
    let record = digitized(&desk, &["--profile", "small"]);
    assert_eq!(record["pages"][0]["image"], "untouched");
}

#[test]
fn paper_fed_in_sideways_is_upright_in_its_pixels() {
    let desk = Desk::new();
    std::fs::copy(fixtures("inputs/turned90.tif"), desk.input("sheet.tif")).expect("an input");
    let record = digitized(&desk, &["--profile", "enhanced"]);
    let page = &record["pages"][0];
    assert_eq!(
        (&page["rotation"], &page["image"]),
        (&0.into(), &"enhanced".into())
    );
    assert!(
        page["height_px"].as_u64() > page["width_px"].as_u64(),
        "{page}"
    );
    let text = std::fs::read_to_string(desk.output("sheet.txt")).expect("a text");
    assert!(text.contains("Độc lập - Tự do - Hạnh phúc"), "{text}");
    let list = asked(
        "pdfimages",
        &["-list".as_ref(), desk.output("sheet.pdf").as_os_str()],
    );
    assert!(list.contains("ccitt"), "black and white stays so: {list}");
}

#[test]
fn a_station_has_profiles_of_its_own() {
    let desk = Desk::new();
    desk.put("sheet.tif", crate::paper::paper([1]));
    let data = desk.input("../data");
    std::fs::create_dir_all(data.join("profiles")).expect("a folder");
    let own = "[about]\nvi = \"Của phòng\"\nen = \"Ours\"\n[digitize]\npdfa = \"3b\"\nsidecar = [\"json\"]\n";
    std::fs::write(data.join("profiles/office.toml"), own).expect("a profile");
    let data = data.to_string_lossy().into_owned();
    let record = digitized(&desk, &["--data", &data, "--profile", "office"]);
    assert_eq!(
        (&record["profile"], &record["output"]["pdfa"]),
        (&"office".into(), &"3b".into())
    );
    assert!(!desk.output("sheet.txt").exists());
    // A flag goes before it; a path is a profile as well.
    let path = format!("{data}/profiles/office.toml");
    let record = digitized(&desk, &["--profile", &path, "--pdfa", "2u"]);
    assert_eq!(record["output"]["pdfa"], "2u");
    // Where each value comes from can be asked for.
    let (code, out, said) = run(desk
        .digitize(&[
            "--dry-run",
            "--data",
            &data,
            "--profile",
            "office",
            "--lang",
            "vie",
        ])
        .env("LC_ALL", "C"));
    assert_eq!(code, 0, "{said}");
    assert!(
        out.trim_end().ends_with("sheet.tif") && out.lines().count() == 1,
        "{out}"
    );
    for line in [
        "profile = office: Ours",
        "pdfa = 3b (profile)",
        "lang = vie (command line)",
        "text = skip (default)",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
}

#[test]
fn a_profile_that_is_not_there_or_not_valid_is_wrong_usage() {
    let desk = Desk::new();
    desk.put("sheet.tif", crate::paper::paper([1]));
    let wrong = desk.put("../wrong.toml", "[page]\nquality = 500\n");
    for (name, vi) in [
        ("nonesuch", "không có hồ sơ thiết lập"),
        (&*wrong.to_string_lossy(), "không hợp lệ"),
        ("/nowhere/profile.toml", "không đọc được hồ sơ thiết lập"),
    ] {
        for (ui, expected) in [("vi", vi), ("en", "profile")] {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_saoy"));
            command
                .args(["--ui", ui, "digitize"])
                .arg(desk.input(""))
                .arg("-o")
                .arg(desk.output(""))
                .args(["--profile", name]);
            let (code, _, said) = run(&mut command);
            assert_eq!(code, 2, "{name}: {said}");
            assert!(said.contains(expected), "{name}: {said}");
        }
    }
    assert!(!desk.output("").exists());
}
