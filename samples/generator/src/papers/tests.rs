//! What the mill promises: whole papers of every type, truth that stands on the page, worlds apart, the same paper for the same seed.

use std::collections::BTreeSet;

use unicode_normalization::is_nfc;

use super::*;
use crate::{grammar::Writer, mrz, stack};

fn family() -> Option<Family> {
    // Where the usual font is missing there is nothing to set; the samples' own test says so too.
    Family::open("liberation").ok()
}

fn set(world: World, traps: &[Trap]) -> Set {
    Set {
        types: Type::all(),
        per: 1,
        seed: 1,
        level: Level::Mid,
        dpi: 40,
        bilevel: false,
        world,
        traps: traps.to_vec(),
        rate: 1.0,
        pages: 2,
    }
}

/// Every paper of some seeds, in both worlds.
fn papers(traps: &[Trap], seeds: u64, mut look: impl FnMut(Type, World, &Paper)) {
    let Some(family) = family() else { return };
    for world in [World::A, World::B] {
        let set = set(world, traps);
        for kind in Type::all() {
            for seed in 0..seeds {
                let dice = Dice::new(seed).fork(&kind.id());
                look(kind, world, &paper(&set, kind, &family, &dice));
            }
        }
    }
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_type_is_a_paper_with_its_code() {
    let mut codes = BTreeSet::new();
    papers(&[], 2, |kind, _, paper| {
        assert!(!paper.pages.is_empty(), "{}", kind.id());
        let text = truth::text(&paper.pages);
        assert!(is_nfc(&text), "{}", kind.id());
        assert!(text.split_whitespace().count() > 3 || kind.id() == "khac");
        codes.insert(paper.fields.kind.clone());
    });
    if family().is_some() {
        // 29 types of the decree, seven more of law, one more of the Party, 22 of citizens.
        assert_eq!(codes.len(), 59);
    }
}

#[test]
fn words_stand_on_their_pages() {
    let mut outside = BTreeSet::new();
    papers(&[], 6, |kind, _, paper| {
        for page in &paper.pages {
            for line in &page.lines {
                for word in &line.words {
                    let [left, top, right, bottom] = crate::press::word_box(word);
                    let wide = left > -1.0 && right < page.size.0 + 1.0;
                    let high = top > -1.0 && bottom < page.size.1 + 1.0;
                    if !wide || !high {
                        outside.insert(format!(
                            "{}: `{}` of `{}` at {left},{top} to {right},{bottom} on {:?}",
                            kind.id(),
                            word.text(),
                            line.text(),
                            page.size
                        ));
                    }
                }
            }
        }
    });
    assert!(outside.is_empty(), "{outside:#?}");
}

#[test]
fn fields_stand_in_the_text() {
    const PRINTED: [&str; 20] = [
        "number_symbol",
        "full_name",
        "deceased_name",
        "husband_name",
        "wife_name",
        "mother_name",
        "father_name",
        "head_of_household",
        "signer_name",
        "id_number",
        "serial_number",
        "register_number",
        "book_number",
        "enterprise_code",
        "case_code",
        "insurance_number",
        "passport_number",
        "licence_class",
        "major",
        "graduation_year",
    ];
    let mut missing = BTreeSet::new();
    papers(&[], 6, |kind, _, paper| {
        let mut text = flat(&truth::text(&paper.pages));
        // The back of a card says some things in its codes alone.
        text.push_str(paper.fields.get("mrz"));
        for mark in paper.pages.iter().flat_map(|page| &page.marks) {
            text.push_str(&mark.extent().2);
        }
        for name in PRINTED {
            for value in paper.fields.get(name).split("; ") {
                let loud = value.to_uppercase();
                if !text.contains(value) && !text.to_uppercase().contains(&loud) {
                    missing.insert(format!("{}: {name} `{value}`", kind.id()));
                }
            }
        }
    });
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn dates_of_issue_stand_in_the_text() {
    let mut missing = BTreeSet::new();
    papers(&[], 6, |kind, _, paper| {
        let date = paper.fields.get("issued_date");
        let parts: Vec<&str> = date.split('-').collect();
        if let [year, month, day] = parts.as_slice() {
            let text = flat(&truth::text(&paper.pages));
            let bare = month.trim_start_matches('0');
            let forms = [
                format!("ngày {day} tháng {month} năm {year}"),
                format!("ngày {day} tháng {bare} năm {year}"),
                format!("{day}/{month}/{year}"),
                format!("{day} tháng/month {month} năm/year {year}"),
            ];
            if !forms.iter().any(|form| text.to_lowercase().contains(form)) {
                missing.insert(format!("{}: {date}", kind.id()));
            }
        }
    });
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn the_same_seed_makes_the_same_paper() {
    let Some(family) = family() else { return };
    let set = set(World::B, &[Trap::Hand, Trap::Stamps]);
    for kind in Type::all().into_iter().step_by(9) {
        let make = || paper(&set, kind, &family, &Dice::new(7));
        let (one, two) = (make(), make());
        assert_eq!(truth::text(&one.pages), truth::text(&two.pages));
        assert_eq!(json(&one.fields).unwrap(), json(&two.fields).unwrap());
    }
}

#[test]
fn worlds_share_no_names() {
    let [a, b] = [World::A, World::B].map(|world| Writer::of(world, Dice::new(1)));
    for list in [
        "surname",
        "topic",
        "issuer.department",
        "issuer.bureau",
        "issuer.institute",
        "issuer.firm",
        "old.district",
        "partner",
        "subject.QĐ",
        "subject.CV",
        "subject.KH",
        "task",
        "result",
    ] {
        let (ours, theirs): (BTreeSet<_>, BTreeSet<_>) =
            (a.raw(list).iter().collect(), b.raw(list).iter().collect());
        assert!(!ours.is_empty() && !theirs.is_empty(), "{list}");
        let common: Vec<_> = ours.intersection(&theirs).collect();
        // Surnames are few in the country.
        assert!(common.len() < 2, "{list}: {common:?}");
    }
}

#[test]
fn zones_hold_their_check_digits() {
    let mut seen = 0;
    papers(&[], 8, |kind, _, paper| {
        let zone = paper.fields.get("mrz");
        if zone.is_empty() {
            return;
        }
        seen += 1;
        let lines: Vec<&str> = zone.lines().collect();
        let digit = |text: &str, at: usize| text[at..=at].parse::<u32>().unwrap();
        if let [first, second, _] = lines.as_slice() {
            assert_eq!(mrz::check_digit(&first[5..14]), digit(first, 14));
            assert_eq!(mrz::check_digit(&first[15..27]), digit(first, 29));
            assert_eq!(
                &first[15..27],
                paper.fields.get("id_number"),
                "{}",
                kind.id()
            );
            let all = format!(
                "{}{}{}{}",
                &first[5..],
                &second[..7],
                &second[8..15],
                &second[18..29]
            );
            assert_eq!(mrz::check_digit(&all), digit(second, 29));
        } else if let [_, second] = lines.as_slice() {
            assert_eq!(mrz::check_digit(&second[..9]), digit(second, 9));
            let all = format!("{}{}{}", &second[..10], &second[13..20], &second[21..43]);
            assert_eq!(mrz::check_digit(&all), digit(second, 43));
        }
    });
    assert!(seen > 10 || family().is_none(), "{seen}");
}

#[test]
fn codes_say_what_the_card_says() {
    let Some(family) = family() else { return };
    let set = set(World::A, &[]);
    let mut seen = 0;
    for seed in 0..12 {
        let kind = Type::list("cccd").unwrap()[0];
        let paper = paper(&set, kind, &family, &Dice::new(seed));
        for mark in paper.pages.iter().flat_map(|page| &page.marks) {
            let (name, _, text) = mark.extent();
            if name == "code" {
                seen += 1;
                let parts: Vec<&str> = text.split('|').collect();
                assert_eq!(parts.len(), 7, "{text}");
                assert_eq!(parts[0], paper.fields.get("id_number"));
                assert_eq!(parts[2].to_uppercase(), paper.fields.get("full_name"));
                assert_eq!(parts[5], paper.fields.get("residence"));
            }
        }
    }
    assert!(seen > 2, "{seen}");
}

#[test]
fn a_difficulty_is_in_the_truth() {
    for (trap, sign) in [
        (Trap::Secret, "secret"),
        (Trap::SecretPrint, "secret"),
        (Trap::NearSecret, "near-secret"),
        (Trap::Incoming, "incoming-stamp"),
        (Trap::SaoY, "sao-y"),
        (Trap::Certified, "certified-copy"),
        (Trap::Annex, "annex"),
    ] {
        let Some(family) = family() else { return };
        let set = set(World::A, &[trap]);
        for kind in Type::list("QĐ,CV,KH").unwrap() {
            let paper = paper(&set, kind, &family, &Dice::new(3));
            assert!(paper.fields.tags.contains(sign), "{}: {sign}", kind.id());
            let secret = !paper.fields.get("secrecy").is_empty();
            assert_eq!(secret, sign == "secret");
        }
    }
}

#[test]
fn blanks_have_no_value() {
    let Some(family) = family() else { return };
    let set = set(World::B, &[Trap::BlankNumber, Trap::BlankDate]);
    for kind in Type::list("QĐ,CV,TB").unwrap() {
        for seed in 0..6 {
            let paper = paper(&set, kind, &family, &Dice::new(seed));
            let fields = &paper.fields;
            assert_eq!(
                fields.flags.contains("blank_number"),
                fields.get("number_symbol").is_empty()
            );
            assert_eq!(
                fields.flags.contains("blank_date"),
                fields.get("issued_date").is_empty()
            );
        }
    }
}

#[test]
fn an_incoming_stamp_over_the_title_is_found_by_its_place() {
    let Some(family) = family() else { return };
    let set = set(World::A, &[Trap::IncomingTitle]);
    let kind = Type::list("QĐ").unwrap()[0];
    let over = (0..10)
        .filter(|&seed| {
            let paper = paper(&set, kind, &family, &Dice::new(seed));
            paper.fields.tags.contains("incoming-stamp-overlaps-title")
        })
        .count();
    assert!(over >= 6, "{over}");
}

#[test]
fn pages_of_a_stack_are_told_apart() {
    let Some(family) = family() else { return };
    let folder = std::env::temp_dir().join(format!("saoy-stack-{}", std::process::id()));
    let mut set = set(World::A, &[]);
    set.types = Type::list("QĐ,CV,cccd,Đ:TB").unwrap();
    let options = stack::Options {
        count: 1,
        papers: (3, 3),
        separators: Vec::new(),
        blank_backs: true,
        alike: 0.3,
    };
    stack::write(&set, &options, &family, &folder).unwrap();
    let text = std::fs::read_to_string(folder.join("stack-00.stack.json")).unwrap();
    let pdf = std::fs::read(folder.join("stack-00.pdf")).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let truth: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut pages: Vec<u64> = Vec::new();
    for document in truth["documents"].as_array().unwrap() {
        pages.extend(
            document["pages"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(serde_json::Value::as_u64),
        );
    }
    let count = truth["page_count"].as_u64().unwrap();
    assert_eq!(pages, (1..=count).collect::<Vec<_>>());
    assert!(pdf.starts_with(b"%PDF"));
}
