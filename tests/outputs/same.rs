//! The same twice: however many workers, and however often it is asked.

use crate::program::{Desk, asked, run, samples};

const SCANS: [&str; 2] = ["don-de-nghi.tif", "quyet-dinh-den-trang.tif"];

fn digitized(jobs: &str) -> Desk {
    let desk = Desk::new();
    for scan in SCANS {
        std::fs::copy(samples().join(scan), desk.input(scan)).expect("an input");
    }
    let (code, _, complaints) =
        run(&mut desk.digitize(&["--jobs", jobs, "--sidecar", "txt,json,hocr,alto"]));
    assert_eq!(code, 0, "{complaints}");
    desk
}

/// The file; a PDF with its dates in the open, and without the hash of its content that follows from them.
fn unpacked(file: &std::path::Path) -> Vec<u8> {
    if file.extension().is_some_and(|ending| ending == "pdf") {
        let flags = ["--qdf", "--object-streams=disable", "--static-id"];
        let open = file.with_extension("qdf");
        asked(
            "qpdf",
            &[
                &flags.map(std::ffi::OsStr::new)[..],
                &[file.as_os_str(), open.as_os_str()],
            ]
            .concat(),
        );
        return std::fs::read(open).expect("what qpdf made");
    }
    std::fs::read(file).expect("an output")
}

/// The file with every digit of a date turned to `0`: dates of PDF (`D:2025...`) and of XMP (`2025-01-24T14:23:43`).
fn undated(mut file: Vec<u8>) -> Vec<u8> {
    for at in 0..file.len().saturating_sub(19) {
        let here = &file[at..at + 19];
        let digits = |range: std::ops::Range<usize>| here[range].iter().all(u8::is_ascii_digit);
        let pdf = here.starts_with(b"D:20") && digits(2..16);
        let xmp =
            here[10] == b'T' && digits(0..4) && here[4] == b'-' && digits(5..7) && here[13] == b':';
        if pdf || xmp {
            file[at..at + 19].fill(b'0');
        }
    }
    file
}

#[test]
fn one_worker_and_two_make_the_same_files() {
    let (one, two) = (digitized("1"), digitized("2"));
    assert_eq!(one.made(), two.made());
    for name in one.made() {
        let read = |desk: &Desk| undated(unpacked(&desk.output(&name)));
        let (a, b) = (read(&one), read(&two));
        match name.rsplit('.').next() {
            Some("txt" | "pdf") => assert!(a == b, "{name}"),
            // These name their inputs, which lie in two folders.
            Some("hocr" | "xml") => assert_eq!(
                String::from_utf8_lossy(&a).replace(&one.input("").display().to_string(), ""),
                String::from_utf8_lossy(&b).replace(&two.input("").display().to_string(), ""),
                "{name}"
            ),
            _ => {}
        }
    }
}

#[test]
fn asked_again_nothing_is_done_again() {
    let desk = Desk::new();
    std::fs::copy(samples().join(SCANS[1]), desk.input(SCANS[1])).expect("an input");
    let (code, _, complaints) = run(&mut desk.digitize::<&str>(&[]));
    assert_eq!(code, 0, "{complaints}");
    let times = || {
        let made = desk.made().into_iter().filter(|name| name != "batch.json");
        made.map(|name| {
            std::fs::metadata(desk.output(&name))
                .and_then(|facts| facts.modified())
                .expect("a time")
        })
        .collect::<Vec<_>>()
    };
    let before = times();
    let (code, _, complaints) = run(&mut desk.digitize::<&str>(&[]));
    assert_eq!(code, 0, "{complaints}");
    assert_eq!(desk.json("batch.json")["totals"]["skipped"], 1);
    assert_eq!(times(), before);
    // Asked for more, it does the work.
    let (code, _, complaints) = run(&mut desk.digitize(&["--sidecar", "txt,json,hocr"]));
    assert_eq!(code, 0, "{complaints}");
    assert_eq!(desk.json("batch.json")["totals"]["done"], 1);
    assert!(desk.made().iter().any(|name| name.ends_with(".hocr")));
}
