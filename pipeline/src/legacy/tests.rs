//! Text written in the old encodings and read back; text of today left alone.

use super::*;
use crate::document::{Point, Rect, Word};

const TEXT: &str = "ỦY BAN NHÂN DÂN thành phố Hồ Chí Minh. Căn cứ Luật Tổ chức Hội đồng nhân dân và Ủy ban nhân dân ngày 26 \
                    tháng 11 năm 2003; theo đề nghị của Giám đốc Sở Nội vụ, quyết định nước ngoài tỉnh trường được hưởng";

fn lines(text: &str) -> Vec<Line> {
    let words = text.split(' ').map(|word| Word {
        text: word.to_owned(),
        bbox: Rect::default(),
        confidence: 1.0,
        ..Word::default()
    });
    vec![Line {
        words: words.collect(),
        baseline: [Point::default(); 2],
        block: 0,
    }]
}

/// `text` as a program of those years stored it, taken for Latin-1. Capitals with tones do not exist in TCVN3: they
/// are written small and shown by a font of capitals.
fn stored(text: &str, encoding: Encoding) -> String {
    let bytes = || (0xA1..=0xFF_u8).map(char::from);
    let singles: Vec<(String, String)> = match encoding {
        Encoding::Tcvn3 => bytes()
            .map(|c| (tables::tcvn3(&c.to_string()), c.to_string()))
            .collect(),
        Encoding::Vni => {
            let one = bytes().map(|c| c.to_string());
            let bases = "aeouyôöAEOUYÔÖ".chars();
            let two = bases.flat_map(|base| bytes().map(move |mark| format!("{base}{mark}")));
            let read = |text: String| (tables::vni(&text).nfc().collect(), text);
            one.chain(two).map(read).collect()
        }
    };
    let mut stored = String::new();
    for c in text.chars() {
        let small: String = c.to_lowercase().collect();
        let find = |wanted: &str| {
            singles
                .iter()
                .filter(|(letter, form)| letter == wanted && letter != form)
                .map(|(_, form)| form.clone())
                .next()
        };
        match find(&c.to_string()) {
            Some(form) => stored.push_str(&form),
            None if c.is_ascii() => stored.push(c),
            None => stored.push_str(&find(&small).unwrap_or(c.to_string())),
        }
    }
    stored
}

fn text_of(lines: &[Line]) -> String {
    lines.iter().map(Line::text).collect()
}

#[test]
fn known_words_are_read() {
    let read = |encoding: Encoding, text: &str| encoding.read(text).nfc().collect::<String>();
    assert_eq!(
        read(Encoding::Tcvn3, "QuyÕt ®Þnh cña ñy ban nh©n d©n"),
        "Quyết định của ủy ban nhân dân"
    );
    assert_eq!(
        read(Encoding::Tcvn3, "Céng hoµ x· héi chñ nghÜa ViÖt Nam"),
        "Cộng hoà xã hội chủ nghĩa Việt Nam"
    );
    assert_eq!(
        read(Encoding::Vni, "Quyeát ñònh cuûa UÛy ban nhaân daân"),
        "Quyết định của Ủy ban nhân dân"
    );
    assert_eq!(
        read(Encoding::Vni, "ÑOÄC LAÄP - TÖÏ DO - HAÏNH PHUÙC"),
        "ĐỘC LẬP - TỰ DO - HẠNH PHÚC"
    );
}

#[test]
fn both_encodings_are_recognised_by_words_alone() {
    for encoding in Encoding::ALL {
        let mut page = lines(&stored(TEXT, encoding));
        assert_ne!(text_of(&page), TEXT);
        assert_eq!(convert(&mut page, &[]), Some(encoding));
        assert_eq!(text_of(&page).to_lowercase(), TEXT.to_lowercase());
    }
}

#[test]
fn names_of_fonts_tell_where_words_are_few() {
    let mut page = lines("QuyÕt ®Þnh 15");
    assert_eq!(convert(&mut page, &[]), None);
    assert_eq!(
        convert(&mut page, &[Encoding::Tcvn3]),
        Some(Encoding::Tcvn3)
    );
    assert_eq!(text_of(&page), "Quyết định 15");
    // A word of Unicode beside them stays.
    let mut page = lines("QuyÕt ®Þnh của Sở");
    assert_eq!(
        convert(&mut page, &[Encoding::Tcvn3]),
        Some(Encoding::Tcvn3)
    );
    assert_eq!(text_of(&page), "Quyết định của Sở");
    for (name, encoding) in [
        (".VnTime", Some(Encoding::Tcvn3)),
        ("ABCDEF+.VnTimeH", Some(Encoding::Tcvn3)),
        ("VNI-Times", Some(Encoding::Vni)),
        ("GHIJKL+VNI-Helve-Bold", Some(Encoding::Vni)),
        ("TimesNewRomanPSMT", None),
        ("Vntime", None),
    ] {
        assert_eq!(Encoding::of_font(name), encoding, "{name}");
    }
}

#[test]
fn a_letter_that_was_taken_for_a_hyphen_is_found() {
    assert_eq!(letter(Some("-".into()), 0xAD).as_deref(), Some("\u{AD}"));
    assert_eq!(letter(Some("-".into()), 0x2D).as_deref(), Some("-"));
    assert_eq!(letter(None, 0xB8).as_deref(), Some("¸"));
    assert_eq!(letter(None, 0x1B8), None);
    let mut page = lines("n-íc th-êng QĐ-UB QuyÕt");
    page[0].words[2].text = "Q§-UB".into();
    convert(&mut page, &[Encoding::Tcvn3]);
    assert_eq!(text_of(&page), "nước thường QĐ-UB Quyết");
}

#[test]
fn text_of_today_is_never_touched() {
    let english = "The naïve café owner's résumé, a façade of déjà vu: über-cool señor, 25 °C ± 1, § 5, £10 à la carte, \
                   Müller & Söhne, Ångström, «fin de siècle», São Paulo, crème brûlée, jalapeño, El Niño, Zoë, Noël";
    let toneless =
        "ban ha noi và các cô chú có mà à thì là cá và gà bò tò mò hò ô tô xã tã lã bã mã sã";
    for text in [
        TEXT,
        english,
        toneless,
        "",
        "15/QĐ-UBND",
        "Số: 15/2003/QĐ-UB",
    ] {
        let mut page = lines(text);
        assert_eq!(convert(&mut page, &[]), None, "{text}");
        assert_eq!(text_of(&page), text);
    }
    // Not even where a font's name says so.
    let mut page = lines(TEXT);
    convert(&mut page, &[Encoding::Tcvn3]);
    assert_eq!(
        text_of(&page).matches(is_modern).count(),
        TEXT.matches(is_modern).count()
    );
}
