//! What people put right: kept as said, seen in the record, in the pages, and again after every run.

use crate::paper::{self, page, tiff};
use crate::program::{Desk, asked, run, saoy};

fn correct(desk: &Desk, document: &str, arguments: &[&str]) -> (i32, String, String) {
    run(saoy()
        .arg("correct")
        .arg(desk.output(document))
        .args(["--by", "Lan"])
        .args(arguments))
}

fn three_pages() -> Desk {
    let desk = Desk::new();
    let pages: Vec<_> = (1..=3).map(|number| page(number, paper::WIDTH)).collect();
    desk.put("box.tif", tiff(&pages));
    let (code, _, errors) = run(&mut desk.digitize::<&str>(&[]));
    assert_eq!(code, 0, "{errors}");
    desk
}

#[test]
fn a_value_and_a_type_given_by_a_person_survive_another_run() {
    let desk = three_pages();
    let (code, _, errors) = correct(
        &desk,
        "box.json",
        &[
            "--field",
            "number_symbol=7/QĐ-UBND",
            "--type",
            "QĐ",
            "--accept",
        ],
    );
    assert_eq!(code, 0, "{errors}");
    let seen = |desk: &Desk| {
        let record = desk.json("box.json");
        assert_eq!(record["fields"]["number_symbol"]["value"], "7/QĐ-UBND");
        assert_eq!(record["fields"]["number_symbol"]["confidence"], 1.0);
        assert_eq!(record["type"]["code"], "QĐ");
        let said = record["corrections"].as_array().expect("corrections");
        assert_eq!(said.len(), 3);
        assert!(
            said.iter()
                .all(|one| one["by"] == "Lan" && one["at"].is_string())
        );
        assert_eq!(said[2]["value"], "accepted");
    };
    seen(&desk);
    // Nothing is left to do for the same command.
    let (code, _, errors) = run(&mut desk.digitize::<&str>(&[]));
    assert_eq!(code, 0, "{errors}");
    assert_eq!(desk.json("batch.json")["totals"]["skipped"], 1);
    // Made again from nothing, what the person said is there again.
    let (code, _, errors) = run(&mut desk.digitize(&["--force"]));
    assert_eq!(code, 0, "{errors}");
    seen(&desk);
}

#[test]
fn pages_are_dropped_turned_replaced_put_in_and_restored() {
    let desk = three_pages();
    let other = desk.output("other.tif");
    std::fs::write(&other, tiff(&[page(9, paper::WIDTH)])).expect("a scan");
    let shown = |desk: &Desk| -> Vec<(u64, u64)> {
        let record = desk.json("box.json");
        let pages = record["pages"].as_array().expect("pages").clone();
        pages
            .iter()
            .map(|page| {
                let number = page["number"].as_u64().expect("a number");
                let source = page["source_page"].as_u64().unwrap_or(number);
                (source, page["rotation"].as_u64().expect("degrees"))
            })
            .collect()
    };
    let fine = |arguments: &[&str]| {
        let (code, _, errors) = correct(&desk, "box.pdf", arguments);
        assert_eq!(code, 0, "{arguments:?}: {errors}");
    };
    fine(&["page", "drop", "1"]);
    assert_eq!(shown(&desk), [(2, 0), (3, 0)]);
    fine(&["page", "rotate", "2", "90"]);
    assert_eq!(shown(&desk), [(2, 0), (3, 90)]);
    fine(&["page", "rotate", "2", "90"]);
    assert_eq!(shown(&desk), [(2, 0), (3, 180)]);
    fine(&["page", "insert", "1", other.to_str().expect("a path")]);
    assert_eq!(shown(&desk), [(2, 0), (0, 0), (3, 180)]);
    // The scan that was put in is kept: its file is not needed any more.
    std::fs::remove_file(&other).expect("removed");
    let (code, _, errors) = run(&mut desk.digitize(&["--force"]));
    assert_eq!(code, 0, "{errors}");
    assert_eq!(shown(&desk), [(2, 0), (0, 0), (3, 180)]);
    fine(&["page", "restore", "3"]);
    fine(&["page", "restore", "2"]);
    fine(&["page", "restore", "1"]);
    assert_eq!(shown(&desk), [(1, 0), (2, 0), (3, 0)]);
    let pdf = desk.output("box.pdf");
    let pages = asked("qpdf", &["--show-npages".as_ref(), pdf.as_os_str()]);
    assert_eq!(pages.trim(), "3");
}

#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() {
    let desk = three_pages();
    let before = std::fs::read(desk.output("box.json")).expect("a record");
    let cases: [(&str, &[&str], i32, &str); 6] = [
        ("box.json", &["page", "drop", "4"], 3, "no page 4"),
        ("none.json", &["--accept"], 3, "none"),
        (
            "box.json",
            &["page", "replace", "1", "/nowhere.tif"],
            3,
            "nowhere",
        ),
        ("box.json", &["--field", "Number=1"], 2, "small letters"),
        ("box.json", &["page", "turn", "1"], 2, "not understood"),
        ("box.json", &[], 2, "nothing to put right"),
    ];
    for (document, arguments, expected, word) in cases {
        let (code, _, errors) = correct(&desk, document, arguments);
        assert_eq!(code, expected, "{arguments:?}: {errors}");
        assert!(errors.contains(word), "{arguments:?}: {errors}");
    }
    assert_eq!(
        std::fs::read(desk.output("box.json")).expect("a record"),
        before
    );
    std::fs::write(desk.output("box.json"), b"{}").expect("somebody's record");
    let (code, _, errors) = correct(&desk, "box.json", &["--accept"]);
    assert_eq!(code, 3, "{errors}");
}

#[test]
fn a_sample_is_drawn_and_its_error_rate_reported() {
    let desk = Desk::new();
    for number in 0..6 {
        desk.put(
            &format!("d{number}.tif"),
            tiff(&[page(number, paper::WIDTH)]),
        );
    }
    let (code, _, errors) = run(&mut desk.digitize::<&str>(&[]));
    assert_eq!(code, 0, "{errors}");
    let quality = |arguments: &[&str]| {
        let (code, out, errors) = run(saoy().arg("quality").arg(desk.output("")).args(arguments));
        assert_eq!(code, 0, "{errors}");
        out
    };
    let drawn = quality(&["--sample", "30%"]);
    let drawn: Vec<&str> = drawn.lines().collect();
    assert_eq!(drawn.len(), 2, "{drawn:?}");
    let record = |name: &str| format!("{name}.json");
    let (code, ..) = correct(&desk, &record(drawn[0]), &["--accept"]);
    assert_eq!(code, 0);
    let (code, ..) = correct(
        &desk,
        &record(drawn[1]),
        &["--field", "place=Huế", "--accept"],
    );
    assert_eq!(code, 0);
    let found: serde_json::Value = serde_json::from_str(&quality(&["--json"])).expect("a report");
    assert_eq!(found["schema"], "saoy.quality/1");
    for (member, count) in [
        ("documents", 6),
        ("sampled", 2),
        ("reviewed", 2),
        ("right", 1),
    ] {
        assert_eq!(found[member], count, "{member}");
    }
    assert_eq!(found["error_rate"], 0.5);
    assert_eq!(found["by_field"]["place"], 1);
}

/// Pages of a document by their number in the source; those that were put in by their own, below 0.
fn shown(desk: &Desk, name: &str) -> Vec<i64> {
    let record = desk.json(&format!("{name}.json"));
    let pages = record["pages"].as_array().expect("pages").iter();
    pages
        .map(|page| match page["scan"].as_i64() {
            Some(scan) => -scan,
            None => page["source_page"]
                .as_i64()
                .or(page["number"].as_i64())
                .expect("a number"),
        })
        .collect()
}

#[test]
fn pages_change_places_in_documents_that_were_cut() {
    let desk = three_pages();
    let fine = |document: &str, arguments: &[&str]| {
        let (code, _, errors) = correct(&desk, document, arguments);
        assert_eq!(code, 0, "{document} {arguments:?}: {errors}");
    };
    fine("box.json", &["page", "move", "1", "3"]);
    assert_eq!(shown(&desk, "box"), [2, 3, 1]);
    fine("box.json", &["page", "move", "3", "1"]);
    assert_eq!(shown(&desk, "box"), [1, 2, 3]);
    fine("box.json", &["page", "split", "2"]);
    assert_eq!(
        (shown(&desk, "box-1"), shown(&desk, "box-2")),
        (vec![1], vec![2, 3])
    );
    // What was said of a document stays with it when another page comes first.
    fine("box-2.json", &["--field", "number_symbol=7/QĐ-UBND"]);
    fine("box-2.json", &["page", "move", "2", "1"]);
    assert_eq!(
        (shown(&desk, "box-1"), shown(&desk, "box-2")),
        (vec![1], vec![3, 2])
    );
    let other = desk.output("other.tif");
    std::fs::write(&other, tiff(&[page(9, paper::WIDTH)])).expect("a scan");
    fine(
        "box-2.json",
        &["page", "insert", "0", other.to_str().expect("a path")],
    );
    assert_eq!(
        (shown(&desk, "box-1"), shown(&desk, "box-2")),
        (vec![1], vec![-1, 3, 2])
    );
    // A page that was put in is one like the others.
    fine("box-2.json", &["page", "rotate", "1", "90"]);
    assert_eq!(desk.json("box-2.json")["pages"][0]["rotation"], 90);
    let (code, _, errors) = run(&mut desk.digitize(&["--force"]));
    assert_eq!(code, 0, "{errors}");
    assert_eq!(
        (shown(&desk, "box-1"), shown(&desk, "box-2")),
        (vec![1], vec![-1, 3, 2])
    );
    let record = desk.json("box-2.json");
    assert_eq!(record["fields"]["number_symbol"]["value"], "7/QĐ-UBND");
    fine("box-2.json", &["page", "drop", "1"]);
    fine("box-1.json", &["merge"]);
    assert_eq!(shown(&desk, "box"), [1, 3, 2]);
}

#[test]
fn documents_of_two_scans_are_one_until_they_are_taken_apart() {
    let desk = three_pages();
    desk.put("alone.tif", tiff(&[page(7, paper::WIDTH)]));
    let (code, _, errors) = run(&mut desk.digitize::<&str>(&[]));
    assert_eq!(code, 0, "{errors}");
    let refused = |arguments: &[&str], expected: i32, word: &str| {
        let (code, _, errors) = correct(&desk, "box.json", arguments);
        assert_eq!(code, expected, "{arguments:?}: {errors}");
        assert!(errors.contains(word), "{arguments:?}: {errors}");
    };
    refused(&["merge", "box.json"], 5, "itself");
    refused(&["merge", "none.json"], 3, "none");
    refused(&["page", "move", "1", "4"], 3, "no page 4");
    let (code, _, errors) = correct(&desk, "alone.json", &["page", "drop", "1"]);
    assert_eq!(code, 5, "{errors}");
    // The scan that the other was made of has to be the same still.
    let scan = desk.input("alone.tif");
    let bytes = std::fs::read(&scan).expect("the scan");
    std::fs::write(&scan, b"something else").expect("written");
    refused(&["merge", "alone.json"], 3, "alone.tif");
    std::fs::write(&scan, &bytes).expect("written");

    let (code, _, errors) = correct(&desk, "box.json", &["merge", "alone.json"]);
    assert_eq!(code, 0, "{errors}");
    assert_eq!(shown(&desk, "box"), [1, 2, 3, -1]);
    assert!(!desk.output("alone.pdf").exists() && !desk.output("alone.json").exists());
    let (code, _, errors) = run(&mut desk.digitize(&["--force"]));
    assert_eq!(code, 0, "{errors}");
    assert_eq!(shown(&desk, "box"), [1, 2, 3, -1]);
    let batch = desk.json("batch.json");
    let entries = batch["documents"].as_array().expect("documents");
    let alone = entries
        .iter()
        .find(|entry| entry["name"] == "alone")
        .expect("its entry");
    assert_eq!(alone["status"], "done");
    assert_eq!(alone["pages"], 0);
    crate::outputs::records::is_valid(&batch, "batch-1.schema.json");
    crate::outputs::records::is_valid(&desk.json("box.json"), "document-1.schema.json");
    // Taken apart: there again, and gone here.
    let (code, _, errors) = correct(&desk, "alone.json", &["page", "restore", "1"]);
    assert_eq!(code, 0, "{errors}");
    assert_eq!(shown(&desk, "alone"), [1]);
    let (code, _, errors) = correct(&desk, "box.json", &["page", "drop", "4"]);
    assert_eq!(code, 0, "{errors}");
    assert_eq!(shown(&desk, "box"), [1, 2, 3]);
}
