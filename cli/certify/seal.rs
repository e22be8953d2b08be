//! `saoy certify sign` and `seal`: the person's signature with the statement, then the office's that ends the file.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};
use saoy_archive::blob::BlobId;
use saoy_archive::fold;
use saoy_archive::profile::Profile;

use super::{code, put, statement, told};
use crate::archive::{act, by, json, open, sealed};
use crate::args::given;
use crate::engine;
use crate::sign;
use crate::terminal;
use crate::words::Ui;

/// Arguments of `saoy sign` that this command sets by itself.
const OWN: [&str; 24] = [
    "inputs",
    "out",
    "key",
    "upgrade",
    // The register knows a copy by its bytes, and none that change after its number is issued.
    "later",
    "role",
    "stamp",
    "statement",
    "text",
    "number",
    "qr",
    "reserve",
    "final",
    "field",
    "name",
    "reason",
    "location",
    "jobs",
    "force",
    "json",
    "allow-alone",
    "allow-fonts",
    "allow-unused",
    "help",
];

/// The grammars.
pub(super) fn commands(ui: Ui) -> [Command; 2] {
    let with = |command: Command| {
        command
            .arg(code(ui))
            .arg(
                Arg::new("key")
                    .long("key")
                    .required(true)
                    .value_name("KEYREF")
                    .help(ui.say("Khóa, như của saoy sign", "The key, as for saoy sign")),
            )
            .args(passed_on(ui))
            .arg(by(ui))
            .arg(json(ui))
    };
    [
        with(Command::new("sign").about(ui.say(
            "Người thực hiện chứng thực ký, kèm lời chứng",
            "The certifying person signs, with the statement",
        ))),
        with(Command::new("seal").about(ui.say(
            "Văn thư ký bằng khóa của cơ quan; số được cấp",
            "The records clerk signs with the office's key; the number is issued",
        ))),
    ]
}

/// What a signature can be told, as `saoy sign` has it.
fn passed_on(ui: Ui) -> Vec<Arg> {
    sign::command(ui)
        .get_arguments()
        .filter(|argument| !OWN.contains(&argument.get_id().as_str()))
        .cloned()
        .collect()
}

/// Those of them that were given, as they were typed.
fn typed(matches: &ArgMatches, ui: Ui) -> Vec<OsString> {
    let mut all = Vec::new();
    for argument in passed_on(ui) {
        let id = argument.get_id().as_str();
        if matches.value_source(id) != Some(ValueSource::CommandLine) {
            continue;
        }
        let name = format!("--{id}");
        if matches!(argument.get_action(), ArgAction::SetTrue) {
            all.push(name.into());
            continue;
        }
        let values: Vec<OsString> = matches
            .get_raw(id)
            .into_iter()
            .flatten()
            .map(OsString::from)
            .collect();
        match argument.get_value_delimiter() {
            Some(delimiter) => {
                let delimiter = delimiter.to_string();
                all.push(name.into());
                all.push(values.join(delimiter.as_ref() as &std::ffi::OsStr));
            }
            None => {
                for value in values {
                    all.push(name.clone().into());
                    all.push(value);
                }
            }
        }
    }
    all
}

/// Signs the copy for the person, or for the office when `seal` is set.
pub(super) fn run(matches: &ArgMatches, seal: bool, ui: Ui) -> anyhow::Result<ExitCode> {
    let mut archive = open(matches)?;
    let act = act(matches);
    // Asked before any key is: a PIN typed in vain is one too many.
    let (copy, appointment) = archive.may_act_on(&act, given::<String>(matches, "code")?, seal)?;
    let profile = Profile::on(act.day())?;
    let kind = profile.copy(&copy.kind)?;
    let work = archive.workplace()?;
    let (input, out) = (
        work.path().join("before.pdf"),
        work.path().join("after.pdf"),
    );
    let before = copy.signed.as_ref().unwrap_or(&copy.prepared);
    put(&archive, before, &input)?;

    let mut arguments: Vec<OsString> = vec![
        "saoy".into(),
        "sign".into(),
        input.into(),
        "-o".into(),
        out.clone().into(),
    ];
    // With its trust folder: what is revoked there signs no copy.
    if let Some(data) = engine::data_folder(matches) {
        arguments.extend(["--data".into(), data.into()]);
    }
    arguments.extend(["--key".into(), given::<String>(matches, "key")?.into()]);
    arguments.extend(typed(matches, ui));
    arguments.extend(["--location".into(), archive.office().name.clone().into()]);
    let payload = statement::payload(&copy, &archive)?;
    // Signed with the rest: whoever verifies finds the copy in the register by it, on any machine.
    let reason = format!("{} {}", kind.title.vi, payload.written());
    arguments.extend(["--reason".into(), reason.into()]);
    let first = copy.signed.is_none();
    if first {
        let facts = statement::Facts::of(&copy);
        let lines = statement::lines(kind, &facts, &archive, &act, &appointment);
        arguments.extend(statement::stamp(kind, &lines, &payload, &act, work.path())?);
        if !seal {
            // The office's seal only fills a field that the person signed along.
            arguments.extend(["--reserve".into(), "agency-final".into()]);
        }
    }
    if seal {
        arguments.extend(["--role".into(), "agency".into(), "--final".into()]);
        if kind.signers.len() < 2 {
            // Decree 30/2020, article 25: a true copy bears the office's signature alone.
            arguments.push("--allow-alone".into());
        }
        if !first && matches.value_source("image") == Some(ValueSource::CommandLine) {
            arguments.extend(["--stamp".into(), "agency".into()]);
        }
    }
    let made = match sign::for_another(&arguments, ui)? {
        Ok(made) => made,
        Err(code) => return Ok(code),
    };
    if made.test_key {
        terminal::hint(
            ui,
            "đã ký bằng khóa thử: bản này không có giá trị",
            "signed with a throw-away key: this copy is not valid",
        );
    } else if !same_name(&made.signer, &appointment.name) && !seal {
        terminal::hint(
            ui,
            &format!(
                "chứng thư mang tên {}, phân công ghi {}",
                made.signer, appointment.name
            ),
            &format!(
                "the certificate names {}, the appointment {}",
                made.signer, appointment.name
            ),
        );
    }
    let file: BlobId = archive.blobs().put(&mut std::fs::File::open(&out)?)?;
    let copy = if seal {
        archive.seal_copy(&act, &copy.code, file, &made.certificate)?
    } else {
        archive.sign_copy(&act, &copy.code, file, &made.certificate)?
    };
    sealed(&mut archive, ui);
    told(&copy, matches.get_flag("json"), ui)?;
    Ok(ExitCode::SUCCESS)
}

/// Whether a certificate's name is a person's: certificates lose diacritics and add titles.
fn same_name(certificate: &str, name: &str) -> bool {
    let [certificate, name] = [certificate, name].map(|text| format!(" {} ", fold::plain(text)));
    certificate.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_name_people_without_diacritics() {
        assert!(same_name("NGUYEN VAN A", "Nguyễn Văn A"));
        assert!(same_name("ThS. Đỗ Thị E", "Đỗ Thị E"));
        assert!(!same_name("TRAN VAN B", "Nguyễn Văn A"));
    }

    #[test]
    fn what_was_typed_is_passed_on_as_it_was() {
        let [sign, _] = commands(Ui::En);
        let given = [
            "sign", "CODE", "--key", "test:", "--box", "1,2,3,4", "--pss", "--trust", "a",
            "--trust", "b",
        ];
        let matches = sign.try_get_matches_from(given).unwrap();
        let passed = typed(&matches, Ui::En);
        let passed: Vec<&str> = passed.iter().filter_map(|one| one.to_str()).collect();
        assert_eq!(passed.iter().filter(|one| **one == "--trust").count(), 2);
        assert!(passed.windows(2).any(|pair| pair == ["--box", "1,2,3,4"]));
        assert!(passed.contains(&"--pss"));
        assert!(!passed.contains(&"--level"));
    }
}
