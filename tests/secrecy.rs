//! Marks of secrecy: a document that bears one goes no further and leaves nothing behind; the others go on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::handmade;
use crate::paper::{Bits, Sheet, page, paper, tiff};
use crate::program::{Desk, contains, fixtures, run};

pub(crate) const RED: [u8; 3] = [208, 48, 62];
const BLACK: [u8; 3] = [25, 25, 28];
const PLAIN: [&str; 4] = ["--jobs", "2", "--progress", "none"];

/// A word as stamps have it, 300 dpi, capitals 4.5 mm high.
fn word(name: &str) -> Bits {
    let bytes = fs::read(fixtures(&format!("secrecy/{name}.pbm"))).expect("a fixture");
    let mut parts = bytes.splitn(3, |byte| *byte == b'\n');
    assert_eq!(parts.next(), Some(&b"P4"[..]), "{name}");
    let size = std::str::from_utf8(parts.next().expect("a size")).expect("a size");
    let (width, height) = size.split_once(' ').expect("two numbers");
    Bits {
        width: width.parse().expect("px"),
        height: height.parse().expect("px"),
        rows: parts.next().expect("pixels").to_vec(),
    }
}

fn black(bits: &Bits, x: i64, y: i64) -> bool {
    let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else {
        return false;
    };
    let inside = x < bits.width as usize && y < bits.height as usize;
    inside && bits.rows[y * bits.width.div_ceil(8) as usize + x / 8] >> (7 - x % 8) & 1 == 1
}

/// Which pixels around the middle of a stamp are inked: the word, turned clockwise, with a frame 1 mm away or none.
fn stamp(bits: &Bits, degrees: f64, framed: bool, mut ink: impl FnMut(i64, i64)) {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let half = (f64::from(bits.width) / 2.0, f64::from(bits.height) / 2.0);
    let frame = (half.0 + 14.0, half.1 + 10.0);
    let reach = (frame.0 + frame.1) as i64 + 8;
    for dy in -reach..=reach {
        for dx in -reach..=reach {
            let (x, y) = (dx as f64, dy as f64);
            let (along, across) = (x * cos + y * sin, y * cos - x * sin);
            let inset = (frame.0 - along.abs()).min(frame.1 - across.abs());
            let line = framed && (0.0..5.0).contains(&inset);
            let at = ((along + half.0) as i64, (across + half.1) as i64);
            if line || (inset > 5.0 && black(bits, at.0, at.1)) {
                ink(dx, dy);
            }
        }
    }
}

/// The paper that all tests begin with: its words are what must not be found anywhere.
fn sheet() -> Sheet {
    let mut sheet = Sheet::blank(1360, 1500);
    sheet.print(&Bits::text("number"), (80, 60), BLACK);
    sheet.print(&Bits::text("motto"), (640, 60), BLACK);
    sheet.print(&Bits::text("paragraph"), (60, 700), BLACK);
    sheet
}

/// A paper that must go no further, for other tests.
pub(crate) fn secret() -> Vec<u8> {
    stamped("mat", 0.0, true, RED)
}

/// The paper with a stamp under its number.
pub(crate) fn stamped(name: &str, degrees: f64, framed: bool, color: [u8; 3]) -> Vec<u8> {
    let mut sheet = sheet();
    stamp(&word(name), degrees, framed, |dx, dy| {
        let at = (usize::try_from(330 + dx), usize::try_from(400 + dy));
        if let (Ok(x), Ok(y)) = at {
            sheet.dot(x, y, color);
        }
    });
    sheet.png()
}

/// The same in black and white.
fn stamped_bilevel(name: &str, degrees: f64, framed: bool) -> Bits {
    let mut page = Bits::blank(1360, 1500);
    page.paste(&Bits::text("number"), 10, 60);
    page.paste(&Bits::text("paragraph"), 8, 700);
    stamp(&word(name), degrees, framed, |dx, dy| {
        let (x, y) = (
            usize::try_from(330 + dx).expect("on the page"),
            usize::try_from(400 + dy).expect("on the page"),
        );
        page.rows[y * 170 + x / 8] |= 0x80 >> (x % 8);
    });
    page
}

/// Every file under `folder`, the state folder's included.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}

/// What a refused document leaves: its path and the code, in the run's record, the journal and `NAME.why.txt`.
fn leaves_nothing(desk: &Desk, name: &str, source: &[u8], told: &[&str]) {
    let file = desk.put("../source", source);
    let hash = crate::program::asked("sha256sum", &[file.as_os_str()]);
    let hash = hash.split_whitespace().next().expect("a hash").to_owned();
    fs::remove_file(file).expect("a copy");
    for ending in ["pdf", "txt", "json", "hocr", "alto.xml"] {
        assert!(
            !desk.output(&format!("{name}.{ending}")).exists(),
            "{ending}"
        );
    }
    // Words of the paper's text, as the reader's fixtures have them.
    let text = fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("ocr-models/tests/ocr/fixtures/paragraph.txt"),
    )
    .expect("a fixture");
    let phrase: Vec<&str> = text.split_whitespace().take(2).collect();
    let phrase = phrase.join(" ");
    let state = files(&desk.output(".saoy"));
    for file in state.iter().chain(&files(&desk.output(""))) {
        let bytes = fs::read(file).expect("a file");
        let about_it = String::from_utf8_lossy(&bytes);
        for line in about_it.lines().filter(|line| line.contains(name)) {
            for word in [hash.as_str(), phrase.as_str(), "MẬT", "page\":"] {
                assert!(!line.contains(word), "{word} in {}: {line}", file.display());
            }
        }
        assert!(!contains(&bytes, hash.as_bytes()), "{}", file.display());
    }
    for output in told {
        assert!(
            !output.contains(&hash) && !output.contains(&phrase),
            "{output}"
        );
    }
    for folder in ["pages", "quarantine", "staging"] {
        let left = files(&desk.output(".saoy").join(folder));
        assert!(left.is_empty(), "{left:?}");
    }
}

fn entry(desk: &Desk, name: &str) -> Value {
    let batch = desk.json("batch.json");
    let entries = batch["documents"].as_array().expect("documents");
    let found = entries.iter().find(|entry| entry["name"] == name);
    found
        .unwrap_or_else(|| panic!("{name} in {entries:?}"))
        .clone()
}

fn is_refused(desk: &Desk, name: &str) -> bool {
    let entry = entry(desk, name);
    let refused = entry["status"] == "failed";
    if refused {
        assert_eq!(entry["error"]["code"], "secret_mark", "{entry}");
        assert_eq!(entry["error"]["class"], "policy", "{entry}");
        assert_eq!(
            (&entry["pages"], &entry["flags"]),
            (&0.into(), &Value::Array(vec![]))
        );
        assert!(entry["error"].get("page").is_none(), "{entry}");
    }
    refused
}

#[test]
fn stamped_and_printed_marks_stop_their_documents_and_no_other() {
    let desk = Desk::new();
    let marked: [(&str, Vec<u8>); 7] = [
        ("a-mat.png", stamped("mat", 8.0, true, RED)),
        ("b-toi-mat.png", stamped("toi-mat", -6.0, true, RED)),
        ("c-tuyet-mat.png", stamped("tuyet-mat", 12.0, false, RED)),
        ("d-xanh.png", stamped("mat", -4.0, true, [60, 50, 150])),
        ("e-den.tif", tiff(&[stamped_bilevel("toi-mat", 9.0, true)])),
        ("f-den.tif", tiff(&[stamped_bilevel("mat", -7.0, true)])),
        (
            "g-in.tif",
            tiff(&[stamped_bilevel("tuyet-mat", 0.0, false)]),
        ),
    ];
    let others: [(&str, Vec<u8>); 4] = [
        ("h-khan.png", stamped("khan", 5.0, true, RED)),
        ("i-giai-mat.png", stamped("giai-mat", 5.0, true, RED)),
        ("j-bao-mat.png", stamped("bao-mat", 0.0, false, BLACK)),
        ("k-khong.png", sheet().png()),
    ];
    for (name, bytes) in marked.iter().chain(&others) {
        desk.put(name, bytes);
    }
    let (code, out, complaints) = run(desk.digitize(&PLAIN).arg("--json"));
    assert_eq!(code, 1, "{complaints}");
    for (name, bytes) in &marked {
        let name = name.split('.').next().expect("a stem");
        assert!(is_refused(&desk, name), "{name}");
        leaves_nothing(&desk, name, bytes, &[&complaints, &out]);
        let why = fs::read_to_string(desk.output(&format!("{name}.why.txt"))).expect("why");
        assert!(
            why.trim_end().ends_with("secret_mark") && why.lines().count() == 7,
            "{why}"
        );
    }
    for (name, _) in &others {
        let name = name.split('.').next().expect("a stem");
        assert!(!is_refused(&desk, name), "{name}");
        assert!(desk.output(&format!("{name}.pdf")).is_file(), "{name}");
    }
    // The same again: what is done stays, what is refused is refused again.
    let (code, _, complaints) = run(&mut desk.digitize(&PLAIN));
    assert_eq!(code, 1, "{complaints}");
    assert!(is_refused(&desk, "a-mat") && entry(&desk, "k-khong")["status"] == "skipped");
}

#[test]
fn a_mark_on_a_later_page_takes_what_was_made_before_along() {
    let desk = Desk::new();
    let mut pages: Vec<Bits> = (0..5).map(|number| page(number, 1360)).collect();
    pages.push(stamped_bilevel("tuyet-mat", 6.0, true));
    pages.extend((6..9).map(|number| page(number, 1360)));
    let source = tiff(&pages);
    desk.put("ho-so.tif", &source);
    let (code, _, told) = run(desk
        .digitize(&["--jobs", "3", "--progress", "json"])
        .args(["--sidecar", "txt,json,hocr,alto"]));
    assert_eq!(code, 5, "{told}");
    assert!(is_refused(&desk, "ho-so"));
    leaves_nothing(&desk, "ho-so", &source, &[&told]);
    assert_eq!(desk.made(), ["batch.json", "ho-so.why.txt"]);
}

#[test]
fn pages_kept_by_a_stopped_run_are_gone_after_the_next() {
    let desk = Desk::new();
    let mut pages: Vec<Bits> = (0..14).map(|number| page(number, 1360)).collect();
    pages.push(stamped_bilevel("toi-mat", -5.0, true));
    let source = tiff(&pages);
    desk.put("dai.tif", &source);
    let mut child = desk
        .digitize(&["--jobs", "1", "--progress", "none"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let kept = desk.output(".saoy").join("pages");
    let begun = Instant::now();
    while files(&kept).is_empty() {
        assert!(
            begun.elapsed() < Duration::from_secs(120),
            "no page was kept"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    let sent = Command::new("kill")
        .arg("-KILL")
        .arg(child.id().to_string())
        .status()
        .expect("kill");
    assert!(sent.success());
    child.wait().expect("an end");
    assert!(!files(&kept).is_empty());
    let (code, _, told) = run(&mut desk.digitize(&PLAIN));
    assert_eq!(code, 5, "{told}");
    leaves_nothing(&desk, "dai", &source, &[&told]);
}

#[test]
fn a_mark_in_the_text_of_a_born_digital_page_counts() {
    for (line, secret) in [("M\\302T", true), ("B\\302O M\\302T", false)] {
        let desk = Desk::new();
        let mut pdf = handmade::Paper::default();
        let font = pdf.object(
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        );
        let content = format!(
            "BT /F 13 Tf 60 770 Td (So: 12/QD) Tj 0 -40 Td ({line}) Tj 0 -60 Td (Noi dung cua van ban) Tj ET"
        );
        let content = pdf.stream("", content.as_bytes());
        let page = format!(
            "/MediaBox [0 0 595 842] /Resources << /Font << /F {font} 0 R >> >> /Contents {content} 0 R"
        );
        let source = pdf.finish(&[page], "");
        desk.put("so.pdf", &source);
        let (code, _, told) = run(&mut desk.digitize(&PLAIN));
        assert_eq!(code, if secret { 5 } else { 0 }, "{told}");
        assert_eq!(is_refused(&desk, "so"), secret, "{line}");
        if secret {
            leaves_nothing(&desk, "so", &source, &[&told]);
        }
    }
}

#[test]
fn a_dry_run_tells_the_path_and_touches_nothing() {
    let desk = Desk::new();
    desk.put("mat.png", stamped("mat", 8.0, true, RED));
    desk.put("giay.tif", paper([1]));
    let (code, out, complaints) = run(desk.digitize::<&str>(&[]).arg("--dry-run"));
    assert_eq!(code, 0, "{complaints}");
    assert!(!complaints.contains("MẬT"), "{complaints}");
    // Beside the paths it says the settings, nothing else.
    assert!(
        complaints.lines().all(|line| line.contains(" = ")),
        "{complaints}"
    );
    assert_eq!(out.lines().count(), 2, "{out}");
    assert!(files(&desk.output("")).is_empty());
}
