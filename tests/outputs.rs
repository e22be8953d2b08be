//! What comes out, before judges from outside: PDF/A, text layer, hOCR, ALTO, records.

/// PDF/A and structure.
mod pdfa;

/// The text layer as other readers find it.
mod layer;

/// Plain text, hOCR, ALTO: valid, and all saying the same.
mod sidecars;

/// The JSON records, held to their schemas and to the files.
pub(crate) mod records;

/// The same twice.
mod same;

/// What the program says to people: doctor, help, messages.
mod speech;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use unicode_normalization::is_nfc;

use crate::program::{Desk, asked, run, samples};

/// One run over all samples with all sidecars.
fn digitized() -> &'static Desk {
    static RUN: OnceLock<Desk> = OnceLock::new();
    RUN.get_or_init(|| {
        let desk = Desk::new();
        for scan in scans() {
            std::fs::copy(
                &scan,
                desk.input(&scan.file_name().expect("a name").to_string_lossy()),
            )
            .expect("an input");
        }
        let (code, _, complaints) = run(&mut desk.digitize(&["--sidecar", "txt,json,hocr,alto"]));
        assert_eq!(code, 0, "{complaints}");
        desk
    })
}

/// The sample scans.
fn scans() -> Vec<PathBuf> {
    let is_scan = |path: &Path| {
        path.extension().is_some_and(|ending| {
            ["jpg", "png", "tif", "pdf"]
                .iter()
                .any(|known| ending == *known)
        })
    };
    let entries = std::fs::read_dir(samples())
        .expect("samples")
        .flatten()
        .map(|entry| entry.path());
    let mut scans: Vec<PathBuf> = entries.filter(|path| is_scan(path)).collect();
    scans.sort();
    assert!(scans.len() >= 12);
    scans
}

/// Names of the samples, without ending.
fn names() -> Vec<String> {
    scans()
        .iter()
        .map(|scan| {
            scan.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect()
}

/// `NAME.ENDING` for all samples.
fn outputs(ending: &str) -> Vec<PathBuf> {
    names()
        .iter()
        .map(|name| digitized().output(&format!("{name}.{ending}")))
        .collect()
}

/// A text among the outputs of a sample.
fn text(name: &str, ending: &str) -> String {
    let path = digitized().output(&format!("{name}.{ending}"));
    let text = std::fs::read_to_string(&path).expect("UTF-8");
    assert!(is_nfc(&text), "{}", path.display());
    text
}

/// What plain `pdftotext` finds in the PDF of a sample.
fn found(name: &str) -> String {
    asked(
        "pdftotext",
        &[
            digitized().output(&format!("{name}.pdf")).as_os_str(),
            "-".as_ref(),
        ],
    )
}

/// The printed text of a sample.
fn truth(name: &str) -> String {
    std::fs::read_to_string(samples().join(format!("{name}.txt"))).expect("the text of a sample")
}

/// A judge of `tests/judges`.
pub(crate) fn judge(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/judges")
        .join(name)
}
