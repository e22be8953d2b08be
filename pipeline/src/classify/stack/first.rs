//! Whether a page is the first of a document by what it says.
//!
//! The header of State papers (decree 30/2020, annex I) and the titles of citizens' papers speak for it; page numbers,
//! annexes and forms without content against. The weights are set so that a header with something filled in is
//! enough, and a header alone is not.

use super::ending::{Ending, printed_number, size_mm};
use super::words::{bare, bounds, capitals, plain, says, slips};
use crate::classify::Sheet;
use crate::document::Line;
use crate::record::{Bilingual, said};

/// What was found.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// The sum of the weights.
    pub(super) score: f32,
    /// What made it, for the record.
    pub(super) reasons: Vec<&'static str>,
    /// There is a header or title, without which nothing begins.
    headed: bool,
    /// It is an annex of what comes before.
    annex: bool,
    /// It says that it is issued with something else, which may lie before it or not.
    attached: bool,
}

/// What it comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// A document begins.
    Begins,
    /// It may; somebody should look.
    Doubtful,
    /// It goes on.
    GoesOn,
}

/// The score from which a document begins.
const ENOUGH: f32 = 3.5;
/// The score from which it may.
const DOUBT: f32 = 2.0;

impl Found {
    /// What it comes to.
    pub(super) fn answer(&self) -> Answer {
        if !self.headed || self.annex || self.score < DOUBT {
            Answer::GoesOn
        } else if self.score < ENOUGH || self.attached {
            Answer::Doubtful
        } else {
            Answer::Begins
        }
    }

    fn add(&mut self, weight: f32, reason: &'static str) {
        self.score += weight;
        self.reasons.push(reason);
    }
}

/// What speaks for or against a cut, in words.
pub(super) fn told(reasons: &[&str]) -> Bilingual {
    let parts: Vec<Bilingual> = reasons
        .iter()
        .map(|reason| match *reason {
            "national_title" => said!("có quốc hiệu", "national title"),
            "party_title" => said!("có tiêu đề của Đảng", "title of the Party"),
            "symbol" => said!("có số, ký hiệu", "number and symbol"),
            "date" => said!("có địa danh, ngày tháng", "place and date"),
            "citizen_title" => said!("có tên giấy tờ công dân", "title of a citizen's paper"),
            "type_title" => said!("có tên loại văn bản", "title of a type"),
            "before_ended" => said!(
                "trang trước kết thúc văn bản",
                "the page before ends a paper"
            ),
            "size_change" => said!("khổ giấy thay đổi", "the paper size changes"),
            "form_template" => said!("là biểu mẫu", "a form as printed in a regulation"),
            "page_one" => said!("đánh số trang 1", "page number 1"),
            "page_goes_on" => said!("số trang tiếp nối", "page numbers go on"),
            "page_numbers_end" => said!(
                "số trang kết thúc ở trang trước",
                "page numbers end before it"
            ),
            other => Bilingual::quoted(other),
        })
        .collect();
    Bilingual::joined(&parts, ", ")
}

/// A line with what is asked of it again and again.
struct Heading {
    text: String,
    plain: String,
    bare: String,
    /// Upper edge as a share of the page's height.
    top: f32,
    /// Lines of three words or more above it.
    above: usize,
}

/// Weighs what speaks for and against a document beginning with the page.
pub(super) fn weigh(sheet: &Sheet<'_>, before: &Ending) -> Found {
    let lines = headings(sheet);
    let mut found = Found::default();
    headers(&lines, &mut found);
    titles(&lines, &mut found);
    numbers(sheet, before, &mut found);
    if before.closes {
        found.add(1.5, "before_ended");
    }
    if other_size(size_mm(sheet), before.size_mm) {
        found.add(1.0, "size_change");
    }
    if lines.iter().any(is_template) {
        found.add(-3.5, "form_template");
    }
    found.annex = lines.iter().any(is_annex);
    found.attached = lines.iter().any(is_attached);
    found
}

/// The lines of the upper part of the page, from the top.
fn headings(sheet: &Sheet<'_>) -> Vec<Heading> {
    /// Titles of citizens' papers copied onto a larger sheet may stand in its middle.
    const UPPER: f32 = 0.6;
    let height = (sheet.size_px.1 as f32).max(1.0);
    let mut lines: Vec<(f32, &Line)> = sheet
        .lines
        .iter()
        .map(|line| (bounds(line).y / height, line))
        .filter(|(top, _)| *top < UPPER)
        .collect();
    lines.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut above = 0;
    let heading = |(top, line): (f32, &Line)| {
        let text = line.text();
        let heading = Heading {
            plain: plain(&text),
            bare: bare(&text),
            text,
            top,
            above,
        };
        above += usize::from(line.words.len() >= 3);
        heading
    };
    lines.into_iter().map(heading).collect()
}

/// Most lines above the national title: agency names beside it, a stamp, a note of circulation.
const LINES_ABOVE: usize = 5;
/// Share of the height in which symbol and date stand.
const HEAD: f32 = 0.36;

fn headers(lines: &[Heading], found: &mut Found) {
    let national = lines.iter().find(|line| {
        line.above <= LINES_ABOVE
            && capitals(&line.text) > 0.75
            && says(&line.bare, "CONGHOAXAHOICHUNGHIAVIETNAM")
    });
    if let Some(national) = national {
        found.headed = true;
        let motto = lines.iter().any(|line| {
            (line.top - national.top).abs() < 0.08 && says(&line.bare, "DOCLAPTUDOHANHPHUC")
        });
        found.add(if motto { 2.5 } else { 2.0 }, "national_title");
    }
    let party = lines.iter().any(|line| {
        line.above <= LINES_ABOVE
            && capitals(&line.text) > 0.75
            && line.top < 0.2
            && line.bare.len() < 60
            && says(&line.bare, "DANGCONGSANVIETNAM")
    });
    if party {
        found.headed = true;
        found.add(2.0, "party_title");
    }
    let head = || lines.iter().filter(|line| line.top < HEAD);
    if head().any(|line| has_symbol(&line.plain)) {
        found.add(1.5, "symbol");
    }
    if head().any(|line| has_date(&line.plain)) {
        found.add(0.5, "date");
    }
}

/// `SO: 15/QD-UBND`, also `40-HD/VPTW`: a number that is filled in, and a symbol after it.
fn has_symbol(plain: &str) -> bool {
    let mut rest = plain;
    while let Some(at) = rest.find("SO") {
        let begins = rest.get(..at).is_none_or(|before| {
            before
                .chars()
                .next_back()
                .is_none_or(|c| !c.is_alphanumeric())
        });
        rest = rest.get(at + 2..).unwrap_or_default();
        let number = rest.trim_start_matches([' ', ':', '.', ';']);
        let digits = number.bytes().take_while(u8::is_ascii_digit).count();
        let symbol = number.get(digits..).unwrap_or_default().trim_start();
        let divided = symbol.starts_with(['/', '-']);
        let named = symbol
            .trim_start_matches(['/', '-', ' '])
            .starts_with(|c: char| c.is_ascii_alphanumeric());
        if begins && (1..=6).contains(&digits) && divided && named {
            return true;
        }
    }
    false
}

/// A place and a day that is filled in: `HA NOI, NGAY 05 THANG 01 NAM 2020`, not in running text.
fn has_date(plain: &str) -> bool {
    let Some((before, after)) = plain.split_once("NGAY") else {
        return false;
    };
    let number_after = |word: &str| {
        let rest = after.split_once(word).map(|(_, rest)| rest.trim_start());
        rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    let day = after.trim_start().starts_with(|c: char| c.is_ascii_digit());
    before.len() < 80 && day && number_after("THANG") && number_after("NAM")
}

/// Names of types of State papers (decree 30/2020, article 7), and of older or other papers with the same header.
const TYPES: [&str; 36] = [
    "NGHI QUYET",
    "QUYET DINH",
    "CHI THI",
    "QUY CHE",
    "QUY DINH",
    "THONG CAO",
    "THONG BAO",
    "HUONG DAN",
    "CHUONG TRINH",
    "KE HOACH",
    "PHUONG AN",
    "DE AN",
    "DU AN",
    "BAO CAO",
    "BIEN BAN",
    "TO TRINH",
    "HOP DONG",
    "CONG DIEN",
    "BAN GHI NHO",
    "BAN THOA THUAN",
    "GIAY UY QUYEN",
    "GIAY MOI",
    "GIAY GIOI THIEU",
    "GIAY NGHI PHEP",
    "PHIEU GUI",
    "PHIEU CHUYEN",
    "PHIEU BAO",
    "THU CONG",
    "LUAT",
    "PHAP LENH",
    "NGHI DINH",
    "THONG TU",
    "LENH",
    "KET LUAN",
    "GIAY XAC NHAN",
    "GIAY CHUNG NHAN",
];

/// Titles of citizens' papers; a longer one may follow the same beginning.
const CITIZEN: [&str; 36] = [
    "CAN CUOC CONG DAN",
    "THE CAN CUOC",
    "CAN CUOC",
    "GIAY CHUNG MINH NHAN DAN",
    "CHUNG MINH NHAN DAN",
    "HO CHIEU",
    "GIAY PHEP LAI XE",
    "GIAY KHAI SINH",
    "TRICH LUC KHAI SINH",
    "GIAY CHUNG NHAN KET HON",
    "TRICH LUC KET HON",
    "GIAY CHUNG TU",
    "TRICH LUC KHAI TU",
    "GIAY XAC NHAN TINH TRANG HON NHAN",
    "SO HO KHAU",
    "GIAY CHUNG NHAN QUYEN SU DUNG DAT",
    "BANG TOT NGHIEP",
    "BANG CU NHAN",
    "BANG KY SU",
    "BANG THAC SI",
    "BANG TIEN SI",
    "CHUNG CHI",
    "GIAY CHUNG NHAN DANG KY DOANH NGHIEP",
    "GIAY CHUNG NHAN DANG KY KINH DOANH",
    "GIAY CHUNG NHAN DANG KY HO KINH DOANH",
    "PHIEU LY LICH TU PHAP",
    "SO BAO HIEM XA HOI",
    "THE BAO HIEM Y TE",
    "HOP DONG CHUYEN NHUONG",
    "HOP DONG TANG CHO",
    "HOP DONG UY QUYEN",
    "GIAY TIEP NHAN HO SO",
    "PHIEU TIEP NHAN",
    "DON DE NGHI",
    "DON XIN",
    "TO KHAI",
];

fn titles(lines: &[Heading], found: &mut Found) {
    let title = |line: &Heading, longest: usize, titles: &[&str]| {
        let fits = |name: &&str| {
            let name = bare(name);
            // The title stands at the beginning; what follows it on the line is short.
            let head: String = line.bare.chars().take(name.len() + 1).collect();
            line.bare.len() <= name.len() + longest && slips(&head, &name) <= name.len() / 10
        };
        capitals(&line.text) > 0.8 && titles.iter().any(fits)
    };
    if lines.iter().any(|line| title(line, 24, &CITIZEN)) {
        found.headed = true;
        found.add(2.0, "citizen_title");
    } else if lines.iter().any(|line| title(line, 4, &TYPES)) {
        found.add(1.5, "type_title");
    }
}

fn numbers(sheet: &Sheet<'_>, before: &Ending, found: &mut Found) {
    match (printed_number(sheet), before.number) {
        (Some(here), Some(there)) if here == there.saturating_add(1) => {
            found.add(-4.0, "page_goes_on");
        }
        (Some(1), _) => found.add(1.0, "page_one"),
        (Some(_), _) => found.add(-3.0, "page_goes_on"),
        (None, Some(_)) => found.add(0.5, "page_numbers_end"),
        (None, None) => {}
    }
}

/// A form as a regulation prints it: `Mẫu số 01`, `Biểu mẫu 2`.
fn is_template(line: &Heading) -> bool {
    let begins = |word: &str| line.plain.trim_start().starts_with(word);
    line.top < 0.25 && (begins("MAU SO") || begins("BIEU MAU") || begins("MAU:"))
}

/// `Phụ lục I`.
fn is_annex(line: &Heading) -> bool {
    line.top < 0.25
        && line.above <= 4
        && line.plain.trim_start().starts_with("PHU LUC")
        && line.bare.len() < 60
}

/// `(Ban hành kèm theo Quyết định số ...)`: rules, plans and programmes stand with the paper that issues them.
fn is_attached(line: &Heading) -> bool {
    let text = line.plain.trim_start();
    let said = text.strip_prefix('(').is_some_and(|rest| {
        ["KEM THEO", "BAN HANH KEM THEO"]
            .iter()
            .any(|words| rest.trim_start().starts_with(words))
    });
    line.top < 0.4 && said
}

/// Whether the sheets are of different sizes, whichever way they lie: more than the play of a feeder.
fn other_size(here: (f32, f32), there: (f32, f32)) -> bool {
    let sorted = |(a, b): (f32, f32)| (a.min(b), a.max(b));
    let (here, there) = (sorted(here), sorted(there));
    let differs = |a: f32, b: f32| (a - b).abs() > 0.15 * a.max(b);
    differs(here.0, there.0) || differs(here.1, there.1)
}
