//! Signed files with single bits turned over, and files cut off anywhere: nothing of it is ever valid, and nothing panics.

use std::sync::atomic::{AtomicUsize, Ordering};

use saoy_signing::judge::Instant;
use saoy_signing::policy::Policy;
use saoy_signing::trust::{Anchor, Store};
use saoy_signing::verify::{Options, Standing, certificates, file, summary};

use super::made::Office;
use crate::handmade::Paper;
use crate::program::{Desk, fixtures, run, saoy};

/// The present time and a little: certificates of the tests begin when the tests run.
fn now() -> Instant {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Instant(i64::try_from(since.expect("after 1970").as_secs()).expect("a time") + 60)
}

/// A signed file and what makes it valid.
struct Subject {
    what: &'static str,
    bytes: Vec<u8>,
    trust: Store,
    now: Instant,
}

impl Subject {
    fn standing(&self, bytes: Vec<u8>) -> Standing {
        let options = Options {
            trust: &self.trust,
            policy: &Policy::default(),
            now: self.now,
            fetch: None,
        };
        let whole = file(bytes, &options);
        // Words must be found for whatever is wrong.
        assert!(!summary(&whole).vi.is_empty());
        whole.standing
    }

    /// Bytes that some signature signs.
    fn signed(&self) -> Vec<usize> {
        let options = Options {
            trust: &self.trust,
            policy: &Policy::default(),
            now: self.now,
            fetch: None,
        };
        let whole = file(self.bytes.clone(), &options);
        let ranges = whole
            .signatures
            .iter()
            .flat_map(|one| one.field.signed.clone());
        let mut bytes: Vec<usize> = ranges
            .flat_map(|range| range.start..range.end)
            .map(|at| usize::try_from(at).expect("a place"))
            .collect();
        bytes.sort_unstable();
        bytes.dedup();
        bytes
    }
}

/// By the tests' own authority: one signature, five, other algorithms.
fn by_an_office(subjects: &mut Vec<Subject>) {
    let office = Office::new();
    office.key_of(
        "rsa",
        "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out",
    );
    office.issue_by(
        "rsa",
        "/C=VN/CN=Nguyễn Văn Rờ",
        "leaf",
        "root",
        &["-CAcreateserial"],
    );
    office.list();
    let mut trust = Store::default();
    let read = |name: &str| std::fs::read(office.path(name)).expect("a file");
    trust
        .add_anchors(&read("root.pem"), "", "")
        .expect("a root");
    trust.add_crls(&read("list.crl")).expect("a list");
    let one = office.sign(&office.paper("pay 10"), "an");
    let mut five = one.clone();
    for signer in ["agency", "an", "rsa", "agency"] {
        five = office.sign(&five, signer);
    }
    let pss = ["-md", "sha512", "-cades", "-keyopt", "rsa_padding_mode:pss"];
    let bare = ["-md", "sha256", "-noattr"];
    for (what, file) in [
        ("one", one),
        ("five", five),
        ("PSS", office.sign_with(&office.paper("x"), "rsa", &pss)),
        (
            "no attributes",
            office.sign_with(&office.paper("x"), "rsa", &bare),
        ),
    ] {
        let (trust, now) = (trust.clone(), now());
        subjects.push(Subject {
            what,
            bytes: file.bytes,
            trust,
            now,
        });
    }
}

/// By the program itself: into a table, into a stream.
fn by_the_program(subjects: &mut Vec<Subject>) {
    let desk = Desk::new();
    let page = Paper::default().finish(&["/MediaBox[0 0 200 200]".to_owned()], "");
    for (what, input) in [
        ("a table", desk.put("a.pdf", page)),
        ("a stream", fixtures("seeds/streams.pdf")),
    ] {
        let out = desk.output("signed.pdf");
        let _ = std::fs::remove_file(&out);
        let (code, _, said) = run(saoy()
            .arg("sign")
            .arg(&input)
            .args(["--key=test:", "-o"])
            .arg(&out));
        assert_eq!(code, 0, "{said}");
        let bytes = std::fs::read(&out).expect("a file");
        let anchors = certificates(bytes.clone())
            .into_iter()
            .map(|certificate| Anchor {
                certificate: certificate.into(),
                pki: String::new(),
                remark: String::new(),
            });
        let trust = Store {
            anchors: anchors.collect(),
            ..Store::default()
        };
        subjects.push(Subject {
            what,
            bytes,
            trust,
            now: now(),
        });
    }
}

/// Does `work` for every number below `count`, on all processors; gives how often it said yes.
fn count(count: usize, work: impl Fn(usize) -> bool + Sync) -> usize {
    let (next, yes) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= count {
                        return;
                    }
                    yes.fetch_add(usize::from(work(index)), Ordering::Relaxed);
                }
            });
        }
    });
    yes.into_inner()
}

/// Numbers that look random and are the same each time (splitmix64).
fn dice(index: usize) -> u64 {
    let mut mixed = u64::try_from(index + 1)
        .expect("small")
        .wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for (shift, factor) in [(30, 0xbf58_476d_1ce4_e5b9_u64), (27, 0x94d0_49bb_1331_11eb)] {
        mixed = (mixed ^ (mixed >> shift)).wrapping_mul(factor);
    }
    mixed ^ (mixed >> 31)
}

#[test]
fn of_ten_thousand_flipped_bits_none_is_valid() {
    const FLIPS: usize = 10_000;
    let mut subjects = Vec::new();
    by_an_office(&mut subjects);
    by_the_program(&mut subjects);
    let signed: Vec<Vec<usize>> = subjects.iter().map(Subject::signed).collect();
    for (subject, signed) in subjects.iter().zip(&signed) {
        assert_eq!(
            subject.standing(subject.bytes.clone()),
            Standing::Valid,
            "{}",
            subject.what
        );
        assert!(signed.len() > 1000, "{}", subject.what);
    }
    let passed = count(FLIPS, |index| {
        let which = index % subjects.len();
        let (subject, signed) = (&subjects[which], &signed[which]);
        let chance = dice(index);
        let place = usize::try_from(chance >> 8).expect("64 bits") % signed.len();
        let mut bytes = subject.bytes.clone();
        bytes[signed[place]] ^= 1 << (chance % 8);
        !matches!(
            subject.standing(bytes),
            Standing::Invalid | Standing::Damaged
        )
    });
    // Neither valid, nor open, nor without a signature.
    assert_eq!(passed, 0, "of {FLIPS}");
}

#[test]
fn a_signed_file_cut_off_anywhere_is_not_valid() {
    let mut subjects = Vec::new();
    by_the_program(&mut subjects);
    for subject in subjects {
        let whole = subject.bytes.len();
        // In the middle of `/Contents` one place is like the next.
        let zeros = subject
            .bytes
            .windows(64)
            .map(|window| window.iter().all(|byte| *byte == b'0'));
        let mut cuts: Vec<usize> = zeros
            .enumerate()
            .filter(|(at, zeros)| !zeros || at % 16 == 0)
            .map(|(at, _)| at)
            .collect();
        cuts.extend(whole - 63..whole);
        assert!(cuts.len() > 1000, "{}", subject.what);
        let valid = count(cuts.len(), |index| {
            let cut = subject.bytes.get(..cuts[index]).expect("a part");
            subject.standing(cut.to_vec()) == Standing::Valid
        });
        assert_eq!(valid, 0, "{}", subject.what);
    }
}
