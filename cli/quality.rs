//! `saoy quality`: samples for people to look at, and the error rate they found.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{anyhow, ensure};
use clap::ArgMatches;
use ring::rand::{SecureRandom, SystemRandom};
use saoy_pipeline::driver;
use saoy_pipeline::sampling::Findings;
use serde::Serialize;

use crate::args::given;
use crate::words::Ui;
use crate::{correct, digitize, terminal};

/// What `--json` prints.
#[derive(Serialize)]
struct Report {
    schema: &'static str,
    #[serde(flatten)]
    findings: Findings,
    /// Sampled documents that nobody has looked at yet.
    left: Vec<String>,
}

/// Name and version of the report.
const SCHEMA: &str = "saoy.quality/1";

/// Runs the command; the exit code is by the table of the program.
pub(crate) fn run(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let out = given::<PathBuf>(matches, "out")?;
    ensure!(
        out.join(driver::STATE_FOLDER).is_dir(),
        "{}: {}",
        out.display(),
        ui.say(
            "không phải thư mục kết quả của saoy digitize",
            "is no output folder of saoy digitize",
        )
    );
    if let Some(share) = matches.get_one::<String>("sample") {
        let Some(share) = share_of(share) else {
            let wanted = ui.say(
                "cần all hoặc tỷ lệ như 30%",
                "all or a share such as 30% is wanted",
            );
            terminal::complain(ui, &anyhow!("--sample {share}: {wanted}"));
            return Ok(ExitCode::from(2));
        };
        return sample(matches, out, share);
    }
    let (findings, left) =
        correct::patiently(correct::wait(matches)?, || driver::sample_findings(out))?;
    if matches.get_flag("json") {
        digitize::print_json(&Report {
            schema: SCHEMA,
            findings,
            left,
        })?;
    } else {
        print(ui, &findings, &left)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// `all`, or a share in percent.
fn share_of(text: &str) -> Option<f64> {
    if text == "all" {
        return Some(1.0);
    }
    let percent: f64 = text.strip_suffix('%')?.trim().parse().ok()?;
    (percent > 0.0 && percent <= 100.0).then_some(percent / 100.0)
}

fn sample(matches: &ArgMatches, out: &Path, share: f64) -> anyhow::Result<ExitCode> {
    let random = SystemRandom::new();
    let mut failed = false;
    let mut dice = || {
        let mut bytes = [0; 8];
        failed |= random.fill(&mut bytes).is_err();
        u64::from_le_bytes(bytes)
    };
    let at = digitize::local_time().to_rfc3339();
    let by = correct::who(matches);
    let drawn = correct::patiently(correct::wait(matches)?, || {
        driver::draw_sample(out, share, &mut dice, (&by, &at))
    })?;
    ensure!(!failed, "the system gives no random numbers");
    let mut stdout = io::stdout().lock();
    if matches.get_flag("json") {
        serde_json::to_writer_pretty(&mut stdout, &drawn)?;
        writeln!(stdout)?;
    } else {
        for name in drawn {
            writeln!(stdout, "{name}")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn print(ui: Ui, found: &Findings, left: &[String]) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    let rows = [
        (ui.say("Văn bản", "Documents"), found.documents),
        (ui.say("Đã rút mẫu", "Sampled"), found.sampled),
        (ui.say("Đã xem", "Looked at"), found.reviewed),
        (ui.say("Đúng", "Right"), found.right),
        (ui.say("Đã sửa", "Put right"), found.corrected),
        (ui.say("Trả lại", "Sent back"), found.sent_back),
    ];
    for (name, count) in rows {
        writeln!(out, "{name:<12} {count:>7}")?;
    }
    if let (Some(rate), Some([low, high])) = (found.error_rate, found.interval) {
        let certainty = ui.say("tin cậy 95 %", "95 % certainty");
        writeln!(
            out,
            "{:<12} {:>6.1} % ({:.1} - {:.1} %, {certainty})",
            ui.say("Tỷ lệ lỗi", "Error rate"),
            rate * 100.0,
            low * 100.0,
            high * 100.0
        )?;
    }
    for (field, count) in &found.by_field {
        writeln!(out, "  {field:<24} {count:>5}")?;
    }
    if !left.is_empty() {
        writeln!(
            out,
            "{}: {}",
            ui.say("Còn chờ xem", "Waiting"),
            left.join(", ")
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_all_or_percent() {
        assert_eq!(share_of("all"), Some(1.0));
        assert_eq!(share_of("30%"), Some(0.3));
        for wrong in ["30", "0%", "101%", "x%", ""] {
            assert_eq!(share_of(wrong), None, "{wrong}");
        }
    }
}
