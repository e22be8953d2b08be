//! The civil papers among the committed samples: one layout each, so that their scans stay byte for byte.

mod birth;

mod marriage;

mod diploma;

mod land;

mod application;

pub use self::{
    application::application, birth::birth, diploma::diploma, land::land, marriage::marriage,
};

use super::{
    Fields,
    frame::{self, LEFT, TOP, bold, plain},
};
use crate::{
    agency::Agency,
    dice::Dice,
    face::Family,
    grammar::{Writer, in_words, short_date},
    page::{Line, Mark, Page, Region, mm},
    paper::administrative::seal_of,
    typeset::Paragraph,
};

/// A person as certificates describe one.
struct Person {
    name: String,
    birth: (u32, u32, u32),
    number: String,
    home: String,
}

/// What all these papers draw first.
struct Desk {
    writer: Writer,
    agency: Agency,
    date: (u32, u32, u32),
    signer: String,
}

impl Desk {
    fn new(dice: &Dice) -> Self {
        let mut writer = Writer::new(dice.fork("words"));
        let agency = Agency::commune(&mut writer.dice);
        let date = (writer.dice.int(1, 28), writer.dice.int(8, 12), 2025);
        writer.set("province", &agency.province);
        let signer = writer.person();
        Self {
            writer,
            agency,
            date,
            signer,
        }
    }

    fn person(&mut self, woman: bool, years: (u32, u32)) -> Person {
        let sex = if woman { "female" } else { "male" };
        let parts = [
            "surname".to_owned(),
            format!("middle.{sex}"),
            format!("given.{sex}"),
        ];
        let name = parts.map(|list| self.writer.line(&list)).join(" ");
        let dice = &mut self.writer.dice;
        let birth = (dice.int(1, 28), dice.int(1, 12), dice.int(years.0, years.1));
        // Province of registration, century and sex, year, serial: the digits of a personal number.
        let century = u32::from(woman) + if birth.2 >= 2000 { 2 } else { 0 };
        let number = format!(
            "0{:02}{century}{:02}{:06}",
            dice.int(10, 96),
            birth.2 % 100,
            dice.int(1, 29999)
        );
        let hamlet = dice.int(1, 9);
        let part = if self.agency.area.starts_with("phường") {
            "Tổ dân phố số"
        } else {
            "Thôn"
        };
        let home = format!(
            "{part} {hamlet}, {}, {}",
            self.agency.area, self.agency.province
        );
        Person {
            name,
            birth,
            number,
            home,
        }
    }

    fn fields(&self, kind: &str, type_name: &str, title: &str) -> Fields {
        let mut fields = Fields::new(kind, type_name);
        fields.put("issued_date", iso(self.date));
        fields.put("agency", self.agency.name.as_str());
        fields.put("signer_name", self.signer.as_str());
        fields.put("signer_title", title);
        fields.flag("has_seal");
        fields.flag("has_signature");
        fields
    }

    fn header(&self, page: &mut Page, family: &Family) -> f32 {
        let (state, motto) = state(Region::HeaderRight);
        let name = Paragraph::centred(self.agency.header.clone(), bold(12.5), Region::HeaderLeft);
        let y = frame::column(page, &[name], LEFT - mm(6.0), mm(64.0), TOP + 12.0, family);
        frame::underline(page, 0.42);
        frame::column(
            page,
            &[state, motto],
            LEFT + mm(60.0),
            mm(104.0),
            TOP + 12.0,
            family,
        );
        frame::underline(page, 1.0);
        y + 14.0
    }

    /// Title, room for ink, name, centred in a column; with signature and seal.
    fn sign(&mut self, page: &mut Page, titles: &str, x: f32, top: f32, family: &Family) -> f32 {
        let width = mm(82.0);
        let title = Paragraph::centred(titles, bold(13.0), Region::Signature);
        let y = frame::column(page, &[title], x, width, top, family);
        let name = Paragraph::centred(self.signer.clone(), bold(13.5), Region::Signature);
        let end = frame::column(page, &[name], x, width, y + mm(22.0), family);
        let middle = x + width / 2.0;
        page.marks.push(Mark::Signature {
            at: (middle + 6.0, y + mm(11.0)),
            reach: (mm(23.0), mm(12.0)),
        });
        page.marks
            .push(seal_of(&self.agency, (middle - mm(17.0), y + mm(11.0))));
        end
    }
}

fn state(region: Region) -> (Paragraph, Paragraph) {
    (
        Paragraph::centred("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold(12.5), region),
        Paragraph::centred("Độc lập - Tự do - Hạnh phúc", bold(13.5), region),
    )
}

fn dotted((day, month, year): (u32, u32, u32)) -> String {
    short_date(day, month, year)
}

/// A date in words, as birth certificates repeat it.
fn date_words((day, month, year): (u32, u32, u32)) -> String {
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

/// Form rows: several `label: value` groups share a row when parted by `|`; what stands on one level is one line.
fn rows(
    page: &mut Page,
    rows: &[String],
    x: f32,
    width: f32,
    top: f32,
    size: f32,
    family: &Family,
) -> f32 {
    let mut y = top;
    for row in rows {
        let cells: Vec<&str> = row.split('|').collect();
        let share = width / cells.len() as f32;
        let mut end = y;
        let mut lines: Vec<Line> = Vec::new();
        for (index, text) in cells.iter().enumerate() {
            let mut cell = Paragraph::left(*text, plain(size), Region::Body).above(size * 0.42);
            cell.leading = 1.25;
            let (set, low) = cell.set(x + share * index as f32, share, y, family);
            end = end.max(low);
            for (level, line) in set.into_iter().enumerate() {
                match lines.get_mut(level) {
                    Some(first) => first.words.extend(line.words),
                    None => lines.push(line),
                }
            }
        }
        page.lines.extend(lines);
        y = end;
    }
    y
}

/// `2025-08-05`.
fn iso((day, month, year): (u32, u32, u32)) -> String {
    format!("{year}-{month:02}-{day:02}")
}
