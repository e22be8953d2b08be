//! From what was read to fields and findings.

use std::collections::BTreeMap;

use crate::classify::evidence::Evidence;
use crate::classify::fold::folded;
use crate::classify::kinds::Kind;
use crate::classify::leaf::{Leaf, Row};
use crate::document::Rect;
use crate::record::{Field, Flag, rounded};

use super::signing::Found;
use super::symbol::Symbol;
use super::trust::{self, Company};
use super::{Reading, date, head, names, organs};

/// Fields and findings of a paper that is of one type.
pub(super) struct Report<'a> {
    reading: &'a Reading<'a>,
    kind: &'static Kind,
    fields: BTreeMap<String, Field>,
    flags: Vec<Flag>,
    /// How well the body in the symbol is known.
    organ: f32,
}

impl<'a> Report<'a> {
    pub(super) fn new(reading: &'a Reading<'a>, kind: &'static Kind, evidence: &Evidence) -> Self {
        let mut report = Self {
            reading,
            kind,
            fields: BTreeMap::new(),
            flags: Vec::new(),
            organ: 0.0,
        };
        let Some(leaf) = reading.leaf else {
            return report;
        };
        report.number_symbol(leaf);
        report.issued_date(leaf);
        report.agency(leaf);
        report.subject(leaf);
        report.signing();
        report.notes(leaf);
        report.validity(evidence);
        report.scope();
        if let Some(field) = super::owner::owner(evidence) {
            report.fields.insert("owner_number".to_owned(), field);
        }
        if reading.head.party > 0.8 || reading.symbol.as_ref().is_some_and(|symbol| symbol.party) {
            report.flags.push(Flag::new("party_document"));
        }
        report
    }

    pub(super) fn into_parts(self) -> (BTreeMap<String, Field>, Vec<Flag>) {
        (self.fields, self.flags)
    }

    /// Files a value; one that is null or unsure gets its finding.
    fn file(&mut self, name: &str, mut field: Field) {
        field.confidence = rounded(field.confidence, 1000.0);
        if field.value.is_none() || field.confidence < trust::SURE {
            let mut flag =
                Flag::new(&format!("low_confidence_{name}")).with_value(field.confidence);
            flag.page = field.page;
            flag.bbox = field.bbox;
            self.flags.push(flag);
        }
        self.fields.insert(name.to_owned(), field);
    }

    fn missing(&mut self, name: &str) {
        self.file(name, Field::default());
    }

    fn number_symbol(&mut self, leaf: &Leaf) {
        let Some(symbol) = &self.reading.symbol else {
            self.missing("number_symbol");
            return;
        };
        let bodies = self
            .reading
            .issuer
            .as_ref()
            .map(|issuer| issuer.bodies.clone())
            .unwrap_or_default();
        let (groups, organ) = organs::mended(&symbol.groups, &bodies);
        self.organ = organ;
        let date_year = self
            .reading
            .head
            .date
            .as_ref()
            .and_then(|date| date.year.number);
        let named = symbol.kind.map(|(kind, _)| kind);
        let elsewhere = self.reading.head.title.as_ref().map(|title| title.kind);
        let letter = self.kind.code == "CV" && named.is_none();
        let company = Company {
            kind_agrees: named.is_some() && named == elsewhere || letter,
            kind_differs: named.is_some_and(|named| {
                named.code != self.kind.code && named.symbol != self.kind.symbol
            }),
            organ,
            year_agrees: symbol
                .year
                .zip(date_year)
                .map(|(symbol, date)| symbol.value == date.value),
        };
        let blank = symbol.number.value.is_none() && folded(&symbol.number.text).is_empty();
        // Where nothing was read, all of the row may hold what a hand wrote, and the gap before it.
        let hand = if blank {
            trust::hand_at(&leaf.sight, symbol.row.shown())
                .max(trust::hand_near(&leaf.sight, symbol.number.shown))
        } else {
            trust::hand_at(&leaf.sight, symbol.number.shown)
        };
        let mut field = Field {
            value: self.symbol_value(symbol, &groups),
            confidence: trust::of_symbol(symbol, &company, hand),
            text: Some(symbol.row.text()),
            parts: self.symbol_parts(symbol, &groups),
            ..Field::default()
        };
        place(&mut field, leaf.number, symbol.row.shown());
        if hand > 0.0 {
            self.flags.push(
                Flag::new("handwritten_number")
                    .on_page(leaf.number)
                    .at(symbol.number.shown)
                    .with_value(hand),
            );
        } else if blank {
            self.flags.push(
                Flag::new("blank_number")
                    .on_page(leaf.number)
                    .at(symbol.number.shown),
            );
        }
        if trust::stamp_over(&leaf.sight, symbol.number.shown) {
            self.flags
                .push(Flag::new("stamp_over_number_symbol").on_page(leaf.number));
            field.confidence = field.confidence.min(0.6);
        }
        // A hand's scribble that gave no number at all is no value.
        if field.confidence < LEAST {
            field.value = None;
        }
        self.file("number_symbol", field);
    }

    /// The type as it is written in symbols: that of the paper where the symbol's own is a slip of it.
    fn written_type(&self, symbol: &Symbol) -> Option<&'static str> {
        let (named, how) = symbol.kind?;
        if named.code == "CV" {
            return Some("CV");
        }
        if named.code == "QyĐ" && symbol.small {
            return Some("QĐi");
        }
        let slip = how < 1.0
            && !self.kind.symbol.is_empty()
            && folded(self.kind.symbol) == folded(named.symbol);
        Some(if slip { self.kind.symbol } else { named.symbol })
    }

    fn symbol_value(&self, symbol: &Symbol, groups: &[String]) -> Option<String> {
        let number = symbol.number.value.as_ref()?;
        let kind = self.written_type(symbol);
        let rest = groups.join("-");
        if symbol.party {
            return Some(format!("{number}-{}/{}", kind.unwrap_or_default(), rest));
        }
        let year = symbol
            .year
            .map_or(String::new(), |year| format!("{}/", year.value));
        let joint = if symbol.slashed { "/" } else { "-" };
        let groups: Vec<&str> = kind
            .into_iter()
            .chain(groups.iter().map(String::as_str))
            .collect();
        Some(format!("{number}/{year}{}", groups.join(joint)))
    }

    fn symbol_parts(&self, symbol: &Symbol, groups: &[String]) -> BTreeMap<String, String> {
        let kind = self.written_type(symbol);
        let (organ, unit) = match (kind, groups) {
            // A letter's last group is the unit that drafted it.
            (None, [organ @ .., unit]) if !organ.is_empty() => {
                (organ.join("-"), Some(unit.clone()))
            }
            _ => (groups.join("-"), None),
        };
        [
            ("number", symbol.number.value.clone()),
            ("year", symbol.year.map(|year| year.value.to_string())),
            ("type", kind.map(str::to_owned)),
            ("organ", Some(organ).filter(|organ| !organ.is_empty())),
            ("unit", unit),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
    }

    fn issued_date(&mut self, leaf: &Leaf) {
        let meeting = || {
            matches!(self.kind.code, "HĐ" | "BB" | "BGN" | "BTT" | "GUQ")
                .then(|| date::of_meeting(leaf))
                .flatten()
        };
        let found = self.reading.head.date.clone().or_else(meeting);
        let Some(date) = &found else {
            self.missing("issued_date");
            self.missing("place");
            return;
        };
        let known = names::place(&date.place);
        let symbol_year = self.reading.symbol.as_ref().and_then(|symbol| symbol.year);
        let year_agrees = symbol_year
            .zip(date.year.number)
            .map(|(symbol, date)| symbol.value == date.value);
        let hands = [&date.day, &date.month].map(|slot| {
            if slot.number.is_none() {
                trust::hand_near(&leaf.sight, slot.shown)
            } else {
                trust::hand_at(&leaf.sight, slot.shown)
            }
        });
        let hand = hands.into_iter().fold(0.0, f32::max);
        let mut field = Field {
            value: date.iso(),
            confidence: trust::of_date(
                date,
                known.is_some(),
                year_agrees,
                year_seen(leaf, date),
                hand,
            ),
            text: Some(date.row.text()),
            ..Field::default()
        };
        for (name, slot) in [
            ("day", &date.day),
            ("month", &date.month),
            ("year", &date.year),
        ] {
            if let Some(number) = slot.number {
                field
                    .parts
                    .insert(name.to_owned(), format!("{:02}", number.value));
            }
        }
        let dated = date.row.part(date.place_words..date.row.tokens.len());
        place(&mut field, leaf.number, dated.shown());
        if hand > 0.0 {
            self.flags.push(
                Flag::new("handwritten_date")
                    .on_page(leaf.number)
                    .at(date.day.shown)
                    .with_value(hand),
            );
        } else if date.day.number.is_none() && folded(&date.day.text).is_empty() {
            self.flags.push(
                Flag::new("blank_date")
                    .on_page(leaf.number)
                    .at(date.day.shown),
            );
        }
        if trust::stamp_over(&leaf.sight, dated.shown()) {
            self.flags
                .push(Flag::new("stamp_over_issued_date").on_page(leaf.number));
            field.confidence = field.confidence.min(0.85);
        }
        if field.value.is_none() || field.confidence < LEAST {
            field.value = None;
            field.confidence = 0.0;
        }
        self.file("issued_date", field);
        self.drafted();
        let row = date.row.part(0..date.place_words);
        if date.place.is_empty() || row.tokens.is_empty() {
            self.missing("place");
            return;
        }
        let sure = trust::of_words(row.mean_confidence(), row.least_confidence());
        let value = known.map_or_else(|| names::tones_settled(&date.place), str::to_owned);
        let prefix = known
            .and_then(|_| city_prefix(&date.place))
            .unwrap_or_default();
        let confidence = if known.is_some() {
            sure.max(0.93)
        } else if names::nearly_place(&date.place)
            || date.place.contains(|c: char| c.is_ascii_digit())
        {
            // Misread, or with the symbol of the column beside it.
            sure.min(0.6)
        } else {
            sure.min(0.97)
        };
        let mut field = Field::read(
            format!("{prefix}{value}"),
            confidence,
            leaf.number,
            row.shown(),
        );
        field.text = Some(row.text());
        self.file("place", field);
    }

    /// Neither number nor day: a draft.
    fn drafted(&mut self) {
        let has = |code: &str| self.flags.iter().any(|flag| flag.code == code);
        if has("blank_number") && has("blank_date") {
            self.flags.push(Flag::new("unnumbered_draft"));
        }
    }

    fn agency(&mut self, leaf: &Leaf) {
        let Some(issuer) = &self.reading.issuer else {
            self.agency_of_symbol(leaf);
            return;
        };
        let organ = if self.organ >= 0.9 { 1.0 } else { 0.0 };
        let confidence = trust::of_agency(issuer.known, issuer.confidence, issuer.least, organ);
        let mut field = Field::read(issuer.name.clone(), confidence, leaf.number, issuer.shown);
        field.text = Some(issuer.text.clone());
        if trust::stamp_over(&leaf.sight, issuer.shown) {
            self.flags
                .push(Flag::new("stamp_over_agency").on_page(leaf.number));
            field.confidence = field.confidence.min(0.85);
        }
        self.file("agency", field);
        if let Some(parent) = &issuer.parent {
            let mut field = Field::read(
                parent.clone(),
                confidence.min(0.97),
                leaf.number,
                issuer.parent_shown,
            );
            field.text = Some(issuer.parent_text.clone());
            self.file("parent_agency", field);
        }
    }

    /// A cropped header: bodies of the State that sign alone are named by their abbreviation.
    fn agency_of_symbol(&mut self, leaf: &Leaf) {
        let symbol = self.reading.symbol.as_ref();
        let name = symbol
            .filter(|symbol| symbol.kind.is_some() && symbol.groups.len() == 1)
            .and_then(|symbol| Some((symbol, organs::body(symbol.groups.first()?)?)));
        let Some((symbol, name)) = name else {
            self.agency_of_party(leaf);
            return;
        };
        let confidence = (0.95 * symbol.confidence).min(0.89);
        let mut field = Field::read(name, confidence, leaf.number, symbol.row.shown());
        field.text = Some(symbol.row.text());
        self.file("agency", field);
    }

    /// A contract names its makers in the text: `BÊN A: …`.
    fn agency_of_party(&mut self, leaf: &Leaf) {
        let found = leaf.rows.iter().find_map(|row| {
            let first: String = row
                .tokens
                .iter()
                .take(2)
                .map(|token| token.key.as_str())
                .collect();
            let at = row
                .tokens
                .iter()
                .position(|token| token.text.ends_with(':'))?;
            let name = row.part(at + 1..row.tokens.len());
            (matches!(first.as_str(), "bena" | "benmoi") && name.tokens.len() >= 2).then_some(name)
        });
        let seen = names::Seen::of([leaf]);
        let name = found.and_then(|row| Some((names::in_sentence(&row.text(), &seen)?, row)));
        let Some(((name, known), row)) = name else {
            self.missing("agency");
            return;
        };
        let confidence =
            trust::of_agency(known, row.mean_confidence(), row.least_confidence(), 0.0);
        let mut field = Field::read(name, confidence.min(0.89), leaf.number, row.shown());
        field.text = Some(row.text());
        self.file("agency", field);
    }

    fn subject(&mut self, leaf: &Leaf) {
        let Some(subject) = &self.reading.subject else {
            self.missing("subject");
            return;
        };
        let count = subject.rows.len().max(1) as f32;
        let mean = subject.rows.iter().map(Row::mean_confidence).sum::<f32>() / count;
        let least = subject
            .rows
            .iter()
            .map(Row::least_confidence)
            .fold(1.0, f32::min);
        let printed = subject.text();
        let text = subject.value();
        let begun = subject.of_letter || text.starts_with(char::is_uppercase);
        let shown = head::shown(&subject.rows);
        let confidence = trust::of_subject(mean, least, subject.ended, subject.whole, begun);
        let mut field = Field::read(text, confidence, leaf.number, shown);
        field.text = Some(printed);
        if trust::stamp_over(&leaf.sight, shown) {
            self.flags
                .push(Flag::new("stamp_over_subject").on_page(leaf.number));
            field.confidence = field.confidence.min(0.7);
        }
        self.file("subject", field);
    }

    fn signing(&mut self) {
        let signing = &self.reading.signing;
        match &signing.name {
            Some(found) => {
                let confidence = trust::of_name(found.confidence, found.least, signing.family);
                // Few names have two words; most of those read so have lost one under the seal. Of papers that several
                // sign, one name is not all.
                let joint = self.kind.code == "TTLT";
                let confidence = match found.value.split(' ').count() {
                    _ if joint => confidence.min(0.6),
                    0..=2 => confidence.min(0.75),
                    _ => confidence,
                };
                self.file("signer_name", found_field(found, confidence));
            }
            None => self.missing("signer_name"),
        }
        for (name, found) in [
            ("signer_title", &signing.title),
            ("signer_authority", &signing.authority),
        ] {
            if let Some(found) = found {
                let confidence = trust::of_words(found.confidence, found.least);
                // A title that is none of those known is one with letters or words lost under the seal, or a rare one.
                let strange = name == "signer_title"
                    && crate::classify::titles::settled(&found.value).is_none();
                let confidence = if name == "signer_authority" && runs_on(&found.value) {
                    confidence.min(0.6)
                } else {
                    confidence
                };
                let confidence = match signing.deputy.filter(|_| name == "signer_title") {
                    // Who signs for a head and bears the head's title has lost a word under the seal.
                    Some(false) => confidence.min(0.6),
                    // Two lines that name the same office in two ways vouch for each other.
                    Some(true) => confidence.max(0.95),
                    None if strange => confidence.min(0.6),
                    None => confidence,
                };
                self.file(name, found_field(found, confidence));
            }
        }
        if let Some(found) = &signing.recipients {
            let confidence = trust::of_subject(found.confidence, found.least, 0.6, 1.0, true);
            // The copy that the office keeps is always the last entry (annex I, II.9); a list without it is no whole one.
            let whole = found
                .value
                .rsplit("; ")
                .next()
                .is_some_and(|entry| folded(entry).starts_with("luu"));
            let confidence = if whole {
                confidence
            } else {
                confidence.min(0.6)
            };
            let mut field = found_field(found, confidence);
            field.confidence = rounded(field.confidence, 1000.0);
            // A list of a dozen entries with one misread letter is still a list: it raises no finding.
            self.fields.insert("recipients".to_owned(), field);
        }
    }

    /// Marks of urgency and circulation on the first page (annex I, II.10 and II.11).
    fn notes(&mut self, leaf: &Leaf) {
        const URGENCY: [(&str, &str); 4] = [
            ("hoatochengio", "HỎA TỐC HẸN GIỜ"),
            ("hoatoc", "HỎA TỐC"),
            ("thuongkhan", "THƯỢNG KHẨN"),
            ("khan", "KHẨN"),
        ];
        const CIRCULATION: [(&str, &str); 2] = [
            ("luuhanhnoibo", "LƯU HÀNH NỘI BỘ"),
            ("xemxongtralai", "XEM XONG TRẢ LẠI"),
        ];
        for (field, marks) in [("urgency", &URGENCY[..]), ("circulation", &CIRCULATION[..])] {
            let printed = leaf.rows.iter().find_map(|row| {
                let key = row.key();
                let mark = marks.iter().find(|(mark, _)| *mark == key)?;
                (row.capitals() > 0.9)
                    .then(|| (mark.1, row.least_confidence(), row.shown(), row.text()))
            });
            let stamped = leaf.sight.stamps.iter().find_map(|stamp| {
                let key = folded(&stamp.text);
                let urgent = stamp.kind == crate::classify::StampKind::Urgency;
                let mark = marks.iter().find(|(mark, _)| key.contains(mark))?;
                urgent.then(|| (mark.1, 0.95, stamp.bbox, stamp.text.clone()))
            });
            if let Some((value, confidence, shown, text)) = stamped.or(printed) {
                let mut found = Field::read(value, confidence, leaf.number, shown);
                found.text = Some(text);
                self.file(field, found);
            }
        }
    }

    /// From when the paper is in force, in its own words.
    fn validity(&mut self, evidence: &Evidence) {
        for leaf in evidence.leaves() {
            for row in &leaf.rows {
                let text = row.text();
                let Some(phrase) = in_force(&text) else {
                    continue;
                };
                let end = phrase.find([';', '.']).unwrap_or(phrase.len());
                let phrase = phrase.get(..end).unwrap_or_default().trim();
                if phrase.split_whitespace().count() < 3 {
                    continue;
                }
                let mut field = Field::read(
                    phrase,
                    row.mean_confidence().min(0.89),
                    leaf.number,
                    row.shown(),
                );
                field.text = Some(text.clone());
                self.fields.insert("validity".to_owned(), field);
                return;
            }
        }
    }

    /// Where a normative paper is in force: in the area of the body that issued it, else in the whole country.
    fn scope(&mut self) {
        let year = self
            .reading
            .symbol
            .as_ref()
            .is_some_and(|symbol| symbol.year.is_some());
        let normative = matches!(
            self.kind.code,
            "L" | "PL" | "LCT" | "NĐ" | "TT" | "TTLT" | "HP"
        ) || year && matches!(self.kind.code, "QĐ" | "NQ");
        let Some(agency) = self.fields.get("agency").filter(|_| normative) else {
            return;
        };
        let Some(name) = &agency.value else { return };
        let value = names::area_of(name).unwrap_or_else(|| "Cả nước".to_owned());
        let field = Field {
            value: Some(value),
            confidence: rounded(agency.confidence * 0.95, 1000.0),
            page: agency.page,
            bbox: agency.bbox,
            ..Field::default()
        };
        self.fields.insert("scope".to_owned(), field);
    }
}

/// The words that say from when or until when a paper holds: `có hiệu lực kể từ ngày ký`, `có giá trị đến hết ngày ...`.
fn in_force(text: &str) -> Option<&str> {
    [("có hiệu lực", "từ ngày"), ("có giá trị", "đến")]
        .iter()
        .find_map(|(holds, when)| {
            let (_, rest) = text.split_once(holds)?;
            let from = rest.find(when)?;
            // Both stand in one clause.
            let near = rest
                .get(..from)
                .is_some_and(|between| between.split_whitespace().count() <= 6);
            near.then(|| rest.get(from..))?
        })
}

/// Whether lines of authority end with one that bears no mark behind `KT.`: a title misread.
fn runs_on(authority: &str) -> bool {
    let mut lines = authority.rsplit("; ");
    let last = lines.next().unwrap_or_default();
    !last.contains(['.', '/']) && lines.next().is_some_and(|line| line.starts_with('K'))
}

/// Whether the year stands on the page outside the date line.
fn year_seen(leaf: &Leaf, date: &date::DateLine) -> bool {
    let Some(year) = date.year.number else {
        return false;
    };
    let year = year.value.to_string();
    let line = date.row.shown();
    leaf.rows.iter().flat_map(|row| &row.tokens).any(|token| {
        token.key.contains(&year)
            && (token.shown.y > line.y + line.h || token.shown.y + token.shown.h < line.y)
    })
}

/// Values less sure than this are withheld.
const LEAST: f32 = 0.1;

fn found_field(found: &Found, confidence: f32) -> Field {
    let mut field = Field::read(
        found.value.clone(),
        rounded(confidence, 1000.0),
        found.page,
        found.shown,
    );
    field.text = Some(found.text.clone());
    field
}

fn place(field: &mut Field, page: u32, shown: Rect) {
    field.page = Some(page);
    field.bbox = Some([shown.x, shown.y, shown.w, shown.h].map(f32::round));
}

/// `TP. ` or `Thành phố ` before a city, as printed.
fn city_prefix(place: &str) -> Option<&'static str> {
    let key = folded(place);
    if key.starts_with("thanhpho") {
        Some("Thành phố ")
    } else if key.starts_with("tp") {
        Some("TP. ")
    } else {
        None
    }
}
