//! What a signature covers: `/ByteRange` and `/Contents`, by offsets alone (ISO 32000-2, 12.8.1; EN 319 142-1, 5.3).

use std::ops::Range;

use saoy_pdf::{Dict, Object, Revisions};

use super::find::Known;
use crate::finding::{Finding, Reason};

/// The longest `/Contents` read, in bytes of the file; those met with embedded revocation lists have 2 MB.
const CONTENTS: u64 = 32 << 20;

/// What was found.
#[derive(Default)]
pub(super) struct Coverage {
    pub(super) signed: [Range<u64>; 2],
    /// The revision at whose end the signed bytes end, from 0.
    pub(super) revision: Option<usize>,
    pub(super) contents: Vec<u8>,
    pub(super) findings: Vec<Finding>,
}

/// Checks the signature dictionary `dict`, whose ranges are bytes of the file unless it is `packed` in an object stream.
pub(super) fn check(file: &Revisions, dict: &Dict, packed: bool) -> Coverage {
    let mut coverage = Coverage::default();
    if packed {
        coverage.findings.push(Finding::new(
            Reason::SignatureInObjectStream,
            "the signature dictionary stands in an object stream",
        ));
    }
    let contents = if packed {
        None
    } else {
        contents(file, dict, &mut coverage)
    };
    match byte_range(dict) {
        Ok(range) => place(file, range, contents, packed, &mut coverage),
        Err(detail) => coverage
            .findings
            .push(Finding::new(Reason::ByteRangeMalformed, detail)),
    }
    coverage
}

/// The bytes of `/Contents` in the file, angle brackets included.
fn contents(file: &Revisions, dict: &Dict, coverage: &mut Coverage) -> Option<Range<u64>> {
    let mut malformed = |detail: &str| {
        coverage
            .findings
            .push(Finding::new(Reason::ContentsMalformed, detail));
        None
    };
    let Some(entry) = dict.entry("Contents") else {
        return malformed("/Contents is missing");
    };
    let Object::String(value) = &entry.value else {
        return malformed("/Contents is no string");
    };
    if value.is_empty() {
        return malformed("/Contents is empty");
    }
    let length = entry.range.end.saturating_sub(entry.range.start);
    let raw = usize::try_from(length.min(CONTENTS + 1))
        .ok()
        .and_then(|length| file.bytes(entry.range.start, length).ok())
        .unwrap_or_default();
    let digits = raw
        .strip_prefix(b"<")
        .and_then(|raw| raw.strip_suffix(b">"))
        .filter(|digits| digits.len() % 2 == 0 && digits.iter().all(u8::is_ascii_hexdigit));
    if digits.is_none() {
        return malformed("/Contents is not a plain hexadecimal string");
    }
    coverage.contents.clone_from(value);
    Some(entry.range.clone())
}

fn byte_range(dict: &Dict) -> Result<[u64; 4], &'static str> {
    let value = dict.get("ByteRange").ok_or("/ByteRange is missing")?;
    let Object::Array(values) = value else {
        return Err("/ByteRange is no array");
    };
    let [zero, a, b, c] = values.as_slice() else {
        return Err("/ByteRange has not four numbers");
    };
    let number = |value: &Object| match value {
        Object::Integer(value) => u64::try_from(*value).ok(),
        _ => None,
    };
    match (number(zero), number(a), number(b), number(c)) {
        (Some(0), Some(a), Some(b), Some(c)) => Ok([0, a, b, c]),
        (Some(_), Some(_), Some(_), Some(_)) => Err("/ByteRange does not begin at 0"),
        _ => Err("/ByteRange has something other than whole numbers"),
    }
}

fn place(
    file: &Revisions,
    [zero, a, b, c]: [u64; 4],
    contents: Option<Range<u64>>,
    packed: bool,
    coverage: &mut Coverage,
) {
    let len = file.file_len();
    let mut find = |reason, detail: String| {
        coverage.findings.push(Finding::new(reason, detail).at(a));
    };
    let end = b.saturating_add(c);
    if a > len || end > len {
        return find(
            Reason::ByteRangePastEnd,
            format!("the signed bytes end at {end}, the file at {len}"),
        );
    }
    if b <= a {
        return find(
            Reason::ByteRangeMalformed,
            format!("the second part begins at {b}, within the first, which ends at {a}"),
        );
    }
    match contents {
        Some(contents) if contents == (a..b) => {}
        Some(contents) => find(
            Reason::ByteRangeGap,
            format!(
                "unsigned are bytes {a} to {b}, /Contents stands at {} to {}",
                contents.start, contents.end
            ),
        ),
        None if packed => {}
        None => find(
            Reason::ByteRangeGap,
            format!("unsigned are bytes {a} to {b}, without a /Contents there"),
        ),
    }
    let revision = file.iter().position(|revision| {
        revision.closed && (revision.marker_end..=revision.space_end).contains(&end)
    });
    if revision.is_none() {
        find(
            Reason::ByteRangeNotAtRevisionEnd,
            format!("the signed bytes end at {end}, where no revision ends"),
        );
    }
    coverage.signed = [zero..a, b..end];
    coverage.revision = revision;
}

/// Signatures lie one within the other: what a later one leaves out lies behind all that an earlier one covers.
pub(super) fn nesting(known: &mut [Known]) {
    let spans: Vec<(u64, u64)> = known
        .iter()
        .map(|known| {
            let [first, second] = &known.signed.signed;
            (first.end, second.end)
        })
        .collect();
    for (index, known) in known.iter_mut().enumerate() {
        let Some(&(gap, end)) = spans.get(index).filter(|(_, end)| *end > 0) else {
            continue;
        };
        let other = spans
            .iter()
            .enumerate()
            .find(|(other, (other_gap, other_end))| {
                *other != index
                    && *other_end > 0
                    && if *other_end <= end {
                        gap < *other_end
                    } else {
                        *other_gap < end
                    }
            });
        if let Some((_, (_, other_end))) = other {
            known.signed.findings.push(
                Finding::new(
                    Reason::SignaturesOverlap,
                    format!("overlaps with the signature over the bytes up to {other_end}"),
                )
                .at(gap),
            );
        }
    }
}
