//! Every level, kind of key and maker of files, before judges from outside: veraPDF, pyHanko, EU DSS, pdfsig, OpenSSL.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::servers::Authority;
use super::{page, pdfsig, sign};
use crate::outputs::judge;
use crate::paper::paper;
use crate::program::{Desk, asked, fixtures, run};

/// Keys as `openssl genpkey` names them, and how each signs.
const KEYS: [(&str, &str, &[&str]); 5] = [
    ("rsa", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048", &[]),
    (
        "pss",
        "-algorithm RSA -pkeyopt rsa_keygen_bits:3072",
        &["--pss"],
    ),
    (
        "sha512",
        "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
        &["--digest=sha512"],
    ),
    (
        "p256",
        "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
        &[],
    ),
    (
        "p384",
        "-algorithm EC -pkeyopt ec_paramgen_curve:P-384",
        &[],
    ),
];

/// A signed file, and how far each of its signatures reaches.
pub(super) struct Made {
    pub(super) path: PathBuf,
    /// From the first to the last, document timestamps left out.
    pub(super) levels: Vec<&'static str>,
    /// The same by EU DSS, which does not take data from before a signature for its own.
    by_dss: Vec<&'static str>,
    /// Document timestamps.
    pub(super) stamps: usize,
}

impl Made {
    pub(super) fn new(path: PathBuf, levels: Vec<&'static str>, stamps: usize) -> Self {
        Self {
            path,
            by_dss: levels.clone(),
            levels,
            stamps,
        }
    }

    /// What EU DSS says otherwise.
    pub(super) fn by_dss(self, levels: Vec<&'static str>) -> Self {
        Self {
            by_dss: levels,
            ..self
        }
    }
}

/// Options of a key and of a signature, then the levels and document timestamps that a file has afterwards.
type Round<'a> = (&'a [&'a str], &'a [&'a str], &'a [&'static str], usize);

/// Signs or upgrades `input` into `out`.
pub(super) fn step(authority: &Authority, input: &Path, out: &Path, options: &[&str]) {
    let (served, trusting) = (authority.served(), authority.trusting());
    let all: Vec<&str> = served
        .iter()
        .chain(&trusting)
        .map(String::as_str)
        .chain(options.iter().copied())
        .collect();
    let (code, entry) = sign(input, out, &all);
    assert_eq!(code, 0, "{}: {entry}", out.display());
}

/// A judge's lines of JSON, one for each file.
fn line_for_each(files: &[&Path], answer: &str, complaints: &str) -> Vec<Value> {
    let answers: Vec<Value> = answer
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), files.len(), "{complaints}");
    answers
}

/// What pyHanko says of each file, asked in one process.
pub(super) fn pyhanko(authority: &Authority, files: &[&Path]) -> Vec<Value> {
    let (code, answer, complaints) = run(Command::new(judge("pades"))
        .arg("--trust")
        .arg(authority.desk.input("root.pem"))
        .args(files));
    assert_eq!(code, 0, "{complaints}");
    line_for_each(files, &answer, &complaints)
}

/// That EU DSS passes every signature, and that pyHanko finds every one valid, each of the level that is meant, and nothing
/// behind them but long-term data; also by its default policy, which knows no new visible field after a certification, as Acrobat and others do.
pub(super) fn judged_from_outside(authority: &Authority, files: &[Made]) {
    let paths: Vec<&Path> = files.iter().map(|made| made.path.as_path()).collect();
    judged_by_dss(authority, files);
    for (made, said) in files.iter().zip(pyhanko(authority, &paths)) {
        let all = said["signatures"]
            .as_array()
            .unwrap_or_else(|| panic!("{said}"));
        for one in all {
            assert_eq!(one["verdict"], true, "{said:#}");
            assert_eq!(one["strict"], true, "{said:#}");
        }
        let (stamps, signatures): (Vec<&Value>, Vec<&Value>) =
            all.iter().partition(|one| one["kind"] == "timestamp");
        assert_eq!(stamps.len(), made.stamps, "{said:#}");
        let levels: Vec<&Value> = signatures.iter().map(|one| &one["level"]).collect();
        assert_eq!(levels, made.levels, "{said:#}");
        assert_eq!(signatures[0]["certified"], 2, "{said:#}");
        let last = all.last().unwrap();
        let is_last = last["coverage"] == "ENTIRE_FILE" || last["changes"] == "LTA_UPDATES";
        assert!(is_last, "{said:#}");
    }
}

/// What EU DSS says of each file, asked in one process; it may ask the authority's servers for what a file does not carry.
pub(super) fn dss(authority: &Authority, files: &[&Path]) -> Vec<Value> {
    let (_, answer, complaints) = run(Command::new(judge("dss"))
        .args(["--online", "--trust"])
        .arg(authority.desk.input("root.pem"))
        .args(files));
    line_for_each(files, &answer, &complaints)
}

/// That EU DSS passes every signature and its timestamps, each of the level that is meant.
fn judged_by_dss(authority: &Authority, files: &[Made]) {
    let paths: Vec<&Path> = files.iter().map(|made| made.path.as_path()).collect();
    for (made, said) in files.iter().zip(dss(authority, &paths)) {
        let signatures = said["signatures"].as_array();
        let signatures = signatures.unwrap_or_else(|| panic!("{said}"));
        let levels: Vec<String> = signatures
            .iter()
            .map(|one| {
                assert_eq!(one["indication"], "TOTAL_PASSED", "{said:#}");
                let stamps = one["timestamps"].as_array().unwrap();
                let passed = stamps.iter().all(|stamp| stamp["indication"] == "PASSED");
                assert!(passed, "{said:#}");
                let level = one["level"].as_str().unwrap();
                level.replace("PAdES-BASELINE-", "").to_lowercase()
            })
            .collect();
        assert_eq!(levels, made.by_dss, "{said:#}");
    }
}

/// pdfsig of poppler 22 does not look at document timestamps.
fn judged_by_pdfsig(made: &Made) {
    let said = pdfsig(&made.path);
    let count = |what: &str| said.matches(what).count();
    assert_eq!(count("Signature is Valid"), made.levels.len(), "{said}");
    assert_eq!(count("not yet been verified"), made.stamps, "{said}");
}

/// OpenSSL on the last signature alone: its CMS over the bytes that `/ByteRange` names.
fn judged_by_openssl(authority: &Authority, file: &Path) {
    let bytes = std::fs::read(file).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let range = text.rsplit("/ByteRange [").next().unwrap();
    let numbers: Vec<usize> = range[..range.find(']').unwrap()]
        .split_whitespace()
        .map(|number| number.parse().unwrap())
        .collect();
    let [0, first, second, rest] = numbers[..] else {
        panic!("{numbers:?}");
    };
    let content = [&bytes[..first], &bytes[second..second + rest]].concat();
    let digits = &bytes[first + 1..second - 1];
    let cms: Vec<u8> = digits
        .chunks(2)
        .map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap())
        .collect();
    authority.desk.put("content", content);
    authority.desk.put("cms", cms);
    super::openssl(
        &authority.desk.input(""),
        &[
            "cms",
            "-verify",
            "-inform",
            "DER",
            "-in",
            "cms",
            "-binary",
            "-content",
            "content",
            "-CAfile",
            "root.pem",
            "-purpose",
            "any",
            "-out",
            "/dev/null",
        ],
    );
}

#[test]
fn every_key_at_every_level_is_valid_to_all() {
    let authority = Authority::new();
    let input = authority.desk.put("a.pdf", page());
    for (name, kind, _) in KEYS {
        let section = if name == "pss" { "by-list" } else { "by-ocsp" };
        authority.issue_for(name, section, kind);
    }
    authority.list();
    let mut all = Vec::new();
    for (name, _, how) in KEYS {
        let key = authority.keyed(name);
        let key: Vec<&str> = key
            .iter()
            .map(String::as_str)
            .chain(how.iter().copied())
            .collect();
        for level in ["b", "t", "lt", "lta"] {
            let out = authority.desk.output(&format!("{name}-{level}.pdf"));
            let asked_for = format!("--level={level}");
            step(
                &authority,
                &input,
                &out,
                &[&key[..], &[&*asked_for]].concat(),
            );
            if matches!(level, "b" | "t") {
                judged_by_openssl(&authority, &out);
            }
            let stamps = usize::from(level == "lta");
            all.push(Made::new(out, vec![level], stamps));
        }
        // The next one in the chain ends it.
        let out = authority.desk.output(&format!("{name}-final.pdf"));
        let before = authority.desk.output("rsa-t.pdf");
        step(
            &authority,
            &before,
            &out,
            &[&key[..], &["--final"]].concat(),
        );
        judged_by_openssl(&authority, &out);
        all.push(Made::new(out, vec!["t", "b"], 0));
    }
    all.iter().for_each(judged_by_pdfsig);
    judged_from_outside(&authority, &all);

    // These judges can say no.
    let mut bytes = std::fs::read(&all[0].path).unwrap();
    let at = bytes.windows(3).position(|part| part == b"200").unwrap();
    bytes[at] = b'3';
    let changed = authority.desk.put("changed.pdf", bytes);
    let said = pyhanko(&authority, &[&changed]);
    assert_eq!(said[0]["signatures"][0]["verdict"], false, "{said:?}");
    let said = dss(&authority, &[&changed]);
    let indication = &said[0]["signatures"][0]["indication"];
    assert_eq!(indication, "TOTAL_FAILED", "{said:?}");
}

/// PDF/A of our own, of LibreOffice, of Ghostscript, and laid out as Word does; some without the last end of line.
fn archived(desk: &Desk) -> Vec<(String, PathBuf)> {
    let mut all = Vec::new();
    for part in ["1b", "2b", "2u", "3b"] {
        let made = Desk::new();
        made.put("page.tif", paper([1]));
        let (code, _, complaints) = run(&mut made.digitize(&["--pdfa", part]));
        assert_eq!(code, 0, "{part}: {complaints}");
        let bytes = std::fs::read(made.output("page.pdf")).unwrap();
        all.push((format!("saoy-{part}"), bytes));
    }
    let mut names: Vec<PathBuf> = std::fs::read_dir(fixtures("makers"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "pdf"))
        .collect();
    names.sort();
    for path in names {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        all.push((name, std::fs::read(&path).unwrap()));
    }
    let cut = ["saoy-1b", "libreoffice-2b", "ghostscript-3b"].map(|name| {
        let (_, bytes) = all.iter().find(|(other, _)| other == name).unwrap();
        (format!("{name}-cut"), bytes.trim_ascii_end().to_vec())
    });
    all.extend(cut);
    let put = |(name, bytes): (String, Vec<u8>)| {
        let path = desk.put(&format!("{name}.pdf"), bytes);
        (name, path)
    };
    all.into_iter().map(put).collect()
}

#[test]
fn pdfa_of_all_makers_stays_pdfa_through_all_levels() {
    let authority = Authority::new();
    let desk = &authority.desk;
    authority.issue_for("person", "by-ocsp", KEYS[0].1);
    authority.issue_for("agency", "by-list", KEYS[3].1);
    authority.list();
    let statement = |name: &str, lines: usize| {
        let text = format!(
            "qr='https://example.vn/1'\nlabel='Mã tra cứu: 1'\n[[line]]\ntext='CHỨNG THỰC BẢN SAO'\nbold=true\n{}\
             [[line]]\ntext='Người chứng thực: {{signer}}'\nalign='right'\n",
            super::statements::LINE.repeat(lines)
        );
        format!("--statement={}", desk.put(name, text).display())
    };
    let (small, large) = (statement("small.toml", 0), statement("large.toml", 15));
    let picture = super::stamps::picture(desk);
    let (person, agency) = (authority.keyed("person"), authority.keyed("agency"));
    let (person, agency) = (
        person.iter().map(String::as_str).collect::<Vec<_>>(),
        agency.iter().map(String::as_str).collect::<Vec<_>>(),
    );
    let mut all: Vec<Made> = Vec::new();
    for (name, input) in archived(desk) {
        // Files of others are tagged: theirs get a page more.
        let statement = if name.starts_with("saoy") {
            &small
        } else {
            &large
        };
        let rounds: [Round<'_>; 5] = [
            (
                &person,
                &[
                    "--level=lt",
                    "--stamp=statement",
                    statement,
                    "--reserve=agency",
                    "--reserve=Copy=1/5,5,300,70",
                ],
                &["lt"],
                0,
            ),
            // The list that the first one's timestamp needed is about this certificate, too.
            (
                &agency,
                &[
                    "--level=t",
                    "--stamp=copy",
                    "--text=SAO Y",
                    "--qr=1",
                    "--field=Copy",
                ],
                &["lt", "lt"],
                0,
            ),
            (&[], &["--upgrade=lta"], &["lta", "lta"], 1),
            (&[], &["--upgrade=lta"], &["lta", "lta"], 2),
            (
                &agency,
                &["--level=lta", "--stamp=agency", &picture],
                &["lta", "lta", "lta"],
                3,
            ),
        ];
        let mut last = input;
        for (round, (key, options, levels, stamps)) in rounds.into_iter().enumerate() {
            let out = desk.output(&format!("{name}-{round}.pdf"));
            step(&authority, &last, &out, &[key, options].concat());
            let made = Made::new(out.clone(), levels.to_vec(), stamps);
            all.push(match round {
                // It was asked for T; the data that make it LT to pyHanko stand before it.
                1 => made.by_dss(vec!["lt", "t"]),
                _ => made,
            });
            last = out;
        }
        judged_by_pdfsig(all.last().unwrap());
        asked("qpdf", &[Path::new("--check"), &last]);
    }
    let files = all.iter().map(|made| &made.path);
    let (code, verdicts, complaints) = run(Command::new(judge("verapdf")).args(files));
    assert_eq!(code, 0, "{verdicts}{complaints}");
    assert_eq!(verdicts.matches("PASS").count(), all.len(), "{verdicts}");
    judged_from_outside(&authority, &all);
}
