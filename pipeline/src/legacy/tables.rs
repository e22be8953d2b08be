//! The letters of the two old encodings.

/// Letters of TCVN 5712:1993, VN3, from byte 0xA1 on; `.` where there is none.
const TCVN3: &str = "\
    ĂÂÊÔƠƯĐăâêôơưđ..\
    ....àảãáạ.ằẳẵắ..\
    .....ặầẩẫấậè.ẻẽé\
    ẹềểễếệìỉ...ĩíịò.\
    ỏõóọồổỗốộờởỡớợù.\
    ủũúụừửữứựỳỷỹýỵ";

/// Text of TCVN3 that was taken for Latin-1.
pub(super) fn tcvn3(text: &str) -> String {
    text.chars()
        .map(|c| {
            let byte = u32::from(folded(c));
            let index = byte.checked_sub(0xA1).filter(|_| byte <= 0xFF);
            let letter = index.and_then(|index| TCVN3.chars().nth(index as usize));
            letter.filter(|letter| *letter != '.').unwrap_or(c)
        })
        .collect()
}

/// Two signs whose Latin-1 places have twins elsewhere in Unicode.
fn folded(c: char) -> char {
    match c {
        '\u{3BC}' => '\u{B5}',
        '\u{2219}' => '\u{B7}',
        other => other,
    }
}

/// What a byte of VNI adds to the letter before it: combining marks.
fn vni_mark(c: char) -> Option<&'static str> {
    Some(match c {
        'ù' => "\u{301}",
        'ø' => "\u{300}",
        'û' => "\u{309}",
        'õ' => "\u{303}",
        'ï' => "\u{323}",
        'â' => "\u{302}",
        'á' => "\u{302}\u{301}",
        'à' => "\u{302}\u{300}",
        'å' => "\u{302}\u{309}",
        'ã' => "\u{302}\u{303}",
        'ä' => "\u{302}\u{323}",
        'ê' => "\u{306}",
        'é' => "\u{306}\u{301}",
        'è' => "\u{306}\u{300}",
        'ú' => "\u{306}\u{309}",
        'ü' => "\u{306}\u{303}",
        'ë' => "\u{306}\u{323}",
        _ => return None,
    })
}

/// Letters that VNI writes with one byte.
fn vni_letter(c: char) -> Option<char> {
    Some(match c {
        'ñ' => 'đ',
        'í' => 'í',
        'ì' => 'ì',
        'æ' => 'ỉ',
        'ó' => 'ĩ',
        'ò' => 'ị',
        'ô' => 'ơ',
        'ö' => 'ư',
        'î' => 'ỵ',
        _ => return None,
    })
}

/// Text of VNI that was taken for Latin-1. Marks are decomposed; compose them.
pub(super) fn vni(text: &str) -> String {
    let mut read = String::with_capacity(text.len());
    let mut bare_vowel = false;
    for c in text.chars() {
        let small = lower(c);
        if let Some(letter) = vni_letter(small) {
            if c == small {
                read.push(letter);
            } else {
                read.extend(letter.to_uppercase());
            }
            bare_vowel = matches!(small, 'ô' | 'ö');
            continue;
        }
        match vni_mark(small).filter(|_| bare_vowel) {
            Some(marks) => {
                read.push_str(marks);
                bare_vowel = false;
            }
            None => {
                read.push(c);
                bare_vowel = "aeouy".contains(small);
            }
        }
    }
    read
}

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_has_its_place() {
        // Bytes of TCVN 5712:1993, VN3, from published tables of the encoding.
        for (byte, letter) in [
            ('\u{A1}', 'Ă'),
            ('\u{A7}', 'Đ'),
            ('\u{A8}', 'ă'),
            ('\u{AE}', 'đ'),
            ('\u{B5}', 'à'),
            ('\u{B9}', 'ạ'),
            ('\u{BB}', 'ằ'),
            ('\u{BE}', 'ắ'),
            ('\u{C6}', 'ặ'),
            ('\u{C7}', 'ầ'),
            ('\u{CB}', 'ậ'),
            ('\u{CC}', 'è'),
            ('\u{CE}', 'ẻ'),
            ('\u{D1}', 'ẹ'),
            ('\u{D6}', 'ệ'),
            ('\u{D7}', 'ì'),
            ('\u{D8}', 'ỉ'),
            ('\u{DC}', 'ĩ'),
            ('\u{DE}', 'ị'),
            ('\u{DF}', 'ò'),
            ('\u{E1}', 'ỏ'),
            ('\u{E4}', 'ọ'),
            ('\u{E9}', 'ộ'),
            ('\u{EA}', 'ờ'),
            ('\u{EE}', 'ợ'),
            ('\u{EF}', 'ù'),
            ('\u{F1}', 'ủ'),
            ('\u{F4}', 'ụ'),
            ('\u{F5}', 'ừ'),
            ('\u{F9}', 'ự'),
            ('\u{FA}', 'ỳ'),
            ('\u{FB}', 'ỷ'),
            ('\u{FE}', 'ỵ'),
        ] {
            assert_eq!(tcvn3(&byte.to_string()), letter.to_string(), "{byte:?}");
        }
    }
}
