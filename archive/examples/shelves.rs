//! Fills an archive with made papers and measures adding and searching: `cargo run --example shelves -- [COUNT] [FOLDER]`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement: it prints, and it looks at the clock"
)]

use std::time::{Duration, Instant};

use jiff::civil::date;
use saoy_archive::metadata::Meta;
use saoy_archive::people::NewAppointment;
use saoy_archive::records::{Content, Figures, Kind, NewDocument};
use saoy_archive::search::Search;
use saoy_archive::{Act, Archive, Office, Random};

/// Words of office papers, the frequent ones first; rank decides how often one is used.
const WORDS: &str = "và của các về việc theo quy định nhân dân ủy ban phường thành phố quyết số ngày tháng năm cơ quan tổ chức thực hiện \
    công tác văn bản nhà nước cho được trong có đến tại căn cứ luật nghị chính phủ thủ tục hành hồ sơ giải quyết kết quả đất đai quyền sử dụng \
    giao thuê thu hồi bồi thường hỗ trợ tái cư xây dựng giáo dục y tế lao động thương binh xã hội tư pháp hộ tịch chứng thực bản sao khai sinh \
    kết hôn đăng ký kinh doanh đầu tư kế hoạch tài ngân sách thông báo báo cáo tờ trình đề nghị phê duyệt dự án khu dân đường nguyễn huệ trần hưng \
    đạo lê lợi hòa bình thúy kiều khoẻ mạnh quý giá khuya thuở nghiêng nước ngoài đoàn kết trưởng phòng giám đốc chuyên viên lưu trữ văn thư";

/// Documents handed in at a time.
const BATCH: u64 = 250;

struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

impl Random for Chance {
    fn fill(&mut self, bytes: &mut [u8]) -> std::io::Result<()> {
        for byte in bytes {
            *byte = self.next() as u8;
        }
        Ok(())
    }
}

/// A page of some 300 words: one in ten a rare one (made of two syllables), the others by rank.
fn page(chance: &mut Chance, words: &[&str]) -> String {
    let mut text = String::with_capacity(2000);
    for _ in 0..300 {
        let rank = chance
            .below(words.len() as u64)
            .min(chance.below(words.len() as u64));
        let word = words[rank as usize];
        text.push_str(word);
        if chance.below(10) == 0 {
            text.push_str(words[chance.below(words.len() as u64) as usize]);
            text.push_str(&chance.below(500).to_string());
        }
        text.push(' ');
    }
    text
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let count: u64 = arguments
        .next()
        .map_or(100_000, |text| text.parse().unwrap());
    let kept = arguments.next().map(std::path::PathBuf::from);
    let temporary = tempfile::tempdir().unwrap();
    let folder = kept.as_deref().unwrap_or(temporary.path());
    let act = Act {
        by: "clerk".to_owned(),
        at: jiff::Timestamp::now(),
    };
    let mut archive = if Archive::exists(folder) {
        Archive::open(folder, Box::new(Chance(3))).unwrap()
    } else {
        fill(folder, &act, count)
    };
    measure(&mut archive, &act);
}

fn fill(folder: &std::path::Path, act: &Act, count: u64) -> Archive {
    let office = Office {
        name: "Ủy ban nhân dân phường Thuận Hóa".to_owned(),
        code: "H57.12".to_owned(),
        base_url: "https://saoy.example".to_owned(),
    };
    let mut archive = Archive::create(folder, &office, act, Box::new(Chance(1))).unwrap();
    for role in ["administrator", "clerk"] {
        let new = NewAppointment {
            login: "clerk",
            name: "Lê Thị B",
            role,
            capacity: None,
            authority: "QĐ 1",
            first_day: date(2020, 1, 1),
            last_day: None,
            certificate: None,
        };
        archive.appoint(act, &new).unwrap();
    }
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let mut chance = Chance(7);
    let begun = Instant::now();
    for batch in 0..count.div_ceil(BATCH) {
        let papers: Vec<_> = (batch * BATCH..count.min((batch + 1) * BATCH))
            .map(|number| made(&mut chance, &words, number))
            .collect();
        let new: Vec<NewDocument<'_>> = papers
            .iter()
            .map(|(pdf, text, meta)| NewDocument {
                kind: Kind::Document,
                meta: meta.clone(),
                pdf: Content::Bytes(pdf.as_bytes()),
                text: Some(Content::Bytes(text.as_bytes())),
                record: None,
                pages: Some(1),
                origin: "made.pdf",
                figures: Figures::default(),
                into: None,
                replaces: None,
            })
            .collect();
        for outcome in archive.add_all(act, &new).unwrap() {
            outcome.unwrap();
        }
        let done = (batch + 1) * BATCH;
        if done.is_multiple_of(5_000) {
            let rate = done as f64 / begun.elapsed().as_secs_f64();
            println!("{done} documents, {rate:.0}/s so far");
        }
    }
    archive
}

/// A paper: its bytes, its text, its metadata.
fn made(chance: &mut Chance, words: &[&str], number: u64) -> (String, String, Meta) {
    let types = ["QĐ", "TB", "BC", "TTr", "KH", "CV", "giay_khai_sinh", "GM"];
    let text = page(chance, words);
    let kind = types[chance.below(8) as usize];
    let subject: Vec<&str> = text.split(' ').take(14).collect();
    let date = format!(
        "{}-{:02}-{:02}",
        2010 + chance.below(17),
        1 + chance.below(12),
        1 + chance.below(28)
    );
    let meta = [
        ("type", kind.to_owned()),
        ("number_symbol", format!("{}/{kind}-UBND", number % 5000)),
        ("issued_date", date),
        (
            "agency",
            format!("Ủy ban nhân dân phường {}", chance.below(200)),
        ),
        ("subject", subject.join(" ")),
        ("owner_number", format!("046{:09}", chance.below(50_000))),
        ("unit", format!("Phòng {}", chance.below(12))),
    ];
    let meta = meta
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect();
    (format!("%PDF-1.7 made {number}"), text, meta)
}

/// What this thread has had of a processor: on a busy machine the clock measures the others too.
fn processor() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(text.split(' ').next().unwrap().parse().unwrap())
}

fn measure(archive: &mut Archive, act: &Act) {
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let mut chance = Chance(11);
    let mut all: Vec<(Duration, String)> = Vec::new();
    let mut work: Vec<Duration> = Vec::new();
    for round in 0..600 {
        let mut one = || words[chance.below(words.len() as u64) as usize].to_owned();
        let (a, b, c) = (one(), one(), one());
        let text = match round % 12 {
            0 => a,
            1 => format!("{a} {b}"),
            2 => format!("{a} {b} {c}"),
            3 => format!("\"{a} {b}\""),
            4 => saoy_archive::fold::plain(&format!("{a} {b}")),
            5 => format!("so:{}/QĐ-UBND", chance.below(5000)),
            6 => format!("{a} type:TB date:2020..2022"),
            7 => format!("owner:046{:09}", chance.below(50_000)),
            8 => format!("{a} {}", b.chars().take(2).collect::<String>()),
            9 => a.chars().take(1).collect(),
            10 => format!("date:{}", 2010 + chance.below(17)),
            _ => format!("{a}{b}{}", chance.below(500)),
        };
        let search = Search {
            text: &text,
            typing: matches!(round % 12, 8 | 9),
            limit: 20,
            offset: 0,
            facets: true,
            ..Search::default()
        };
        let (begun, worked) = (Instant::now(), processor());
        archive.find(act, &search).unwrap();
        all.push((begun.elapsed(), text));
        work.push(processor() - worked);
    }
    all.sort();
    work.sort();
    for share in [50, 90, 95, 99] {
        let at = all.len() * share / 100;
        println!(
            "search p{share}: {:.1} ms, of the processor {:.1} ms",
            all[at].0.as_secs_f64() * 1e3,
            work[at].as_secs_f64() * 1e3
        );
    }
    for (time, text) in all.iter().rev().take(8) {
        println!("  {:.1} ms by the clock: {text}", time.as_secs_f64() * 1e3);
    }
    let some = Search {
        text: "date:2010..2026",
        limit: 200,
        ..Search::default()
    };
    let found = archive.find(act, &some).unwrap();
    let ids: Vec<String> = found.hits.into_iter().map(|hit| hit.id).collect();
    asked("log of a document", &ids, |id| {
        archive.log_of(id, 50).unwrap();
    });
    asked("uses of a document", &ids, |id| {
        let document = archive.document(id).unwrap();
        archive.uses_of(&document, 20).unwrap();
    });
}

/// How much of a processor it takes to ask something about each of some documents.
fn asked(what: &str, ids: &[String], work: impl Fn(&str)) {
    let mut all: Vec<Duration> = ids
        .iter()
        .map(|id| {
            let begun = processor();
            work(id);
            processor() - begun
        })
        .collect();
    all.sort();
    if let Some(time) = all.get(all.len() * 95 / 100) {
        println!("{what} p95: {:.3} ms", time.as_secs_f64() * 1e3);
    }
}
