//! Stamps: what they say is found, what they cover is told, and PDF/A stays PDF/A under them.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{page, pdfsig, sign};
use crate::outputs::judge;
use crate::paper::{Sheet, paper};
use crate::picture::Picture;
use crate::program::{Desk, asked, fixtures, run, saoy};

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

/// A seal of half the ink, over words: with PDF/A-2 and 3, and with no PDF/A, the words are seen through it; PDF/A-1 knows no
/// transparency, where it is as on white paper, and that is told.
#[test]
fn half_transparent_pictures_are_so_where_the_file_allows_it() {
    let desk = Desk::new();
    let mut sheet = Sheet::blank(60, 60);
    sheet.ring((30, 30), 0, 29, [200, 0, 0]);
    let image = desk.put("seal.png", sheet.png_of_ink(128));
    let image = format!("--image={}", image.display());
    let mut papers = vec![("none", desk.put("none.pdf", page()))];
    for part in ["1b", "2b", "2u", "3b"] {
        let made = Desk::new();
        made.put("page.tif", paper([1]));
        let (code, _, complaints) = run(&mut made.digitize(&["--pdfa", part]));
        assert_eq!(code, 0, "{part}: {complaints}");
        let bytes = std::fs::read(made.output("page.pdf")).unwrap();
        papers.push((part, desk.put(&format!("{part}.pdf"), bytes)));
    }
    for name in [
        "libreoffice-1a",
        "libreoffice-2b",
        "libreoffice-3b",
        "ghostscript-1b",
        "ghostscript-2b",
        "word-3b",
    ] {
        papers.push((name, fixtures("makers").join(format!("{name}.pdf"))));
    }
    let mut signed = Vec::new();
    for (name, input) in &papers {
        let out = desk.output(&format!("{name}.pdf"));
        let options = [
            "--key=test:",
            "--stamp=person",
            &image,
            "--page=1",
            "--box=20,20,60,60",
        ];
        let (code, entry) = sign(input, &out, &options);
        assert_eq!(code, 0, "{name}: {entry}");
        let told = entry["warnings"].as_array().cloned().unwrap_or_default();
        let told = told
            .iter()
            .any(|warning| warning["code"] == "stamp_flattened");
        let is_first_part = name.contains('1');
        assert_eq!(told, is_first_part, "{name}: {entry}");
        let bytes = std::fs::read(&out).unwrap();
        let update =
            String::from_utf8_lossy(&bytes[std::fs::read(input).unwrap().len()..]).into_owned();
        assert_eq!(update.contains("/SMask"), !is_first_part, "{name}");
        assert!(pdfsig(&out).contains("Signature is Valid"));
        // Half of the ink on white paper, either way.
        let shown = Picture::netpbm(&first_page(&out));
        let pixel = shown.pixels[23 * shown.width + 50];
        if pixel[0] > 100 {
            assert!(
                pixel[1].abs_diff(127) < 12 && pixel[0] > 215,
                "{name}: {pixel:?}"
            );
        }
        if *name != "none" {
            signed.push(out);
        }
    }
    let (code, verdicts, complaints) = run(Command::new(judge("verapdf")).args(&signed));
    assert_eq!(code, 0, "{verdicts}{complaints}");
    assert_eq!(verdicts.matches("PASS").count(), signed.len(), "{verdicts}");
}

/// The first page at 72 dpi.
pub(super) fn first_page(file: &Path) -> Vec<u8> {
    let shown = Command::new("pdftoppm")
        .args(["-r", "72", "-f", "1", "-singlefile"])
        .arg(file)
        .output()
        .unwrap();
    assert!(shown.status.success());
    shown.stdout
}
