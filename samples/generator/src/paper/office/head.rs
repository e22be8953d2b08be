//! The header of a paper: issuing body and number at the left, state name and date at the right.

use super::{Blank, Facts, Options};
use crate::{
    face::Family,
    grammar::World,
    page::{Page, Region, Style, mm},
    paper::{
        administrative::pad_month,
        frame::{self, LEFT, TOP, WIDTH, bold, italic, plain},
        office::kind::Order,
        trap::Trap,
    },
    typeset::Paragraph,
};

/// Where the columns stand.
struct Columns {
    left: f32,
    left_width: f32,
    right: f32,
    right_width: f32,
    size: f32,
}

impl Columns {
    fn of(world: World, wide: bool) -> Self {
        let (left, left_width, right, right_width, size) = match world {
            World::A => (-6.0, 68.0, 62.0, 106.0, 12.5),
            World::B => (-4.0, 66.0, 66.0, 100.0, 12.0),
        };
        // Joint issuers need more room.
        let (left_width, right, right_width) = if wide {
            (left_width + 10.0, right + 8.0, right_width - 6.0)
        } else {
            (left_width, right, right_width)
        };
        Self {
            left: LEFT + mm(left),
            left_width: mm(left_width),
            right: LEFT + mm(right),
            right_width: mm(right_width),
            size,
        }
    }
}

/// Prints the header; returns the top of what follows.
pub(super) fn header(page: &mut Page, facts: &Facts, options: &Options, family: &Family) -> f32 {
    if facts.kind.code == "HĐ" {
        return centred(page, facts, options, family);
    }
    let joint = facts.kind.code == "TTLT";
    let columns = Columns::of(options.world, joint);
    let mut y = body(page, facts, &columns, family);
    y = y.max(TOP + 30.0) + 9.0;
    let row = y;
    if !facts.symbol.is_empty() {
        let label = number_label(facts, options);
        let text = format!("{label} {}{}", facts.shown_number(), facts.symbol);
        // Symbols of joint circulars are long: they are set smaller rather than broken.
        let natural = family.width(&text, plain(columns.size + 0.5));
        let size = (columns.size + 0.5) * (columns.left_width * 0.97 / natural).min(1.0);
        let number = Paragraph::centred(text, plain(size), Region::HeaderLeft);
        y = frame::column(
            page,
            &[number],
            columns.left,
            columns.left_width,
            row,
            family,
        );
    }
    if facts.subject_in_header() {
        let style = if facts.issuer.party {
            italic(12.0)
        } else {
            plain(12.0)
        };
        let about = Paragraph::centred(facts.subject.clone(), style, Region::HeaderLeft).above(5.0);
        y = frame::column(
            page,
            &[about],
            columns.left + mm(3.0),
            columns.left_width - mm(6.0),
            y,
            family,
        );
    }
    state(page, facts, &columns, family);
    let date = Paragraph::centred(
        date_line(facts),
        italic(columns.size + 1.0),
        Region::HeaderRight,
    );
    let end = frame::column(
        page,
        &[date],
        columns.right,
        columns.right_width,
        row - 0.6,
        family,
    );
    y.max(end) + 12.0
}

/// The issuing body, with the rule or star under it.
fn body(page: &mut Page, facts: &Facts, columns: &Columns, family: &Family) -> f32 {
    let mut y = TOP;
    let issuer = &facts.issuer;
    if !issuer.parent.is_empty() {
        let parent = Paragraph::centred(
            broken(
                &issuer.parent,
                plain(columns.size),
                columns.left_width,
                family,
            ),
            plain(columns.size),
            Region::HeaderLeft,
        );
        y = frame::column(page, &[parent], columns.left, columns.left_width, y, family);
    }
    let name = Paragraph::centred(
        broken(
            &facts.old_spelling(&issuer.header),
            bold(columns.size),
            columns.left_width,
            family,
        ),
        bold(columns.size),
        Region::HeaderLeft,
    );
    y = frame::column(page, &[name], columns.left, columns.left_width, y, family);
    if issuer.party {
        let star = Paragraph::centred("*", bold(columns.size), Region::HeaderLeft);
        return frame::column(page, &[star], columns.left, columns.left_width, y, family) - 6.0;
    }
    frame::underline(page, 0.42);
    y
}

/// A name too long for its column is broken before the place, or in the middle.
fn broken(text: &str, style: Style, width: f32, family: &Family) -> String {
    if text.contains('\n') || family.width(text, style) < width {
        return text.to_owned();
    }
    for place in [
        " TỈNH ",
        " THÀNH PHỐ ",
        " HUYỆN ",
        " THỊ XÃ ",
        " QUẬN ",
        " VÀ ",
    ] {
        if let Some(at) = text.find(place).filter(|at| *at > text.len() / 3) {
            let (before, after) = text.split_at(at);
            return format!("{before}\n{}", after.trim_start());
        }
    }
    let middle = text
        .char_indices()
        .filter(|(_, letter)| *letter == ' ')
        .min_by_key(|(at, _)| at.abs_diff(text.len() / 2));
    middle.map_or_else(
        || text.to_owned(),
        |(at, _)| {
            let (before, after) = text.split_at(at);
            format!("{before}\n{}", after.trim_start())
        },
    )
}

fn number_label(facts: &Facts, options: &Options) -> &'static str {
    match (facts.kind.order, facts.kind.code) {
        (Order::Party, _) if options.world == World::A => "Số",
        (Order::Normative, "L") => "Luật số:",
        (Order::Normative, "PL") => "Pháp lệnh số:",
        _ if facts.number.is_multiple_of(23) => "Số",
        _ => "Số:",
    }
}

fn state(page: &mut Page, facts: &Facts, columns: &Columns, family: &Family) {
    if facts.issuer.party {
        let name = Paragraph::centred(
            "ĐẢNG CỘNG SẢN VIỆT NAM",
            bold(columns.size + 2.5),
            Region::HeaderRight,
        );
        frame::column(
            page,
            &[name],
            columns.right,
            columns.right_width,
            TOP,
            family,
        );
        frame::underline(page, 1.0);
        return;
    }
    let state = Paragraph::centred(
        facts.old_spelling("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        bold(columns.size),
        Region::HeaderRight,
    );
    let motto = Paragraph::centred(
        "Độc lập - Tự do - Hạnh phúc",
        bold(columns.size + 1.0),
        Region::HeaderRight,
    );
    frame::column(
        page,
        &[state, motto],
        columns.right,
        columns.right_width,
        TOP,
        family,
    );
    frame::underline(page, 1.0);
}

/// Place and date; what a pen fills in, and what is left blank.
pub(super) fn date_line(facts: &Facts) -> String {
    let (day, month, year) = facts.date;
    let place = &facts.issuer.place;
    match facts.date_blank {
        Blank::Printed => {
            let month = pad_month(month);
            format!("{place}, ngày {day:02} tháng {month} năm {year}")
        }
        Blank::Pen => {
            let month = pad_month(month);
            format!("{place}, ngày ~{day:02}~ tháng {month} năm {year}")
        }
        Blank::PenMonth => format!("{place}, ngày ~{day:02}~ tháng ~{month}~ năm {year}"),
        Blank::Empty => {
            let month = pad_month(month);
            format!("{place}, ngày\u{a0}\u{a0}\u{a0}\u{a0}\u{a0} tháng {month} năm {year}")
        }
    }
}

/// Contracts begin with the state name in the middle of the page.
fn centred(page: &mut Page, facts: &Facts, options: &Options, family: &Family) -> f32 {
    let state = Paragraph::centred(
        facts.old_spelling("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        bold(13.0),
        Region::HeaderRight,
    );
    let motto = Paragraph::centred(
        "Độc lập - Tự do - Hạnh phúc",
        bold(13.5),
        Region::HeaderRight,
    );
    let mut y = frame::column(page, &[state, motto], LEFT, WIDTH, TOP, family);
    frame::underline(page, 1.0);
    if !options.traps.contains(&Trap::Plain) && facts.number.is_multiple_of(2) {
        let date = Paragraph::left(date_line(facts), italic(13.0), Region::HeaderRight);
        let mut date = date;
        date.left = mm(88.0);
        y = frame::column(page, &[date], LEFT, WIDTH, y + 10.0, family);
    }
    y + 12.0
}
