//! Types and fields: how finished records are held against labels.

use crate::program::{Desk, saoy};

/// A record as the program writes it, with a type, a number and a date.
fn record(path: &str, code: &str, number: &str, sure: f64) -> String {
    serde_json::json!({
        "schema": "saoy.document/1", "producer": "x", "language": "vie", "alternatives": [], "corrections": [], "flags": [], "pages": [],
        "source": {"path": path, "sha256": "", "bytes": 1, "pages": 1},
        "output": {"pdf": "a.pdf", "sha256": "", "bytes": 1, "pdfa": null},
        "type": {"code": code, "name": code, "confidence": sure},
        "fields": {"number_symbol": {"value": number, "confidence": sure}}
    })
    .to_string()
}

#[test]
fn records_are_evaluated_without_reading_anything() {
    let desk = Desk::new();
    std::fs::create_dir(desk.output("")).expect("out/");
    std::fs::write(
        desk.output("a.json"),
        record("in/a.pdf", "QĐ", "15/QĐ-BNV", 0.97),
    )
    .expect("a");
    std::fs::write(
        desk.output("b.json"),
        record("in/b.pdf", "CV", "7/BC-BNV", 0.95),
    )
    .expect("b");
    let labels = desk.put(
        "labels.tsv",
        "path\ttype\tnumber_symbol\tdate\tagency\tsubject\ttags\n\
         a.pdf\tQĐ\t15/QĐ-BNV\t\t\t\t\n\
         b.pdf\tBC\t8/BC-BNV\t\t\t\thw-number\n\
         c.pdf\tTB\t9/TB-BNV\t\t\t\t\n",
    );
    let run = |json: bool| {
        let mut command = saoy();
        command.args(["digitize", "--evaluate"]).arg(&labels);
        command.arg("-o").arg(desk.output(""));
        if json {
            command.arg("--json");
        }
        let output = command.output().expect("saoy runs");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("text")
    };
    let table = run(false);
    assert!(
        table.contains("BC                       -> CV 1"),
        "{table}"
    );
    let json: serde_json::Value = serde_json::from_str(&run(true)).expect("json");
    let evaluation = &json["evaluation"];
    assert_eq!(evaluation["documents"], 2);
    assert_eq!(evaluation["missing"][0], "c.pdf");
    assert_eq!(evaluation["types"]["right"], 1);
    assert_eq!(evaluation["types"]["sure_wrong"], 1);
    assert_eq!(
        evaluation["fields"]["number_symbol_printed"]["sure_exact"],
        1
    );
    assert_eq!(
        evaluation["fields"]["number_symbol_handwritten"]["sure_wrong"],
        1
    );
}
