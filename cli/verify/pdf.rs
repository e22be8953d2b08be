//! The report as PDF/A: what the HTML one says, without pictures, for the file of a case.

use std::io::{self, Write};

use saoy_signing::sign::appearance::{Print, Weight};

use super::record::{FileRecord, ReasonRecord, Report, first_hint};
use super::terminal::fields;
use crate::paper::{self, Sheet, showable, wrap};
use crate::words::Ui;

/// A4, pt.
const PAGE: (f64, f64) = (595.276, 841.89);
/// Margins, pt: as wide as Decree 30/2020 wants them at most.
const LEFT: f64 = 71.0;
const RIGHT: f64 = 57.0;
const TOP: f64 = 57.0;
const BOTTOM: f64 = 57.0;
/// Sizes of letters, pt.
const PLAIN: f64 = 10.5;
const SMALL: f64 = 8.5;
const HEAD: f64 = 13.0;

/// Writes the report of all files.
pub(crate) fn write(report: &Report, to: &mut impl Write) -> anyhow::Result<()> {
    let mut flow = Flow::default();
    flow.line("KẾT QUẢ KIỂM TRA CHỮ KÝ SỐ", Weight::Bold, 15.0, 0.0)?;
    flow.line(
        "Verification of digital signatures",
        Weight::Regular,
        PLAIN,
        0.0,
    )?;
    let head = format!(
        "{} · kiểm tra lúc / judged at {}",
        report.producer, report.judged_at
    );
    flow.line(&head, Weight::Regular, SMALL, 0.0)?;
    for file in &report.files {
        flow.rule();
        self::file(file, &mut flow)?;
    }
    flow.rule();
    flow.line("Chính sách kiểm tra / Policy", Weight::Bold, HEAD, 0.0)?;
    for row in &report.policy {
        flow.line(
            &format!("{}: {}", row.name, row.value),
            Weight::Regular,
            SMALL,
            0.0,
        )?;
    }
    to.write_all(&flow.finish(report)?)?;
    Ok(())
}

fn file(file: &FileRecord, flow: &mut Flow) -> anyhow::Result<()> {
    let (vi, en) = super::html::label(file);
    flow.line(&file.path, Weight::Bold, PLAIN, 0.0)?;
    flow.line(
        &format!("{vi} / {en}").to_uppercase(),
        Weight::Bold,
        HEAD,
        0.0,
    )?;
    flow.line(&file.summary.vi, Weight::Regular, PLAIN, 0.0)?;
    flow.line(&file.summary.en, Weight::Regular, SMALL, 0.0)?;
    if let Some(registered) = &file.registered {
        let said = &registered.said;
        flow.line(
            &format!("Sổ chứng thực / Register: {} / {}", said.vi, said.en),
            Weight::Regular,
            PLAIN,
            0.0,
        )?;
    }
    if let Some(told) = file.signer_compared.told(Ui::Vi) {
        flow.line(
            &format!("Văn bản ghi / The document names: {told}"),
            Weight::Regular,
            PLAIN,
            0.0,
        )?;
    }
    reasons("Lý do / Reasons", &file.reasons, flow)?;
    reasons("Lưu ý / Notes", &file.warnings, flow)?;
    for (index, one) in file.signatures.iter().enumerate() {
        let kind = match one.kind {
            "document_timestamp" => "Dấu thời gian tài liệu / Document timestamp",
            _ => "Chữ ký / Signature",
        };
        let sub = one
            .sub_indication
            .map_or_else(String::new, |sub| format!(" / {sub}"));
        let title = format!("{kind} {}: {}{sub}", index + 1, one.indication);
        flow.line(&title, Weight::Bold, PLAIN, 0.0)?;
        for ((vi, value), (en, _)) in fields(one, Ui::Vi).into_iter().zip(fields(one, Ui::En)) {
            let value = value.unwrap_or_else(|| "?".to_owned());
            flow.line(
                &format!("{vi} / {en}: {value}"),
                Weight::Regular,
                PLAIN,
                12.0,
            )?;
        }
        for check in &one.checks {
            let mark = match check.result {
                "pass" => "[+]",
                "fail" => "[-]",
                _ => "[?]",
            };
            let line = format!(
                "{mark} {} / {}: {}",
                check.label.vi, check.label.en, check.detail
            );
            flow.line(&line, Weight::Regular, SMALL, 12.0)?;
        }
        for link in &one.certificates {
            let line = format!(
                "{} ({} - {}), SHA-256 {}",
                link.subject, link.not_before, link.not_after, link.sha256
            );
            flow.line(&line, Weight::Regular, SMALL, 24.0)?;
        }
    }
    if !file.checklist.is_empty() {
        flow.line(
            "Danh mục kiểm tra bản sao / Checklist for certified copies",
            Weight::Bold,
            PLAIN,
            0.0,
        )?;
    }
    for row in &file.checklist {
        let line = format!(
            "{}. {} / {}: {} ({})",
            row.number, row.vi, row.en, row.result, row.evidence
        );
        flow.line(&line, Weight::Regular, SMALL, 12.0)?;
    }
    Ok(())
}

fn reasons(title: &str, list: &[ReasonRecord], flow: &mut Flow) -> anyhow::Result<()> {
    if !list.is_empty() {
        flow.line(title, Weight::Bold, PLAIN, 0.0)?;
    }
    for (index, reason) in list.iter().enumerate() {
        let of = reason
            .signature
            .map_or_else(String::new, |number| format!("[{number}] "));
        let page = reason
            .page
            .map_or_else(String::new, |page| format!(" (trang / page {page})"));
        let line = format!(
            "{of}{} / {}{page} ({}: {})",
            reason.vi, reason.en, reason.code, reason.detail
        );
        flow.line(&line, Weight::Regular, PLAIN, 12.0)?;
        if let Some(hint) = first_hint(list, index) {
            flow.line(
                &format!("{} / {}", hint.vi, hint.en),
                Weight::Regular,
                SMALL,
                24.0,
            )?;
        }
    }
    Ok(())
}

/// Lines one below the other, page after page.
#[derive(Default)]
struct Flow {
    pages: Vec<Print>,
    top: f64,
}

impl Flow {
    fn line(&mut self, text: &str, weight: Weight, size: f64, indent: f64) -> anyhow::Result<()> {
        let text = showable(text, weight);
        for line in wrap(&text, weight, size, PAGE.0 - LEFT - RIGHT - indent)? {
            let height = size * 1.3;
            if self.pages.is_empty() || self.top + height > PAGE.1 - BOTTOM {
                self.pages.push(Print::default());
                self.top = TOP;
            }
            if let Some(page) = self.pages.last_mut() {
                page.text(&line, weight, size, (LEFT + indent, self.top + size));
            }
            self.top += height;
        }
        self.top += size * 0.25;
        Ok(())
    }

    fn rule(&mut self) {
        if let Some(page) = self.pages.last_mut() {
            page.rule([LEFT, self.top + 3.0, PAGE.0 - RIGHT, self.top + 3.0]);
        }
        self.top += 9.0;
    }

    fn finish(mut self, report: &Report) -> anyhow::Result<Vec<u8>> {
        let of = self.pages.len();
        for (number, page) in self.pages.iter_mut().enumerate() {
            let foot = format!("{}/{of}", number + 1);
            page.text(
                &foot,
                Weight::Regular,
                SMALL,
                (PAGE.0 - RIGHT - 20.0, PAGE.1 - BOTTOM + 20.0),
            );
        }
        let mut id = [0; 16];
        saoy_archive::Random::fill(&mut crate::archive::System::default(), &mut id)
            .map_err(io::Error::other)?;
        paper::made(
            &Sheet {
                title: format!("Kết quả kiểm tra chữ ký số, {}", report.judged_at),
                created: crate::digitize::local_time(),
                id,
                size: PAGE,
            },
            self.pages,
        )
    }
}
