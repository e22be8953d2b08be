//! `--archive-key` and `saoy archive key`: the key of an archive's encrypted files comes from a file, never from the command
//! line or the environment, which others on the machine can read.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Arg, ArgMatches, Command, value_parser};
use saoy_archive::blob::WrappingKey;
use saoy_archive::{Archive, ArchiveError};
use zeroize::Zeroizing;

use super::{act, by, open, sealed};
use crate::args::given;
use crate::terminal;
use crate::words::{Said, Ui, said};

/// The option's name.
pub(super) const OPTION: &str = "archive-key";

/// The name of the key among a service's credentials (systemd `LoadCredential=`).
const CREDENTIAL: &str = "saoy-archive-key";

/// A key's file is no longer than this, bytes.
const LONGEST: u64 = 256;

/// The option that every command has: `certify`, `report` and `verify` need files too.
pub(crate) fn option(ui: Ui) -> Arg {
    Arg::new(OPTION)
        .long(OPTION)
        .global(true)
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .help(ui.say(
            "Khóa của kho có mã hóa tệp: một tệp, hoặc /dev/fd/N (mặc định: nơi đã dùng lần trước)",
            "Key of an archive whose files are encrypted: a file, or /dev/fd/N (default: where it was the last time)",
        ))
}

/// The grammar.
pub(super) fn command(ui: Ui) -> Command {
    Command::new("key")
        .about(ui.say(
            "Đổi khóa của các tệp mã hóa; không tệp nào phải ghi lại",
            "Change the key of the encrypted files; no file is written anew",
        ))
        .arg(
            Arg::new("new-key")
                .long("new-key")
                .required(true)
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help(ui.say("Tệp chứa khóa mới", "The file with the new key")),
        )
        .arg(by(ui))
}

/// Changes the key.
pub(super) fn change(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let mut archive = open(matches)?;
    let new = given::<PathBuf>(matches, "new-key")?;
    let old = match place(&archive, matches) {
        Some(old) => read(&old)?,
        None => {
            return Err(ArchiveError::Key(saoy_archive::Sentence {
                vi: "cần khóa đang dùng: --archive-key TỆP".to_owned(),
                en: "the key in use is needed: --archive-key FILE".to_owned(),
            })
            .into());
        }
    };
    archive.change_key(&act(matches), &old, &read(new)?, lasting(new).as_deref())?;
    sealed(&mut archive, ui);
    writeln!(io::stdout(), "{}", ui.say("đã đổi khóa", "key changed"))?;
    terminal::hint(
        ui,
        "bản sao lưu cũ vẫn mở bằng khóa cũ: hãy giữ khóa cũ chừng nào còn giữ các bản đó",
        "backups made before still open with the old key: keep it as long as you keep them",
    );
    Ok(ExitCode::SUCCESS)
}

/// Hands an archive the key of its files, where they are encrypted and the key is at hand. Without it, what needs no file
/// still works.
pub(super) fn unlock(archive: &mut Archive, matches: &ArgMatches) -> anyhow::Result<()> {
    if archive.blobs().is_locked()
        && let Some(place) = place(archive, matches)
    {
        archive.unlock(&read(&place)?)?;
    }
    Ok(())
}

/// Where the key is: as said, else among the service's credentials, else where it was the last time.
fn place(archive: &Archive, matches: &ArgMatches) -> Option<PathBuf> {
    let said = matches.try_get_one::<PathBuf>(OPTION).ok().flatten();
    let credential = || {
        let folder = std::env::var_os("CREDENTIALS_DIRECTORY")?;
        Some(Path::new(&folder).join(CREDENTIAL)).filter(|path| path.exists())
    };
    said.cloned()
        .or_else(credential)
        .or_else(|| archive.key_place().filter(|path| path.exists()))
}

/// The place of a key that will be there the next time: a descriptor will not.
pub(super) fn lasting(place: &Path) -> Option<String> {
    let whole = std::path::absolute(place).ok()?;
    let passing = whole.starts_with("/dev") || whole.starts_with("/proc");
    whole.to_str().filter(|_| !passing).map(str::to_owned)
}

/// Reads a key.
///
/// # Errors
/// When the file cannot be read or holds no key.
pub(super) fn read(place: &Path) -> anyhow::Result<WrappingKey> {
    let mut bytes = Zeroizing::new(Vec::new());
    std::fs::File::open(place)
        .and_then(|file| file.take(LONGEST).read_to_end(&mut bytes))
        .with_context(|| {
            Said(said!(
                "không đọc được khóa của kho ở {}",
                "the archive's key at {} cannot be read",
                place.display()
            ))
        })?;
    Ok(WrappingKey::parse(&bytes)?)
}
