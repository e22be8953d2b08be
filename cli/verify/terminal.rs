//! What a verification looks like on a terminal: colour, a sign and words for each verdict, then every check.

use std::fmt::Write as _;
use std::io::{self, Write};

use saoy_signing::verify::Standing;

use super::record::{CheckRecord, FileRecord, ReasonRecord, Report, SignatureRecord, first_hint};
use crate::words::Ui;

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Style {
    /// The language.
    pub(crate) ui: Ui,
    /// Colours, for a terminal.
    pub(crate) colour: bool,
    /// One line a file, for many files.
    pub(crate) brief: bool,
}

/// Prints all files.
pub(crate) fn print(report: &Report, style: Style, mut to: impl Write) -> io::Result<()> {
    for file in &report.files {
        let text = if style.brief {
            brief(file, style)
        } else {
            whole(file, style)
        };
        to.write_all(text.as_bytes())?;
    }
    if style.brief {
        to.write_all(totals(report, style).as_bytes())?;
    }
    to.flush()
}

fn brief(file: &FileRecord, style: Style) -> String {
    format!(
        "{} {}\n    {}\n",
        sign(file, style),
        shown(&file.path),
        shown(style.ui.of(&file.summary))
    )
}

fn totals(report: &Report, style: Style) -> String {
    let count = |standing| {
        let of = report
            .files
            .iter()
            .filter(|file| file.standing == Some(standing));
        of.count()
    };
    let mut text = format!("{} {}:", report.files.len(), style.ui.say("tệp", "files"));
    for standing in [
        Standing::Valid,
        Standing::Invalid,
        Standing::Damaged,
        Standing::Indeterminate,
        Standing::Unsigned,
    ] {
        let (vi, en) = standing.label();
        let _ = write!(text, " {} {},", count(standing), style.ui.say(vi, en));
    }
    text.pop();
    text + "\n"
}

fn whole(file: &FileRecord, style: Style) -> String {
    let ui = style.ui;
    let mut text = format!(
        "{} {}\n  {}\n",
        sign(file, style),
        shown(&file.path),
        shown(ui.of(&file.summary))
    );
    for (index, one) in file.signatures.iter().enumerate() {
        text += &signature(index + 1, one, style);
    }
    if let Some(told) = file.signer_compared.told(ui) {
        let _ = writeln!(
            text,
            "  {}: {}",
            ui.say("Văn bản ghi", "The document names"),
            shown(&told)
        );
    }
    if let Some(registered) = &file.registered {
        let _ = writeln!(
            text,
            "  {}: {}",
            ui.say("Sổ chứng thực", "Register"),
            shown(ui.of(&registered.said))
        );
    }
    text += &list(ui.say("Lý do", "Reasons"), &file.reasons, style);
    text += &list(ui.say("Lưu ý", "Notes"), &file.warnings, style);
    if !file.checklist.is_empty() {
        let _ = writeln!(text, "  {}", ui.say("Danh mục kiểm tra", "Checklist"));
        for row in &file.checklist {
            let mark = match row.result {
                "pass" => painted("✔", Paint::Green, style),
                "fail" => painted("✖", Paint::Red, style),
                "warn" => painted("!", Paint::Yellow, style),
                _ => "·".to_owned(),
            };
            let _ = writeln!(
                text,
                "    {mark} {:>2}. {}: {}",
                row.number,
                ui.say(row.vi, row.en),
                shown(&row.evidence)
            );
        }
    }
    text
}

/// The fields that circular 15/2025/TT-BKHCN asks a verifying program to show, then each check.
fn signature(number: usize, one: &SignatureRecord, style: Style) -> String {
    let ui = style.ui;
    let unknown = ui.say("không rõ", "unknown");
    let mut text = format!(
        "  [{number}] {} {} ({} {}/{}), {}\n",
        ui.say("Trường", "Field"),
        shown(&one.field),
        ui.say("phiên bản", "revision"),
        one.revision,
        one.revisions,
        outcome(one, style)
    );
    for (name, value) in fields(one, ui) {
        let value = value.as_deref().map_or_else(|| unknown.to_owned(), shown);
        let _ = writeln!(text, "      {name}: {value}");
    }
    for check in &one.checks {
        let _ = writeln!(text, "      {}", check_line(check, style));
    }
    text
}

fn outcome(one: &SignatureRecord, style: Style) -> String {
    let paint = match one.indication {
        "TOTAL-PASSED" => Paint::Green,
        "TOTAL-FAILED" => Paint::Red,
        _ => Paint::Yellow,
    };
    let mut text = painted(one.indication, paint, style);
    if let Some(sub) = one.sub_indication {
        let _ = write!(text, " / {sub}");
    }
    text
}

/// Names and values of the minimum fields, in the order of the circular.
pub(crate) fn fields(one: &SignatureRecord, ui: Ui) -> Vec<(&'static str, Option<String>)> {
    let say = |vi, en| ui.say(vi, en);
    let yes = |is: bool| {
        Some(
            ui.say(
                if is { "có" } else { "không" },
                if is { "yes" } else { "no" },
            )
            .to_owned(),
        )
    };
    let own = one.certificates.first();
    let time = match (&one.proven_time, &one.claimed_time) {
        (Some(proven), _) => Some(format!(
            "{proven} ({})",
            say("đã được chứng minh", "proven")
        )),
        (None, Some(claimed)) => Some(format!(
            "{claimed} ({})",
            say("tự khai, chưa được chứng minh", "claimed, not proven")
        )),
        (None, None) => None,
    };
    let stamp = one.timestamp.as_ref().map(|stamp| {
        let holds = if stamp.valid {
            say("hợp lệ", "valid")
        } else {
            say("chưa xác nhận được", "not confirmed")
        };
        format!("{} {} ({holds})", stamp.time, stamp.authority)
    });
    let valid_then = own
        .zip(one.proven_time.as_ref())
        .map(|(own, time)| own.not_before <= *time && *time <= own.not_after);
    vec![
        (
            say("Tổ chức cấp chứng thư", "Issued by"),
            one.issuer.clone(),
        ),
        (
            say("Chủ thể ký", "Signer"),
            one.signer.as_ref().map(|signer| signer.name.clone()),
        ),
        (
            say("Đơn vị quản lý chứng thư", "Organisation"),
            one.signer.as_ref().and_then(organisation),
        ),
        (say("Thời điểm ký", "Time of signing"), time),
        (
            say("Dấu thời gian", "Timestamp"),
            stamp.or_else(|| Some(say("không có", "none").to_owned())),
        ),
        (say("Toàn vẹn", "Intact"), yes(one.intact)),
        (
            say(
                "Chứng thư còn hạn lúc ký",
                "Certificate in time when signed",
            ),
            valid_then.and_then(yes),
        ),
        (
            say("Thời hạn chứng thư", "Certificate's term"),
            own.map(|own| format!("{} - {}", own.not_before, own.not_after)),
        ),
        (say("Thuật toán", "Algorithms"), Some(algorithms(one))),
        (say("Mức", "Level"), Some(one.level.to_owned())),
    ]
}

fn organisation(signer: &super::record::SignerRecord) -> Option<String> {
    let parts: Vec<&str> = signer
        .organization
        .iter()
        .chain(&signer.units)
        .map(String::as_str)
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn algorithms(one: &SignatureRecord) -> String {
    let bits = one
        .key_bits
        .map_or_else(String::new, |bits| format!(" {bits} bit"));
    format!(
        "{} {}{bits}",
        one.digest.unwrap_or("?"),
        one.algorithm.unwrap_or("?")
    )
}

/// What a check is about, in words.
pub(crate) fn check_name(name: &str) -> (&str, &str) {
    match name {
        "structure" => ("cấu trúc tệp", "structure"),
        "format" => ("định dạng chữ ký", "format"),
        "digest" => ("giá trị băm", "digest"),
        "signature" => ("giá trị chữ ký", "signature value"),
        "certificate" => ("chứng thư người ký", "signer's certificate"),
        "chain" => ("chuỗi chứng thư", "certificate path"),
        "revocation" => ("thu hồi", "revocation"),
        "timestamp" => ("dấu thời gian", "timestamp"),
        "time" => ("thời điểm xét", "time"),
        "algorithms" => ("thuật toán", "algorithms"),
        "changes" => ("thay đổi sau khi ký", "changes after signing"),
        other => (other, other),
    }
}

fn check_line(check: &CheckRecord, style: Style) -> String {
    let mark = match check.result {
        "pass" => painted("✔", Paint::Green, style),
        "fail" => painted("✖", Paint::Red, style),
        _ => painted("?", Paint::Yellow, style),
    };
    let (vi, en) = check_name(check.name);
    format!("{mark} {}: {}", style.ui.say(vi, en), shown(&check.detail))
}

fn list(title: &str, reasons: &[ReasonRecord], style: Style) -> String {
    let mut text = String::new();
    for (index, reason) in reasons.iter().enumerate() {
        if index == 0 {
            let _ = writeln!(text, "  {title}");
        }
        let ui = style.ui;
        let of = reason
            .signature
            .map_or_else(String::new, |number| format!("[{number}] "));
        let page = reason.page.map_or_else(String::new, |page| {
            format!(", {} {page}", ui.say("trang", "page"))
        });
        let at = reason.offset.map_or_else(String::new, |at| {
            format!(", {} {at}", ui.say("byte", "byte"))
        });
        let _ = writeln!(
            text,
            "    {of}{}{page}{at} [{}: {}]",
            ui.say(&reason.vi, &reason.en),
            reason.code,
            shown(&reason.detail)
        );
        if let Some(hint) = first_hint(reasons, index) {
            let _ = writeln!(text, "      → {}", ui.of(hint));
        }
    }
    text
}

fn sign(file: &FileRecord, style: Style) -> String {
    let standing = file.standing.unwrap_or(Standing::Damaged);
    let (vi, en) = standing.label_of(file.is_encrypted());
    // Another's name on the paper is never plain green.
    let differs = matches!(file.signer_compared.result, "differs" | "publisher");
    let (icon, paint) = match standing {
        Standing::Valid if differs => ("!", Paint::Yellow),
        Standing::Valid => ("✔", Paint::Green),
        Standing::Invalid => ("✖", Paint::Red),
        Standing::Damaged => ("✖", Paint::Red),
        Standing::Indeterminate => ("?", Paint::Yellow),
        Standing::Unsigned => ("○", Paint::Plain),
    };
    painted(&format!("{icon} {}", style.ui.say(vi, en)), paint, style)
}

#[derive(Clone, Copy, PartialEq)]
enum Paint {
    Green,
    Yellow,
    Red,
    Plain,
}

fn painted(text: &str, paint: Paint, style: Style) -> String {
    let code = match paint {
        Paint::Green => "32",
        Paint::Yellow => "33",
        Paint::Red => "31",
        Paint::Plain => "1",
    };
    if style.colour {
        format!("\x1b[1;{code}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}

/// Text from a file or a certificate as a terminal may be given it: without control characters, which could move the
/// cursor over our verdict, and without marks that turn the direction of writing.
fn shown(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                '\u{fffd}'
            }
            letter if letter.is_control() => '\u{fffd}',
            letter => letter,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_reaches_the_terminal_as_a_command() {
        assert_eq!(
            shown("A\x1b[2J\u{202e}B\n"),
            "A\u{fffd}[2J\u{fffd}B\u{fffd}"
        );
        assert_eq!(shown("Ủy ban nhân dân"), "Ủy ban nhân dân");
    }
}
