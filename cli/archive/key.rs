//! `--archive-key` and `saoy archive key`: the key of an archive's encrypted files comes from a file, never from the command
//! line or the environment, which others on the machine can read.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use clap::{Arg, ArgMatches, Command, value_parser};
use saoy_archive::blob::WrappingKey;
use saoy_archive::workplace::PREFIX;
use saoy_archive::{Archive, ArchiveError};
use zeroize::Zeroizing;

use super::{System, act, by, json, open, sealed};
use crate::args::given;
use crate::words::{Said, Ui, said};
use crate::{digitize, engine, terminal};

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

/// The grammar of encrypting an archive that was made without.
pub(super) fn encrypting(ui: Ui) -> Command {
    Command::new("encrypt")
        .about(ui.say(
            "Mã hóa tại chỗ các tệp của kho đã có, bằng khóa của --archive-key; dừng giữa chừng thì chạy lại",
            "Encrypt the files of an archive that is there, under the key of --archive-key; cut off, it goes on when run again",
        ))
        .arg(by(ui))
        .arg(json(ui))
}

/// Encrypts in place: 0 when no plain file is left, 3 when some are damaged and stay, 130 when stopped.
pub(super) fn encrypt(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let mut archive = open(matches)?;
    let Some(place) = place(&archive, matches) else {
        return Err(ArchiveError::Key(saoy_archive::Sentence {
            vi: "cần khóa: --archive-key TỆP; tạo bằng: openssl rand -hex 32 > TỆP".to_owned(),
            en: "a key is needed: --archive-key FILE; make one with: openssl rand -hex 32 > FILE"
                .to_owned(),
        })
        .into());
    };
    let stop = Arc::new(AtomicBool::new(false));
    digitize::stop_on_signals(&stop)?;
    let mut watch = |done, all| {
        if !matches.get_flag("json") {
            terminal::hint(
                ui,
                &format!("đã mã hóa {done}/{all} tệp"),
                &format!("{done} of {all} files encrypted"),
            );
        }
        !stop.load(Ordering::Relaxed)
    };
    let kept = lasting(&place);
    let outcome = archive.encrypt(&act(matches), (&read(&place)?, kept.as_deref()), &mut watch)?;
    // Papers in progress too: what was read of them in plain goes, what their officers said is encrypted.
    forget_plain(&archive)?;
    if let Some(data) = engine::data_folder(matches) {
        saoy_server::seal_drafts(&data, &archive)?;
    }
    sealed(&mut archive, ui);
    if matches.get_flag("json") {
        super::print(&serde_json::json!({
            "files": outcome.files, "damaged": outcome.damaged, "finished": outcome.finished
        }))?;
    }
    for name in &outcome.damaged {
        terminal::complain(
            ui,
            &Said(said!(
                "tệp {} đã bị thay đổi trên đĩa nên chưa mã hóa; khôi phục từ bản sao lưu rồi chạy lại",
                "the file {} was changed on the disk and stays as it is; restore it from a backup and run this again",
                name
            ))
            .into(),
        );
    }
    Ok(ExitCode::from(if outcome.finished {
        0
    } else if outcome.damaged.is_empty() {
        130
    } else {
        3
    }))
}

/// What was read of papers before lies in plain; it is read again when it is asked for.
fn forget_plain(archive: &Archive) -> io::Result<()> {
    for entry in std::fs::read_dir(archive.folder())?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with(&format!("{PREFIX}read-")) {
            continue;
        }
        let sealed = std::fs::read_dir(entry.path())?
            .flatten()
            .all(|file| archive.blobs().read_beside(&file.path()).is_ok());
        if !sealed {
            std::fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
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

/// The key of the archive's files and its place, for a program that opens the archive by itself; nothing where there is no archive,
/// its files are not encrypted, or the key is not at hand.
///
/// # Errors
/// When it is another key, or cannot be read.
pub(crate) fn of_folder(
    matches: &ArgMatches,
) -> anyhow::Result<Option<(Arc<WrappingKey>, PathBuf)>> {
    let Some(data) = engine::data_folder(matches) else {
        return Ok(None);
    };
    let folder = super::folder(matches)?;
    if !Archive::exists(&folder) {
        return Ok(None);
    }
    let mut archive = Archive::open(&folder, Box::new(System::default()))?;
    let Some(place) = place(&archive, matches).filter(|_| archive.blobs().is_locked()) else {
        return Ok(None);
    };
    // Child processes read it again.
    if lasting(&place).is_none() {
        return Err(ArchiveError::Key(saoy_archive::Sentence {
            vi: "saoy serve cần khóa của kho trong một tệp hoặc trong credential saoy-archive-key, không phải /dev/fd/N".to_owned(),
            en: "saoy serve needs the archive's key in a file or as the credential saoy-archive-key, not /dev/fd/N".to_owned(),
        })
        .into());
    }
    let key = read(&place)?;
    archive.unlock(&key)?;
    saoy_server::seal_drafts(&data, &archive)?;
    Ok(Some((Arc::new(key), place)))
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
