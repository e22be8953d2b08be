//! Fields made with the first signature for those who sign later: even readers that allow no new visible field after a
//! certification find the whole chain valid.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::matrix::{Made, judged_from_outside, pyhanko, step};
use super::servers::Authority;
use super::stamps::first_page;
use super::{pdfsig, sign};
use crate::handmade::Paper;
use crate::outputs::judge;
use crate::paper::{Sheet, paper};
use crate::picture::Picture;
use crate::program::{Desk, asked, run, saoy};

/// Two keys that the same root issued, and pictures.
struct Chain {
    authority: Authority,
    person: Vec<String>,
    agency: Vec<String>,
}

impl Chain {
    fn new() -> Self {
        let authority = Authority::new();
        authority.issue("person", "by-list");
        authority.issue("agency", "by-list");
        authority.list();
        let image = |name: &str, colour: [u8; 3], (width, height): (usize, usize)| {
            let mut sheet = Sheet::blank(width, height);
            for at in 0..width * height {
                sheet.dot(at % width, at / width, colour);
            }
            let path = authority.desk.put(name, sheet.png());
            format!("--image={}", path.display())
        };
        let hand = image("hand.png", [0, 0, 200], (120, 40));
        let seal = image("seal.png", [200, 0, 0], (80, 80));
        let with = |name: &str, more: [String; 2]| [&authority.keyed(name)[..], &more].concat();
        Self {
            person: with("person", ["--stamp=person".to_owned(), hand]),
            agency: with("agency", ["--stamp=agency".to_owned(), seal]),
            authority,
        }
    }

    /// Signs `input` into `out` as `who`.
    fn step(&self, input: &Path, out: &str, who: &[String], more: &[&str]) -> PathBuf {
        let out = self.authority.desk.output(out);
        let all: Vec<&str> = who
            .iter()
            .map(String::as_str)
            .chain(more.iter().copied())
            .collect();
        step(&self.authority, input, &out, &all);
        out
    }

    /// The same, asking for exit code and entry.
    fn tried(&self, input: &Path, who: &[String], more: &[&str]) -> (i32, Value) {
        let out = self.authority.desk.output("tried.pdf");
        let _ = std::fs::remove_file(&out);
        let all: Vec<&str> = who
            .iter()
            .map(String::as_str)
            .chain(more.iter().copied())
            .collect();
        let (code, entry) = sign(input, &out, &all);
        assert_eq!(out.exists(), code == 0, "{entry}");
        (code, entry)
    }

    fn page(&self, name: &str) -> PathBuf {
        let page = Paper::default().finish(&["/MediaBox[0 0 595 842]".to_owned()], "");
        self.authority.desk.put(name, page)
    }
}

/// Options of a key and of a signature, then the levels and document timestamps that a file has afterwards.
type Round<'a> = (&'a [String], &'a [&'a str], &'a [&'static str], usize);

/// Where pixels of `file`'s first page are that `is` picks: left, top, right, bottom, pt.
fn extent(file: &Path, is: impl Fn([u8; 3]) -> bool) -> [usize; 4] {
    let picture = Picture::netpbm(&first_page(file));
    let found = picture
        .pixels
        .iter()
        .enumerate()
        .filter(|(_, pixel)| is(**pixel))
        .map(|(at, _)| (at % picture.width, at / picture.width));
    found.fold([usize::MAX, usize::MAX, 0, 0], |[a, b, c, d], (x, y)| {
        [a.min(x), b.min(y), c.max(x), d.max(y)]
    })
}

/// Archived files of every part, and one that is none; levels from B to LTA; locked and open.
#[test]
fn person_and_agency_are_valid_to_the_strictest_reader() {
    let chain = Chain::new();
    let mut papers = vec![("plain", chain.page("plain.pdf"))];
    for part in ["1b", "2b", "2u", "3b"] {
        let made = Desk::new();
        made.put("page.tif", paper([1]));
        let (code, _, complaints) = run(&mut made.digitize(&["--pdfa", part]));
        assert_eq!(code, 0, "{part}: {complaints}");
        let bytes = std::fs::read(made.output("page.pdf")).unwrap();
        papers.push((
            part,
            chain.authority.desk.put(&format!("{part}.pdf"), bytes),
        ));
    }
    let mut all = Vec::new();
    for (name, input) in &papers {
        let mut last = input.clone();
        let rounds: [Round<'_>; 4] = [
            (&chain.person, &["--reserve=agency"], &["b"], 0),
            (&chain.agency, &["--level=t"], &["b", "t"], 0),
            (&[], &["--upgrade=lta"], &["t", "lta"], 1),
            (&[], &["--upgrade=lta"], &["t", "lta"], 2),
        ];
        for (round, (who, options, levels, stamps)) in rounds.into_iter().enumerate() {
            last = chain.step(&last, &format!("{name}-{round}.pdf"), who, options);
            let made = Made::new(last.clone(), levels.to_vec(), stamps);
            all.push(match stamps {
                0 => made,
                // The first has no timestamp of its own, which pyHanko wants.
                _ => made.by_dss(vec!["lta"; 2]),
            });
        }
        // The last of a chain that ends with it.
        let first = chain.step(
            input,
            &format!("{name}-to-be-final.pdf"),
            &chain.person,
            &["--level=lt", "--reserve=agency-final"],
        );
        // In PDF/A-1 a timestamp's field needs an appearance, which pyHanko takes for more than nothing after a lock.
        let (level, stamps) = if *name == "1b" { ("lt", 0) } else { ("lta", 1) };
        let last = chain.step(
            &first,
            &format!("{name}-final.pdf"),
            &chain.agency,
            &[&*format!("--level={level}"), "--final"],
        );
        all.push(Made::new(last, vec![level; 2], stamps));
    }
    judged_from_outside(&chain.authority, &all);
    for made in &all {
        assert_eq!(
            pdfsig(&made.path).matches("Signature is Valid").count(),
            made.levels.len()
        );
        asked("qpdf", &[Path::new("--check"), &made.path]);
    }
    let archived = all.iter().map(|made| &made.path);
    let archived: Vec<&PathBuf> = archived
        .filter(|path| !path.to_string_lossy().contains("plain"))
        .collect();
    let (code, verdicts, complaints) = run(Command::new(judge("verapdf")).args(&archived));
    assert_eq!(code, 0, "{verdicts}{complaints}");
    assert_eq!(
        verdicts.matches("PASS").count(),
        archived.len(),
        "{verdicts}"
    );

    // Without a field the same judge says no: that is what the field is for.
    let first = chain.step(&papers[0].1, "without-1.pdf", &chain.person, &[]);
    let without = chain.step(&first, "without-2.pdf", &chain.agency, &[]);
    let said = pyhanko(&chain.authority, &[&without]);
    let strict = |index: usize| &said[0]["signatures"][index]["strict"];
    assert!(strict(0) == false && strict(1) == true, "{said:?}");
}

/// The seal covers the left third of the hand, in its own size, as it does without a field.
#[test]
fn the_seal_stands_where_it_would_without_a_field() {
    let chain = Chain::new();
    let input = chain.page("a.pdf");
    let mut places = Vec::new();
    for (name, reserve) in [("with", &["--reserve=agency"][..]), ("without", &[])] {
        let one = chain.step(&input, &format!("{name}-1.pdf"), &chain.person, reserve);
        // Nothing shows of a field that is empty.
        let blue = extent(&one, |[r, _, b]| b > 150 && r < 100);
        assert_eq!(extent(&one, |[r, _, b]| r > 150 && b < 100)[2], 0);
        let two = chain.step(&one, &format!("{name}-2.pdf"), &chain.agency, &[]);
        let red = extent(&two, |[r, _, b]| r > 150 && b < 100);
        places.push(red);
        let third = blue[0] + (blue[2] - blue[0]) / 3;
        assert!(red[2].abs_diff(third) < 4, "{blue:?} {red:?}");
        let middles = [blue, red].map(|[_, top, _, foot]| usize::midpoint(top, foot));
        assert!(middles[0].abs_diff(middles[1]) < 3, "{blue:?} {red:?}");
        // 36 mm are 102 pt.
        assert!((red[3] - red[1]).abs_diff(102) < 4, "{red:?}");
    }
    let [with, without] = places[..] else {
        panic!()
    };
    let apart = with.iter().zip(without).map(|(a, b)| a.abs_diff(b));
    assert!(apart.max() < Some(2), "{places:?}");
}

fn verified(chain: &Chain, file: &Path) -> (i32, Value) {
    let (code, report, _) = run(saoy()
        .arg("verify")
        .arg(file)
        .arg(format!(
            "--trust={}",
            chain.authority.desk.input("root.pem").display()
        ))
        .arg(format!(
            "--trust={}",
            chain.authority.desk.input("list.crl").display()
        ))
        .args(["--no-compare", "--json"]));
    let report: Value = serde_json::from_str(&report).unwrap();
    (code, report["files"][0].clone())
}

#[test]
fn an_empty_field_and_a_filled_one_say_the_right_things() {
    let chain = Chain::new();
    let input = chain.page("a.pdf");
    let one = chain.step(&input, "1.pdf", &chain.person, &["--reserve=agency-final"]);
    let (code, file) = verified(&chain, &one);
    assert_eq!((code, &file["verdict"]), (0, &"valid".into()), "{file:#}");
    assert_eq!(file["signatures"].as_array().unwrap().len(), 1, "{file:#}");
    assert_eq!(file["signatures"][0]["changes_after"], "none", "{file:#}");
    let two = chain.step(&one, "2.pdf", &chain.agency, &[]);
    let (code, file) = verified(&chain, &two);
    assert_eq!((code, &file["verdict"]), (0, &"valid".into()), "{file:#}");
    let [first, second] = file["signatures"].as_array().unwrap().as_slice() else {
        panic!("{file:#}");
    };
    assert_eq!(first["changes_after"], "later_signature", "{file:#}");
    assert_eq!(second["field"], "AgencySeal", "{file:#}");
    // The field's own lock ends the file, whether or not whoever signed it said so.
    let (code, entry) = chain.tried(&two, &chain.person, &[]);
    assert_eq!((code, &entry["error"]["code"]), (5, &"locked".into()));

    // Without a picture the agency signs in its field all the same, and nothing is left over that waits for content.
    let open = chain.step(&input, "3.pdf", &chain.person, &["--reserve=agency"]);
    let key: Vec<String> = chain.agency[..2].to_vec();
    let sealed = chain.step(&open, "4.pdf", &key, &["--role=agency"]);
    let said = pyhanko(&chain.authority, &[&sealed]);
    assert!(said[0]["signatures"][0]["strict"] == true, "{said:?}");
    let filled = chain.step(&open, "5.pdf", &chain.agency, &[]);
    for signed in [&sealed, &filled] {
        let (code, entry) = chain.tried(signed, &chain.person[..2], &[]);
        assert_eq!(
            (code, &entry["field"]),
            (0, &"Signature2".into()),
            "{entry}"
        );
    }
}

#[test]
fn fields_that_cannot_be_are_refused_with_the_way_out() {
    let chain = Chain::new();
    let input = chain.page("a.pdf");
    let (person, agency) = (&chain.person, &chain.agency);
    let one = chain.step(&input, "1.pdf", person, &["--reserve=agency"]);
    let plain: Vec<String> = person[..2].to_vec();
    for (input, who, more, expected) in [
        (
            &one,
            person,
            &["--reserve=agency"][..],
            (5, "reserved_too_late"),
        ),
        (&one, agency, &["--final"], (2, "field_without_lock")),
        (&input, &plain, &["--reserve=agency"], (2, "failed")),
        (
            &input,
            person,
            &["--reserve=agency=500,800,200,100"],
            (2, "failed"),
        ),
        (
            &input,
            person,
            &["--reserve=agency=2/0,0,20,20"],
            (2, "failed"),
        ),
    ] {
        let (code, entry) = chain.tried(input, who, more);
        let error = &entry["error"];
        assert_eq!((code, error["code"].as_str().unwrap()), expected, "{entry}");
        assert_ne!(error["vi"], error["en"]);
    }
    let mut command = saoy();
    command
        .arg("sign")
        .arg(&input)
        .args(["-o", "/nowhere/a.pdf", "--key=test:", "--reserve=x"]);
    let (code, _, said) = run(&mut command);
    assert!(code == 2 && said.contains("--reserve x"), "{said}");

    // Elsewhere there is another field, and a seal that is too large is said to be.
    let two = chain.step(&one, "2.pdf", agency, &["--final", "--box=10,10,60,60"]);
    assert_eq!(pdfsig(&two).matches("Signature is Valid").count(), 2);
    let small = chain.step(&input, "3.pdf", person, &["--reserve=agency=50,50,60,60"]);
    let (code, entry) = chain.tried(&small, agency, &[]);
    assert_eq!(code, 0, "{entry}");
    assert_eq!(entry["warnings"][0]["code"], "stamp_shrunk", "{entry}");
}

/// A field that somebody else made, as forms have them: `more` in the field, its widget apart where `apart` is set.
fn form(more: &str, apart: bool) -> Vec<u8> {
    let mut paper = Paper::default();
    let widget = "/Type/Annot/Subtype/Widget/F 132/Rect[100 100 250 160]";
    let (field, shown) = (paper.reserve(), paper.reserve());
    if apart {
        paper.set(
            field,
            format!("<</FT/Sig/T(Giam doc)/Kids[{shown} 0 R]{more}>>"),
        );
        paper.set(shown, format!("<<{widget}/Parent {field} 0 R>>"));
    } else {
        paper.set(field, format!("<</FT/Sig/T(Giam doc){widget}{more}>>"));
        paper.set(
            shown,
            "<</Type/Annot/Subtype/Widget/FT/Sig/T(Other)/F 132/Rect[0 0 0 0]>>",
        );
    }
    let fields = if apart {
        String::new()
    } else {
        format!("{shown} 0 R")
    };
    let on_page = if apart { shown } else { field };
    let page = format!("/MediaBox[0 0 595 842]/Annots[{on_page} 0 R {fields}]");
    let catalogue = format!("/AcroForm<</Fields[{field} 0 R {fields}]>>");
    paper.finish_with(&[page], "", &catalogue)
}

#[test]
fn fields_of_others_are_signed_by_their_names() {
    let chain = Chain::new();
    let desk = &chain.authority.desk;
    let named = ["--field=Giam doc"];
    let mut all = Vec::new();
    for apart in [false, true] {
        let input = desk.put(&format!("form-{apart}.pdf"), form("", apart));
        // With a picture, without one, and behind somebody else's signature.
        let one = chain.step(&input, &format!("hand-{apart}.pdf"), &chain.person, &named);
        let blue = extent(&one, |[r, _, b]| b > 150 && r < 100);
        assert!(
            blue[0] >= 99 && blue[2] <= 251 && blue[1] >= 842 - 161 && blue[3] <= 842 - 99,
            "{blue:?}"
        );
        all.push(Made::new(one, vec!["b"], 0));
        let one = chain.step(
            &input,
            &format!("bare-{apart}.pdf"),
            &chain.person[..2],
            &named,
        );
        all.push(Made::new(one, vec!["b"], 0));
        let one = chain.step(
            &input,
            &format!("first-{apart}.pdf"),
            &chain.agency[..2],
            &[],
        );
        // pyHanko knows no appearances of widgets that stand apart from their field.
        let who = if apart {
            &chain.person[..2]
        } else {
            &chain.person
        };
        let two = chain.step(&one, &format!("second-{apart}.pdf"), who, &named);
        all.push(Made::new(two, vec!["b", "b"], 0));
    }
    judged_from_outside(&chain.authority, &all);
    for made in &all {
        let (code, file) = verified(&chain, &made.path);
        assert_eq!((code, &file["verdict"]), (0, &"valid".into()), "{file:#}");
    }

    // What its maker asks for is kept, or not signed: a lock of one field, demands that are not understood.
    let lock = "/Lock<</Type/SigFieldLock/Action/Include/Fields[(Other)]>>";
    let input = desk.put("lock.pdf", form(lock, false));
    let one = chain.step(&input, "locked.pdf", &chain.person, &named);
    let bytes = std::fs::read(&one).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let answered = "/TransformMethod /FieldMDP /TransformParams <</Type /TransformParams /Action /Include /Fields [(Other)]";
    assert!(text.contains(answered));
    assert!(pdfsig(&one).contains("Signature is Valid"));
    let input = desk.put(
        "demands.pdf",
        form("/SV<</Type/SV/Ff 2/SubFilter[/x]>>", false),
    );
    let (code, entry) = chain.tried(&input, &chain.person, &named);
    assert_eq!(
        (code, &entry["error"]["code"]),
        (5, &"field_demands".into())
    );
    // One that shows nothing takes no stamp; a place beside the field's own is a contradiction.
    let input = desk.put("form.pdf", form("", false));
    for more in [
        &["--field=Other"][..],
        &["--field=Giam doc", "--box=1,1,50,50"],
    ] {
        let (code, entry) = chain.tried(&input, &chain.person, more);
        assert_eq!(code, 2, "{entry}");
    }
}
