//! Bodies as symbols abbreviate them, and the mending of what an engine made of them.

use crate::classify::fold::{edits, folded};

use super::agency::abbreviations;

/// Bodies of the State and their abbreviations, of since 1976.
const BODIES: &[(&str, &str)] = &[
    ("CP", "Chính phủ"),
    ("TTg", "Thủ tướng Chính phủ"),
    ("CTN", "Chủ tịch nước"),
    ("UBTVQH", "Ủy ban Thường vụ Quốc hội"),
    ("VPCP", "Văn phòng Chính phủ"),
    ("VPQH", "Văn phòng Quốc hội"),
    ("VPCTN", "Văn phòng Chủ tịch nước"),
    ("BNV", "Bộ Nội vụ"),
    ("BTC", "Bộ Tài chính"),
    ("BTP", "Bộ Tư pháp"),
    ("BYT", "Bộ Y tế"),
    ("BCA", "Bộ Công an"),
    ("BQP", "Bộ Quốc phòng"),
    ("BNG", "Bộ Ngoại giao"),
    ("BXD", "Bộ Xây dựng"),
    ("BCT", "Bộ Công Thương"),
    ("BGDĐT", "Bộ Giáo dục và Đào tạo"),
    ("BKHĐT", "Bộ Kế hoạch và Đầu tư"),
    ("BKH", "Bộ Kế hoạch và Đầu tư"),
    ("BGTVT", "Bộ Giao thông vận tải"),
    ("BTNMT", "Bộ Tài nguyên và Môi trường"),
    ("BNNPTNT", "Bộ Nông nghiệp và Phát triển nông thôn"),
    ("BNN", "Bộ Nông nghiệp và Phát triển nông thôn"),
    ("BNNMT", "Bộ Nông nghiệp và Môi trường"),
    ("BKHCN", "Bộ Khoa học và Công nghệ"),
    ("BTTTT", "Bộ Thông tin và Truyền thông"),
    ("BVHTTDL", "Bộ Văn hóa, Thể thao và Du lịch"),
    ("BLĐTBXH", "Bộ Lao động - Thương binh và Xã hội"),
    ("BDTTG", "Bộ Dân tộc và Tôn giáo"),
    ("UBDT", "Ủy ban Dân tộc"),
    ("NHNN", "Ngân hàng Nhà nước Việt Nam"),
    ("TTCP", "Thanh tra Chính phủ"),
    ("KTNN", "Kiểm toán nhà nước"),
    ("TANDTC", "Tòa án nhân dân tối cao"),
    ("VKSNDTC", "Viện kiểm sát nhân dân tối cao"),
    ("TCT", "Tổng cục Thuế"),
    ("TCHQ", "Tổng cục Hải quan"),
    ("TCTK", "Tổng cục Thống kê"),
];

/// Other abbreviations in general use in symbols.
const ORGANS: &[&str] = &[
    "QH", "UBND", "HĐND", "UB", "VP", "VPTW", "TW", "TU", "HU", "ĐU", "TLĐ", "BHXH", "KBNN",
    "MTTW", "MTTQ", "BTT", "STC", "STP", "SNV", "SYT", "SXD", "SCT", "SGDĐT", "SKHCN", "SNNMT",
    "STNMT", "SNN", "SNNPTNT", "SKHĐT", "SLĐTBXH", "STTTT", "SGTVT", "SVHTTDL", "SVHTT", "SNgV",
    "SDTTG", "BDT", "TTT", "CT", "CAT", "TTHĐND", "VPUBND", "KHTC", "TCCB", "TH", "KTTH", "NC",
    "VX", "KGVX", "NN", "CN", "XD", "PL", "KT", "TCKT", "HC", "QT", "NV", "NNMT", "KSTT", "PC",
    "TCHC", "CNTT",
];

/// The body of the State with an abbreviation.
pub fn body(code: &str) -> Option<&'static str> {
    BODIES
        .iter()
        .find(|(short, _)| *short == code)
        .map(|(_, name)| *name)
}

fn in_use() -> impl Iterator<Item = &'static str> {
    BODIES
        .iter()
        .map(|(short, _)| *short)
        .chain(ORGANS.iter().copied())
}

/// The groups mended, and how well the body among them is known: 1 when the issuing body's own name gives it.
pub fn mended(groups: &[String], bodies: &[String]) -> (Vec<String>, f32) {
    let own: Vec<String> = bodies.iter().flat_map(|body| abbreviations(body)).collect();
    let mut known = 0.0_f32;
    let out = groups
        .iter()
        .enumerate()
        .map(|(index, group)| {
            let (name, how) = one(group, &own);
            // The first group is the body, of joint papers each is; the last of letters is a unit of nobody's list.
            if index == 0 || bodies.len() > 1 {
                known = if index == 0 { how } else { known.min(how) };
            }
            name
        })
        .collect();
    (out, known)
}

/// The number of a legislature is made of digits: `QHI5` is `QH15`.
fn legislature(group: &str) -> Option<String> {
    let at = group
        .find("QH")
        .filter(|at| *at == 0 || group.starts_with("UBTV"))?;
    let (body, term) = group.split_at(at + 2);
    let term = super::digits::number(term).filter(|term| term.digits == 2 && term.purity > 0.3)?;
    Some(format!("{body}{:02}", term.value))
}

fn one(group: &str, own: &[String]) -> (String, f32) {
    if let Some(name) = legislature(group) {
        return (name, 0.9);
    }
    let plain = folded(group);
    if let Some(name) = own.iter().find(|name| *name == group) {
        return (name.clone(), 1.0);
    }
    if let Some(name) = own.iter().find(|name| folded(name) == plain) {
        return (name.clone(), 0.95);
    }
    if let Some(name) = in_use().find(|name| *name == group) {
        return (name.to_owned(), if own.is_empty() { 0.75 } else { 0.5 });
    }
    // One letter off its own body's abbreviation is a slip; a body has no reason to sign as nearly itself.
    let near = |name: &&String| {
        let length = name.chars().count();
        length >= 3 && length == group.chars().count() && edits(name, group) == 1
    };
    if let Some(name) = own.iter().find(near) {
        return (name.clone(), 0.6);
    }
    // Engines stammer over letters with strokes: `LĐĐLĐ`.
    let stammered = |name: &&String| {
        let mut letters: Vec<char> = group.chars().collect();
        letters.dedup();
        let mut own: Vec<char> = name.chars().collect();
        own.dedup();
        name.chars().count() + 1 == group.chars().count() && letters == own
    };
    if let Some(name) = own.iter().find(stammered) {
        return (name.clone(), 0.6);
    }
    // Engines lose the stroke of `Đ`, they do not make it up.
    let strokes = |text: &str| text.chars().filter(|letter| *letter == 'Đ').count();
    let unmarked = |name: &&str| folded(name) == plain && strokes(name) >= strokes(group);
    if let Some(name) = in_use().find(|name| plain.len() > 2 && unmarked(name)) {
        return (name.to_owned(), 0.6);
    }
    // An abbreviation of the body's words, though not of all of them.
    let part = own.iter().any(|name| {
        let mut rest = name.chars();
        group.chars().count() >= 2
            && group
                .chars()
                .all(|letter| rest.any(|other| other == letter))
    });
    (group.to_owned(), if part { 0.7 } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mend(group: &str, body: &str) -> (String, f32) {
        let (groups, known) = mended(&[group.to_owned()], &[body.to_owned()]);
        (groups[0].clone(), known)
    }

    #[test]
    fn the_bodys_name_mends_its_abbreviation() {
        assert_eq!(mend("BTP", "Bộ Tư pháp"), ("BTP".into(), 1.0));
        assert_eq!(mend("TTp", "Thủ tướng Chính phủ").0, "TTg");
        assert_eq!(mend("HDND", "Hội đồng nhân dân tỉnh Hà Nam").0, "HĐND");
        assert_eq!(
            mend("BLDTBXH", "Bộ Lao động - Thương binh và Xã hội").0,
            "BLĐTBXH"
        );
        assert_eq!(mend("UBNO", "Ủy ban nhân dân xã An Hòa").0, "UBND");
    }

    #[test]
    fn what_nobody_knows_stays() {
        assert_eq!(mend("XYZ", "Bộ Tư pháp"), ("XYZ".into(), 0.0));
    }
}
