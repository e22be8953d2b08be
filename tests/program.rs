//! Runs the program in a folder of its own and reads what it made.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A folder for one test: `in/` for inputs, `out/` for outputs; gone with the value.
pub struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    /// An empty desk.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join("in")).expect("in/");
        Self { folder }
    }

    /// `in/NAME`.
    pub fn input(&self, name: &str) -> PathBuf {
        self.folder.path().join("in").join(name)
    }

    /// Writes `in/NAME`.
    pub fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.input(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        std::fs::write(&path, bytes).expect("an input");
        path
    }

    /// `out/NAME`.
    pub fn output(&self, name: &str) -> PathBuf {
        self.folder.path().join("out").join(name)
    }

    /// `saoy digitize in -o out` with further arguments, not yet started.
    pub fn digitize<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = saoy();
        command
            .arg("digitize")
            .arg(self.input(""))
            .arg("-o")
            .arg(self.output(""))
            .args(arguments);
        command
    }

    /// A JSON file among the outputs.
    pub fn json(&self, name: &str) -> Value {
        let text =
            std::fs::read(self.output(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Names of the files in the output folder, sorted, without the state folder.
    pub fn made(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.output(""))
            .map(|entries| {
                entries
                    .flatten()
                    .map(|entry| entry.file_name().to_string_lossy().into_owned())
                    .collect()
            })
            .unwrap_or_default();
        names.retain(|name| name != ".saoy");
        names.sort();
        names
    }
}

/// The program, speaking English whatever the machine's locale.
pub fn saoy() -> Command {
    saoy_in("en")
}

/// The program, speaking `language`.
pub fn saoy_in(language: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_saoy"));
    command.args(["--ui", language]).env_remove("SAOY_DATA");
    command
}

/// The OCR reader, which `cargo build` puts beside the program.
pub fn reader() -> PathBuf {
    let path = Path::new(env!("CARGO_BIN_EXE_saoy")).with_file_name("saoy-reader");
    assert!(
        path.is_file(),
        "{} is missing: run cargo build first",
        path.display()
    );
    path
}

/// The folder of the committed samples.
pub fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")
}

/// A file among the fixtures.
pub fn fixtures(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

/// What another program prints about a file, which it must not complain about.
pub fn asked<S: AsRef<OsStr>>(program: &str, arguments: &[S]) -> String {
    let (code, answer, complaints) = run(Command::new(program).args(arguments));
    let shown: Vec<_> = arguments
        .iter()
        .map(|argument| argument.as_ref().to_string_lossy())
        .collect();
    // Some builds of mutool say at every start that they have no colour management.
    let complaints: Vec<&str> = complaints
        .lines()
        .filter(|line| !line.contains("ICC support is not available"))
        .collect();
    assert_eq!(
        (code, complaints),
        (0, vec![]),
        "{program} {}: {answer}",
        shown.join(" ")
    );
    answer
}

/// Whether `part` stands in `whole` byte for byte.
pub fn contains(whole: &[u8], part: &[u8]) -> bool {
    let Some(first) = part.first() else {
        return true;
    };
    let starts = whole.iter().enumerate().filter(|(_, byte)| *byte == first);
    starts
        .into_iter()
        .any(|(at, _)| whole[at..].starts_with(part))
}

/// Runs a command to its end and gives exit code, standard output and standard error.
pub fn run(command: &mut Command) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (status.code().unwrap_or(-1), text(stdout), text(stderr))
}
