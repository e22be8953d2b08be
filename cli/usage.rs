//! Errors of the command line in Vietnamese; the parser's own sentences are English only.

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// What is wrong with the arguments, what may have been meant, and how the command is used.
pub(crate) fn in_vietnamese(error: &clap::Error) -> String {
    let mut text = format!("lỗi: {}\n", sentence(error));
    let valid = all(error, ContextKind::ValidValue);
    if !valid.is_empty() {
        text += &format!("  [các giá trị: {}]\n", valid.join(", "));
    }
    let meant = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedValue,
        ContextKind::SuggestedSubcommand,
    ];
    let meant: Vec<String> = meant
        .into_iter()
        .flat_map(|kind| all(error, kind))
        .collect();
    if !meant.is_empty() {
        text += &format!("\n  gợi ý: có phải ý bạn là {}?\n", meant.join(", "));
    }
    if let Some(usage) = first(error, ContextKind::Usage) {
        let usage = usage.trim();
        let usage = usage.strip_prefix("Usage:").unwrap_or(usage).trim();
        text += &format!("\nCách dùng: {usage}\n");
    }
    text + "\nXem hướng dẫn: thêm --help\n"
}

fn sentence(error: &clap::Error) -> String {
    let argument = first(error, ContextKind::InvalidArg).unwrap_or_default();
    let value = first(error, ContextKind::InvalidValue).unwrap_or_default();
    let count = |kind| first(error, kind).unwrap_or_default();
    match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => {
            format!("tham số '{argument}' cần một giá trị")
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            format!(
                "giá trị '{value}' của '{argument}' không hợp lệ{}",
                range(error)
            )
        }
        ErrorKind::UnknownArgument => format!("không có tham số '{argument}'"),
        ErrorKind::InvalidSubcommand => format!(
            "không có lệnh '{}'",
            first(error, ContextKind::InvalidSubcommand).unwrap_or_default()
        ),
        ErrorKind::NoEquals => format!("'{argument}' cần dấu '=' trước giá trị"),
        ErrorKind::TooManyValues => format!("thừa giá trị '{value}' cho '{argument}'"),
        ErrorKind::TooFewValues => format!(
            "'{argument}' cần {} giá trị, chỉ có {}",
            count(ContextKind::MinValues),
            count(ContextKind::ActualNumValues)
        ),
        ErrorKind::WrongNumberOfValues => format!(
            "'{argument}' cần {} giá trị, có {}",
            count(ContextKind::ExpectedNumValues),
            count(ContextKind::ActualNumValues)
        ),
        ErrorKind::ArgumentConflict => {
            let others = all(error, ContextKind::PriorArg);
            match others.as_slice() {
                [] => format!("'{argument}' không dùng được cùng tham số khác"),
                [same] if *same == argument => format!("'{argument}' chỉ được nêu một lần"),
                others => format!("'{argument}' không dùng được cùng {}", others.join(", ")),
            }
        }
        ErrorKind::MissingRequiredArgument => format!(
            "thiếu tham số bắt buộc: {}",
            all(error, ContextKind::InvalidArg).join(", ")
        ),
        ErrorKind::MissingSubcommand => format!(
            "thiếu tên lệnh; có: {}",
            all(error, ContextKind::ValidSubcommand).join(", ")
        ),
        ErrorKind::InvalidUtf8 => "tham số không phải UTF-8 hợp lệ".to_owned(),
        _ => "dòng lệnh không hợp lệ".to_owned(),
    }
}

/// The range that a number should lie in, which the parser's own reason ends with: `0 is not in 1..=1024`.
fn range(error: &clap::Error) -> String {
    let reason = std::error::Error::source(error).map(ToString::to_string);
    let range = reason
        .as_deref()
        .and_then(|reason| reason.rsplit_once(" is not in "));
    match range {
        Some((_, range)) => format!(" (phải trong khoảng {range})"),
        None => String::new(),
    }
}

fn first(error: &clap::Error, kind: ContextKind) -> Option<String> {
    all(error, kind).into_iter().next()
}

fn all(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(value)) => vec![value.clone()],
        Some(ContextValue::Strings(values)) => values.clone(),
        Some(ContextValue::StyledStr(value)) => vec![value.to_string()],
        Some(ContextValue::StyledStrs(values)) => values.iter().map(ToString::to_string).collect(),
        Some(ContextValue::Number(value)) => vec![value.to_string()],
        Some(ContextValue::Bool(value)) => vec![value.to_string()],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Ui;

    #[test]
    fn every_wrong_command_line_is_answered_in_vietnamese() {
        for (arguments, expected) in [
            (
                vec!["digitize", "in"],
                "thiếu tham số bắt buộc: --out <DIR>",
            ),
            (
                vec!["digitize", "-o", "out"],
                "thiếu tham số bắt buộc: <FILE|DIR>...",
            ),
            (vec!["digitise", "in"], "không có lệnh 'digitise'"),
            (
                vec!["digitize", "in", "-o", "out", "--pdfx", "2b"],
                "không có tham số '--pdfx'",
            ),
            (
                vec!["digitize", "in", "-o", "out", "--pdfa", "9z"],
                "giá trị '9z' của '--pdfa <",
            ),
            (
                vec!["digitize", "in", "-o", "out", "--jobs", "0"],
                "không hợp lệ (phải trong khoảng 1..=1024)",
            ),
            (
                vec!["digitize", "in", "-o", "out", "--jobs", "many"],
                "giá trị 'many' của '--jobs <N>' không hợp lệ",
            ),
            (
                vec!["digitize", "in", "-o"],
                "tham số '--out <DIR>' cần một giá trị",
            ),
            (
                vec!["digitize", "in", "-o", "a", "-o", "b"],
                "'--out <DIR>' chỉ được nêu một lần",
            ),
            (
                vec!["digitize", "in", "-o", "out", "--json=yes"],
                "thừa giá trị 'yes' cho '--json'",
            ),
            (vec!["--data"], "tham số '--data <DIR>' cần một giá trị"),
        ] {
            let all = std::iter::once("saoy").chain(arguments.iter().copied());
            let error = crate::args::command(Ui::Vi)
                .try_get_matches_from(all)
                .unwrap_err();
            let text = in_vietnamese(&error);
            assert!(text.contains(expected), "{arguments:?}: {text}");
            for english in ["error", "Usage", "tip:", "invalid", "required", "For more"] {
                assert!(!text.contains(english), "{arguments:?}: {text}");
            }
        }
    }
}
