//! Writing sentences from lists of templates with slots.

use std::collections::{BTreeMap, BTreeSet};

use crate::dice::Dice;

/// The templates of administrative papers.
const ADMINISTRATIVE: &str = include_str!("../grammar/administrative.txt");
/// How papers of each type run.
const OUTLINES: &str = include_str!("../grammar/outlines.txt");
/// Issuers, places, subjects of the two worlds.
const WORLDS: [&str; 2] = [
    include_str!("../grammar/world-a.txt"),
    include_str!("../grammar/world-b.txt"),
];

/// Two worlds that share the law's fixed words only: what learns on papers of one is measured on those of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum World {
    /// The first.
    A,
    /// The second: other places, bodies, people, subjects, wordings and layouts.
    B,
}

/// A writer of sentences for one document: it knows the document's names and does not repeat itself.
pub struct Writer {
    lists: BTreeMap<&'static str, Vec<&'static str>>,
    values: BTreeMap<String, String>,
    topic: &'static str,
    used: BTreeSet<(&'static str, usize)>,
    /// Its random source.
    pub dice: Dice,
}

impl Writer {
    /// A writer about a topic chosen by `dice`.
    #[must_use]
    pub fn new(dice: Dice) -> Self {
        Self::reading(&[ADMINISTRATIVE], dice)
    }

    /// A writer of a world, about a topic chosen by `dice`.
    #[must_use]
    pub fn of(world: World, dice: Dice) -> Self {
        let [a, b] = WORLDS;
        let own = if world == World::A { a } else { b };
        Self::reading(&[ADMINISTRATIVE, OUTLINES, own], dice)
    }

    /// Lists of later texts stand instead of those of the same name in earlier ones.
    fn reading(texts: &[&'static str], dice: Dice) -> Self {
        let mut lists: BTreeMap<&'static str, Vec<&'static str>> = BTreeMap::new();
        for text in texts {
            let mut name = "";
            for line in text
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty() && !line.starts_with(';'))
            {
                if let Some(heading) = line.strip_prefix("# ") {
                    name = heading;
                    lists.remove(name);
                } else {
                    lists.entry(name).or_default().push(line);
                }
            }
        }
        let mut writer = Self {
            lists,
            values: BTreeMap::new(),
            topic: "",
            used: BTreeSet::new(),
            dice,
        };
        let topics = writer.lists.get("topic").cloned().unwrap_or_default();
        writer.topic = writer.dice.pick(&topics).copied().unwrap_or_default();
        let field = writer.line("field");
        writer.set("Field", &capital(&field));
        writer.set("field", &field);
        writer
    }

    /// Gives a name its value for this document.
    pub fn set(&mut self, name: &str, value: &str) {
        self.values.insert(name.to_owned(), value.to_owned());
    }

    /// The value of a name, empty when it has none.
    #[must_use]
    pub fn value(&self, name: &str) -> String {
        self.values.get(name).cloned().unwrap_or_default()
    }

    /// The lines of a list as they stand.
    #[must_use]
    pub fn raw(&self, list: &str) -> &[&'static str] {
        self.lists.get(list).map_or(&[], Vec::as_slice)
    }

    /// One line of a list as it stands.
    pub fn pick_raw(&mut self, list: &str) -> &'static str {
        let lines = self.lists.get(list).map_or(&[][..], Vec::as_slice);
        self.dice.pick(lines).copied().unwrap_or_default()
    }

    /// A sentence of a list, filled in; one not used before where there is one. Half the picks come from the topic's own list.
    pub fn line(&mut self, list: &str) -> String {
        let own = format!("{list}.{}", self.topic);
        let both: Vec<&'static str> = self
            .lists
            .keys()
            .copied()
            .filter(|&name| name == list || name == own)
            .collect();
        let fresh = |writer: &Self, name: &'static str| {
            let count = writer.lists.get(name).map_or(0, Vec::len);
            (0..count)
                .filter(|&index| !writer.used.contains(&(name, index)) && !writer.own(name, index))
                .map(|index| (name, index))
                .collect::<Vec<_>>()
        };
        let own_first = self.dice.chance(0.5);
        let mut pool: Vec<(&'static str, usize)> = Vec::new();
        for &name in both.iter().rev() {
            if pool.is_empty() || !own_first {
                pool.extend(fresh(self, name));
            }
        }
        if pool.is_empty() {
            self.used.retain(|(name, _)| !both.contains(name));
            pool = both.iter().flat_map(|&name| fresh(self, name)).collect();
        }
        let Some((name, index)) = self.dice.pick(&pool).copied() else {
            return String::new();
        };
        self.used.insert((name, index));
        let template = self
            .lists
            .get(name)
            .and_then(|lines| lines.get(index))
            .copied()
            .unwrap_or_default();
        self.fill(template)
    }

    /// The issuing body does not ask itself for things.
    fn own(&self, list: &str, index: usize) -> bool {
        matches!(list, "unit" | "department")
            && self
                .lists
                .get(list)
                .and_then(|lines| lines.get(index))
                .copied()
                == self.values.get("agency").map(String::as_str)
    }

    /// A template filled in: `{name}`, `{n:low:high}` and `[a|b]`.
    pub fn fill(&mut self, template: &str) -> String {
        let mut out = String::new();
        let mut rest = template;
        while let Some(at) = rest.find(['{', '[']) {
            let (before, from) = rest.split_at(at);
            out.push_str(before);
            let closing = if from.starts_with('{') { '}' } else { ']' };
            let Some(end) = from.find(closing) else { break };
            let inner = from.get(1..end).unwrap_or_default();
            if closing == '}' {
                let slot = self.slot(inner);
                out.push_str(&slot);
            } else {
                let parts: Vec<&str> = inner.split('|').collect();
                let part = self.dice.pick(&parts).copied().unwrap_or_default();
                let part = self.fill(part);
                out.push_str(&part);
            }
            rest = from.get(end + 1..).unwrap_or_default();
        }
        out.push_str(rest);
        out
    }

    fn slot(&mut self, name: &str) -> String {
        if let Some(value) = self.values.get(name) {
            return value.clone();
        }
        if let Some(limits) = name.strip_prefix("n:") {
            let (low, high) = limits.split_once(':').unwrap_or((limits, limits));
            let number = self
                .dice
                .int(low.parse().unwrap_or(1), high.parse().unwrap_or(9));
            return format!("{number:02}");
        }
        if let Some(limits) = name.strip_prefix("g:") {
            let (low, high) = limits.split_once(':').unwrap_or((limits, limits));
            return grouped(
                u64::from(
                    self.dice
                        .int(low.parse().unwrap_or(1), high.parse().unwrap_or(9)),
                ),
                1,
            );
        }
        let year: u32 = self.value("year").parse().unwrap_or(2025);
        let month: u32 = self.value("month").parse().unwrap_or(6);
        match name {
            "pct" => format!("{}%", self.decimal(86, 99)),
            "pctmid" => format!("{}%", self.decimal(41, 79)),
            "pctsmall" => format!("{}%", self.decimal(2, 18)),
            "money" => grouped(u64::from(self.dice.int(35, 9800)) * 500_000, 1),
            "moneysmall" => grouped(u64::from(self.dice.int(3, 68)) * 500_000, 1),
            "day" => long_date(self.dice.int(1, 28), self.dice.int(1, 12), year - 1),
            "dayshort" if month > 1 => {
                short_date(self.dice.int(1, 28), self.dice.int(1, month - 1), year)
            }
            "dayshort" => short_date(self.dice.int(1, 28), self.dice.int(9, 12), year - 1),
            "sofar" if month > 1 => short_date(28, month - 1, year),
            "sofar" => short_date(31, 12, year - 1),
            "deadline" if month < 12 => {
                short_date(self.dice.int(1, 30), self.dice.int(month + 1, 12), year)
            }
            "deadline" => short_date(self.dice.int(5, 31), 12, year),
            "quarter" => {
                ["I", "II", "III", "IV"][self.dice.int(month.min(10) / 3, 3) as usize].to_owned()
            }
            "roman" => ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"]
                [self.dice.int(0, 9) as usize]
                .to_owned(),
            "roman4" => ["I", "II", "III", "IV"][self.dice.int(0, 3) as usize].to_owned(),
            "dayfull" => long_date(self.dice.int(1, 28), self.dice.int(3, 12), year - 1),
            "person" => self.person(),
            _ => self.line(name),
        }
    }

    /// A full name.
    pub fn person(&mut self) -> String {
        let sex = if self.dice.chance(0.62) {
            "male"
        } else {
            "female"
        };
        let (surname, middle) = (self.line("surname"), self.line(&format!("middle.{sex}")));
        format!("{surname} {middle} {}", self.line(&format!("given.{sex}")))
    }

    fn decimal(&mut self, low: u32, high: u32) -> String {
        let (whole, part) = (self.dice.int(low, high), self.dice.int(0, 9));
        if part == 0 {
            format!("{whole}")
        } else {
            format!("{whole},{part}")
        }
    }
}

/// `ngày 05 tháng 02 năm 2025`: days below ten and the first two months are padded (decree 30/2020, appendix I).
#[must_use]
pub fn long_date(day: u32, month: u32, year: u32) -> String {
    let month = if month < 3 {
        format!("{month:02}")
    } else {
        month.to_string()
    };
    format!("{day:02} tháng {month} năm {year}")
}

/// `05/02/2025`, `12/8/2025`.
#[must_use]
pub fn short_date(day: u32, month: u32, year: u32) -> String {
    let day = if month == 2 { day.min(28) } else { day };
    if month < 3 {
        format!("{day:02}/{month:02}/{year}")
    } else {
        format!("{day:02}/{month}/{year}")
    }
}

/// A number in groups of three with points, padded to `digits`.
#[must_use]
pub fn grouped(number: u64, digits: usize) -> String {
    let plain = format!("{number:0digits$}");
    if number < 1000 {
        return plain;
    }
    let mut out = String::new();
    for (index, digit) in plain.chars().enumerate() {
        if index > 0 && (plain.len() - index).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    out
}

/// A number in Vietnamese words, as sums are written out; below a thousand million million.
#[must_use]
pub fn in_words(number: u64) -> String {
    const GROUPS: [&str; 4] = ["", " nghìn", " triệu", " tỷ"];
    if number == 0 {
        return "không".to_owned();
    }
    let mut parts = Vec::new();
    let mut rest = number;
    let mut rank = 0;
    while rest > 0 {
        let group = rest % 1000;
        rest /= 1000;
        if group > 0 {
            parts.push(format!(
                "{}{}",
                three_in_words(group, rest > 0),
                GROUPS.get(rank).copied().unwrap_or_default()
            ));
        }
        rank += 1;
    }
    parts.reverse();
    parts.join(" ")
}

fn three_in_words(number: u64, inside: bool) -> String {
    const DIGITS: [&str; 10] = [
        "không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín",
    ];
    let word = |digit: u64| DIGITS.get(digit as usize).copied().unwrap_or_default();
    let (hundreds, tens, ones) = (number / 100, number / 10 % 10, number % 10);
    let mut parts: Vec<String> = Vec::new();
    if hundreds > 0 || inside {
        parts.push(format!("{} trăm", word(hundreds)));
    }
    match tens {
        0 if ones > 0 && !parts.is_empty() => parts.push("linh".to_owned()),
        0 => {}
        1 => parts.push("mười".to_owned()),
        _ => parts.push(format!("{} mươi", word(tens))),
    }
    match ones {
        0 => {}
        1 if tens > 1 => parts.push("mốt".to_owned()),
        5 if tens > 0 => parts.push("lăm".to_owned()),
        _ => parts.push(word(ones).to_owned()),
    }
    parts.join(" ")
}

/// The text with its first letter in upper case.
#[must_use]
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
