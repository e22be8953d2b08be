//! Statements with codes: where they stand, what scanners read of them, and that nobody's signature is touched.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{page, pdfsig, sign};
use crate::handmade::{Paper, flate};
use crate::program::{Desk, asked, fixtures, run, saoy};

/// What the code says.
const ADDRESS: &str = "https://chungthuc.example.vn/tra-cuu/7F3K-92QX?v=1&l=Ơn";

/// A line so high that fifteen of them fill a page.
pub(super) const LINE: &str = "[[line]]\ntext = 'BẢN SAO'\nsize = 36\n";

/// A statement with `more` of these lines.
fn statement(desk: &Desk, more: usize) -> Vec<String> {
    let text = format!(
        "qr = '{ADDRESS}'\nlabel = 'Mã tra cứu: 7F3K-92QX'\n\
         [[line]]\ntext = 'CHỨNG THỰC BẢN SAO ĐÚNG VỚI BẢN CHÍNH'\nbold = true\nalign = 'center'\nsize = 13\n\
         [[line]]\ntext = 'Số chứng thực: 45/2026, quyển số: 01-SCTĐT/BS'\n\
         [[line]]\ntext = 'Chứng thực lúc {{time}}'\n{}",
        LINE.repeat(more)
    );
    let file = desk.put("statement.toml", text);
    vec![
        "--key=test:".to_owned(),
        "--stamp=statement".to_owned(),
        format!("--statement={}", file.display()),
    ]
}

/// A page that is nothing but a picture, 100 dpi: grey paper, black from row to row of `ink`.
fn scan(ink: &[std::ops::Range<usize>], more: &str) -> Vec<u8> {
    let (width, height) = (827, 1169);
    let mut pixels = vec![225_u8; width * height];
    for rows in ink {
        // Strokes with paper between, as text has.
        for y in rows.clone().filter(|y| y % 12 < 6) {
            for x in (60..760).filter(|x| x % 9 < 3) {
                pixels[y * width + x] = 40;
            }
        }
    }
    let mut paper = Paper::default();
    let entries = "/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode";
    let image = paper.image((width, height), entries, &flate(&pixels));
    let content = paper.stream("", b"q 595 0 0 842 0 0 cm /I Do Q");
    let page = format!(
        "/MediaBox[0 0 595 842]{more}/Resources<</XObject<</I {image} 0 R>>>>/Contents {content} 0 R"
    );
    paper.finish(&[page], "")
}

/// What `zbarimg` reads on page `number` at 200 dpi.
fn read_back(file: &Path, number: usize) -> String {
    let picture = file.with_extension("");
    let number = number.to_string();
    let made = Command::new("pdftoppm")
        .args(["-r", "200", "-singlefile", "-png", "-f", &number])
        .arg(file)
        .arg(&picture)
        .status();
    assert!(made.unwrap().success());
    let (_, said, _) = run(Command::new("zbarimg")
        .args(["--quiet", "--raw"])
        .arg(picture.with_extension("png")));
    said.trim_end().to_owned()
}

fn signed(
    desk: &Desk,
    name: &str,
    bytes: Vec<u8>,
    options: &[String],
) -> (PathBuf, serde_json::Value) {
    let (input, out) = (desk.put(name, bytes), desk.output(name));
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let (code, entry) = sign(&input, &out, &options);
    assert_eq!(code, 0, "{name}: {entry}");
    asked("qpdf", &[Path::new("--check"), &out]);
    assert!(pdfsig(&out).contains("Signature is Valid"));
    (out, entry)
}

fn pages(file: &Path) -> String {
    let said = asked("pdfinfo", &[file]);
    let line = said.lines().find(|line| line.starts_with("Pages:"));
    line.unwrap().replace("Pages:", "").trim().to_owned()
}

#[test]
fn a_statement_stands_where_the_scan_is_empty_and_its_code_is_read() {
    let desk = Desk::new();
    let options = statement(&desk, 0);
    for (name, turn) in [("up.pdf", ""), ("turned.pdf", "/Rotate 90")] {
        // Ink on the upper half; on a turned page that is the right one.
        let (out, entry) = signed(&desk, name, scan(&[60..560], turn), &options);
        assert!(entry["warnings"].is_null(), "{entry}");
        assert_eq!(pages(&out), "1");
        assert_eq!(read_back(&out, 1), ADDRESS, "{name}");
        let area = match turn {
            "" => ["-x", "0", "-y", "404", "-W", "595", "-H", "438"],
            _ => ["-x", "0", "-y", "0", "-W", "438", "-H", "595"],
        };
        let mut arguments: Vec<String> = area.map(str::to_owned).into();
        arguments.extend([out.display().to_string(), "-".to_owned()]);
        let found = asked("pdftotext", &arguments);
        let found = found.split_whitespace().collect::<Vec<_>>().join(" ");
        for said in [
            "CHỨNG THỰC BẢN SAO ĐÚNG VỚI BẢN CHÍNH",
            "Số chứng thực: 45/2026",
            "Mã tra cứu:",
            entry["time"].as_str().unwrap(),
        ] {
            assert!(found.contains(said), "{name}: {said} in {found}");
        }
        let fonts = asked("pdffonts", &[&out]);
        assert!(fonts.contains("+LiberationSerif-Bold"), "{fonts}");
    }
}

#[test]
fn a_full_page_gets_another_behind_it_and_a_signed_file_none() {
    let desk = Desk::new();
    let options = statement(&desk, 0);
    let full = scan(&[60..1100], "");
    let (out, entry) = signed(&desk, "full.pdf", full.clone(), &options);
    assert_eq!(entry["warnings"][0]["code"], "stamp_page_added", "{entry}");
    assert_eq!(entry["warnings"][0]["page"], 2);
    assert_eq!(pages(&out), "2");
    assert_eq!(read_back(&out, 2), ADDRESS);
    assert_eq!(read_back(&out, 1), "");

    let next = desk.output("next.pdf");
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    // On the page that was added there is room.
    assert_eq!(sign(&out, &next, &options).0, 0);
    assert_eq!(pages(&next), "2");
    // Behind a signature there is none where the page is full, and where somebody says which page it is to be.
    let plain = desk.output("plain.pdf");
    assert_eq!(
        sign(&desk.put("b.pdf", &full), &plain, &["--key=test:"]).0,
        0
    );
    let chosen = [&options[..], &["--page=1"]].concat();
    for (input, options) in [(plain, &options), (desk.input("b.pdf"), &chosen)] {
        let none = desk.output("none.pdf");
        let (code, entry) = sign(&input, &none, options);
        assert_eq!(code, 2, "{entry}");
        assert!(!none.exists());
    }
}

#[test]
fn a_box_that_is_too_small_is_refused_and_one_that_fits_is_kept() {
    let desk = Desk::new();
    let options = statement(&desk, 0);
    let with = |more: &[&str]| {
        let mut all = options.clone();
        all.extend(more.iter().map(|one| (*one).to_owned()));
        all
    };
    let input = desk.put("a.pdf", page());
    let small = with(&["--box=10,10,100,50"]);
    let small: Vec<&str> = small.iter().map(String::as_str).collect();
    let (code, entry) = sign(&input, &desk.output("a.pdf"), &small);
    assert_eq!(code, 2, "{entry}");
    let chosen = with(&["--box=50,20,480,200"]);
    let (out, entry) = signed(&desk, "b.pdf", scan(&[60..560], ""), &chosen);
    assert_eq!(
        entry["warnings"],
        serde_json::Value::Null,
        "pixels have no words"
    );
    assert_eq!(read_back(&out, 1), ADDRESS);
}

#[test]
fn codes_stand_beside_hands_and_copies() {
    let desk = Desk::new();
    let image = super::stamps::picture(&desk);
    let address = format!("--qr={ADDRESS}");
    let options = |stamp: &[&str]| {
        let all = [&["--key=test:", &address], stamp].concat();
        all.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let empty = Paper::default().finish(&["/MediaBox[0 0 595 842]".to_owned()], "");
    for (name, stamp) in [
        ("copy.pdf", &["--stamp=copy", "--text=SAO Y"][..]),
        ("hand.pdf", &["--stamp=person", &image]),
        (
            "boxed.pdf",
            &["--stamp=person", &image, "--box=200,300,90,40"],
        ),
    ] {
        let (out, _) = signed(&desk, name, empty.clone(), &options(stamp));
        assert_eq!(read_back(&out, 1), ADDRESS, "{name}");
    }
    let long = format!("--qr={}", "ơ".repeat(1200));
    let mut command = saoy();
    command
        .arg("sign")
        .arg(desk.put("a.pdf", empty))
        .args(["-o", "/nowhere/a.pdf", "--key=test:", "--stamp=copy"])
        .args(["--text=SAO Y", &long]);
    let (code, _, said) = run(&mut command);
    assert!(code == 2 && said.contains("QR"), "{code} {said}");
}

#[test]
fn a_tagged_file_stays_tagged_with_a_page_more() {
    let desk = Desk::new();
    let bytes = std::fs::read(fixtures("makers/libreoffice-1a.pdf")).unwrap();
    let (out, entry) = signed(&desk, "a.pdf", bytes, &statement(&desk, 15));
    assert_eq!(entry["warnings"][0]["code"], "stamp_page_added", "{entry}");
    let structure = asked("pdfinfo", &["-struct-text", &out.display().to_string()]);
    assert!(structure.contains("Form"), "{structure}");
    assert!(asked("pdfinfo", &[&out]).contains("Tagged:          yes"));
}
