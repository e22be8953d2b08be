//! Each filter against data from its standard or made by hand.

use saoy_pdf::{Document, Object, ObjectId, PdfError, Repair};

use crate::build::{deflate, three_pages};

fn stream(dict: &str, data: &[u8]) -> Document {
    let mut build = three_pages();
    let prev = build.last("xref\n0 1");
    build.stream(13, dict, data);
    build.classic(&format!("/Size 14/Root 1 0 R/Prev {prev}"));
    build.open().unwrap()
}

fn decode(dict: &str, data: &[u8]) -> Result<Vec<u8>, PdfError> {
    let document = stream(dict, data);
    let located = document.object(ObjectId::new(13, 0))?;
    document.decoded(located.value.as_stream().unwrap(), 1 << 20)
}

#[test]
fn ascii() {
    assert_eq!(
        decode("/Filter/ASCIIHexDecode", b"48 65 6C6c 6F7>").unwrap(),
        b"Hellop"
    );
    let coded = b"9jqo^BlbD-BleB1DJ+*+F(f,q/0JhKF<GL>Cj@.4Gp$d7F!,L7@<6@)/0JDEF<G%<+EV:2F!,O<\nDJ+*.@<*K0@<6L(Df-\\0Ec5e;DffZ(EZee.Bl.9pF\"AGXBPCsi+DGm>@3BB/F*&OCAfu2/AKYi(DIb:@FD,*)+C]U=@3BN#EcYf8ATD3s@q?d$AftVqCh[NqF<G:8+EV:.+Cf>-FD5W8ARlolDIal(DId<j@<?3r@:F%a+D58'ATD4$Bl@l3De:,-DJs`8ARoFb/0JMK@qB4^F!,R<AKZ&-DfTqBG%G>uD.RTpAKYo'+CT/5+Cei#DII?(E,9)oF*2M7/c~>";
    let plain = decode("/Filter/ASCII85Decode", coded).unwrap();
    assert!(plain.starts_with(b"Man is distinguished, not only by his reason"));
    assert!(plain.ends_with(b"of any carnal pleasure."));
    assert_eq!(decode("/Filter/A85", b"z~>").unwrap(), [0; 4]);
}

#[test]
fn run_length() {
    assert_eq!(
        decode(
            "/Filter/RunLengthDecode",
            &[2, b'a', b'b', b'c', 254, b'x', 128, 9]
        )
        .unwrap(),
        b"abcxxx"
    );
}

#[test]
fn lzw_of_the_standard() {
    // ISO 32000-1, 7.4.4.2, example 2.
    let coded = [0x80, 0x0B, 0x60, 0x50, 0x22, 0x0C, 0x0C, 0x85, 0x01];
    assert_eq!(
        decode("/Filter/LZWDecode", &coded).unwrap(),
        [45, 45, 45, 45, 45, 65, 45, 45, 45, 66]
    );
}

#[test]
fn lzw_codes_grow_where_early_change_says() {
    // 9-bit codes of bytes that never repeat in pairs, past the width change in both conventions.
    for early in [true, false] {
        let plain: Vec<u8> = (0..3000_u32)
            .map(|index| u8::try_from(index * index / 7 % 251).unwrap())
            .collect();
        let parms = if early {
            ""
        } else {
            "/DecodeParms<</EarlyChange 0>>"
        };
        let dict = format!("/Filter/LZWDecode{parms}");
        assert!(
            decode(&dict, &lzw(&plain, early)).unwrap() == plain,
            "{early}"
        );
    }
}

/// A plain LZW coder that clears its table before it is full.
fn lzw(plain: &[u8], early: bool) -> Vec<u8> {
    let mut table: std::collections::HashMap<Vec<u8>, u32> = std::collections::HashMap::new();
    let (mut bits, mut next, mut current) = (String::new(), 258_u32, Vec::<u8>::new());
    let width = |next: u32| match next + u32::from(early) {
        ..=512 => 9,
        513..=1024 => 10,
        1025..=2048 => 11,
        _ => 12_usize,
    };
    let mut emit = |code: u32, next: u32| {
        let width = width(next);
        bits.push_str(&format!("{code:0width$b}"));
    };
    let code_of = |table: &std::collections::HashMap<Vec<u8>, u32>, string: &[u8]| match string {
        [byte] => u32::from(*byte),
        _ => table[string],
    };
    emit(256, 258);
    for &byte in plain {
        let mut longer = current.clone();
        longer.push(byte);
        if longer.len() == 1 || table.contains_key(&longer) {
            current = longer;
            continue;
        }
        emit(code_of(&table, &current), next);
        table.insert(longer, next);
        next += 1;
        current = vec![byte];
        if next == 4090 {
            emit(code_of(&table, &current), next);
            emit(256, next + 1);
            table.clear();
            (next, current) = (258, Vec::new());
        }
    }
    if !current.is_empty() {
        emit(code_of(&table, &current), next);
        next += 1;
    }
    emit(257, next);
    bits.push_str(&"0".repeat(8 - bits.len() % 8));
    bits.as_bytes()
        .chunks(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
        .collect()
}

#[test]
fn flate_keeps_what_precedes_damage() {
    let plain: Vec<u8> = (0..100_000_u32)
        .map(|value| u8::try_from(value * 7919 / 13 % 253).unwrap())
        .collect();
    let coded = deflate(&plain);
    assert_eq!(decode("/Filter/FlateDecode", &coded).unwrap(), plain);
    let document = stream("/Filter/Fl", &coded[..coded.len() / 2]);
    let located = document.object(ObjectId::new(13, 0)).unwrap();
    let kept = document
        .decoded(located.value.as_stream().unwrap(), 1 << 20)
        .unwrap();
    assert!(kept.len() > 1000 && plain.starts_with(&kept));
    assert!(matches!(
        document.repairs()[..],
        [Repair::StreamDamaged {
            filter: "FlateDecode",
            ..
        }]
    ));
    assert!(matches!(
        decode("/Filter/FlateDecode", b"no zlib"),
        Err(PdfError::Filter { .. })
    ));
}

#[test]
fn png_predictors() {
    // One row of each filter type over three pixels of two bytes.
    let rows: [[u8; 7]; 5] = [
        [0, 10, 20, 30, 40, 50, 60],
        [1, 10, 20, 1, 2, 3, 4],
        [2, 1, 1, 1, 1, 1, 1],
        [3, 0, 0, 5, 5, 5, 5],
        [4, 1, 1, 1, 1, 1, 1],
    ];
    let dict = "/Filter/FlateDecode/DecodeParms<</Predictor 15/Colors 2/Columns 3>>";
    let plain = decode(dict, &deflate(&rows.concat())).unwrap();
    let expected: [[u8; 6]; 5] = [
        [10, 20, 30, 40, 50, 60],
        [10, 20, 11, 22, 14, 26],
        [11, 21, 12, 23, 15, 27],
        [5, 10, 13, 21, 19, 29],
        [6, 11, 14, 22, 20, 30],
    ];
    assert_eq!(plain, expected.concat());
}

#[test]
fn tiff_predictors() {
    let parms = |bits: u8, colors: u8| {
        format!(
            "/Filter/FlateDecode/DecodeParms[<</Predictor 2/BitsPerComponent {bits}/Colors {colors}/Columns 4>>]"
        )
    };
    let eight = decode(&parms(8, 1), &deflate(&[1, 1, 1, 255, 9, 0, 0, 1])).unwrap();
    assert_eq!(eight, [1, 2, 3, 2, 9, 9, 9, 10]);
    let sixteen = decode(&parms(16, 1), &deflate(&[0, 255, 0, 1, 1, 0, 0, 0])).unwrap();
    assert_eq!(sixteen, [0, 255, 1, 0, 2, 0, 2, 0]);
    let four = decode(&parms(4, 1), &deflate(&[0x12, 0xF1])).unwrap();
    assert_eq!(four, [0x13, 0x23]);
    let one = decode(&parms(1, 2), &deflate(&[0b1001_1010])).unwrap();
    assert_eq!(one, [0b1011_0111]);
}

#[test]
fn image_filters_are_handed_back() {
    let dict = "/Filter[/ASCIIHexDecode/CCITTFaxDecode]/DecodeParms[null <</K -1/Columns 3 0 R>>]";
    let document = stream(dict, b"00FF>");
    let located = document.object(ObjectId::new(13, 0)).unwrap();
    let stream = located.value.as_stream().unwrap();
    let decoded = document.decoded_until_image_filter(stream, 100).unwrap();
    assert_eq!(decoded.bytes, [0, 255]);
    let (filter, parms) = decoded.image.unwrap();
    assert_eq!(filter, saoy_pdf::ImageFilter::Ccitt);
    assert_eq!(parms.get("K"), Some(&Object::Integer(-1)));
    assert!(matches!(
        document.decoded(stream, 100),
        Err(PdfError::UnsupportedFilter { .. })
    ));
    let unknown = decode("/Filter/Zstd", b"").unwrap_err();
    assert!(matches!(unknown, PdfError::UnsupportedFilter { name, .. } if name == "Zstd"));
}
