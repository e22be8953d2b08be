//! Stamps: what they say is found, what they cover is told, and PDF/A stays PDF/A under them.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{page, pdfsig, sign};
use crate::outputs::judge;
use crate::paper::{Sheet, paper};
use crate::program::{Desk, asked, run, saoy};

const AGENCY: &str = "ỦY BAN NHÂN DÂN PHƯỜNG THUẬN HÓA";

#[test]
fn the_text_of_a_stamp_is_found_and_stands_in_its_corner() {
    let desk = Desk::new();
    let paper = crate::handmade::Paper::default()
        .finish(&["/MediaBox[0 0 595 842]/Rotate 90".to_owned()], "");
    let (input, out) = (desk.put("a.pdf", paper), desk.output("a.pdf"));
    let agency = format!("--text={AGENCY}");
    let options = [
        "--key=test:",
        "--stamp=copy",
        "--number=01/SY-UBND",
        &agency,
    ];
    let (code, entry) = sign(&input, &out, &options);
    assert_eq!((code, &entry["status"]), (0, &"signed".into()), "{entry}");
    assert!(entry["warnings"].is_null(), "{entry}");
    // The page is turned: 842 wide and 595 high as it is shown.
    let corner = ["-x", "421", "-y", "0", "-W", "421", "-H", "120", "-layout"].map(str::to_owned);
    let mut arguments: Vec<String> = corner.into();
    arguments.extend([out.display().to_string(), "-".to_owned()]);
    let found = asked("pdftotext", &arguments);
    for line in ["01/SY-UBND", AGENCY, entry["time"].as_str().unwrap()] {
        assert!(found.contains(line), "{line} in {found}");
    }
    let fonts = asked("pdffonts", &[&out]);
    assert!(fonts.contains("+LiberationSerif"), "{fonts}");
}

#[test]
fn stamps_that_cannot_stand_are_refused() {
    let desk = Desk::new();
    let input = desk.put("a.pdf", page());
    for options in [
        &["--stamp=copy", "--number=1", "--box=150,0,100,20"][..],
        &["--stamp=copy", "--number=語"],
        &["--stamp=copy", "--number=1", "--page=2"],
    ] {
        let out = desk.output("a.pdf");
        let (code, entry) = sign(&input, &out, &[&["--key=test:"][..], options].concat());
        assert_eq!(code, 2, "{options:?}: {entry}");
        assert!(!out.exists(), "{options:?}");
    }
}

#[test]
fn a_picture_in_a_stamp_is_not_taken_for_hidden_content() {
    let desk = Desk::new();
    let (input, out) = (desk.put("a.pdf", page()), desk.output("a.pdf"));
    let image = picture(&desk);
    let options = ["--key=test:", "--stamp=person", &image, "--box=50,50,80,40"];
    let (code, entry) = sign(&input, &out, &options);
    assert_eq!(code, 0, "{entry}");
    let (_, report, _) = run(saoy()
        .arg("verify")
        .arg(&out)
        .args(["--no-compare", "--json"]));
    assert!(
        report.contains("\"digest\"") && !report.contains("shadow_preparation"),
        "{report}"
    );
}

/// A ring, as a hand or a seal would be.
pub(super) fn picture(desk: &Desk) -> String {
    let mut sheet = Sheet::blank(120, 60);
    sheet.ring((60, 30), 20, 26, [0, 0, 200]);
    format!("--image={}", desk.put("hand.png", sheet.png()).display())
}

#[test]
fn pdfa_stays_pdfa_under_every_stamp() {
    let desk = Desk::new();
    let picture = picture(&desk);
    let agency = format!("--text={AGENCY}");
    let rounds: [&[&str]; 3] = [
        &[],
        &["--stamp=copy", "--text=SAO Y", &agency],
        &["--stamp=person", &picture],
    ];
    let mut signed: Vec<PathBuf> = Vec::new();
    for part in ["1b", "2b", "2u", "3b"] {
        let made = Desk::new();
        made.put("page.tif", paper([1]));
        let (code, _, complaints) = run(&mut made.digitize(&["--pdfa", part]));
        assert_eq!(code, 0, "{part}: {complaints}");
        let whole = std::fs::read(made.output("page.pdf")).unwrap();
        let cut = whole.trim_ascii_end().to_vec();
        for (ending, bytes) in [("eol", whole), ("cut", cut)] {
            let mut last = desk.put(&format!("{part}-{ending}.pdf"), bytes);
            for (round, options) in rounds.iter().enumerate() {
                let out = desk.output(&format!("{part}-{ending}-{round}.pdf"));
                let (code, entry) = sign(&last, &out, &[&["--key=test:"][..], *options].concat());
                assert_eq!(code, 0, "{}: {entry}", out.display());
                signed.push(out.clone());
                last = out;
            }
            let said = pdfsig(&last);
            assert_eq!(said.matches("Signature is Valid").count(), 3, "{said}");
            asked("qpdf", &[Path::new("--check"), &last]);
        }
    }
    let (code, verdicts, complaints) = run(Command::new(judge("verapdf")).args(&signed));
    assert_eq!(code, 0, "{verdicts}{complaints}");
    assert_eq!(verdicts.matches("PASS").count(), signed.len(), "{verdicts}");
}
