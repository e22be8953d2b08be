//! One input, several documents: separator sheets, cuts, and what of a pile is where.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use crate::handmade::Paper;
use crate::outputs::judge;
use crate::outputs::records::is_valid;
use crate::paper::{Bits, Dice, WIDTH, page, tiff};
use crate::picture::Picture;
use crate::program::{Desk, asked, run, saoy};
use crate::stops::{PLAIN, Running, identity, nothing_is_torn, outputs, reported_done, statuses};

/// `saoy separators` with these arguments, into `file`.
fn separators(file: &Path, arguments: &[&str]) -> (i32, String) {
    let (code, _, stderr) = run(saoy().arg("separators").arg("-o").arg(file).args(arguments));
    (code, stderr)
}

/// A sheet as a black and white scan, at half its size: 150 dpi, told as 300 by the TIFF around it.
fn sheet(arguments: &[&str]) -> Bits {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sheet.pdf");
    assert_eq!(separators(&file, arguments).0, 0);
    let shown = Picture::stored(&file, 1);
    let (width, height) = (shown.width / 2, shown.height / 2);
    let mut bits = Bits::blank(
        u32::try_from(width).unwrap(),
        u32::try_from(height).unwrap(),
    );
    for y in 0..height {
        for x in 0..width {
            if shown.at(2 * x, 2 * y) == [0; 3] {
                bits.rows[y * width.div_ceil(8) + x / 8] |= 0x80 >> (x % 8);
            }
        }
    }
    bits
}

/// The sheets that most tests use, made once.
fn sheets() -> &'static [Bits; 2] {
    static SHEETS: OnceLock<[Bits; 2]> = OnceLock::new();
    SHEETS.get_or_init(|| {
        [
            sheet(&["--data", "box=17", "--data", "record=4"]),
            sheet(&["--data", "record=5", "--code", "code128"]),
        ]
    })
}

/// Two documents of two and one pages behind separator sheets, the first of which has a blank back; before them a page.
fn pile() -> Vec<u8> {
    let [first, second] = sheets();
    let blank = Bits::blank(WIDTH, 560);
    let paper = |number| page(number, WIDTH);
    tiff(&[
        paper(1),
        first.clone(),
        blank,
        paper(2),
        paper(3),
        second.clone(),
        paper(4),
    ])
}

/// Source pages of every part and every dropped page of an entry: each page once, none lost.
fn nothing_is_lost(entry: &Value) {
    let mut pages: Vec<u64> = Vec::new();
    let numbers = |value: &Value| -> Vec<u64> {
        value
            .as_array()
            .unwrap()
            .iter()
            .map(|page| page.as_u64().unwrap())
            .collect()
    };
    for part in entry["parts"].as_array().unwrap() {
        pages.extend(numbers(&part["source_pages"]));
    }
    for dropped in entry["separators"].as_array().into_iter().flatten() {
        pages.push(dropped["page"].as_u64().unwrap());
    }
    pages.sort_unstable();
    assert_eq!(
        pages,
        (1..=entry["pages"].as_u64().unwrap()).collect::<Vec<_>>()
    );
}

#[test]
fn sheets_are_pdfa_and_say_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tờ.pdf");
    let (code, stderr) = separators(
        &file,
        &[
            "--count",
            "3",
            "--patch-t",
            "--data",
            "record={n}",
            "--data",
            "unit=Quận 3",
        ],
    );
    assert_eq!(code, 0, "{stderr}");
    let (code, verdict, _) = run(Command::new(judge("verapdf")).arg(&file));
    assert!(code == 0 && verdict.starts_with("PASS"), "{verdict}");
    asked("qpdf", &[Path::new("--check"), &file]);
    let text = asked("pdftotext", &[&file, Path::new("-")]);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in [
        "TỜ PHÂN CÁCH VĂN BẢN",
        "DOCUMENT SEPARATOR SHEET",
        "Record: 3",
        "Unit: Quận 3",
    ] {
        assert!(text.contains(said), "{said} is not in {text}");
    }
    // Not over what is there; not what no code can carry.
    assert_eq!(separators(&file, &[]).0, 5);
    assert_eq!(separators(&file, &["--force"]).0, 0);
    let other = folder.path().join("other.pdf");
    let long = format!("record={}", "x".repeat(60));
    for arguments in [
        &["--data", "box"][..],
        &["--data", "Hộp=1"],
        &["--code", "code128", "--data", &long],
    ] {
        assert_eq!(separators(&other, arguments).0, 2, "{arguments:?}");
        assert!(!other.exists());
    }
}

#[test]
fn a_pile_is_cut_at_its_sheets() {
    let desk = Desk::new();
    desk.put("pile.tif", pile());
    let (code, printed, stderr) = run(desk.digitize(&PLAIN).args(["--split", "sheets", "--json"]));
    assert_eq!(code, 0, "{stderr}");
    let mut expected: Vec<String> = (1..=3)
        .flat_map(|part| ["json", "pdf", "txt"].map(|ending| format!("pile-{part}.{ending}")))
        .collect();
    expected.insert(0, "batch.json".into());
    assert_eq!(desk.made(), expected);
    let batch: Value = serde_json::from_str(&printed).unwrap();
    is_valid(&batch, "batch-1.schema.json");
    let entry = &batch["documents"][0];
    assert_eq!(
        (&entry["name"], entry["pages"].as_u64()),
        (&Value::from("pile"), Some(7))
    );
    nothing_is_lost(entry);
    let dropped = serde_json::json!([
        {"page": 2, "kind": "sheet"}, {"page": 3, "kind": "back"}, {"page": 6, "kind": "sheet"},
    ]);
    assert_eq!(entry["separators"], dropped);
    let parts = [
        (vec![1], "start", None),
        (
            vec![4, 5],
            "separator",
            Some((2, "qr", serde_json::json!({"box": "17", "record": "4"}))),
        ),
        (
            vec![7],
            "separator",
            Some((6, "code128", serde_json::json!({"record": "5"}))),
        ),
    ];
    for (number, (pages, reason, separator)) in (1..).zip(parts) {
        let record = desk.json(&format!("pile-{number}.json"));
        is_valid(&record, "document-1.schema.json");
        assert_eq!(
            record["part_of"]["source_pages"],
            Value::from(pages.clone())
        );
        assert_eq!(record["part_of"]["cut_reason"], reason);
        match separator {
            Some((page, code, data)) => {
                let told = serde_json::json!({"page": page, "code": code, "data": data});
                assert_eq!(record["separator"], told);
            }
            None => assert_eq!(record["separator"], Value::Null),
        }
        assert_eq!(record["source"]["pages"], 7);
        let numbers: Vec<_> = record["pages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|page| page["number"].as_u64())
            .collect();
        assert_eq!(
            numbers,
            (1..=pages.len() as u64).map(Some).collect::<Vec<_>>()
        );
        let pdf = desk.output(&format!("pile-{number}.pdf"));
        assert_eq!(record["output"]["pdf"], format!("pile-{number}.pdf"));
        let info = asked("pdfinfo", &[&pdf]);
        assert!(info.contains(&format!("pile-{number}\n")), "{info}");
        // Each page is the one of the pile that it says it is: its marks are like no other's.
        for (at, source) in (1..).zip(&pages) {
            let sheets_before = [2, 3, 6].iter().filter(|sheet| *sheet < source).count();
            let paper = page(*source as usize - sheets_before, WIDTH);
            let stored = Picture::stored(&pdf, at);
            let black = |x: usize, y: usize| {
                paper.rows[y * (WIDTH as usize).div_ceil(8) + x / 8] >> (7 - x % 8) & 1 == 1
            };
            let same = (0..stored.height)
                .all(|y| (0..stored.width).all(|x| (stored.at(x, y) == [0; 3]) == black(x, y)));
            assert!(same, "part {number}, page {at}");
        }
    }
    nothing_is_torn(&desk);
    let ids: BTreeSet<Vec<u8>> = (1..=3)
        .map(|number| {
            let pdf = fs::read(desk.output(&format!("pile-{number}.pdf"))).unwrap();
            let at = pdf.windows(3).rposition(|bytes| bytes == b"/ID").unwrap();
            pdf[at..at + 40].to_vec()
        })
        .collect();
    assert_eq!(ids.len(), 3);

    // Again: nothing to do, and the record says the same of it.
    let before = outputs(&desk);
    assert_eq!(run(desk.digitize(&PLAIN).args(["--split", "sheets"])).0, 0);
    assert_eq!(outputs(&desk), before);
    let again = desk.json("batch.json");
    assert_eq!(again["documents"][0]["status"], "skipped");
    for member in ["parts", "separators", "flags"] {
        assert_eq!(again["documents"][0][member], entry[member]);
    }

    // Cut otherwise: what was made before under other names goes.
    assert_eq!(run(&mut desk.digitize(&PLAIN)).0, 0);
    assert_eq!(
        desk.made(),
        ["batch.json", "pile.json", "pile.pdf", "pile.txt"]
    );
    assert_eq!(desk.json("pile.json").get("part_of"), None);
    assert_eq!(run(desk.digitize(&PLAIN).args(["--split", "sheets"])).0, 0);
    assert_eq!(desk.made(), expected);

    // A part that is gone or was edited: all are made again, in one piece.
    fs::remove_file(desk.output("pile-2.txt")).unwrap();
    assert_eq!(run(desk.digitize(&PLAIN).args(["--split", "sheets"])).0, 0);
    assert_eq!(statuses(&desk), [("pile".to_owned(), "done".to_owned())]);
    assert_eq!(desk.made(), expected);
}

#[test]
fn names_of_parts_meet_no_others() {
    let desk = Desk::new();
    let [first, _] = sheets();
    let paper = |number| page(number, WIDTH);
    let pile = tiff(&[paper(1), first.clone(), paper(2)]);
    desk.put("a.tif", &pile);
    desk.put("a-2.tif", tiff(&[paper(3)]));
    desk.put("folder/a.tif", tiff(&[paper(4), first.clone(), paper(5)]));
    let split = || run(desk.digitize(&PLAIN).args(["--split", "sheets"]));
    let (code, _, stderr) = split();
    assert_eq!(code, 0, "{stderr}");
    let pdfs = || -> Vec<String> {
        desk.made()
            .into_iter()
            .filter(|name| name.ends_with(".pdf"))
            .collect()
    };
    assert_eq!(pdfs().len(), 5, "{:?}", pdfs());
    let before = outputs(&desk);
    assert_eq!(split().0, 0);
    assert_eq!(outputs(&desk), before);
    // Other content under the same path: a new document with new names; what was made of the first stays.
    desk.put("a.tif", tiff(&[paper(6), first.clone(), paper(7)]));
    let (code, _, stderr) = split();
    assert_eq!(code, 0, "{stderr}");
    let after = outputs(&desk);
    assert_eq!(after.len(), before.len() + 6, "{:?}", desk.made());
    assert!(
        before
            .iter()
            .all(|(name, identity)| after.get(name) == Some(identity))
    );
}

#[test]
fn files_of_others_are_not_replaced_by_parts() {
    let desk = Desk::new();
    let [first, _] = sheets();
    desk.put(
        "a.tif",
        tiff(&[page(1, WIDTH), first.clone(), page(2, WIDTH)]),
    );
    fs::create_dir(desk.output("")).unwrap();
    fs::write(desk.output("a-2.txt"), b"of somebody else").unwrap();
    let (code, _, stderr) = run(desk.digitize(&PLAIN).args(["--split", "sheets"]));
    assert_eq!(code, 5, "{stderr}");
    assert!(
        stderr.contains("a-2.txt") && stderr.contains("--force"),
        "{stderr}"
    );
    assert_eq!(
        fs::read(desk.output("a-2.txt")).unwrap(),
        b"of somebody else"
    );
    assert_eq!(desk.made(), ["a-2.txt", "a.why.txt", "batch.json"]);
    let (code, _, stderr) = run(desk.digitize(&PLAIN).args(["--split", "sheets", "--force"]));
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(desk.made().len(), 7, "{:?}", desk.made());
}

#[test]
fn kills_at_random_leave_all_parts_or_go_on() {
    let desk = Desk::new();
    let [first, second] = sheets();
    for number in 0..5 {
        let paper = |page_number: usize| page(10 * number + page_number, WIDTH);
        let pages = [
            paper(1),
            first.clone(),
            paper(2),
            second.clone(),
            paper(3),
            paper(4),
        ];
        desk.put(&format!("{number}.tif"), tiff(&pages));
    }
    let mut dice = Dice(7);
    let mut done: BTreeMap<String, Vec<(u64, i64, i64)>> = BTreeMap::new();
    let identities = |name: &str| -> Vec<(u64, i64, i64)> {
        let file = |part: usize| desk.output(&format!("{name}-{part}.pdf"));
        (1..=3).map(|part| identity(&file(part))).collect()
    };
    let mut kills = 0;
    loop {
        let running = Running::start(&desk, &["--split", "sheets"]);
        std::thread::sleep(std::time::Duration::from_millis(
            100 + dice.below(4000) as u64,
        ));
        if kills < 6 {
            running.signal("-KILL");
        }
        let (code, events) = running.end();
        for (name, earlier) in &done {
            assert_eq!(
                *earlier,
                identities(name),
                "{name} was done again after kill {kills}"
            );
        }
        for name in reported_done(&events) {
            for part in 1..=3 {
                for ending in ["pdf", "txt", "json"] {
                    assert!(desk.output(&format!("{name}-{part}.{ending}")).is_file());
                }
            }
            assert!(
                done.insert(name.clone(), identities(&name)).is_none(),
                "{name} was done twice"
            );
        }
        nothing_is_torn(&desk);
        match code {
            None => kills += 1,
            Some(code) => {
                assert_eq!(code, 0, "{events:?}");
                break;
            }
        }
    }
    assert!(kills >= 1);
    // Three parts of three files each, and the run's record.
    assert_eq!(desk.made().len(), 5 * 9 + 1, "{:?}", desk.made());
    for entry in desk.json("batch.json")["documents"].as_array().unwrap() {
        nothing_is_lost(entry);
    }
    assert_eq!(
        fs::read_dir(desk.output(".saoy/staging")).unwrap().count(),
        0
    );
}

#[test]
fn a_pile_of_nothing_but_sheets_is_no_document_and_no_failure() {
    let desk = Desk::new();
    let [first, second] = sheets();
    desk.put("a.tif", tiff(&[first.clone(), second.clone()]));
    let (code, _, stderr) = run(desk.digitize(&PLAIN).args(["--split", "sheets"]));
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(desk.made(), ["batch.json"]);
    let entry = &desk.json("batch.json")["documents"][0];
    assert_eq!(entry["separators"].as_array().unwrap().len(), 2);
    assert_eq!(
        entry["flags"],
        serde_json::json!(["separator_without_document"])
    );
}

/// A born-digital page of `text` (bytes of the font's own encoding) in a font called `name`.
fn old_page(paper: &mut Paper, name: &str, text: &[u8]) -> String {
    let font = paper.object(format!(
        "<< /Type /Font /Subtype /TrueType /BaseFont /{name} /Encoding /WinAnsiEncoding /FirstChar 32 /LastChar 255 /Widths [{}] >>",
        "500 ".repeat(224)
    ));
    let mut content = b"BT /F 12 Tf 14 TL 40 700 Td ".to_vec();
    for line in text.split(|byte| *byte == b'\n') {
        content.push(b'(');
        for byte in line {
            if b"()\\".contains(byte) {
                content.push(b'\\');
            }
            content.push(*byte);
        }
        content.extend(b") Tj T* ");
    }
    content.extend(b"ET");
    let stream = paper.stream("", &content);
    format!(
        "/Resources << /Font << /F {font} 0 R >> >> /Contents {stream} 0 R /MediaBox [0 0 595 842]"
    )
}

/// Latin-1 bytes of `text`.
fn latin(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| u8::try_from(u32::from(c)).expect("Latin-1"))
        .collect()
}

#[test]
fn old_encodings_are_read_in_unicode() {
    let tcvn3 = "QuyÕt ®Þnh cña ñy ban nh©n d©n tØnh n\u{AD}íc\nvÒ viÖc bæ nhiÖm c¸n bé, c«ng chøc th\u{AD}êng trùc Héi ®ång\n";
    let vni = "Quyeát ñònh cuûa Uûy ban nhaân daân tænh nöôùc\nveà vieäc boå nhieäm caùn boä, coâng chöùc thöôøng tröïc Hoäi ñoàng\n";
    let today = "Quyết định của";
    let cases = [
        ("tcvn3", "#2EVnTime", tcvn3.repeat(3), true),
        ("vni", "VNI-Times", vni.repeat(3), true),
        ("by-words-tcvn3", "Arial", tcvn3.repeat(6), true),
        ("by-words-vni", "Arial", vni.repeat(6), true),
        (
            "french",
            "Arial",
            "D\u{E9}j\u{E0} vu \u{E0} la cr\u{E8}me, na\u{EF}ve fa\u{E7}ade, \u{FC}ber No\u{EB}l\n"
                .repeat(9),
            false,
        ),
    ];
    let desk = Desk::new();
    for (name, font, text, _) in &cases {
        let mut paper = Paper::default();
        let page = old_page(&mut paper, font, &latin(text));
        desk.put(&format!("{name}.pdf"), paper.finish(&[page], ""));
    }
    let (code, _, stderr) = run(&mut desk.digitize(&PLAIN));
    assert_eq!(code, 0, "{stderr}");
    for (name, _, text, old) in &cases {
        let read = fs::read_to_string(desk.output(&format!("{name}.txt"))).unwrap();
        let record = desk.json(&format!("{name}.json"));
        let flagged = record["flags"]
            .as_array()
            .unwrap()
            .iter()
            .any(|flag| flag["code"] == "legacy_encoding");
        assert_eq!(flagged, *old, "{name}: {read}");
        if *old {
            for said in [
                today,
                "bổ nhiệm cán bộ, công chức thường trực Hội đồng",
                "nước",
            ] {
                assert!(read.contains(said), "{name}: {said} is not in {read}");
            }
        } else {
            assert!(read.contains(text.lines().next().unwrap()), "{read}");
        }
    }
}

#[test]
fn identity_numbers_are_masked_in_what_is_told() {
    let desk = Desk::new();
    desk.put("cccd-079085012345.tif", b"II*\0");
    for style in ["none", "json"] {
        let (code, _, stderr) = run(desk.digitize(&["--progress", style]).arg("--force"));
        assert_eq!(code, 3, "{stderr}");
        assert!(
            stderr.contains("079*****2345") && !stderr.contains("079085012345"),
            "{stderr}"
        );
    }
}
