//! The desk a citizen's paper is written at: rows of labels and values go down the page, and into the fields.

use super::{Holding, Options};
use crate::{
    dice::Dice,
    face::Family,
    grammar::{World, Writer, in_words},
    issuer::{Day, Issuer, Sort},
    page::{Face, Fill, Ground, Line, Mark, Page, Region, Rule, Style, Tint, mm},
    paper::{
        Fields, Paper,
        frame::{bold, italic, plain},
        trap::Trap,
    },
    typeset::{Align, Paragraph},
};

/// A person as certificates describe one.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) birth: Day,
    pub(super) number: String,
    pub(super) home: String,
    pub(super) origin: String,
    pub(super) woman: bool,
    pub(super) people: &'static str,
}

impl Person {
    pub(super) fn sex(&self) -> &'static str {
        if self.woman { "Nữ" } else { "Nam" }
    }
}

/// A label, what stands behind it, and the field it is.
pub(super) struct Cell {
    label: String,
    shown: String,
    field: &'static str,
    value: String,
    strong: bool,
}

/// A label and a value that is the field's value as it stands.
pub(super) fn cell(label: &str, value: &str, field: &'static str) -> Cell {
    Cell {
        label: label.to_owned(),
        shown: value.to_owned(),
        field,
        value: value.to_owned(),
        strong: false,
    }
}

/// A label and a day.
pub(super) fn day(label: &str, value: Day, field: &'static str) -> Cell {
    Cell {
        label: label.to_owned(),
        shown: slashed(value),
        field,
        value: iso(value),
        strong: false,
    }
}

impl Cell {
    /// The value in bold letters.
    pub(super) fn strong(mut self) -> Self {
        self.strong = true;
        self
    }

    fn text(&self) -> String {
        let star = if self.strong { "*" } else { "" };
        format!("{} {star}{}{star}", self.label, self.shown)
            .trim()
            .to_owned()
    }
}

/// The desk.
pub(super) struct Desk<'a> {
    pub(super) writer: Writer,
    pub(super) world: World,
    pub(super) issuer: Issuer,
    pub(super) date: Day,
    pub(super) signer: String,
    pub(super) fields: Fields,
    pub(super) family: &'a Family,
    pub(super) page: Page,
    /// Where the next line goes, in points.
    pub(super) y: f32,
    /// Left end of rows, in points.
    pub(super) left: f32,
    /// Width of rows, in points.
    pub(super) width: f32,
    /// Letters of rows.
    pub(super) style: Style,
    /// Space above rows as a multiple of their size.
    pub(super) air: f32,
    /// Dotted lines under values.
    pub(super) dotted: bool,
    /// The paper will be certified: a card then lies copied on a sheet.
    pub(super) certified: bool,
    pages: Vec<Page>,
    started: bool,
}

impl<'a> Desk<'a> {
    pub(super) fn new(kind: Holding, options: &Options, family: &'a Family, dice: &Dice) -> Self {
        let mut writer = Writer::of(options.world, dice.fork("words"));
        let dice = &mut writer.dice;
        let year = if dice.chance(0.6) {
            dice.int(2016, 2026)
        } else {
            dice.int(2004, 2015)
        };
        let date = (dice.int(1, 28), dice.int(1, 12), year);
        let issuer = Issuer::draw(Sort::Commune, date, &mut writer);
        for (name, value) in [("year", year), ("lastyear", year - 1), ("month", date.1)] {
            writer.set(name, &value.to_string());
        }
        let signer = writer.person();
        Self {
            writer,
            world: options.world,
            issuer,
            date,
            signer,
            fields: Fields::new(kind.code, kind.name),
            family,
            page: Page::a4(),
            y: mm(20.0),
            left: mm(25.0),
            width: mm(165.0),
            style: plain(13.0),
            air: 0.42,
            dotted: false,
            certified: options.traps.contains(&Trap::Certified),
            pages: Vec::new(),
            started: false,
        }
    }

    /// Starts a page of so many millimetres.
    pub(super) fn start(&mut self, wide: f32, high: f32) {
        self.turn();
        self.page = Page::sized(mm(wide), mm(high));
        self.y = mm(high * 0.07);
        self.left = mm(wide * 0.12);
        self.width = mm(wide * 0.78);
        self.started = true;
    }

    /// Puts the page away.
    fn turn(&mut self) {
        if self.started {
            self.pages
                .push(std::mem::replace(&mut self.page, Page::a4()));
            self.started = false;
        }
    }

    /// Takes the page at hand off the desk.
    pub(super) fn lift(&mut self) -> Page {
        self.started = false;
        std::mem::replace(&mut self.page, Page::a4())
    }

    /// Adds a finished page.
    pub(super) fn add(&mut self, page: Page) {
        self.turn();
        self.pages.push(page);
    }

    pub(super) fn close(mut self) -> (Paper, Writer) {
        self.turn();
        (
            Paper {
                pages: self.pages,
                fields: self.fields,
            },
            self.writer,
        )
    }

    /// World-dependent wording: the second of the pair in the second world, or by chance.
    pub(super) fn say(&mut self, a: &'static str, b: &'static str) -> &'static str {
        let flip = self.writer.dice.chance(0.2);
        if (self.world == World::A) == flip {
            b
        } else {
            a
        }
    }

    pub(super) fn chance(&mut self, p: f32) -> bool {
        self.writer.dice.chance(p)
    }

    pub(super) fn int(&mut self, low: u32, high: u32) -> u32 {
        self.writer.dice.int(low, high)
    }

    pub(super) fn one_of(&mut self, items: &[&'static str]) -> &'static str {
        self.writer.dice.pick(items).copied().unwrap_or_default()
    }

    /// Notes a field.
    pub(super) fn note(&mut self, field: &'static str, value: impl Into<String>) {
        self.fields.put(field, value);
    }

    pub(super) fn person(&mut self, woman: bool, years: (u32, u32)) -> Person {
        let sex = if woman { "female" } else { "male" };
        let name = [
            "surname".to_owned(),
            format!("middle.{sex}"),
            format!("given.{sex}"),
        ]
        .map(|list| self.writer.line(&list))
        .join(" ");
        let birth = (
            self.int(1, 28),
            self.int(1, 12),
            self.int(years.0, years.1.max(years.0)),
        );
        // Province of registration, century and sex, year, serial: the digits of a personal number.
        let century = u32::from(woman) + if birth.2 >= 2000 { 2 } else { 0 };
        let number = format!(
            "0{:02}{century}{:02}{:06}",
            self.int(1, 96),
            birth.2 % 100,
            self.int(1, 29999)
        );
        let part = if self.issuer.area.starts_with("phường") {
            format!("Tổ {}", self.int(1, 24))
        } else {
            format!("Thôn {}", self.int(1, 9))
        };
        let home = format!("{part}, {}, {}", self.issuer.area, self.issuer.province);
        let origin = format!("{}, {}", self.issuer.area, self.issuer.province);
        let people = self.one_of(&[
            "Kinh", "Kinh", "Kinh", "Tày", "Thái", "Mường", "Khmer", "Hoa",
        ]);
        Person {
            name,
            birth,
            number,
            home,
            origin,
            woman,
            people,
        }
    }

    /// A centred line; `above` in points.
    pub(super) fn centred(&mut self, text: &str, style: Style, above: f32) {
        self.centred_in(text, style, above, self.left, self.width, Region::Title);
    }

    pub(super) fn centred_in(
        &mut self,
        text: &str,
        style: Style,
        above: f32,
        x: f32,
        width: f32,
        region: Region,
    ) {
        let line = Paragraph::centred(text, style, region).above(above);
        let (lines, y) = line.set(x, width, self.y, self.family);
        self.page.lines.extend(lines);
        self.y = y;
    }

    /// Running text, justified.
    pub(super) fn text(&mut self, text: &str) {
        let mut line =
            Paragraph::body(text, self.style, Region::Body).above(self.style.size * self.air);
        line.leading = 1.25;
        let (lines, y) = line.set(self.left, self.width, self.y, self.family);
        self.page.lines.extend(lines);
        self.y = y;
    }

    /// One row of cells of equal width.
    pub(super) fn row(&mut self, cells: Vec<Cell>) {
        let shares = vec![1.0; cells.len()];
        self.shared(cells, &shares);
    }

    /// One row of cells; the widths as shares.
    pub(super) fn shared(&mut self, cells: Vec<Cell>, shares: &[f32]) {
        let whole: f32 = shares.iter().sum();
        let mut x = self.left;
        let mut low = self.y;
        let mut rows: Vec<Line> = Vec::new();
        for (cell, share) in cells.into_iter().zip(shares) {
            let width = self.width * share / whole;
            let mut line = Paragraph::left(cell.text(), self.style, Region::Body)
                .above(self.style.size * self.air);
            line.leading = 1.22;
            line.align = Align::Left;
            let (set, end) = line.set(x, width - 2.0, self.y, self.family);
            if self.dotted && !cell.shown.is_empty() {
                self.underline(&set, &cell.label, x + width - 4.0);
            }
            low = low.max(end);
            for (level, line) in set.into_iter().enumerate() {
                match rows.get_mut(level) {
                    Some(first) => first.words.extend(line.words),
                    None => rows.push(line),
                }
            }
            x += width;
            if !cell.field.is_empty() {
                self.fields.put(cell.field, cell.value);
            }
        }
        self.page.lines.extend(rows);
        self.y = low;
    }

    /// Several rows of one cell each.
    pub(super) fn rows(&mut self, cells: Vec<Cell>) {
        for cell in cells {
            self.row(vec![cell]);
        }
    }

    fn underline(&mut self, lines: &[Line], label: &str, end: f32) {
        let Some(first) = lines.first() else { return };
        let skip = label.split_whitespace().count();
        let Some(word) = first.words.get(skip).or(first.words.last()) else {
            return;
        };
        self.page.rules.push(Rule {
            from: (word.x - 2.0, word.baseline + 2.2),
            to: (end, word.baseline + 2.2),
            thickness: 0.7,
            dotted: true,
        });
    }

    /// State name and motto, centred in a column.
    pub(super) fn state(&mut self, x: f32, width: f32, size: f32, tint: Tint) {
        for (text, style, rule) in [
            ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold(size), false),
            ("Độc lập - Tự do - Hạnh phúc", bold(size + 0.8), true),
        ] {
            let style = style.face(self.style.face).tint(tint);
            self.centred_in(text, style, 0.0, x, width, Region::HeaderRight);
            if rule {
                crate::paper::frame::underline(&mut self.page, 1.0);
            }
        }
    }

    /// The usual header: a body at the left, the state name at the right. The body is the agency unless noted before.
    pub(super) fn header(&mut self, parent: &str, name: &str, number: Option<Cell>) {
        let top = self.y;
        if !parent.is_empty() {
            self.centred_in(
                parent,
                plain(12.0),
                0.0,
                self.left - mm(6.0),
                mm(68.0),
                Region::HeaderLeft,
            );
        }
        self.centred_in(
            name,
            bold(12.0),
            0.0,
            self.left - mm(6.0),
            mm(68.0),
            Region::HeaderLeft,
        );
        crate::paper::frame::underline(&mut self.page, 0.4);
        if let Some(cell) = number {
            self.centred_in(
                &cell.text(),
                plain(12.5),
                9.0,
                self.left - mm(6.0),
                mm(68.0),
                Region::HeaderLeft,
            );
            self.fields.put(cell.field, cell.value);
        }
        let low = self.y;
        self.y = top;
        self.state(
            self.left + mm(62.0),
            self.width - mm(60.0),
            12.0,
            Tint::Black,
        );
        self.y = self.y.max(low);
    }

    /// `Tân Hòa, ngày 05 tháng 3 năm 2024`, in a column; notes the date of issue.
    pub(super) fn dated(&mut self, x: f32, width: f32, size: f32) {
        let text = format!("{}, {}", self.issuer.place, long(self.date));
        self.centred_in(&text, italic(size), 8.0, x, width, Region::Signature);
        let (date, place) = (iso(self.date), self.issuer.place.clone());
        self.note("issued_date", date);
        self.note("place", place);
    }

    /// Titles, room for ink, a name, with signature and seal; notes the signer.
    pub(super) fn sign(&mut self, titles: &[&str], x: f32, width: f32, room: f32) {
        let size = (width / mm(82.0) * 13.0).clamp(5.0, 13.0);
        for title in titles {
            let style = bold(size).face(self.style.face);
            self.centred_in(title, style, 0.0, x, width, Region::Signature);
        }
        let top = self.y;
        let name = self.signer.clone();
        self.y += room;
        let style = bold(size).face(self.style.face);
        self.centred_in(&name, style, 0.0, x, width, Region::Signature);
        let middle = x + width / 2.0;
        let radius = mm(18.0).min(width * 0.23).max(mm(7.0));
        self.page.marks.push(Mark::Signature {
            at: (middle + 4.0, top + room * 0.5),
            reach: (width * 0.26, room * 0.45),
        });
        let seal = self
            .issuer
            .seal((middle - radius * 0.9, top + room * 0.5), radius);
        self.page.marks.push(seal);
        self.note("signer_name", name);
        if let Some((title, authority)) = titles.split_last() {
            self.note("signer_title", *title);
            let authority: Vec<&str> = authority
                .iter()
                .copied()
                .filter(|row| {
                    row.starts_with("TM.") || row.starts_with("KT.") || row.starts_with("TL.")
                })
                .collect();
            self.note("signer_authority", authority.join("; "));
        }
        self.fields.flag("has_signature");
        self.fields.flag("has_seal");
    }

    /// Another who signs, without seal.
    pub(super) fn sign_plain(&mut self, title: &str, name: &str, x: f32, width: f32, room: f32) {
        self.centred_in(title, bold(12.5), 0.0, x, width, Region::Signature);
        let top = self.y;
        self.y += room;
        self.centred_in(name, plain(13.0), 0.0, x, width, Region::Signature);
        self.page.marks.push(Mark::Signature {
            at: (x + width / 2.0, top + room * 0.5),
            reach: (mm(18.0), room * 0.4),
        });
        self.fields.flag("has_signature");
    }

    /// Ornamental ground.
    pub(super) fn ornament(&mut self, tint: [u8; 3]) {
        self.page.ground = Ground::Guilloche { tint };
    }

    /// The whole page in a light colour with waves, as cards have.
    pub(super) fn wash(&mut self, colour: [u8; 3]) {
        self.page.fills.push(Fill {
            from: (0.0, 0.0),
            to: self.page.size,
            colour,
            waves: 0.1,
        });
    }

    /// A star in a ring where a real form has the emblem; millimetres.
    pub(super) fn star(&mut self, x: f32, y: f32, radius: f32) {
        self.page.marks.push(Mark::Star {
            at: (mm(x), mm(y)),
            radius: mm(radius),
            tint: Tint::Red,
        });
    }

    /// A box of rules; points.
    pub(super) fn frame(&mut self, (left, top): (f32, f32), (right, bottom): (f32, f32)) {
        for (from, to) in [
            ((left, top), (right, top)),
            ((right, top), (right, bottom)),
            ((left, bottom), (right, bottom)),
            ((left, top), (left, bottom)),
        ] {
            self.line(from, to);
        }
    }

    /// A rule; points.
    pub(super) fn line(&mut self, from: (f32, f32), to: (f32, f32)) {
        self.page.rules.push(Rule {
            from,
            to,
            thickness: 0.7,
            dotted: false,
        });
    }

    /// A table over the width, heading first; shares of the width.
    pub(super) fn table(&mut self, shares: &[f32], rows: &[Vec<String>], size: f32) {
        let whole: f32 = shares.iter().sum();
        let top = self.y + 4.0;
        let mut y = top;
        for (index, cells) in rows.iter().enumerate() {
            self.line((self.left, y), (self.left + self.width, y));
            let mut x = self.left;
            let mut low = y;
            for (text, share) in cells.iter().zip(shares) {
                let width = self.width * share / whole;
                let style = if index == 0 { bold(size) } else { plain(size) };
                let style = style.face(self.style.face);
                let mut cell = Paragraph::left(text.as_str(), style, Region::Table).above(1.5);
                if index == 0 {
                    cell.align = Align::Centre;
                }
                let (lines, end) = cell.set(x + 3.0, width - 6.0, y, self.family);
                self.page.lines.extend(lines);
                low = low.max(end);
                x += width;
            }
            y = low + 3.5;
        }
        self.line((self.left, y), (self.left + self.width, y));
        let mut x = self.left;
        self.line((x, top), (x, y));
        for share in shares {
            x += self.width * share / whole;
            self.line((x, top), (x, y));
        }
        self.y = y + 4.0;
    }
}

/// Letters without serifs.
pub(super) fn sans(size: f32) -> Style {
    plain(size).face(Face::Sans)
}

/// `05/02/2025`.
pub(super) fn slashed((day, month, year): Day) -> String {
    format!("{day:02}/{month:02}/{year}")
}

/// `2025-02-05`.
pub(super) fn iso((day, month, year): Day) -> String {
    format!("{year}-{month:02}-{day:02}")
}

/// `ngày 05 tháng 02 năm 2025`.
pub(super) fn long((day, month, year): Day) -> String {
    let month = crate::paper::administrative::pad_month(month);
    format!("ngày {day:02} tháng {month} năm {year}")
}

/// A date in words.
pub(super) fn worded((day, month, year): Day) -> String {
    let month = match month {
        1 => "một".to_owned(),
        4 => "tư".to_owned(),
        other => in_words(u64::from(other)),
    };
    format!(
        "Ngày {} tháng {month} năm {}",
        in_words(u64::from(day)),
        in_words(u64::from(year))
    )
}
