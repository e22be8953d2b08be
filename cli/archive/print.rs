//! Registers on paper: printed each month, bound and sealed (Decree 23/2015, articles 13-14).

use saoy_archive::profile::{Profile, Register};
use saoy_archive::register::{Line, State};
use saoy_pipeline::compose::DateTime;
use saoy_signing::sign::appearance::{Print, Weight, width};

use crate::paper::{self, Sheet};

/// A4 across, pt.
const PAGE: (f64, f64) = (841.89, 595.276);
/// Margins of Decree 30/2020, annex I: 30 mm at the binding would be left; registers are bound at the top edge here.
const MARGIN: f64 = 42.0;
/// Size of letters in the table, and height of its lines, pt.
const SIZE: f64 = 9.5;
const LEADING: f64 = 12.0;
/// Around the text of a cell, pt.
const PADDING: f64 = 3.0;

/// What a print is headed by.
pub(super) struct Heading<'a> {
    pub(super) office: &'a str,
    /// Such as `Tháng 11 năm 2026`.
    pub(super) period: &'a str,
    /// When it is printed.
    pub(super) created: DateTime,
    pub(super) id: [u8; 16],
}

/// The pages of a register as PDF/A-2b.
pub(super) fn register(
    profile: &Profile,
    register: &Register,
    lines: &[Line],
    heading: &Heading<'_>,
) -> anyhow::Result<Vec<u8>> {
    let mut table = Table::new(profile, register, heading)?;
    for line in lines {
        table.add(line)?;
    }
    table.finish(lines)
}

struct Table<'a> {
    profile: &'a Profile,
    register: &'a Register,
    heading: &'a Heading<'a>,
    /// Left edges of the columns, and the right end, pt.
    edges: Vec<f64>,
    pages: Vec<Print>,
    /// Where the next row begins, pt from the top.
    top: f64,
    /// Where the table begins on this page.
    began: f64,
}

impl<'a> Table<'a> {
    fn new(
        profile: &'a Profile,
        register: &'a Register,
        heading: &'a Heading<'a>,
    ) -> anyhow::Result<Self> {
        let whole: f64 = register
            .columns
            .iter()
            .map(|column| f64::from(column.width))
            .sum();
        let room = PAGE.0 - 2.0 * MARGIN;
        let mut edges = vec![MARGIN];
        let mut at = MARGIN;
        for column in &register.columns {
            at += f64::from(column.width) / whole * room;
            edges.push(at);
        }
        let mut table = Self {
            profile,
            register,
            heading,
            edges,
            pages: Vec::new(),
            top: 0.0,
            began: 0.0,
        };
        table.begin()?;
        Ok(table)
    }

    /// A new page with its headings.
    fn begin(&mut self) -> anyhow::Result<()> {
        let mut page = Print::default();
        page.text(
            &self.heading.office.to_uppercase(),
            Weight::Bold,
            11.0,
            (MARGIN, MARGIN),
        );
        let title = self.register.title.vi.to_uppercase();
        let centred = |text: &str, weight, size| -> anyhow::Result<f64> {
            Ok((PAGE.0 - width(text, weight, size)?) / 2.0)
        };
        page.text(
            &title,
            Weight::Bold,
            14.0,
            (centred(&title, Weight::Bold, 14.0)?, MARGIN + 24.0),
        );
        let period = self.heading.period;
        page.text(
            period,
            Weight::Regular,
            11.0,
            (centred(period, Weight::Regular, 11.0)?, MARGIN + 40.0),
        );
        self.pages.push(page);
        self.top = MARGIN + 52.0;
        self.began = self.top;
        let headings: Vec<String> = self
            .register
            .columns
            .iter()
            .map(|column| column.vi.clone())
            .collect();
        self.row(&headings, Weight::Bold)
    }

    fn add(&mut self, line: &Line) -> anyhow::Result<()> {
        let cells: Vec<String> = self
            .register
            .columns
            .iter()
            .map(|column| cell(line, &column.key))
            .collect();
        self.row(&cells, Weight::Regular)
    }

    fn row(&mut self, cells: &[String], weight: Weight) -> anyhow::Result<()> {
        let mut wrapped = Vec::new();
        for (text, edge) in cells.iter().zip(self.edges.windows(2)) {
            let room = edge
                .last()
                .zip(edge.first())
                .map_or(0.0, |(to, from)| to - from);
            wrapped.push(paper::wrap(text, weight, SIZE, room - 2.0 * PADDING)?);
        }
        let most = wrapped.iter().map(Vec::len).max().unwrap_or(1).max(1);
        let height = most as f64 * LEADING + 2.0 * PADDING;
        if weight == Weight::Regular && self.top + height > PAGE.1 - MARGIN - 14.0 {
            self.close();
            self.begin()?;
        }
        let (top, left, right) = (self.top, MARGIN, PAGE.0 - MARGIN);
        let edges = self.edges.clone();
        let Some(page) = self.pages.last_mut() else {
            return Ok(());
        };
        page.rule([left, top, right, top]);
        for (lines, edge) in wrapped.iter().zip(&edges) {
            for (number, line) in lines.iter().enumerate() {
                let base = top + PADDING + LEADING * (number as f64 + 0.8);
                page.text(line, weight, SIZE, (edge + PADDING, base));
            }
        }
        self.top += height;
        Ok(())
    }

    /// The table's outer and upright rules on this page.
    fn close(&mut self) {
        let (began, top) = (self.began, self.top);
        if let Some(page) = self.pages.last_mut() {
            page.rule([MARGIN, top, PAGE.0 - MARGIN, top]);
            for edge in &self.edges {
                page.rule([*edge, began, *edge, top]);
            }
        }
    }

    fn finish(mut self, lines: &[Line]) -> anyhow::Result<Vec<u8>> {
        self.close();
        let count = |state: State| lines.iter().filter(|line| line.state == state).count();
        let total = format!(
            "Tổng số: {} số, trong đó đã cấp {}, đã hủy {}, chờ cấp {}.",
            lines.len(),
            count(State::Issued),
            count(State::Cancelled),
            count(State::Reserved)
        );
        if self.top > PAGE.1 - MARGIN - 110.0 {
            self.begin()?;
            self.close();
        }
        let top = self.top;
        if let Some(page) = self.pages.last_mut() {
            page.text(&total, Weight::Regular, 11.0, (MARGIN, top + 20.0));
            for (text, left) in [
                ("NGƯỜI GHI SỔ", 120.0),
                ("XÁC NHẬN CỦA CƠ QUAN", PAGE.0 - 280.0),
            ] {
                page.text(text, Weight::Bold, 11.0, (left, top + 44.0));
            }
            page.text(
                "(Ký, ghi rõ họ tên)",
                Weight::Regular,
                10.0,
                (122.0, top + 58.0),
            );
            page.text(
                "(Ký, ghi rõ họ tên và đóng dấu)",
                Weight::Regular,
                10.0,
                (PAGE.0 - 276.0, top + 58.0),
            );
        }
        let of = self.pages.len();
        for (number, page) in self.pages.iter_mut().enumerate() {
            let foot = format!(
                "Trang {}/{of}. Theo {}; hồ sơ quy tắc {}.",
                number + 1,
                self.profile.decrees.join(", "),
                self.profile.version
            );
            page.text(
                &foot,
                Weight::Regular,
                8.0,
                (MARGIN, PAGE.1 - MARGIN + 12.0),
            );
        }
        let title = format!("{}, {}", self.register.title.vi, self.heading.period);
        paper::made(
            &Sheet {
                title,
                created: self.heading.created,
                id: self.heading.id,
                size: PAGE,
            },
            self.pages,
        )
    }
}

/// What stands in a column of a line.
fn cell(line: &Line, key: &str) -> String {
    match key {
        "number" => line.display.clone(),
        "day" => line.day.strftime("%d/%m/%Y").to_string(),
        "remark" => {
            let own = line.columns.get("remark").cloned();
            let state = match (&line.annulment, line.state) {
                (Some(annulment), _) => Some(format!(
                    "Hủy bỏ giá trị: {} ngày {}",
                    annulment.decision,
                    annulment.day.strftime("%d/%m/%Y")
                )),
                (None, State::Cancelled) => Some(format!(
                    "Đã hủy: {}",
                    line.reason.as_deref().unwrap_or_default()
                )),
                (None, State::Reserved) => Some("Chờ cấp".to_owned()),
                (None, State::Issued) => None,
            };
            own.into_iter().chain(state).collect::<Vec<_>>().join("; ")
        }
        key => line.columns.get(key).cloned().unwrap_or_default(),
    }
}
