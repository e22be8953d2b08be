//! The services of the package, judged by systemd itself.

use std::path::Path;
use std::process::Command;

use crate::program::{Desk, run};

/// The most that `systemd-analyze security` may find exposed, in tenths: web pages need the network, hot folders do not.
const UNITS: [(&str, &str, &str); 2] = [
    ("saoy-serve.service", "saoy-serve.service", "20"),
    ("saoy-watch@.service", "saoy-watch@box.service", "10"),
];

#[test]
fn units_are_right_and_shut_in() {
    let desk = Desk::new();
    let packaging = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging");
    let program = env!("CARGO_BIN_EXE_saoy");
    let mut there = 0;
    for entry in std::fs::read_dir(&packaging).expect("the package's files") {
        let name = entry.expect("a file").file_name();
        let name = name.to_string_lossy();
        if !name.ends_with(".service") {
            continue;
        }
        there += 1;
        let (_, installed, exposed) = UNITS
            .into_iter()
            .find(|(known, ..)| *known == name)
            .unwrap_or_else(|| panic!("{name} is judged by nothing"));
        let unit = std::fs::read_to_string(packaging.join(&*name)).expect("a unit");
        assert!(unit.contains("ExecStart=/usr/bin/saoy "), "{unit}");
        // As it is installed: the program has to be there.
        let unit = desk.put(installed, unit.replace("/usr/bin/saoy", program));
        let (code, said, complaints) = run(Command::new("systemd-analyze")
            .args(["verify", "--man=no"])
            .arg(&unit));
        assert_eq!((code, complaints.as_str()), (0, ""), "{name}: {said}");
        let (code, said, complaints) = run(Command::new("systemd-analyze")
            .args(["security", "--offline=yes", "--no-pager"])
            .arg(format!("--threshold={exposed}"))
            .arg(&unit));
        assert_eq!(code, 0, "{name}: {said}{complaints}");
    }
    assert_eq!(there, UNITS.len());
}
