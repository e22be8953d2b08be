//! How names of bodies and places are written in a sentence, whatever the capitals of a header hide.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::classify::fold::{folded, similarity};
use crate::classify::leaf::Leaf;

/// A list with its folded entries, made once.
struct Entries(Vec<Entry>);

struct Entry {
    text: &'static str,
    key: String,
    words: usize,
}

impl Entries {
    fn of(list: &'static [&'static str]) -> Self {
        let entry = |text: &&'static str| Entry {
            text,
            key: folded(text),
            words: text
                .split_whitespace()
                .filter(|word| !folded(word).is_empty())
                .count(),
        };
        Self(list.iter().map(entry).collect())
    }
}

static BODY: LazyLock<Entries> = LazyLock::new(|| Entries::of(BODIES));
static FIELD: LazyLock<Entries> = LazyLock::new(|| Entries::of(FIELDS));
static PLACE: LazyLock<Entries> = LazyLock::new(|| Entries::of(PLACES));
static UNIT: LazyLock<Entries> = LazyLock::new(|| Entries::of(&UNITS));

/// Beginnings of names and whole names, as decree 30/2020/NĐ-CP, annex II, writes them.
const BODIES: &[&str] = &[
    "Thủ tướng Chính phủ",
    "Chính phủ",
    "Quốc hội",
    "Chủ tịch nước",
    "Ủy ban Thường vụ Quốc hội",
    "Văn phòng Chính phủ",
    "Văn phòng Quốc hội",
    "Văn phòng Chủ tịch nước",
    "Văn phòng Trung ương Đảng",
    "Ủy ban nhân dân",
    "Hội đồng nhân dân",
    "Thường trực Hội đồng nhân dân",
    "Văn phòng Ủy ban nhân dân",
    "Văn phòng Hội đồng nhân dân",
    "Văn phòng Hội đồng nhân dân và Ủy ban nhân dân",
    "Văn phòng Đoàn đại biểu Quốc hội và Hội đồng nhân dân",
    "Đoàn đại biểu Quốc hội",
    "Tòa án nhân dân tối cao",
    "Tòa án nhân dân cấp cao",
    "Tòa án nhân dân khu vực",
    "Tòa án nhân dân",
    "Tòa án quân sự",
    "Viện kiểm sát nhân dân tối cao",
    "Viện kiểm sát nhân dân",
    "Kiểm toán nhà nước",
    "Thanh tra Chính phủ",
    "Thanh tra tỉnh",
    "Ngân hàng Nhà nước Việt Nam",
    "Ủy ban Dân tộc",
    "Bảo hiểm xã hội Việt Nam",
    "Bảo hiểm xã hội",
    "Kho bạc Nhà nước",
    "Cục Thuế",
    "Chi cục Thuế",
    "Tổng cục Thuế",
    "Tổng cục Hải quan",
    "Cục Hải quan",
    "Tổng cục Thống kê",
    "Cục Thống kê",
    "Tổng cục",
    "Cục Văn thư và Lưu trữ nhà nước",
    "Thông tấn xã Việt Nam",
    "Đài Truyền hình Việt Nam",
    "Đài Tiếng nói Việt Nam",
    "Viện Hàn lâm Khoa học xã hội Việt Nam",
    "Viện Hàn lâm Khoa học và Công nghệ Việt Nam",
    "Tổng Liên đoàn Lao động Việt Nam",
    "Liên đoàn Lao động",
    "Đoàn Thanh niên Cộng sản Hồ Chí Minh",
    "Hội Liên hiệp Phụ nữ Việt Nam",
    "Hội Liên hiệp Phụ nữ",
    "Hội Nông dân Việt Nam",
    "Hội Nông dân",
    "Hội Cựu chiến binh",
    "Ủy ban Mặt trận Tổ quốc Việt Nam",
    "Ban Chấp hành Trung ương",
    "Ban Chấp hành",
    "Ban Thường vụ",
    "Ban Tổ chức",
    "Ban Tuyên giáo",
    "Ban Tuyên giáo và Dân vận",
    "Ban Dân vận",
    "Ban Nội chính",
    "Ủy ban Kiểm tra",
    "Bộ Chính trị",
    "Ban Bí thư",
    "Tỉnh ủy",
    "Thành ủy",
    "Huyện ủy",
    "Quận ủy",
    "Thị ủy",
    "Đảng ủy",
    "Đảng bộ",
    "Chi bộ",
    "Công an",
    "Công an nhân dân",
    "Bộ Chỉ huy Quân sự",
    "Bộ Tư lệnh",
    "Ban Chỉ huy Quân sự",
    "Ban Quản lý",
    "Ban Chỉ đạo",
    "Trung tâm Phục vụ hành chính công",
    "Trung tâm Hành chính công",
    "Văn phòng đăng ký đất đai",
    "Chi nhánh Văn phòng đăng ký đất đai",
    "Trường Đại học",
    "Trường Cao đẳng",
    "Trường Trung học phổ thông",
    "Trường Trung học cơ sở",
    "Trường Tiểu học",
    "Trường Mầm non",
    "Trường THPT",
    "Trường THCS",
    "Đại học Quốc gia",
    "Học viện",
    "Bệnh viện đa khoa tỉnh",
    "Bệnh viện đa khoa",
    "Bệnh viện",
    "Trung tâm Y tế",
    "Trung tâm",
    "Công ty Cổ phần",
    "Công ty Trách nhiệm hữu hạn một thành viên",
    "Công ty Trách nhiệm hữu hạn",
    "Công ty TNHH một thành viên",
    "Công ty TNHH MTV",
    "Công ty TNHH",
    "Tổng công ty",
    "Tập đoàn",
    "Hợp tác xã",
    "Hội đồng",
    "Văn phòng",
    "Thanh tra",
    "Chi cục",
    "Phòng",
    "Bộ",
    "Sở",
    "Cục",
    "Vụ",
    "Ban",
];

/// Fields of ministries, departments and divisions, since 1975.
const FIELDS: &[&str] = &[
    "Nội vụ",
    "Tư pháp",
    "Tài chính",
    "Tài chính - Kế hoạch",
    "Y tế",
    "Xây dựng",
    "Công Thương",
    "Công nghiệp",
    "Thương mại",
    "Ngoại giao",
    "Ngoại vụ",
    "Quốc phòng",
    "Công an",
    "Giáo dục và Đào tạo",
    "Khoa học và Công nghệ",
    "Khoa học, Công nghệ và Môi trường",
    "Kế hoạch và Đầu tư",
    "Giao thông vận tải",
    "Thông tin và Truyền thông",
    "Bưu chính, Viễn thông",
    "Văn hóa, Thể thao và Du lịch",
    "Văn hóa và Thể thao",
    "Văn hóa - Thông tin",
    "Văn hóa và Thông tin",
    "Văn hóa - Xã hội",
    "Du lịch",
    "Tài nguyên và Môi trường",
    "Nông nghiệp và Phát triển nông thôn",
    "Nông nghiệp và Môi trường",
    "Nông nghiệp",
    "Thủy sản",
    "Lao động - Thương binh và Xã hội",
    "Lao động, Thương binh và Xã hội",
    "Dân tộc và Tôn giáo",
    "Dân tộc",
    "Quy hoạch - Kiến trúc",
    "Kinh tế",
    "Kinh tế và Hạ tầng",
    "Kinh tế, Hạ tầng và Đô thị",
    "Quản lý đô thị",
    "An toàn thực phẩm",
    "Kiểm lâm",
    "Thủy lợi",
    "Chăn nuôi và Thú y",
    "Trồng trọt và Bảo vệ thực vật",
    "Quản lý thị trường",
    "Thi hành án dân sự",
];

/// Provinces and cities under the centre, of before and after 1 July 2025.
const PLACES: &[&str] = &[
    "Hà Nội",
    "Hồ Chí Minh",
    "Hải Phòng",
    "Đà Nẵng",
    "Cần Thơ",
    "Huế",
    "Thừa Thiên Huế",
    "An Giang",
    "Bà Rịa - Vũng Tàu",
    "Bắc Giang",
    "Bắc Kạn",
    "Bạc Liêu",
    "Bắc Ninh",
    "Bến Tre",
    "Bình Định",
    "Bình Dương",
    "Bình Phước",
    "Bình Thuận",
    "Cà Mau",
    "Cao Bằng",
    "Đắk Lắk",
    "Đắk Nông",
    "Điện Biên",
    "Đồng Nai",
    "Đồng Tháp",
    "Gia Lai",
    "Hà Giang",
    "Hà Nam",
    "Hà Tĩnh",
    "Hải Dương",
    "Hậu Giang",
    "Hòa Bình",
    "Hưng Yên",
    "Khánh Hòa",
    "Kiên Giang",
    "Kon Tum",
    "Lai Châu",
    "Lâm Đồng",
    "Lạng Sơn",
    "Lào Cai",
    "Long An",
    "Nam Định",
    "Nghệ An",
    "Ninh Bình",
    "Ninh Thuận",
    "Phú Thọ",
    "Phú Yên",
    "Quảng Bình",
    "Quảng Nam",
    "Quảng Ngãi",
    "Quảng Ninh",
    "Quảng Trị",
    "Sóc Trăng",
    "Sơn La",
    "Tây Ninh",
    "Thái Bình",
    "Thái Nguyên",
    "Thanh Hóa",
    "Tiền Giang",
    "Trà Vinh",
    "Tuyên Quang",
    "Vĩnh Long",
    "Vĩnh Phúc",
    "Yên Bái",
    "Việt Nam",
];

/// Kinds of territories; small letters, and a name follows.
const UNITS: [&str; 9] = [
    "tỉnh",
    "thành phố",
    "thị xã",
    "thị trấn",
    "huyện",
    "quận",
    "phường",
    "đặc khu",
    "xã",
];

/// Words that stay small inside names.
const SMALL: &[&str] = &[
    "và", "của", "về", "các", "nhân", "dân", "nhà", "nước", "tối", "cao", "trung", "ương", "đa",
    "khoa", "cấp", "xã", "hội", "khu", "vực", "số", "thuộc", "cho", "với", "từ", "tại",
];

/// Abbreviations in headers that stand for words.
const SHORT: [(&str, &str); 6] = [
    ("ubnd", "Ủy ban nhân dân"),
    ("hdnd", "Hội đồng nhân dân"),
    ("tp", "thành phố"),
    ("tx", "thị xã"),
    ("tt", "thị trấn"),
    ("tand", "Tòa án nhân dân"),
];

/// Words of the text by their folded form: how they are written there, with small letters.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    words: Vec<(String, String)>,
    starts: BTreeMap<String, Vec<usize>>,
}

impl Seen {
    /// Gathers the words of pages; lines in capitals tell nothing.
    pub fn of<'a>(leaves: impl IntoIterator<Item = &'a Leaf>) -> Self {
        let mut seen = Self::default();
        for row in leaves.into_iter().flat_map(|leaf| &leaf.rows) {
            if row.capitals() > 0.6 {
                // A break, so that no phrase is found across it.
                seen.words.push((String::new(), String::new()));
                continue;
            }
            for token in &row.tokens {
                if token.key.is_empty() && !matches!(token.text.as_str(), "-" | "–" | "—") {
                    continue;
                }
                let at = seen.words.len();
                seen.starts.entry(token.key.clone()).or_default().push(at);
                // A comma belongs to names such as `Sở Văn hóa, Thể thao và Du lịch`.
                let text = token
                    .text
                    .trim_start_matches(|c: char| !c.is_alphanumeric())
                    .trim_end_matches(|c: char| !c.is_alphanumeric() && c != ',');
                seen.words.push((token.key.clone(), text.to_owned()));
            }
        }
        seen
    }

    /// How the words stand in the text, when they do: the way that is commonest.
    fn phrase(&self, keys: &[String]) -> Option<Vec<String>> {
        let starts = self.starts.get(keys.first()?)?;
        let mut ways: BTreeMap<Vec<String>, usize> = BTreeMap::new();
        for &at in starts {
            let words = self.words.get(at..at + keys.len())?;
            if words
                .iter()
                .zip(keys)
                .all(|((key, _), wanted)| key == wanted)
            {
                let way = words.iter().map(|(_, text)| text.clone()).collect();
                *ways.entry(way).or_default() += 1;
            }
        }
        // A sentence's first word is no name: a way counts when a later word says so, too; ties go to more capitals.
        let (mut way, _) = ways
            .into_iter()
            .max_by_key(|(way, count)| (*count, capitals(way)))?;
        if let Some(last) = way.last_mut() {
            last.truncate(last.trim_end_matches(',').len());
        }
        Some(way)
    }
}

fn capitals(words: &[String]) -> usize {
    words
        .iter()
        .filter(|word| word.starts_with(char::is_uppercase))
        .count()
}

/// A header's words as a name in a sentence, with the share of its words that are known.
pub fn in_sentence(text: &str, seen: &Seen) -> Option<(String, f32)> {
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| {
            word.trim_matches(|c: char| {
                !c.is_alphanumeric() && !matches!(c, '-' | ',' | '.' | '&' | '(' | ')')
            })
        })
        .map(|word| word.trim_matches('.').to_owned())
        .filter(|word| !word.is_empty())
        .collect();
    if words.is_empty() {
        return None;
    }
    if let Some(name) = whole(&words, seen) {
        return Some((name, 1.0));
    }
    let mut out: Vec<String> = Vec::new();
    let mut known = 0;
    let mut at = 0;
    let mut proper = false;
    let mut field = false;
    while let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) {
        let first = out.is_empty();
        let (taken, name, sure, next_proper) = next(rest, first, proper, field, seen);
        known += if sure { taken } else { 0 };
        field = sure && BODIES.iter().any(|body| *body == name);
        proper = next_proper;
        out.push(name);
        at += taken;
    }
    let name = tones_settled(&out.join(" ")).replace(" ,", ",");
    let name = name.trim_matches(|c: char| c == '-' || c == ' ').to_owned();
    Some((name, known as f32 / words.len() as f32))
}

/// The whole name as the text writes it, when it does.
fn whole(words: &[String], seen: &Seen) -> Option<String> {
    let keys: Vec<String> = words.iter().map(|word| folded(word)).collect();
    let short = keys.iter().filter(|key| !key.is_empty()).count() < 3
        || keys
            .iter()
            .any(|key| SHORT.iter().any(|(short, _)| short == key));
    let way = if short { None } else { seen.phrase(&keys) }?;
    let way: Vec<String> = way
        .into_iter()
        .map(|word| {
            if word.is_empty() {
                "-".to_owned()
            } else {
                word
            }
        })
        .collect();
    let way = spelled(way);
    // A text that writes a name all in small letters is about such bodies, not about this one.
    (capitals(&way) >= 2).then(|| tones_settled(&capitalised(&way.join(" "))))
}

/// A name from the text with the marks of those of its words that are known; the text may be misread as well.
fn spelled(mut way: Vec<String>) -> Vec<String> {
    let keys: Vec<String> = way.clone();
    let mut put = |at: usize, entry: &str| {
        for (word, known) in way.iter_mut().skip(at).zip(entry.split_whitespace()) {
            if word.to_lowercase() != known.to_lowercase() && *word != "-" {
                *word = known.to_owned();
            }
        }
    };
    if let Some((count, body)) = known_of(&BODY, &keys, 0.999)
        .filter(|(count, body)| body.split_whitespace().count() == *count)
    {
        put(0, &body);
        if let Some((_, field)) = keys
            .get(count..)
            .and_then(|rest| known_of(&FIELD, rest, 0.999))
        {
            put(count, &field);
        }
    }
    for at in 1..keys.len() {
        let Some(rest) = keys.get(at..) else { break };
        if let Some((_, unit)) = known_of(&UNIT, rest, 0.999)
            && rest.first().is_some_and(|word| {
                word.starts_with(char::is_lowercase) && !is_other_word(&unit, word)
            })
        {
            put(at, &unit);
        }
    }
    way
}

/// Whether two words stand together inside known names, so that a line between them is no end of a name. In names of
/// bodies, `Văn phòng / Ủy ban`, the word before the first must be the same as well.
pub fn go_together(earlier: &str, first: &str, second: &str) -> bool {
    type Before = std::collections::BTreeSet<Option<String>>;
    static PAIRS: LazyLock<BTreeMap<(String, String), Before>> = LazyLock::new(|| {
        let mut pairs: BTreeMap<(String, String), Before> = BTreeMap::new();
        let bodies = BODIES.iter().map(|entry| (entry, true));
        let others = FIELDS.iter().chain(PLACES).map(|entry| (entry, false));
        for (entry, body) in bodies.chain(others) {
            let words: Vec<&str> = entry.split_whitespace().collect();
            for (at, pair) in words.windows(2).enumerate() {
                let [a, b] = pair else { continue };
                let before = at.checked_sub(1).and_then(|at| words.get(at)).copied();
                let before = before.filter(|_| body).map(folded);
                pairs
                    .entry((folded(a), folded(b)))
                    .or_default()
                    .insert(before);
            }
        }
        pairs
    });
    PAIRS
        .get(&(first.to_owned(), second.to_owned()))
        .is_some_and(|before| before.contains(&None) || before.contains(&Some(earlier.to_owned())))
}

/// Words in capitals as in a sentence: small, but for the first letter and names of provinces.
pub fn lowered(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    let mut out: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) {
        let (taken, word) = match known_of(&PLACE, rest, 0.99) {
            Some((taken, place)) => (taken, place),
            None => (
                1,
                rest.first()
                    .map(|word| word.to_lowercase())
                    .unwrap_or_default(),
            ),
        };
        out.push(word);
        at += taken;
    }
    capitalised(&out.join(" "))
}

/// The next words of a name: how many, how written, whether known, whether a proper name follows.
fn next(
    rest: &[String],
    first: bool,
    proper: bool,
    field: bool,
    seen: &Seen,
) -> (usize, String, bool, bool) {
    let head = rest.first().map(String::as_str).unwrap_or_default();
    let key = folded(head);
    if key.is_empty() {
        return (1, "-".to_owned(), true, proper);
    }
    if let Some((_, long)) = SHORT.iter().find(|(short, _)| *short == key) {
        let place = is_unit(long);
        // `TT` inside a name is more often an abbreviation of its own.
        if !(place && first) {
            return (1, (*long).to_owned(), true, place);
        }
    }
    if let Some(dotted) = head.strip_prefix("TP.").filter(|rest| !rest.is_empty()) {
        return (1, format!("thành phố {}", titled(dotted)), true, true);
    }
    if proper && let Some((count, place)) = known_of(&PLACE, rest, 0.95) {
        return (count, place, true, true);
    }
    if let Some((count, unit)) = known_of(&UNIT, rest, 0.89)
        && !first
        && rest.len() > count
        && !is_other_word(&unit, head)
    {
        return (count, unit, true, true);
    }
    if first && let Some((count, body)) = known_of(&BODY, rest, 0.86) {
        // The committees of the Party are named by place: `Huyện ủy X`.
        // So are schools after persons.
        let key = folded(&body);
        let school =
            key.starts_with("truong") && !key.ends_with("daihoc") && !key.ends_with("caodang");
        let committee = key.ends_with("uy") || school;
        return (count, body, true, committee);
    }
    if (field || first || proper)
        && let Some((count, name)) = known_of(&FIELD, rest, 0.88)
    {
        return (count, name, true, false);
    }
    if let Some((count, body)) =
        known_of(&BODY, rest, 0.9).filter(|(count, _)| *count >= 2 || proper)
    {
        return (count, body, true, false);
    }
    if let Some((count, place)) = known_of(&PLACE, rest, 0.99) {
        return (count, place, true, false);
    }
    if let Some((count, unit)) = known_of(&UNIT, rest, 0.99).filter(|_| !first) {
        return (count, unit, true, true);
    }
    from_text(rest, proper, field || first, seen)
}

/// Words that differ from kinds of territories by their marks only: `cơ quan`, `địa phương`.
fn is_other_word(unit: &str, word: &str) -> bool {
    let lower = word.to_lowercase();
    lower != unit
        && matches!(
            lower.as_str(),
            "quan" | "quản" | "quân" | "phương" | "phượng" | "xa" | "huyền" | "tính" | "tĩnh"
        )
        && unit != "tỉnh"
}

/// As the text writes the longest run of the words, else by the rule: names of places in capitals, the rest small.
fn from_text(
    rest: &[String],
    proper: bool,
    capital: bool,
    seen: &Seen,
) -> (usize, String, bool, bool) {
    let keys: Vec<String> = rest.iter().map(|word| folded(word)).collect();
    for count in (2..=rest.len().min(8)).rev() {
        if let Some(way) = keys.get(..count).and_then(|keys| seen.phrase(keys)) {
            let mut text = way.join(" ");
            let small = keys
                .first()
                .is_some_and(|key| SMALL.iter().any(|word| folded(word) == *key));
            if capital && !small {
                text = capitalised(&text);
            }
            return (count, text, true, proper);
        }
    }
    let head = rest.first().map(String::as_str).unwrap_or_default();
    let lower = head.to_lowercase();
    let short = head.chars().count() <= 4
        && head.chars().all(|c| c.is_ascii_uppercase())
        && is_abbreviation(head);
    let text = if short {
        head.to_owned()
    } else if proper || capital && !SMALL.contains(&lower.as_str()) {
        titled(head)
    } else {
        lower.clone()
    };
    (1, text, SMALL.contains(&lower.as_str()), proper)
}

/// Capitals without a vowel are no syllable.
fn is_abbreviation(word: &str) -> bool {
    !word
        .chars()
        .any(|c| matches!(c, 'A' | 'E' | 'I' | 'O' | 'U' | 'Y'))
}

/// The longest entry that the words begin with, and how many words it takes.
fn known_of(list: &Entries, words: &[String], least: f32) -> Option<(usize, String)> {
    let keys: Vec<String> = words.iter().take(16).map(|word| folded(word)).collect();
    let first = keys.first()?.as_bytes().first().copied()?;
    let mut best: Option<(usize, f32, &Entry)> = None;
    for entry in &list.0 {
        // Engines join and part words: one more or less may make it.
        for taken in [entry.words, entry.words + 1, entry.words.saturating_sub(1)] {
            // Dashes between words are words of the header but not of the key.
            let Some((key, count)) = joined(&keys, taken) else {
                continue;
            };
            let far = key.len().abs_diff(entry.key.len()) * 5 > entry.key.len() + 4;
            if far || entry.key.len() <= 4 && key.as_bytes().first() != Some(&first) {
                continue;
            }
            let how = similarity(&key, &entry.key);
            let fits = if entry.key.len() <= 4 {
                how > 0.99
            } else {
                how >= least
            };
            // Long entries win over short ones, but not by letters that they got wrong.
            let worth = entry.key.len() as f32 * (1.0 - 4.0 * (1.0 - how));
            let better = best.as_ref().is_none_or(|(_, old, _)| worth > *old);
            if fits && better {
                best = Some((count, worth, entry));
            }
        }
    }
    best.map(|(count, _, entry)| (count, entry.text.to_owned()))
}

/// The first `taken` keys that are not empty, joined, and how many entries they span.
fn joined(keys: &[String], taken: usize) -> Option<(String, usize)> {
    let mut key = String::new();
    let mut left = taken;
    if left == 0 {
        return None;
    }
    for (index, part) in keys.iter().enumerate() {
        key.push_str(part);
        left = left.saturating_sub(usize::from(!part.is_empty()));
        if left == 0 {
            return (!key.is_empty()).then_some((key, index + 1));
        }
    }
    None
}

/// `QUẢNG` as `Quảng`.
pub fn titled(word: &str) -> String {
    capitalised(&word.to_lowercase())
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// The tone over the first vowel of `oa`, `oe`, `uy` at the end of a syllable, as names are now written: `Hòa`, `Ủy`.
pub fn tones_settled(text: &str) -> String {
    const OLD: [&str; 30] = [
        "oà", "oá", "oả", "oã", "oạ", "oè", "oé", "oẻ", "oẽ", "oẹ", "uỳ", "uý", "uỷ", "uỹ", "uỵ",
        "OÀ", "OÁ", "OẢ", "OÃ", "OẠ", "OÈ", "OÉ", "OẺ", "OẼ", "OẸ", "UỲ", "UÝ", "UỶ", "UỸ", "UỴ",
    ];
    const NEW: [&str; 30] = [
        "òa", "óa", "ỏa", "õa", "ọa", "òe", "óe", "ỏe", "õe", "ọe", "ùy", "úy", "ủy", "ũy", "ụy",
        "ÒA", "ÓA", "ỎA", "ÕA", "ỌA", "ÒE", "ÓE", "ỎE", "ÕE", "ỌE", "ÙY", "ÚY", "ỦY", "ŨY", "ỤY",
    ];
    let words: Vec<String> = text
        .split(' ')
        .map(|word| {
            // `quý` has its `u` from the consonant; `Uỷ` with one capital is the pair of both cases.
            let word = word
                .replace("Uỷ", "Ủy")
                .replace("Uý", "Úy")
                .replace("Oà", "Òa");
            if folded(&word).starts_with("qu") {
                return word;
            }
            OLD.iter()
                .zip(NEW)
                .find(|(old, _)| word.ends_with(**old))
                .map_or(word.clone(), |(old, new)| {
                    word.strip_suffix(*old)
                        .map_or(word.clone(), |start| format!("{start}{new}"))
                })
        })
        .collect();
    words.join(" ")
}

/// A person's name from a row, as printed but for capitals throughout.
pub fn tones_kept(row: &crate::classify::leaf::Row) -> String {
    let all = row.capitals() > 0.85;
    let words: Vec<String> = row
        .tokens
        .iter()
        .map(|token| token.text.trim_matches(|c: char| !c.is_alphabetic()))
        .map(|word| if all { titled(word) } else { word.to_owned() })
        .collect();
    words.join(" ")
}

/// Whether a word is a kind of territory.
pub fn is_unit(word: &str) -> bool {
    let key = folded(word);
    UNITS.iter().any(|unit| folded(unit) == key)
}

/// The territory that a name ends with, such as `tỉnh Hà Nam`.
pub fn area_of(name: &str) -> Option<String> {
    let words: Vec<&str> = name.split_whitespace().collect();
    (1..words.len()).rev().find_map(|at| {
        let one = words.get(at)?;
        let pair = format!("{} {}", words.get(at - 1)?, one);
        let start = if UNITS.contains(&pair.as_str()) {
            at - 1
        } else if UNITS.contains(one) && *one != "xã"
            || *one == "xã"
                && words
                    .get(at + 1)
                    .is_some_and(|next| next.starts_with(char::is_uppercase))
        {
            at
        } else {
            return None;
        };
        let named = words.get(start + pair_length(&pair, one)..)?;
        let place = !named.is_empty()
            && named
                .iter()
                .all(|word| !word.starts_with(char::is_lowercase));
        place.then(|| words.get(start..).unwrap_or_default().join(" "))
    })
}

fn pair_length(pair: &str, one: &str) -> usize {
    if UNITS.contains(&pair) && !UNITS.contains(&one) || UNITS.contains(&pair) {
        2
    } else {
        1
    }
}

/// The name without its territory.
pub fn without_area(name: &str) -> String {
    area_of(name)
        .and_then(|area| {
            name.strip_suffix(&area)
                .map(|start| start.trim().to_owned())
        })
        .filter(|start| !start.is_empty())
        .unwrap_or_else(|| name.to_owned())
}

/// The province at the end of a name without a kind: `Bắc Ninh` of `Sở Y tế Bắc Ninh`.
pub fn trailing_place(name: &str) -> Option<String> {
    let key = folded(name);
    PLACES
        .iter()
        .filter(|place| key.ends_with(&folded(place)))
        .max_by_key(|place| place.len())
        .map(|place| (*place).to_owned())
}

/// The folded proper name of an area.
pub fn place_key(area: &str) -> String {
    let words: Vec<&str> = area
        .split_whitespace()
        .filter(|word| word.starts_with(char::is_uppercase))
        .collect();
    folded(&words.concat())
}

/// Whether a body is the Party's.
pub fn is_party(name: &str) -> bool {
    let key = folded(name);
    [
        "tinhuy",
        "thanhuy",
        "huyenuy",
        "quanuy",
        "thiuy",
        "danguy",
        "dangbo",
        "chibo",
        "trunguongdang",
        "banchaphanhtrunguong",
    ]
    .iter()
    .any(|start| key.starts_with(start))
}

/// The province or city as it is spelled, when `text` is one of them.
pub fn place(text: &str) -> Option<&'static str> {
    let key = folded(text);
    let key = key
        .strip_prefix("tp")
        .or_else(|| key.strip_prefix("thanhpho"))
        .unwrap_or(&key);
    PLACES
        .iter()
        .find(|place| {
            let wanted = folded(place);
            wanted == key || (wanted.len() >= 6 && similarity(&wanted, key) > 0.9)
        })
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        in_sentence(text, &Seen::default()).unwrap().0
    }

    #[test]
    fn capitals_become_names() {
        assert_eq!(
            written("ỦY BAN NHÂN DÂN TỈNH QUẢNG NGÃI"),
            "Ủy ban nhân dân tỉnh Quảng Ngãi"
        );
        assert_eq!(written("UBND TỈNH HÀ NAM"), "Ủy ban nhân dân tỉnh Hà Nam");
        assert_eq!(
            written("BỘ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI"),
            "Bộ Lao động - Thương binh và Xã hội"
        );
        assert_eq!(written("THỦ TƯỚNG CHÍNH PHỦ"), "Thủ tướng Chính phủ");
        assert_eq!(written("VĂN PHÒNG CHÍNH PHỦ"), "Văn phòng Chính phủ");
        assert_eq!(
            written("UỶ BAN NHÂN DÂN XÃ TÂN HOÀ"),
            "Ủy ban nhân dân xã Tân Hòa"
        );
        assert_eq!(written("BỆNH VIỆN ĐA KHOA TỈNH"), "Bệnh viện đa khoa tỉnh");
        assert_eq!(
            written("ỦY BAN NHÂN DÂN THÀNH PHỐ HỒ CHÍ MINH"),
            "Ủy ban nhân dân thành phố Hồ Chí Minh"
        );
    }

    #[test]
    fn slips_in_known_names_are_mended() {
        assert_eq!(
            written("SỞ THÔNG TIN VÀ TRUYÈN THÔNG"),
            "Sở Thông tin và Truyền thông"
        );
        assert_eq!(
            written("UBND TĨNH TUYÊN QUANG"),
            "Ủy ban nhân dân tỉnh Tuyên Quang"
        );
        assert_eq!(written("BỆNH VIỆN ĐA KHOATỈNH"), "Bệnh viện đa khoa tỉnh");
    }

    #[test]
    fn areas_are_taken_from_names() {
        assert_eq!(
            area_of("Ủy ban nhân dân tỉnh Hà Nam").as_deref(),
            Some("tỉnh Hà Nam")
        );
        assert_eq!(
            area_of("Ủy ban nhân dân thành phố Huế").as_deref(),
            Some("thành phố Huế")
        );
        assert_eq!(area_of("Bộ Lao động - Thương binh và Xã hội"), None);
        assert_eq!(without_area("Sở Y tế tỉnh Hà Nam"), "Sở Y tế");
    }

    #[test]
    fn tones_move_but_not_after_q() {
        assert_eq!(tones_settled("Hoà Thuỷ quý Uỷ"), "Hòa Thủy quý Ủy");
        assert_eq!(tones_settled("hoàn"), "hoàn");
    }
}
