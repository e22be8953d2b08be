//! The letters in the symbol of a paper, `22/QĐ-UBND`: the type's code is one of a closed list.
//!
//! Only letters that the engine takes for each other are exchanged, only in that place, and only when a single code
//! of the list can have been meant.

/// Codes of types as they stand in symbols (Nghị định 30/2020/NĐ-CP, Phụ lục III; Nghị định 78/2025/NĐ-CP, Điều 65).
const CODES: [&str; 38] = [
    "NQ", "QĐ", "CT", "QC", "QyĐ", "TC", "TB", "HD", "CTr", "KH", "PA", "ĐA", "DA", "BC", "BB",
    "TTr", "HĐ", "CĐ", "BGN", "BTT", "GUQ", "GM", "GGT", "GNP", "PG", "PC", "PB", "NĐ", "TT",
    "TTLT", "NQLT", "QH", "UBTVQH", "PL", "L", "KL", "CV", "SL",
];

/// Parts of symbols that stand for the body that issued the paper and never read otherwise.
const BODIES: [(&str, &str); 3] = [("HDND", "HĐND"), ("HÐND", "HĐND"), ("ƯBND", "UBND")];

/// `text` with the letters of its type's code and of its body set right, if they need it.
pub(super) fn mended(text: &str) -> Option<String> {
    let (number, rest) = text.split_once('/')?;
    if number.is_empty() || number.len() > 6 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // The engine sees a stroke twice where the slash leans against the letter behind it.
    let rest = rest.strip_prefix('/').unwrap_or(rest);
    // Normative papers have their year here: `30/2020/NĐ-CP`.
    let (year, rest) = match rest.split_once('/') {
        Some((year, rest)) if year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()) => {
            (Some(year), rest)
        }
        _ => (None, rest),
    };
    let (code, body) = rest.split_once('-')?;
    let code = meant(code)?;
    let bodies: Vec<&str> = body
        .split('-')
        .map(|part| {
            let known = BODIES.iter().find(|(slip, _)| *slip == part);
            known.map_or(part, |(_, right)| right)
        })
        .collect();
    let year = year.map_or_else(String::new, |year| format!("{year}/"));
    let mended = format!("{number}/{year}{code}-{}", bodies.join("-"));
    (mended != text).then_some(mended)
}

/// The code that `read` is, or the only one that it can have been.
fn meant(read: &str) -> Option<&'static str> {
    if let Some(code) = CODES.iter().find(|code| **code == read) {
        return Some(code);
    }
    let shape = shape(read);
    let mut alike = CODES.iter().filter(|code| self::shape(code) == shape);
    match (alike.next(), alike.next()) {
        (Some(code), None) => Some(code),
        _ => None,
    }
}

/// `code` with the letters alike that the engine takes for each other, and none doubled.
fn shape(code: &str) -> String {
    let mut letters: Vec<char> = code
        .chars()
        .map(|letter| match letter {
            'D' | 'Đ' | 'Ð' => 'D',
            'O' | 'Q' | 'Ọ' | '0' => 'O',
            letter => letter,
        })
        .collect();
    letters.dedup_by(|next, letter| next == letter && *letter == 'D');
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::mended;

    #[test]
    fn letters_of_a_code_are_set_right() {
        for (read, meant) in [
            ("1901/QĐĐ-SCT", "1901/QĐ-SCT"),
            ("66/NO-HDND", "66/NQ-HĐND"),
            ("12/QD-UBND", "12/QĐ-UBND"),
            ("30/2020/ND-CP", "30/2020/NĐ-CP"),
        ] {
            assert_eq!(mended(read).as_deref(), Some(meant), "{read}");
        }
    }

    #[test]
    fn what_stands_in_the_list_or_means_nothing_stays() {
        for read in [
            "22/QĐ-TTg",
            "15/DA-UBND",
            "15/ĐA-UBND",
            "07/HD-SNV",
            "07/HĐ-SNV",
            "12/XYZ-UBND",
            "a/QD-UBND",
            "QD-UBND",
            "12/08/2024",
            "D/QD-B",
        ] {
            assert_eq!(mended(read), None, "{read}");
        }
    }
}
