//! Administrative pages as a perfect reader would see them: words, boxes, baselines, blocks, at any skew.

use saoy_pipeline::document::{Line, Point, Rect, Word};

/// A4 at 300 dpi.
pub(crate) const WIDTH: u32 = 2480;
/// A4 at 300 dpi.
pub(crate) const HEIGHT: u32 = 3508;

/// A page under construction.
pub(crate) struct Sheet {
    pub(crate) lines: Vec<Line>,
    block: u32,
    skew_deg: f32,
}

/// How a line stands between its margins.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Set {
    Left,
    Centred,
    Justified,
}

impl Sheet {
    pub(crate) fn new(skew_deg: f32) -> Self {
        Self {
            lines: Vec::new(),
            block: 0,
            skew_deg,
        }
    }

    pub(crate) fn next_block(&mut self) {
        self.block += 1;
    }

    /// Sets one line of words; `size` is the font size in px, `left` and `right` the margins.
    pub(crate) fn line(
        &mut self,
        text: &str,
        size: f32,
        left: f32,
        right: f32,
        base: f32,
        set: Set,
    ) {
        let words: Vec<&str> = text.split_whitespace().collect();
        let widths: Vec<f32> = words.iter().map(|word| width(word) * size).collect();
        let total: f32 = widths.iter().sum();
        let gaps = words.len().saturating_sub(1) as f32;
        let gap = match set {
            Set::Justified if gaps > 0.0 => (right - left - total) / gaps,
            _ => 0.25 * size,
        };
        let mut x = match set {
            Set::Centred => (left + right - total - gap * gaps) / 2.0,
            _ => left,
        };
        let (from, mut set_words) = (x, Vec::new());
        for (word, width) in words.iter().zip(&widths) {
            let (up, down) = extent(word);
            let corners = [
                self.turned(x, base - up * size),
                self.turned(x + width, base - up * size),
                self.turned(x, base + down * size),
                self.turned(x + width, base + down * size),
            ];
            set_words.push(Word {
                text: (*word).to_owned(),
                bbox: around(&corners),
                confidence: 0.95,
                ..Word::default()
            });
            x += width + gap;
        }
        let baseline = [self.turned(from, base), self.turned(x - gap, base)];
        self.lines.push(Line {
            words: set_words,
            baseline,
            block: self.block,
        });
    }

    /// Breaks `text` into justified lines; answers with the base of the line after the last.
    pub(crate) fn paragraph(
        &mut self,
        text: &str,
        size: f32,
        margins: (f32, f32),
        mut base: f32,
        pitch: f32,
    ) -> f32 {
        let (left, right) = margins;
        let (mut line, mut at) = (Vec::new(), left + 2.0 * size);
        let mut used = 0.0;
        for word in text.split_whitespace() {
            let wide = width(word) * size + 0.25 * size;
            if used + wide > right - at + 0.25 * size {
                self.line(&line.join(" "), size, at, right, base, Set::Justified);
                (line, used, at) = (Vec::new(), 0.0, left);
                base += pitch;
            }
            line.push(word);
            used += wide;
        }
        self.line(&line.join(" "), size, at, right, base, Set::Left);
        self.next_block();
        base + pitch
    }

    fn turned(&self, x: f32, y: f32) -> Point {
        let (sin, cos) = self.skew_deg.to_radians().sin_cos();
        let (cx, cy) = (WIDTH as f32 / 2.0, HEIGHT as f32 / 2.0);
        Point {
            x: cx + (x - cx) * cos - (y - cy) * sin,
            y: cy + (x - cx) * sin + (y - cy) * cos,
        }
    }
}

fn around(points: &[Point]) -> Rect {
    let low = |f: fn(&Point) -> f32| points.iter().map(f).fold(f32::MAX, f32::min);
    let high = |f: fn(&Point) -> f32| points.iter().map(f).fold(f32::MIN, f32::max);
    let (x, y) = (low(|p| p.x).round(), low(|p| p.y).round());
    Rect {
        x,
        y,
        w: high(|p| p.x).round() - x,
        h: high(|p| p.y).round() - y,
    }
}

/// Width of a word in ems, in a Times-like face.
fn width(word: &str) -> f32 {
    use unicode_normalization::UnicodeNormalization;
    word.nfd()
        .map(|c| match c {
            '\u{300}'..='\u{36F}' => 0.0,
            'i' | 'l' | 'j' | 't' | 'I' | '/' | '.' | ',' | ';' | ':' | '(' | ')' | '-' => 0.3,
            'f' | 'r' | 's' => 0.36,
            'm' | 'M' | 'W' => 0.83,
            'w' => 0.72,
            c if c.is_uppercase() => 0.68,
            c if c.is_numeric() => 0.5,
            _ => 0.47,
        })
        .sum::<f32>()
        .max(0.2)
}

/// How far the ink of a word reaches above and below the baseline, in ems.
fn extent(word: &str) -> (f32, f32) {
    use unicode_normalization::UnicodeNormalization;
    let (mut up, mut down, mut body) = (0.1_f32, 0.0_f32, 0.45_f32);
    for c in word.nfd() {
        match c {
            '\u{323}' => down = down.max(0.2),
            '\u{300}'..='\u{36F}' => up = up.max(body + if c == '\u{31B}' { 0.02 } else { 0.24 }),
            'g' | 'p' | 'q' | 'y' | 'j' => (up, down) = (up.max(0.45), down.max(0.22)),
            'b' | 'd' | 'h' | 'k' | 'l' | 'đ' | 'f' => up = up.max(0.68),
            'i' | 't' => up = up.max(0.62),
            ',' | ';' => down = down.max(0.14),
            '(' | ')' | '/' => (up, down) = (up.max(0.68), down.max(0.18)),
            '-' => up = up.max(0.26),
            '.' | ':' => {}
            c if c.is_uppercase() || c.is_numeric() => {
                body = 0.66;
                up = up.max(body);
            }
            _ => {
                body = 0.45;
                up = up.max(body);
            }
        }
    }
    (up, down)
}

/// A decision: two-column head, title, grounds, articles, list, table, two-column foot.
pub(crate) fn decision(skew_deg: f32) -> Sheet {
    let mut s = Sheet::new(skew_deg);
    let em = 54.0;
    // Left column whole, then the right one.
    s.line("ỦY BAN NHÂN DÂN", em, 250.0, 1000.0, 300.0, Set::Centred);
    s.line("TỈNH BẮC NINH", em, 250.0, 1000.0, 365.0, Set::Centred);
    // Far enough below to be a block of its own, like the date beside it.
    s.next_block();
    s.line("Số: 1234/QĐ-UBND", em, 250.0, 1000.0, 500.0, Set::Centred);
    s.next_block();
    s.line(
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        em,
        1020.0,
        2330.0,
        300.0,
        Set::Centred,
    );
    s.line(
        "Độc lập - Tự do - Hạnh phúc",
        em,
        1020.0,
        2330.0,
        365.0,
        Set::Centred,
    );
    s.next_block();
    s.line(
        "Bắc Ninh, ngày 05 tháng 01 năm 2024",
        em,
        1020.0,
        2330.0,
        500.0,
        Set::Centred,
    );
    s.next_block();
    s.line("QUYẾT ĐỊNH", 58.0, 300.0, 2300.0, 680.0, Set::Centred);
    s.line(
        "Về việc phê duyệt quy hoạch chi tiết xây dựng khu dân cư",
        em,
        300.0,
        2300.0,
        760.0,
        Set::Centred,
    );
    s.line(
        "phường Võ Cường, thành phố Bắc Ninh",
        em,
        300.0,
        2300.0,
        830.0,
        Set::Centred,
    );
    s.next_block();
    s.line(
        "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH",
        em,
        300.0,
        2300.0,
        960.0,
        Set::Centred,
    );
    s.next_block();
    let margins = (330.0, 2300.0);
    let mut y = 1060.0;
    for ground in [
        "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015; Luật sửa đổi, bổ sung một số điều của Luật \
         Tổ chức Chính phủ và Luật Tổ chức chính quyền địa phương ngày 22 tháng 11 năm 2019;",
        "Căn cứ Nghị định số 37/2010/NĐ-CP ngày 07 tháng 4 năm 2010 của Chính phủ về lập, thẩm định, phê duyệt và quản lý \
         quy hoạch đô thị;",
        "Xét đề nghị của Giám đốc Sở Xây dựng tại Tờ trình số 87/TTr-SXD ngày 28 tháng 12 năm 2023.",
    ] {
        y = s.paragraph(ground, em, margins, y, 78.0);
    }
    s.line("QUYẾT ĐỊNH:", em, 300.0, 2300.0, y + 20.0, Set::Centred);
    s.next_block();
    y += 110.0;
    for article in [
        "Điều 1. Phê duyệt quy hoạch chi tiết xây dựng khu dân cư phường Võ Cường, thành phố Bắc Ninh với những nội dung chủ \
         yếu sau đây, kèm theo các bản vẽ và thuyết minh đã được Sở Xây dựng thẩm định.",
        "1. Phạm vi ranh giới: phía Bắc giáp đường Lý Thái Tổ; phía Nam giáp khu dân cư hiện trạng; phía Đông giáp đường \
         quy hoạch; phía Tây giáp mương thủy lợi.",
        "2. Quy mô diện tích: khoảng 12,5 ha, trong đó đất ở chiếm 45%, đất cây xanh chiếm 18% và đất giao thông chiếm 30%.",
    ] {
        y = s.paragraph(article, em, margins, y, 78.0);
    }
    // A line whose last word would not fit: gaps of more than two ems.
    s.line(
        "3. Nguồn vốn: ngân sách tỉnh",
        em,
        438.0,
        1700.0,
        y,
        Set::Justified,
    );
    s.line(
        "(45.000.000.000 đồng).",
        em,
        330.0,
        2300.0,
        y + 78.0,
        Set::Left,
    );
    s.next_block();
    y = table(&mut s, y + 190.0);
    foot(&mut s, y + 60.0);
    s
}

/// A table of which each row is a line.
fn table(s: &mut Sheet, mut y: f32) -> f32 {
    for row in [
        ["TT", "Tên công trình", "Diện tích", "Tỷ lệ"],
        ["1", "Nhà văn hóa khu phố", "1.250 m2", "10,0%"],
        ["2", "Trường mầm non", "3.400 m2", "27,2%"],
        ["3", "Công viên cây xanh", "2.250 m2", "18,0%"],
    ] {
        for (cell, (left, right)) in row.iter().zip([
            (340.0, 460.0),
            (480.0, 1400.0),
            (1420.0, 1850.0),
            (1870.0, 2290.0),
        ]) {
            s.line(
                cell,
                50.0,
                left,
                right,
                y,
                if left < 400.0 {
                    Set::Centred
                } else {
                    Set::Left
                },
            );
        }
        merge_row(s);
        y += 84.0;
    }
    s.next_block();
    y
}

/// Makes one line of the last four, as an engine that sees no table does.
fn merge_row(s: &mut Sheet) {
    let cells = s.lines.split_off(s.lines.len() - 4);
    let (first, last) = (cells[0].baseline[0], cells[3].baseline[1]);
    let words = cells.into_iter().flat_map(|cell| cell.words).collect();
    s.lines.push(Line {
        words,
        baseline: [first, last],
        block: s.block,
    });
}

/// Recipients on the left, signature on the right.
fn foot(s: &mut Sheet, y: f32) {
    for (row, text) in [
        "Nơi nhận:",
        "- Như Điều 3;",
        "- Văn phòng Chính phủ (để b/c);",
        "- Sở Tư pháp;",
        "- Lưu: VT, XDCB.",
    ]
    .iter()
    .enumerate()
    {
        s.line(text, 46.0, 330.0, 1100.0, y + row as f32 * 56.0, Set::Left);
    }
    s.next_block();
    s.line(
        "TM. ỦY BAN NHÂN DÂN",
        em_of_foot(),
        1350.0,
        2300.0,
        y,
        Set::Centred,
    );
    s.line(
        "KT. CHỦ TỊCH",
        em_of_foot(),
        1350.0,
        2300.0,
        y + 68.0,
        Set::Centred,
    );
    s.line(
        "PHÓ CHỦ TỊCH",
        em_of_foot(),
        1350.0,
        2300.0,
        y + 136.0,
        Set::Centred,
    );
    s.next_block();
    s.line(
        "Nguyễn Văn Đạo",
        em_of_foot(),
        1350.0,
        2300.0,
        y + 420.0,
        Set::Centred,
    );
    s.next_block();
}

fn em_of_foot() -> f32 {
    54.0
}
