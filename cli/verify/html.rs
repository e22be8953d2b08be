//! The report as one HTML file: self-contained, printable, both languages side by side.

use std::io::{self, Write};

use saoy_pipeline::record::Bilingual;
use saoy_signing::verify::Standing;

use super::pictures::{self, base64};
use super::record::{self, FileRecord, ReasonRecord, Report, SignatureRecord};
use super::terminal::{check_name, fields};
use crate::words::Ui;

/// Pages shown side by side in a whole report; each takes some 200 kB.
const MOST_PAGES_IN_ALL: usize = 60;

const HEAD: &str = include_str!("report.css");

/// Writes the report of all files.
pub(crate) fn write(report: &Report, mut to: impl Write) -> io::Result<()> {
    write!(
        to,
        "<!DOCTYPE html>\n<html lang=\"vi\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n\
         <title>Kết quả kiểm tra chữ ký số · Verification of digital signatures</title>\n<style>\n{HEAD}</style>\n</head>\n<body>\n\
         <h1>Kết quả kiểm tra chữ ký số <small>Verification of digital signatures</small></h1>\n\
         <p class=\"meta\">{} · kiểm tra lúc / judged at {}</p>\n",
        escaped(&report.producer),
        escaped(&report.judged_at),
    )?;
    if report.files.len() > 1 {
        overview(report, &mut to)?;
    }
    let mut pages_left = MOST_PAGES_IN_ALL;
    for (index, file) in report.files.iter().enumerate() {
        section(index, file, &mut pages_left, &mut to)?;
    }
    policy(report, &mut to)?;
    to.write_all(b"</body>\n</html>\n")?;
    to.flush()
}

fn overview(report: &Report, to: &mut impl Write) -> io::Result<()> {
    to.write_all(b"<table class=\"overview\">\n<tr><th>T\xe1\xbb\x87p / File</th><th>K\xe1\xba\xbft qu\xe1\xba\xa3 / Verdict</th></tr>\n")?;
    for (index, file) in report.files.iter().enumerate() {
        let (class, icon, vi, en) = verdict(file);
        writeln!(
            to,
            "<tr><td><a href=\"#file{index}\">{}</a></td><td class=\"{class}\">{icon} {vi} / {en}</td></tr>",
            escaped(&file.path)
        )?;
    }
    to.write_all(b"</table>\n")
}

fn section(
    index: usize,
    file: &FileRecord,
    pages_left: &mut usize,
    to: &mut impl Write,
) -> io::Result<()> {
    let (class, icon, vi, en) = verdict(file);
    write!(
        to,
        "<section id=\"file{index}\">\n<h2>{}</h2>\n<div class=\"verdict {class}\"><span class=\"icon\">{icon}</span> {vi} <small>{en}</small></div>\n\
         <p class=\"summary\">{}</p>\n<p class=\"summary en\" lang=\"en\">{}</p>\n",
        escaped(&file.path),
        escaped(&file.summary.vi),
        escaped(&file.summary.en),
    )?;
    if let Some(registered) = &file.registered {
        writeln!(
            to,
            "<p>Sổ chứng thực: {} <small>Register: {}</small></p>",
            escaped(&registered.said.vi),
            escaped(&registered.said.en)
        )?;
    }
    if let Some((vi, en)) = file
        .signer_compared
        .told(Ui::Vi)
        .zip(file.signer_compared.told(Ui::En))
    {
        writeln!(
            to,
            "<p>Văn bản ghi: {}</p>\n<p class=\"en\" lang=\"en\">The document names: {}</p>",
            escaped(&vi),
            escaped(&en),
        )?;
    }
    reasons("Lý do", "Reasons", &file.reasons, to)?;
    reasons("Lưu ý", "Notes", &file.warnings, to)?;
    for (index, one) in file.signatures.iter().enumerate() {
        signature(index + 1, one, to)?;
    }
    changed_pages(file, pages_left, to)?;
    checklist(file, to)?;
    to.write_all(b"</section>\n")
}

fn reasons(vi: &str, en: &str, list: &[ReasonRecord], to: &mut impl Write) -> io::Result<()> {
    if list.is_empty() {
        return Ok(());
    }
    writeln!(
        to,
        "<h3>{vi} <small>{en}</small></h3>\n<ul class=\"reasons\">"
    )?;
    for (index, reason) in list.iter().enumerate() {
        let of = reason
            .signature
            .map_or_else(String::new, |number| format!("[{number}] "));
        let page = reason
            .page
            .map_or_else(String::new, |page| format!(" (trang {page})"));
        let page_en = reason
            .page
            .map_or_else(String::new, |page| format!(" (page {page})"));
        write!(
            to,
            "<li>{of}{}{page} <span class=\"en\" lang=\"en\">{}{page_en}</span> <code>{}: {}</code>",
            escaped(&reason.vi),
            escaped(&reason.en),
            reason.code,
            escaped(&reason.detail),
        )?;
        if let Some(hint) = record::first_hint(list, index) {
            let Bilingual { vi, en } = hint;
            write!(
                to,
                "<br>→ {} <span class=\"en\" lang=\"en\">{}</span>",
                escaped(vi),
                escaped(en)
            )?;
        }
        to.write_all(b"</li>\n")?;
    }
    to.write_all(b"</ul>\n")
}

fn signature(number: usize, one: &SignatureRecord, to: &mut impl Write) -> io::Result<()> {
    let class = match one.indication {
        "TOTAL-PASSED" => "valid",
        "TOTAL-FAILED" => "invalid",
        _ => "open",
    };
    let (vi, en) = match one.kind {
        "document_timestamp" => ("Dấu thời gian tài liệu", "Document timestamp"),
        _ => ("Chữ ký", "Signature"),
    };
    write!(
        to,
        "<div class=\"signature\">\n<h3>{vi} {number} <small>{en}</small> <span class=\"chip {class}\">{}{}</span></h3>\n<table>\n\
         <tr><th>Trường <small>Field</small></th><td>{} · {}/{} · {}</td></tr>\n",
        one.indication,
        one.sub_indication
            .map_or_else(String::new, |sub| format!(" / {sub}")),
        escaped(&one.field),
        one.revision,
        one.revisions,
        escaped(&one.subfilter),
    )?;
    for ((vi, value), (en, _)) in fields(one, Ui::Vi).into_iter().zip(fields(one, Ui::En)) {
        let value = value.unwrap_or_else(|| "?".to_owned());
        writeln!(
            to,
            "<tr><th>{vi} <small>{en}</small></th><td>{}</td></tr>",
            escaped(&value)
        )?;
    }
    to.write_all(b"</table>\n<table class=\"checks\">\n")?;
    for check in &one.checks {
        let (class, mark) = match check.result {
            "pass" => ("valid", "✔"),
            "fail" => ("invalid", "✖"),
            _ => ("open", "?"),
        };
        let (vi, en) = check_name(check.name);
        writeln!(
            to,
            "<tr><td class=\"{class}\">{mark}</td><th>{vi} <small>{en}</small></th><td>{}</td></tr>",
            escaped(&check.detail)
        )?;
    }
    to.write_all(b"</table>\n")?;
    certificates(one, to)?;
    to.write_all(b"</div>\n")
}

fn certificates(one: &SignatureRecord, to: &mut impl Write) -> io::Result<()> {
    if one.certificates.is_empty() {
        return Ok(());
    }
    to.write_all(
        "<details open><summary>Chuỗi chứng thư <small>Certificate path</small></summary>\n<ol>\n"
            .as_bytes(),
    )?;
    for link in &one.certificates {
        let anchor = if link.anchor { " ⚓" } else { "" };
        writeln!(
            to,
            "<li>{}{anchor}<br><small>{} - {}<br>SHA-256 {}</small></li>",
            escaped(&link.subject),
            link.not_before,
            link.not_after,
            link.sha256
        )?;
    }
    to.write_all(b"</ol></details>\n")
}

/// Pages that changed after a signature, as signed and as they are now.
fn changed_pages(file: &FileRecord, left: &mut usize, to: &mut impl Write) -> io::Result<()> {
    let pages = file.changed_pages();
    let shown = pages.len().min(pictures::MOST_PAGES).min(*left);
    *left -= shown;
    if pages.is_empty() {
        return Ok(());
    }
    writeln!(
        to,
        "<h3>Trang thay đổi sau khi ký <small>Pages changed after signing</small></h3>\n\
         <p>{shown}/{} trang được thể hiện; hình chỉ để xem, không quyết định kết quả. \
         <span class=\"en\" lang=\"en\">{shown} of {} pages shown; pictures inform, they decide nothing.</span></p>",
        pages.len(),
        pages.len()
    )?;
    if shown == 0 {
        return Ok(());
    }
    for (page, pair) in file.pairs().iter().take(shown) {
        let percent = pair
            .percent
            .map_or_else(String::new, |percent| format!(" · {percent:.2} %"));
        writeln!(
            to,
            "<h4>Trang {page} <small>Page {page}{percent}</small></h4>\n<div class=\"pair\">"
        )?;
        for (picture, caption) in [
            (&pair.signed, "Bản đã ký / As signed"),
            (&pair.last, "Bản cuối / Final"),
            (&pair.difference, "Khác biệt / Difference"),
        ] {
            figure(picture.as_deref(), caption, to)?;
        }
        to.write_all(b"</div>\n")?;
    }
    Ok(())
}

fn figure(picture: Option<&[u8]>, caption: &str, to: &mut impl Write) -> io::Result<()> {
    match picture {
        Some(bytes) => writeln!(
            to,
            "<figure><img alt=\"{caption}\" src=\"data:image/jpeg;base64,{}\"><figcaption>{caption}</figcaption></figure>",
            base64(bytes)
        ),
        None => writeln!(
            to,
            "<figure><div class=\"none\">–</div><figcaption>{caption}</figcaption></figure>"
        ),
    }
}

fn checklist(file: &FileRecord, to: &mut impl Write) -> io::Result<()> {
    if file.checklist.is_empty() {
        return Ok(());
    }
    to.write_all("<h3>Danh mục kiểm tra bản sao chứng thực điện tử <small>Checklist for certified copies</small></h3>\n<table class=\"checks\">\n".as_bytes())?;
    for row in &file.checklist {
        let (class, word) = match row.result {
            "pass" => ("valid", "PASS"),
            "fail" => ("invalid", "FAIL"),
            "warn" => ("open", "WARN"),
            _ => ("none", "–"),
        };
        writeln!(
            to,
            "<tr><td class=\"{class}\">{word}</td><th>{}. {} <small>{}</small></th><td>{}</td></tr>",
            row.number,
            row.vi,
            row.en,
            escaped(&row.evidence)
        )?;
    }
    to.write_all(b"</table>\n")
}

fn policy(report: &Report, to: &mut impl Write) -> io::Result<()> {
    to.write_all("<h2>Chính sách kiểm tra <small>Policy</small></h2>\n<table>\n".as_bytes())?;
    for row in &report.policy {
        writeln!(
            to,
            "<tr><th>{}</th><td>{}</td></tr>",
            escaped(&row.name),
            escaped(&row.value)
        )?;
    }
    to.write_all(b"</table>\n")
}

/// The verdict on a file in two words of each language.
pub(super) fn label(file: &FileRecord) -> (&'static str, &'static str) {
    let (_, _, vi, en) = verdict(file);
    (vi, en)
}

fn verdict(file: &FileRecord) -> (&'static str, &'static str, &'static str, &'static str) {
    let standing = file.standing.unwrap_or(Standing::Damaged);
    let (vi, en) = standing.label_of(file.is_encrypted());
    let differs = matches!(file.signer_compared.result, "differs" | "publisher");
    let (class, icon) = match standing {
        Standing::Valid if differs => ("open", "!"),
        Standing::Valid => ("valid", "✔"),
        Standing::Invalid | Standing::Damaged => ("invalid", "✖"),
        Standing::Indeterminate => ("open", "?"),
        Standing::Unsigned => ("none", "○"),
    };
    (class, icon, vi, en)
}

/// Text from outside made harmless in HTML and XML; what XML 1.0 cannot hold is replaced.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(' '),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' => {
                out.push('\u{fffd}');
            }
            letter if letter.is_control() => out.push('\u{fffd}'),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_become_markup() {
        assert_eq!(
            escaped("<script>\"'&\u{0}\u{202e}"),
            "&lt;script&gt;&quot;&#39;&amp;\u{fffd}\u{fffd}"
        );
    }
}
