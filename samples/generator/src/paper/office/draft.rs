//! What a paper is about, drawn before it is written: body, day, number, subject, who signs.

use super::{
    Blank, Facts, Options,
    foot::Signer,
    kind::{Kind, Order},
};
use crate::{
    dice::Dice,
    grammar::{Writer, capital, grouped, in_words, long_date},
    issuer::{Day, Issuer},
    paper::trap::Trap,
};

/// Draws the facts of a paper and tells the writer its names.
pub(super) fn facts(options: &Options, writer: &mut Writer) -> Facts {
    let kind = options.kind;
    let old = options.traps.contains(&Trap::Old) && kind.order == Order::State;
    let date = day(old, &mut writer.dice);
    let chance = writer.dice.int(0, 99);
    let sort = if old && chance < 70 {
        crate::issuer::Sort::Committee
    } else {
        kind.sort(chance)
    };
    let issuer = Issuer::draw(sort, date, writer);
    let number = match (kind.order, writer.dice.chance(0.25)) {
        (_, true) => writer.dice.int(1, 9),
        (Order::Normative, _) => writer.dice.int(10, 180),
        (Order::Party, _) => writer.dice.int(10, 900),
        _ => writer.dice.int(10, 3200),
    };
    values(date, &issuer, writer);
    let outline = variant(&kind.list(), writer);
    let subject = subject(kind, &outline, old, &issuer, writer);
    let office = (kind.code == "CV")
        .then(|| writer.dice.pick(&issuer.offices).cloned())
        .flatten();
    let may_attach = matches!(kind.code, "QC" | "QyĐ" | "ĐA" | "PA" | "CTr" | "DA")
        && kind.order == Order::State
        && !options.traps.contains(&Trap::Plain);
    let attached = (may_attach && writer.dice.chance(0.5)).then(|| {
        let (day, month, year) = date;
        format!(
            "(Ban hành kèm theo Quyết định số {number:02}/QĐ-{} ngày {}\ncủa {})",
            issuer.code,
            long_date(day, month, year),
            issuer.head()
        )
    });
    let (title, about) = titles(kind, &subject, old, writer);
    let symbol = if attached.is_some() {
        String::new()
    } else {
        symbol(kind, &issuer, office.as_deref(), date, old, writer)
    };
    let blank = |trap: Trap, pen: Blank| {
        if options.traps.contains(&trap) {
            Blank::Empty
        } else if options.traps.contains(&Trap::Hand) {
            pen
        } else {
            Blank::Printed
        }
    };
    let by_pen = if writer.dice.chance(0.3) {
        Blank::PenMonth
    } else {
        Blank::Pen
    };
    let mut facts = Facts {
        kind,
        date_blank: blank(Trap::BlankDate, by_pen),
        number_blank: blank(Trap::BlankNumber, Blank::Pen),
        issuer,
        date,
        number,
        symbol,
        subject,
        title,
        about,
        attached,
        outline,
        office,
        signer: Signer::default(),
        old,
    };
    facts.signer = Signer::draw(&facts, writer);
    let post = facts.signer.title.to_lowercase();
    writer.set("chairpost", &capital(&post));
    facts
}

fn day(old: bool, dice: &mut Dice) -> Day {
    let (day, month) = (dice.int(1, 28), dice.int(1, 12));
    let year = if old {
        dice.int(1994, 2004)
    } else {
        match dice.int(0, 9) {
            0..=2 => dice.int(2008, 2020),
            3..=5 => dice.int(2021, 2024),
            _ => dice.int(2025, 2026),
        }
    };
    (day, month, year)
}

/// Tells the writer the names and sums of this paper.
fn values(date: Day, issuer: &Issuer, writer: &mut Writer) {
    let (day, month, year) = date;
    let money = u64::from(writer.dice.int(35, 9800)) * 500_000;
    let born = format!(
        "{:02}/{}/{}",
        writer.dice.int(1, 28),
        writer.dice.int(3, 12),
        year - writer.dice.int(26, 55)
    );
    let partner = writer.pick_raw("partner");
    let partner = writer.fill(partner);
    let chiefs = capital(&format!("phó {}", issuer.chief.to_lowercase()));
    let ministry = writer.pick_raw("ministry").to_owned();
    let law = writer.line("subject.L");
    for (name, value) in [
        ("year", year.to_string()),
        ("month", month.to_string()),
        ("lastyear", (year - 1).to_string()),
        ("nextyear", (year + 1).to_string()),
        ("yearend", (year + 5).to_string()),
        ("datelong", long_date(day, month, year)),
        ("total", grouped(money, 1)),
        ("totalwords", in_words(money)),
        ("chiefs", chiefs),
        ("whoborn", born),
        ("PARTNER", partner.to_uppercase()),
        ("partner", partner),
        ("ministry", ministry),
        ("law", format!("Luật {law}")),
        ("term", "XV".to_owned()),
        ("ISSUER", issuer_line(issuer)),
    ] {
        writer.set(name, &value);
    }
    for name in ["who", "chair", "clerk"] {
        let person = writer.person();
        writer.set(name, &person);
    }
}

/// The line over "Căn cứ": who decides.
fn issuer_line(issuer: &Issuer) -> String {
    if issuer.behalf.is_empty() || issuer.code == "UBND" && issuer.place.len().is_multiple_of(2) {
        issuer.head().to_uppercase()
    } else {
        issuer.name.to_uppercase()
    }
}

/// One of the outlines of a type.
fn variant(list: &str, writer: &mut Writer) -> String {
    let second = format!("{list}.2");
    if !writer.raw(&format!("outline.{second}")).is_empty() && writer.dice.chance(0.35) {
        second
    } else {
        list.to_owned()
    }
}

fn subject(kind: Kind, outline: &str, old: bool, issuer: &Issuer, writer: &mut Writer) -> String {
    let mut subject = writer.line(&format!("subject.{outline}"));
    if matches!(kind.code, "QĐ" | "CT" | "TTr") {
        // The same subject goes without `Về việc`, or with `V/v` on older papers.
        if old && writer.dice.chance(0.5) {
            subject = subject.replacen("Về việc", "V/v", 1);
        } else if kind.code == "QĐ" && writer.dice.chance(0.3) {
            let bare = subject.trim_start_matches("Về việc ");
            subject = capital(bare);
        }
    }
    if kind.code == "LCT" {
        let law = writer.value("law");
        subject = format!("Về việc công bố {law}");
    }
    if issuer.party {
        subject = subject.replacen("Về việc ", "về ", 1);
        if kind.code != "CV" {
            let mut letters = subject.chars();
            subject = letters.next().map_or_else(String::new, |first| {
                first.to_lowercase().chain(letters).collect()
            });
        }
    }
    let low: String = subject
        .trim_start_matches("V/v ")
        .chars()
        .take(1)
        .flat_map(char::to_lowercase)
        .chain(subject.trim_start_matches("V/v ").chars().skip(1))
        .collect();
    writer.set("subject", &subject);
    writer.set("subjectevent", &subject);
    writer.set("subjectlow", &low);
    subject
}

/// What stands in the title: the type, and the subject under it.
fn titles(kind: Kind, subject: &str, old: bool, writer: &mut Writer) -> (String, String) {
    let name = kind.name.to_uppercase();
    if kind.code == "CV" {
        return (String::new(), String::new());
    }
    if kind.code == "ThC" {
        return (String::new(), "-".to_owned());
    }
    if subject.is_empty() {
        return (name, String::new());
    }
    // Older decisions have the subject under the number, as letters do.
    if old && subject.starts_with("V/v") && writer.dice.chance(0.6) {
        return (name, String::new());
    }
    match kind.code {
        "L" | "PL" => (name, subject.to_uppercase()),
        _ => (name, subject.to_owned()),
    }
}

/// What follows the number.
fn symbol(
    kind: Kind,
    issuer: &Issuer,
    office: Option<&str>,
    date: Day,
    old: bool,
    writer: &mut Writer,
) -> String {
    let (code, year) = (&issuer.code, date.2);
    match (kind.order, kind.code) {
        (_, "ThC" | "HP") => String::new(),
        (Order::Party, "QyĐ") if writer.dice.chance(0.6) => format!("-QĐi/{code}"),
        (Order::Party, kind) => format!("-{kind}/{code}"),
        (Order::Normative, "L") => format!("/{year}/QH15"),
        (Order::Normative, "PL") => format!("/{year}/UBTVQH15"),
        (Order::Normative, "LCT") => format!("/{year}/L-CTN"),
        (Order::Normative, kind) => format!("/{year}/{kind}-{code}"),
        (_, "CV") if old && code == "UBND" => format!("/{}-UB", office.unwrap_or("VP")),
        (_, "CV") => format!("/{code}-{}", office.unwrap_or("VP")),
        (_, kind) if old && code == "UBND" => {
            let gap = if writer.dice.chance(0.4) { '/' } else { '-' };
            format!("/{kind}{gap}UB")
        }
        (_, "BB" | "HĐ" | "GNP" | "GGT" | "BTT" | "BGN") if writer.dice.chance(0.2) => {
            String::new()
        }
        (_, kind) => format!("/{kind}-{code}"),
    }
}
