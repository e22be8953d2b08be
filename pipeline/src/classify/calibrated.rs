//! From how well a value fits to how often values like it are right: one curve for each kind of field.
//!
//! The curves are points between which lines are drawn, in `calibrated.tsv`. The example `calibrate` makes the table from
//! papers whose values are known; what a hand wrote, a stamp covers or another value contradicts lies below the first
//! point and stays as it is.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::record::{Field, Flag, rounded};

/// Kinds of papers, whose values are weighed in different ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Papers of offices and of the Party.
    Office,
    /// Citizens' papers.
    Citizen,
}

impl Side {
    /// The word in the table.
    pub fn word(self) -> &'static str {
        match self {
            Self::Office => "office",
            Self::Citizen => "citizen",
        }
    }
}

/// Below, a figure says why a value is doubted and is no measure: it stays.
pub const FROM: f32 = 0.6;
/// From here on a value may be used without anybody looking at it.
const SURE: f32 = 0.9;

/// The family of a field: fields of one family go wrong in the same way.
pub fn family(field: &str) -> &'static str {
    match field {
        _ if field.ends_with("_date") || field == "graduation_year" => "date",
        "signer_name" => "signer",
        _ if field.ends_with("_name") || field == "head_of_household" => "name",
        "signer_title" | "signer_authority" => "title",
        "agency" | "parent_agency" => "agency",
        "subject" => "subject",
        "recipients" | "purpose" | "land_use" | "major" => "text",
        "place" => "place",
        "residence" | "birth_place" | "origin_place" | "address" | "registration_place" => {
            "address"
        }
        "sex" | "nationality" | "ethnicity" | "grade" | "study_mode" | "licence_class"
        | "urgency" | "circulation" | "validity" | "scope" => "word",
        _ => "number",
    }
}

/// A curve: what was figured, and how often it was right; both rise.
type Curve = Vec<(f32, f32)>;

static CURVES: LazyLock<BTreeMap<(&'static str, &'static str), Curve>> =
    LazyLock::new(|| table(include_str!("calibrated.tsv")));

/// Reads `side TAB family TAB figure:right figure:right ...`, one curve a line; lines with `#` are notes.
fn table(text: &'static str) -> BTreeMap<(&'static str, &'static str), Curve> {
    let line = |line: &'static str| {
        let mut cells = line.split('\t');
        let key = (cells.next()?, cells.next()?);
        let point = |point: &str| {
            let (at, right) = point.split_once(':')?;
            Some((at.parse().ok()?, right.parse().ok()?))
        };
        let curve = cells.next()?.split(' ').filter_map(point).collect();
        Some((key, curve))
    };
    text.lines()
        .filter(|text| !text.starts_with('#'))
        .filter_map(line)
        .collect()
}

/// The height of a curve at a figure.
fn along(curve: &[(f32, f32)], figure: f32) -> f32 {
    let mut before = (FROM, FROM);
    for &(at, right) in curve {
        if figure <= at {
            let share = (figure - before.0) / (at - before.0).max(1e-3);
            return before.1 + (right - before.1) * share.clamp(0.0, 1.0);
        }
        before = (at, right);
    }
    before.1
}

/// Makes the figures of a document's fields frequencies, and the findings fit them.
pub(super) fn settle(side: Side, fields: &mut BTreeMap<String, Field>, flags: &mut Vec<Flag>) {
    for (name, field) in fields.iter_mut() {
        // What a rule, a code or a zone with check digits says is as sure as these are.
        if field.confidence <= FROM || field.value.is_none() || field.parts.contains_key("source") {
            continue;
        }
        let Some(curve) = CURVES.get(&(side.word(), family(name))) else {
            continue;
        };
        field.confidence = rounded(along(curve, field.confidence), 1000.0);
        let code = format!("low_confidence_{name}");
        if side == Side::Office && name != "recipients" {
            // Findings that say a reason stay; those that only give the figure are given anew.
            flags.retain(|flag| flag.code != code || flag.detail.is_some());
            let known = flags.iter().any(|flag| flag.code == code);
            if field.confidence < SURE && !known {
                let mut flag = Flag::new(&code).with_value(field.confidence);
                (flag.page, flag.bbox) = (field.page, field.bbox);
                flags.push(flag);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_curve_rises_and_stays_a_share() {
        assert!(!CURVES.is_empty());
        for (key, curve) in CURVES.iter() {
            assert!(curve.len() >= 2, "{key:?}");
            for pair in curve.windows(2) {
                assert!(pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1, "{key:?}");
            }
            assert!(curve.iter().all(|(_, right)| (0.0..1.0).contains(right)));
        }
    }

    #[test]
    fn between_points_lines_are_drawn() {
        let curve = [(0.8, 0.7), (0.9, 0.95)];
        assert!((along(&curve, 0.85) - 0.825).abs() < 1e-4);
        assert!((along(&curve, 0.7) - 0.65).abs() < 1e-4);
        assert!((along(&curve, 0.99) - 0.95).abs() < 1e-4);
    }

    #[test]
    fn what_is_doubted_for_a_reason_stays() {
        let field = |confidence| Field {
            value: Some("x".to_owned()),
            confidence,
            ..Field::default()
        };
        let mut fields = BTreeMap::from([
            ("signer_name".to_owned(), field(0.45)),
            ("issued_date".to_owned(), field(0.97)),
        ]);
        let mut coded = field(0.99);
        coded.parts.insert("source".to_owned(), "qr".to_owned());
        fields.insert("id_number".to_owned(), coded);
        let mut flags = Vec::new();
        settle(Side::Office, &mut fields, &mut flags);
        assert_eq!(fields["signer_name"].confidence, 0.45);
        assert_eq!(fields["id_number"].confidence, 0.99);
        let low = fields["issued_date"].confidence < SURE;
        assert_eq!(
            flags.iter().any(|f| f.code == "low_confidence_issued_date"),
            low
        );
    }
}
