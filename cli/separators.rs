//! `saoy separators`: sheets to be laid between documents before a pile is scanned.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::ArgMatches;
use saoy_pipeline::record::FailureClass;
use saoy_pipeline::sheets::{self, CodeKind, SheetError, Sheets};

use crate::args::given;
use crate::digitize::local_time;
use crate::terminal;
use crate::words::Ui;

/// Runs the command: 0 when the file is there, 2 when the data cannot be carried, 4 when it cannot be written.
pub(crate) fn run(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let out = given::<PathBuf>(matches, "out")?;
    let data: Option<Vec<(String, String)>> = matches
        .get_many::<PathBuf>("data")
        .into_iter()
        .flatten()
        .map(|pair| pair.to_str()?.split_once('='))
        .map(|pair| pair.map(|(key, value)| (key.to_owned(), value.to_owned())))
        .collect();
    let Some(data) = data else {
        let trouble = ui.say(
            "dữ liệu phải có dạng KHÓA=GIÁ TRỊ, ví dụ --data box=17",
            "data must have the form KEY=VALUE, such as --data box=17",
        );
        terminal::complain(ui, &anyhow::anyhow!(trouble.to_owned()));
        return Ok(ExitCode::from(2));
    };
    let sheets = Sheets {
        count: *given::<u32>(matches, "count")?,
        code: match given::<String>(matches, "code")?.as_str() {
            "code128" => CodeKind::Code128,
            _ => CodeKind::Qr,
        },
        data,
        patch_t: matches.get_flag("patch-t"),
        created: local_time(),
    };
    if !matches.get_flag("force") && out.exists() {
        let trouble = ui.say("đã có tệp mang tên này", "there is a file of that name");
        terminal::complain(ui, &anyhow::anyhow!("{}: {trouble}", out.display()));
        terminal::hint(ui, "thêm --force để ghi đè", "add --force to replace it");
        return Ok(ExitCode::from(FailureClass::Policy.exit_code()));
    }
    let pdf = match sheets::write(&sheets, Vec::new()) {
        Ok(pdf) => pdf,
        Err(error @ (SheetError::Payload(_) | SheetError::TooLong(_))) => {
            let trouble = match &error {
                SheetError::Payload(_) => ui.say(
                    "khóa hoặc giá trị không ghi được vào mã",
                    "a key or value cannot be put into a code",
                ),
                _ => ui.say("dữ liệu quá dài cho mã này", "too much data for this code"),
            };
            terminal::complain(ui, &anyhow::Error::new(error).context(trouble.to_owned()));
            return Ok(ExitCode::from(2));
        }
        Err(error) => return Err(error.into()),
    };
    put(out, &pdf).with_context(|| format!("{}", out.display()))?;
    let said = ui.say("tờ phân cách", "separator sheets");
    writeln!(io::stderr(), "{}: {} {said}", out.display(), sheets.count)?;
    Ok(ExitCode::SUCCESS)
}

/// Writes the file whole or not at all.
pub(crate) fn put(out: &Path, pdf: &[u8]) -> anyhow::Result<()> {
    let folder = match out.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    let partial = folder.join(format!(".{name}.part"));
    let write = || -> io::Result<()> {
        let mut file = BufWriter::new(File::create(&partial)?);
        file.write_all(pdf)?;
        file.into_inner()?.sync_all()?;
        std::fs::rename(&partial, out)?;
        File::open(folder)?.sync_all()
    };
    write().inspect_err(|_| {
        let _ = std::fs::remove_file(&partial);
    })?;
    Ok(())
}
