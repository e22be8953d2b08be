//! What makes a scan hard to judge: marks of secrecy and what looks like them, stamps over print, blanks, pens.

use crate::{
    dice::Dice,
    page::{Edge, Line, Mark, Page, Region, Tint, mm},
    paper::Paper,
    press::word_box,
};

/// One difficulty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trap {
    /// Number and day by pen.
    Hand,
    /// No number yet.
    BlankNumber,
    /// No day yet.
    BlankDate,
    /// Arrival stamp where there is room.
    Incoming,
    /// Arrival stamp over the title.
    IncomingTitle,
    /// Arrival stamp over the number.
    IncomingNumber,
    /// Urgency mark in red.
    Urgent,
    /// Secrecy mark, stamped.
    Secret,
    /// Secrecy mark, printed.
    SecretPrint,
    /// Words near to a secrecy mark that are none.
    NearSecret,
    /// A declassified paper: the old mark struck out by a new stamp.
    Declassified,
    /// Seal over the signer's name.
    SealName,
    /// More stamps.
    Stamps,
    /// A copy block (sao y).
    SaoY,
    /// Certified true copy.
    Certified,
    /// Spelling and forms of before 2004.
    Old,
    /// Circulation note.
    Circulation,
    /// An annex.
    Annex,
    /// What the decision puts into force follows it.
    Enclosure,
    /// Nothing unusual: keeps optional forms away.
    Plain,
}

impl Trap {
    /// All that may be asked for, with their names.
    pub const NAMES: [(&'static str, Self); 20] = [
        ("hand", Self::Hand),
        ("blank-number", Self::BlankNumber),
        ("blank-date", Self::BlankDate),
        ("incoming", Self::Incoming),
        ("incoming-title", Self::IncomingTitle),
        ("incoming-number", Self::IncomingNumber),
        ("urgent", Self::Urgent),
        ("secret", Self::Secret),
        ("secret-print", Self::SecretPrint),
        ("near-secret", Self::NearSecret),
        ("declassified", Self::Declassified),
        ("seal-name", Self::SealName),
        ("stamps", Self::Stamps),
        ("sao-y", Self::SaoY),
        ("certified", Self::Certified),
        ("old", Self::Old),
        ("circulation", Self::Circulation),
        ("annex", Self::Annex),
        ("enclosure", Self::Enclosure),
        ("plain", Self::Plain),
    ];

    /// By name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, trap)| *trap)
    }

    /// Whether papers of citizens can have it.
    #[must_use]
    pub fn suits_citizens(self) -> bool {
        matches!(
            self,
            Self::Certified | Self::Secret | Self::Stamps | Self::Incoming
        )
    }

    /// Difficulties of one group exclude each other.
    #[must_use]
    pub fn group(self) -> u8 {
        match self {
            Self::Incoming | Self::IncomingTitle | Self::IncomingNumber => 0,
            Self::Secret | Self::SecretPrint | Self::NearSecret | Self::Declassified => 1,
            Self::Hand | Self::BlankNumber => 2,
            Self::SaoY | Self::Certified => 3,
            Self::Annex | Self::Enclosure => 4,
            other => 10 + other as u8,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(_, trap)| *trap == self)
            .map_or("", |(name, _)| name)
    }
}

/// The degrees of secrecy (Law on protection of state secrets, article 8), highest first.
const SECRECY: [&str; 3] = ["TUYỆT MẬT", "TỐI MẬT", "MẬT"];

/// Stamps a secrecy mark in the upper part of the first page.
pub fn secrecy(paper: &mut Paper, dice: &mut Dice) {
    let word = SECRECY[dice.int(0, 2) as usize];
    let Some(page) = paper.pages.first_mut() else {
        return;
    };
    let size = dice.range(15.0, 24.0);
    let small = page.size.0 < mm(150.0);
    let (x, y) = if small {
        (page.size.0 * 0.5, page.size.1 * 0.2)
    } else {
        // Cell 10a lies under the number; in practice the stamp also stands over the header or beside the title.
        match dice.int(0, 5) {
            0..=2 => (mm(dice.range(38.0, 62.0)), mm(dice.range(56.0, 74.0))),
            3 => (mm(dice.range(30.0, 60.0)), mm(dice.range(9.0, 14.0))),
            4 => (mm(dice.range(150.0, 180.0)), mm(dice.range(52.0, 70.0))),
            _ => (mm(dice.range(95.0, 112.0)), mm(dice.range(10.0, 18.0))),
        }
    };
    page.marks.push(Mark::Block {
        kind: "secrecy",
        at: (x, y),
        lines: vec![(word.to_owned(), size)],
        heavy: true,
        turn: if dice.chance(0.7) {
            dice.range(-6.0, 6.0)
        } else {
            dice.range(-16.0, 16.0)
        },
        edge: match dice.int(0, 4) {
            0 => Edge::Double,
            1 if dice.chance(0.4) => Edge::Bare,
            _ => Edge::Single,
        },
        ink: if dice.chance(0.9) {
            Tint::Red
        } else {
            Tint::Black
        },
    });
    paper.fields.put("secrecy", word);
    paper.fields.tag("secret");
}

/// A declassified paper: mark and `GIẢI MẬT` over it.
pub fn declassify(paper: &mut Paper, dice: &mut Dice) {
    let Some(page) = paper.pages.first_mut() else {
        return;
    };
    let at = (mm(dice.range(42.0, 58.0)), mm(dice.range(58.0, 70.0)));
    let date = format!(
        "Ngày ~{}/{}/20{}~",
        dice.int(1, 28),
        dice.int(1, 12),
        dice.int(18, 25)
    );
    page.marks.push(Mark::Block {
        kind: "declassified",
        at,
        lines: vec![("GIẢI MẬT".to_owned(), 17.0), (date, 11.0)],
        heavy: true,
        turn: dice.range(-5.0, 5.0),
        edge: Edge::Single,
        ink: Tint::Red,
    });
    paper.fields.tag("declassified");
}

/// The certification of a copy (decree 23/2015), stamped where the last page has room.
pub fn certify(paper: &mut Paper, place: &str, year: u32, dice: &mut Dice) {
    let Some(page) = paper.pages.last_mut() else {
        return;
    };
    let number = dice.int(12, 9800).to_string();
    let (day, month) = (dice.int(1, 28), dice.int(1, 12));
    let year = (year + dice.int(0, 2)).min(2026);
    let book = format!("{:02}", dice.int(1, 12));
    let small = page.size.1 < mm(150.0);
    let size = if small { 8.0 } else { dice.range(10.0, 12.0) };
    let office = match dice.int(0, 2) {
        0 => "CÔNG CHỨNG VIÊN".to_owned(),
        1 => "KT. CHỦ TỊCH - PHÓ CHỦ TỊCH".to_owned(),
        _ => format!("TM. UBND {}", place.to_uppercase()),
    };
    let by_pen = dice.chance(0.7);
    let pen = |text: String| if by_pen { format!("~{text}~") } else { text };
    let lines = vec![
        ("CHỨNG THỰC BẢN SAO ĐÚNG VỚI BẢN CHÍNH".to_owned(), size),
        (
            format!(
                "Số chứng thực: {} Quyển số: {}-SCT/BS",
                pen(number.clone()),
                pen(book)
            ),
            size,
        ),
        (
            format!(
                "Ngày {} tháng {} năm {year}",
                pen(format!("{day:02}")),
                pen(month.to_string())
            ),
            size,
        ),
        (office, size * 0.95),
    ];
    let half = mm(44.0) * size / 11.0;
    let lowest = page
        .lines
        .iter()
        .flat_map(|line| &line.words)
        .map(|word| word.baseline)
        .fold(0.0, f32::max);
    // Below the text when there is room, else over a quiet lower corner as clerks do.
    let y = (lowest + mm(14.0)).min(page.size.1 - mm(if small { 12.0 } else { 30.0 }));
    let x = (page.size.0 * dice.range(0.28, 0.4)).max(half + mm(4.0));
    page.marks.push(Mark::Block {
        kind: "certification",
        at: (x, y),
        lines,
        heavy: dice.chance(0.7),
        turn: dice.range(-2.5, 2.5),
        edge: if dice.chance(0.35) {
            Edge::Single
        } else {
            Edge::Bare
        },
        ink: if dice.chance(0.6) {
            Tint::Red
        } else if dice.chance(0.5) {
            Tint::Blue
        } else {
            Tint::Black
        },
    });
    let under = (x, (y + mm(13.0)).min(page.size.1 - mm(8.0)));
    page.marks.push(Mark::Signature {
        at: (under.0 + mm(8.0), under.1),
        reach: (mm(15.0), mm(6.0)),
    });
    page.marks.push(Mark::Seal {
        at: (under.0 - mm(8.0), under.1 - mm(2.0)),
        radius: mm(if small { 10.0 } else { 15.0 }),
        above: "ỦY BAN NHÂN DÂN".to_owned(),
        below: place.to_uppercase(),
        middle: Vec::new(),
    });
    paper.fields.flag("is_certified_copy");
    paper.fields.tag("certified-copy");
    paper.fields.put("certification_number", number);
    paper
        .fields
        .put("certification_date", format!("{year}-{month:02}-{day:02}"));
}

/// An arrival stamp; `trap` says over what.
pub fn arrive(
    paper: &mut Paper,
    trap: Trap,
    receiver: &str,
    day: (u32, u32, u32),
    dice: &mut Dice,
) {
    let Some(page) = paper.pages.first_mut() else {
        return;
    };
    let number = dice.int(101, 4999).to_string();
    let date = ((day.0 + dice.int(0, 3)).min(28), day.1, day.2);
    let spot = |region: Region| {
        page.lines
            .iter()
            .find(|line| line.region == region)
            .and_then(|line| line.words.first())
            .map(|word| (word.x, word.baseline))
    };
    let number_line = page
        .lines
        .iter()
        .find(|line| line.text().contains("Số"))
        .and_then(|line| line.words.first())
        .map(|word| (word.x, word.baseline));
    let under = number_line.map_or(mm(60.0), |(_, y)| y + mm(6.0));
    let at = match trap {
        Trap::IncomingTitle => spot(Region::Title).map_or((mm(60.0), mm(50.0)), |(x, y)| {
            (
                x - mm(dice.range(8.0, 34.0)),
                y - mm(dice.range(12.0, 24.0)),
            )
        }),
        Trap::IncomingNumber => number_line.map_or((mm(30.0), mm(30.0)), |(x, y)| {
            (
                x - mm(dice.range(2.0, 14.0)),
                y - mm(dice.range(10.0, 26.0)),
            )
        }),
        _ => (mm(dice.range(12.0, 26.0)), under),
    };
    page.marks.push(Mark::Incoming {
        at,
        agency: receiver.to_owned(),
        number: number.clone(),
        date: format!("{}/{}/{}", date.0, date.1, date.2 % 100),
    });
    paper.fields.put("incoming_number", number);
    paper.fields.put(
        "incoming_date",
        format!("{}-{:02}-{:02}", date.2, date.1, date.0),
    );
    paper.fields.flag("incoming_stamp");
    paper.fields.tag("incoming-stamp");
}

/// Stamps of other offices, at the margins.
pub fn more_stamps(paper: &mut Paper, dice: &mut Dice) {
    const WORDS: [&str; 7] = [
        "BẢN GỐC",
        "BẢN CHÍNH",
        "ĐÃ THU PHÍ",
        "ĐÃ KIỂM TRA",
        "CÔNG VĂN ĐI",
        "LƯU",
        "ĐÃ VÀO SỔ",
    ];
    let Some(page) = paper.pages.first_mut() else {
        return;
    };
    for _ in 0..dice.int(1, 3) {
        let word = dice.pick(&WORDS).copied().unwrap_or("LƯU");
        let at = (
            page.size.0 * dice.range(0.15, 0.85),
            page.size.1 * dice.range(0.2, 0.94),
        );
        page.marks.push(Mark::Block {
            kind: "office",
            at,
            lines: vec![(word.to_owned(), dice.range(10.0, 16.0))],
            heavy: true,
            turn: dice.range(-8.0, 8.0),
            edge: Edge::Single,
            ink: [Tint::Red, Tint::Blue, Tint::Black][dice.int(0, 2) as usize],
        });
    }
    paper.fields.tag("stamps");
}

/// Flags the fields that stamps lie on: found from where things came to stand, not from what was meant.
pub fn note_covered(paper: &mut Paper) {
    const FIELDS: [(&str, &str); 5] = [
        ("number_symbol", "stamp_over_number_symbol"),
        ("subject", "stamp_over_subject"),
        ("issued_date", "stamp_over_issued_date"),
        ("signer_name", "stamp_over_signer_name"),
        ("full_name", "stamp_over_full_name"),
    ];
    let mut found = Vec::new();
    for (name, flag) in FIELDS {
        let value = paper.fields.get(name).to_owned();
        if value.is_empty() {
            continue;
        }
        for page in &paper.pages {
            for line in page.lines.iter().filter(|line| holds(line, name, &value)) {
                if covered(page, line) {
                    found.push(flag);
                }
            }
        }
    }
    let title = paper.pages.first().is_some_and(|page| {
        page.lines
            .iter()
            .any(|line| line.region == Region::Title && incoming_over(page, line))
    });
    if title {
        paper.fields.tag("incoming-stamp-overlaps-title");
    }
    for flag in found {
        paper.fields.flag(flag);
    }
}

fn holds(line: &Line, field: &str, value: &str) -> bool {
    let text = line.text();
    match field {
        "number_symbol" => {
            text.contains("ố") && text.contains(value.rsplit('/').next().unwrap_or(value))
        }
        "issued_date" => text.contains("ngày") && line.region == Region::HeaderRight,
        "subject" => line.region == Region::Title && text.len() > 12 && value.contains(&text),
        _ => text.contains(value) && line.region != Region::Body,
    }
}

/// A quarter of the line's width or more lies under stamps or seals.
fn covered(page: &Page, line: &Line) -> bool {
    page.marks
        .iter()
        .filter(|mark| {
            matches!(
                mark,
                Mark::Seal { .. } | Mark::Incoming { .. } | Mark::Block { .. } | Mark::Boxed { .. }
            )
        })
        .any(|mark| share(line, mark) > 0.25)
}

fn incoming_over(page: &Page, line: &Line) -> bool {
    page.marks
        .iter()
        .any(|mark| matches!(mark, Mark::Incoming { .. }) && share(line, mark) > 0.1)
}

fn share(line: &Line, mark: &Mark) -> f32 {
    let (_, [left, top, right, bottom], _) = mark.extent();
    let mut under = 0.0;
    let mut whole = 0.0;
    for word in &line.words {
        let [l, t, r, b] = word_box(word);
        whole += r - l;
        if t + 3.0 < bottom && b - 3.0 > top {
            under += (r.min(right) - l.max(left)).max(0.0);
        }
    }
    if whole > 0.0 { under / whole } else { 0.0 }
}
