//! Numbers of identity papers as logs and messages may show them: enough to recognise, too little to use.
//!
//! Pictures and numbers of identity papers are personal data (law 91/2025/QH15): what is not needed is not shown.

/// An identity number as it may be shown: `012345678901` becomes `012*****8901`.
///
/// Of the old numbers of nine digits, which have no part for the province, the last three stay. Anything else
/// is hidden whole.
pub fn masked(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(|c| !c.is_whitespace()).collect();
    let shown = match digits.len() {
        LONG => (3, 4),
        9..LONG => (0, 3),
        _ => (0, 0),
    };
    let last = digits.len() - shown.1;
    let hide = |(index, digit): (usize, &char)| {
        if index < shown.0 || index >= last {
            *digit
        } else {
            '*'
        }
    };
    digits.iter().enumerate().map(hide).collect()
}

/// `text` with every number of twelve digits masked, and every number of nine that follows the name of an
/// identity paper (`CMND`, `CCCD`, `căn cước`, `chứng minh`, `định danh`).
pub fn masked_in(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut run = String::new();
    let mut before = false;
    for c in text.chars() {
        if c.is_ascii_digit() {
            run.push(c);
            continue;
        }
        flush(&mut shown, &mut run, before || c.is_alphabetic());
        before = c.is_alphabetic();
        shown.push(c);
    }
    flush(&mut shown, &mut run, before);
    shown
}

/// Sets the digits read so far, masked when they are a number that must not be seen. Digits that are part of
/// a longer name, such as a hash, are no number.
fn flush(shown: &mut String, run: &mut String, part_of_name: bool) {
    let hidden = match run.len() {
        LONG => !part_of_name,
        9 => !part_of_name && names_a_paper(shown),
        _ => false,
    };
    if hidden {
        shown.push_str(&masked(run));
    } else {
        shown.push_str(run);
    }
    run.clear();
}

fn names_a_paper(before: &str) -> bool {
    let near: String = before
        .chars()
        .rev()
        .take(REACH)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect::<String>()
        .to_lowercase();
    ["cmnd", "cmt", "cccd", "căn cước", "chứng minh", "định danh"]
        .iter()
        .any(|name| near.contains(name))
}

/// Digits of a personal identification number (law on identity 26/2023/QH15, article 12).
const LONG: usize = 12;
/// Characters between the name of a paper and its number, at most: `chứng minh nhân dân số: `.
const REACH: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_number_is_hidden() {
        assert_eq!(masked("012345678901"), "012*****8901");
        assert_eq!(masked("012 345 678 901"), "012*****8901");
        assert_eq!(masked("012345678"), "******678");
        assert_eq!(masked("1234"), "****");
        assert_eq!(masked(""), "");
    }

    #[test]
    fn numbers_are_found_in_running_text() {
        assert_eq!(
            masked_in("căn cước số 001090012345, cấp 2021"),
            "căn cước số 001*****2345, cấp 2021"
        );
        assert_eq!(masked_in("CMND số: 012345678."), "CMND số: ******678.");
        assert_eq!(masked_in("tel 012345678"), "tel 012345678");
        assert_eq!(masked_in("scan-001090012345"), "scan-001*****2345");
        assert_eq!(masked_in("a001090012345f"), "a001090012345f");
        assert_eq!(masked_in("0010900123456"), "0010900123456");
    }
}
