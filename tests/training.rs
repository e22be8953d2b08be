//! `saoy train`: records whose types people settled make a model; `digitize` works with it, and `correct` keeps to it.

use std::path::Path;

use crate::paper::{self, page, tiff};
use crate::program::{Desk, run, saoy};

/// The types that a person gives to papers with one of the three lines that [`page`] knows.
const TYPES: [&str; 3] = ["BC", "QĐ", "TB"];

fn with_data(desk: &Desk, data: &Path, further: &[&str]) -> (i32, String, String) {
    let mut command = desk.digitize(further);
    run(command.arg("--data").arg(data))
}

#[test]
fn a_model_fitted_to_corrections_is_used_and_keeps_documents_done() {
    let desk = Desk::new();
    for number in 0..12 {
        desk.put(
            &format!("p{number:02}.tif"),
            tiff(&[page(number, paper::WIDTH)]),
        );
    }
    let (code, _, errors) = run(&mut desk.digitize::<&str>(&[]));
    assert_eq!(code, 0, "{errors}");
    // Nobody has settled anything yet: nothing to learn from.
    let data = desk.input("").with_file_name("data");
    let train = |further: &[&str]| {
        run(saoy()
            .args(["train", "--data"])
            .arg(&data)
            .arg(desk.output(""))
            .args(further))
    };
    let (code, _, errors) = train(&[]);
    assert_eq!(code, 3, "{errors}");
    for number in 0..12 {
        let (code, _, errors) = run(saoy()
            .arg("correct")
            .arg(desk.output(&format!("p{number:02}.json")))
            .args(["--by", "Lan", "--type", TYPES[number % 3]]));
        assert_eq!(code, 0, "{errors}");
    }
    let (code, report, errors) = train(&["--json"]);
    assert_eq!(code, 0, "{report}{errors}");
    let report: serde_json::Value = serde_json::from_str(&report).expect("a report");
    assert_eq!(report["papers"], 12);
    assert_eq!(report["types"]["BC"], 4);
    let share = |name: &str| report[name].as_f64().expect("a share");
    assert!(share("after") >= share("before"), "{report}");
    assert!(
        share("after") > 0.8,
        "three plain sorts of papers: {report}"
    );
    assert!(data.join("types.model").is_file());
    // People read both figures; whether the second model is installed depends on what is left to learn.
    let (_, said, _) = train(&[]);
    assert!(
        said.contains("model in use") && said.contains("cross-validated"),
        "{said}"
    );

    // A new pile, read with the model.
    let next = Desk::new();
    let scan = tiff(&[page(1, paper::WIDTH), page(4, paper::WIDTH)]);
    next.put("new.tif", scan);
    let (code, _, errors) = with_data(&next, &data, &[]);
    assert_eq!(code, 0, "{errors}");
    let (code, _, errors) = run(saoy()
        .arg("correct")
        .arg(next.output("new.json"))
        .args(["--by", "Lan", "--data"])
        .arg(&data)
        .args(["page", "rotate", "2", "180"]));
    assert_eq!(code, 0, "{errors}");
    assert_eq!(next.json("new.json")["pages"][1]["rotation"], 180);
    // The page was made anew with the same options and the same model: nothing is left to do.
    let (code, _, errors) = with_data(&next, &data, &[]);
    assert_eq!(code, 0, "{errors}");
    assert_eq!(next.json("batch.json")["totals"]["skipped"], 1);
    // With another model it is another answer.
    let (code, _, errors) = run(&mut next.digitize::<&str>(&[]));
    assert_eq!(code, 0, "{errors}");
    assert_eq!(next.json("batch.json")["totals"]["done"], 1);
}
