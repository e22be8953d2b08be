//! Colour profiles: the two we make ourselves, and a look at those that come with images (ICC.1:2001-04).

/// What a profile's header says, as far as PDF/A asks (ISO 19005-1, 6.2.3.2; ISO 19005-2, 6.2.4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// 2 or 4.
    pub(super) major: u8,
    /// 1, 3 or 4.
    pub(super) components: u8,
}

/// Reads the header of a profile that came with an image; `None` when PDF/A would not have it.
pub(super) fn header(profile: &[u8]) -> Option<Header> {
    let size = u32::from_be_bytes(profile.get(0..4)?.try_into().ok()?);
    if profile.len() < 132 || size as usize != profile.len() || profile.get(36..40)? != b"acsp" {
        return None;
    }
    if !matches!(profile.get(12..16)?, b"scnr" | b"mntr" | b"prtr" | b"spac") {
        return None;
    }
    let components = match profile.get(16..20)? {
        b"GRAY" => 1,
        b"RGB " => 3,
        // Lab needs a range that JPEGs do not have; nobody scans in it.
        b"CMYK" => 4,
        _ => return None,
    };
    let major = *profile.get(8)?;
    (matches!(major, 2 | 4) && tags_lie_inside(profile)).then_some(Header { major, components })
}

/// True when every tag of the profile's table lies inside the profile.
fn tags_lie_inside(profile: &[u8]) -> bool {
    let Some(count) = profile
        .get(128..132)
        .and_then(|b| b.try_into().ok())
        .map(u32::from_be_bytes)
    else {
        return false;
    };
    // Real profiles have 3 to 40 tags.
    if count == 0 || count > 200 {
        return false;
    }
    let Some(table) = profile.get(132..132 + count as usize * 12) else {
        return false;
    };
    table.chunks_exact(12).all(|entry| {
        let field = |at: usize| {
            let bytes = entry.get(at..at + 4).and_then(|b| b.try_into().ok());
            bytes.map_or(u64::MAX, |b| u64::from(u32::from_be_bytes(b)))
        };
        let (offset, length) = (field(4), field(8));
        offset >= 128 && offset.saturating_add(length) <= profile.len() as u64
    })
}

/// sRGB as a matrix and one curve of 64 points (IEC 61966-2-1), for the output intent.
pub(super) fn srgb() -> Vec<u8> {
    // The primaries adapted from D65 to D50 with the Bradford matrix (IEC 61966-2-1, and ICC.1:2001-04, annex E).
    let red = xyz([0.436_066, 0.222_488, 0.013_916]);
    let green = xyz([0.385_147, 0.716_873, 0.097_076]);
    let blue = xyz([0.143_066, 0.060_608, 0.714_096]);
    let curve = srgb_curve();
    assemble(
        *b"mntr",
        *b"RGB ",
        *b"XYZ ",
        &[
            (&[*b"desc"], description("sRGB IEC61966-2.1")),
            (&[*b"cprt"], text("No copyright, use freely")),
            (&[*b"wtpt"], xyz(D50)),
            (&[*b"rXYZ"], red),
            (&[*b"gXYZ"], green),
            (&[*b"bXYZ"], blue),
            (&[*b"rTRC", *b"gTRC", *b"bTRC"], curve),
        ],
    )
}

/// Four inks to Lab through a table of two points a side: a plain subtractive model of process inks, for
/// CMYK images that come without a profile of their own.
pub(super) fn cmyk() -> Vec<u8> {
    assemble(
        *b"prtr",
        *b"CMYK",
        *b"Lab ",
        &[
            (&[*b"desc"], description("Process inks, plain")),
            (&[*b"cprt"], text("No copyright, use freely")),
            (&[*b"wtpt"], xyz(D50)),
            // An output profile has all six tables (ICC.1:2001-04, 6.3.3.1); each direction once is enough.
            (&[*b"A2B0", *b"A2B1", *b"A2B2"], inks_to_lab()),
            (&[*b"B2A0", *b"B2A1", *b"B2A2"], lab_to_inks()),
            (&[*b"gamt"], lut8(3, 1, 2, &[255; 8])),
        ],
    )
}

/// The white of the profile connection space.
const D50: [f64; 3] = [0.964_20, 1.0, 0.824_91];

/// Puts header, tag table and data together; tags named together share their data.
fn assemble(
    class: [u8; 4],
    space: [u8; 4],
    pcs: [u8; 4],
    tags: &[(&[[u8; 4]], Vec<u8>)],
) -> Vec<u8> {
    let count: usize = tags.iter().map(|(names, _)| names.len()).sum();
    let mut table = be32(count as u32);
    let mut body = Vec::new();
    let start = 132 + 12 * count;
    for (names, data) in tags {
        for name in *names {
            table.extend(name);
            table.extend(be32((start + body.len()) as u32));
            table.extend(be32(data.len() as u32));
        }
        body.extend(data);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    let mut out = be32((start + body.len()) as u32);
    // No preferred engine, version 2.1, class, colour space, connection space.
    out.extend(be32(0));
    out.extend(be32(0x0210_0000));
    out.extend(class);
    out.extend(space);
    out.extend(pcs);
    // Dated 2000-01-01, so that the bytes never change.
    for field in [2000_u16, 1, 1, 0, 0, 0] {
        out.extend(field.to_be_bytes());
    }
    out.extend(b"acsp");
    // No platform, no flags, no maker, no model, no attributes, perceptual.
    out.extend([0; 28]);
    out.extend(xyz(D50).get(8..).unwrap_or_default());
    out.resize(128, 0);
    out.extend(table);
    out.extend(body);
    out
}

fn be32(value: u32) -> Vec<u8> {
    value.to_be_bytes().to_vec()
}

/// `XYZType` with one triple, in signed 16.16 fixed point.
fn xyz(triple: [f64; 3]) -> Vec<u8> {
    let mut out = b"XYZ \0\0\0\0".to_vec();
    for value in triple {
        out.extend(((value * 65_536.0).round() as i32).to_be_bytes());
    }
    out
}

fn text(words: &str) -> Vec<u8> {
    [b"text\0\0\0\0", words.as_bytes(), b"\0"].concat()
}

/// `textDescriptionType`: ASCII only, empty Unicode and Macintosh parts.
fn description(words: &str) -> Vec<u8> {
    let mut out = b"desc\0\0\0\0".to_vec();
    out.extend(be32(words.len() as u32 + 1));
    out.extend(words.as_bytes());
    out.extend([0; 1 + 8 + 3 + 67]);
    out
}

/// The transfer function at 256 points: fewer bend the darkest steps visibly.
fn srgb_curve() -> Vec<u8> {
    let mut out = b"curv\0\0\0\0".to_vec();
    out.extend(be32(256));
    for step in 0..256_u32 {
        let linear = to_linear(f64::from(step) / 255.0);
        out.extend(((linear * 65_535.0).round() as u16).to_be_bytes());
    }
    out
}

/// IEC 61966-2-1, 5.2.
fn to_linear(value: f64) -> f64 {
    if value <= 0.040_45 {
        value / 12.92
    } else {
        ((value + 0.055) / 1.055).powf(2.4)
    }
}

/// `lut8Type` with straight input and output curves (ICC.1:2001-04, 6.5.7).
fn lut8(inputs: u8, outputs: u8, points: u8, grid: &[u8]) -> Vec<u8> {
    let mut out = b"mft1\0\0\0\0".to_vec();
    out.extend([inputs, outputs, points, 0]);
    for place in 0..9 {
        out.extend(be32(if place % 4 == 0 { 0x1_0000 } else { 0 }));
    }
    for _ in 0..inputs {
        out.extend(0..=255);
    }
    out.extend(grid);
    for _ in 0..outputs {
        out.extend(0..=255);
    }
    out
}

/// Points a side of the ink grid: 6^4 x 3 bytes are 3.9 kB before and well under 2 kB after compression.
const INK_POINTS: u8 = 6;

/// Each ink at full strength, as linear sRGB: near the ISO 12647-2 solids on coated paper.
const INKS: [[f64; 3]; 3] = [[0.0, 0.36, 0.86], [0.83, 0.0, 0.20], [1.0, 0.87, 0.0]];

fn inks_to_lab() -> Vec<u8> {
    let mut grid = Vec::new();
    let steps = u32::from(INK_POINTS);
    let top = f64::from(steps - 1);
    for index in 0..steps.pow(4) {
        let level = |place: u32| f64::from(index / steps.pow(3 - place) % steps) / top;
        grid.extend(lab8(inked([level(0), level(1), level(2)], level(3))));
    }
    lut8(4, 3, INK_POINTS, &grid)
}

/// Linear sRGB of a dot pattern: each ink lets through what its share of the paper leaves (Demichel's premise).
fn inked(cmy: [f64; 3], black: f64) -> [f64; 3] {
    let mut light = [1.0; 3];
    for (share, ink) in cmy.into_iter().zip(INKS) {
        for (channel, through) in light.iter_mut().zip(ink) {
            *channel *= 1.0 - dot_gain(share) * (1.0 - through);
        }
    }
    light.map(|channel| channel * (1.0 - dot_gain(black) * 0.98))
}

/// A printed dot grows: 14 % at half tone.
fn dot_gain(share: f64) -> f64 {
    (share + 0.56 * share * (1.0 - share)).min(1.0)
}

/// The way back, coarse: nothing in a PDF/A is ever converted to these inks, but the profile class wants it.
fn lab_to_inks() -> Vec<u8> {
    let mut grid = Vec::new();
    for index in 0..8_u32 {
        let lightness = index / 4;
        let ink = if lightness == 0 { 255 } else { 0 };
        grid.extend([0, 0, 0, ink]);
    }
    lut8(3, 4, 2, &grid)
}

/// 8-bit Lab of linear sRGB, relative to D50 (ICC.1:2001-04, 6.5.7 and annex A).
fn lab8(linear: [f64; 3]) -> [u8; 3] {
    let [r, g, b] = linear;
    let x = (0.436_066 * r + 0.385_147 * g + 0.143_066 * b) / D50[0];
    let y = 0.222_488 * r + 0.716_873 * g + 0.060_608 * b;
    let z = (0.013_916 * r + 0.097_076 * g + 0.714_096 * b) / D50[2];
    let f = |t: f64| {
        if t > 0.008_856 {
            t.cbrt()
        } else {
            7.787 * t + 16.0 / 116.0
        }
    };
    let byte = |value: f64| value.round().clamp(0.0, 255.0) as u8;
    [
        byte((116.0 * f(y) - 16.0) * 2.55),
        byte(500.0 * (f(x) - f(y)) + 128.0),
        byte(200.0 * (f(y) - f(z)) + 128.0),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_profiles_pass_our_own_check() {
        assert_eq!(
            header(&srgb()),
            Some(Header {
                major: 2,
                components: 3
            })
        );
        assert_eq!(
            header(&cmyk()),
            Some(Header {
                major: 2,
                components: 4
            })
        );
    }

    #[test]
    fn a_damaged_profile_is_none() {
        let whole = srgb();
        for cut in [0, 3, 100, 131, 140, whole.len() - 1] {
            assert_eq!(header(&whole[..cut]), None, "cut at {cut}");
        }
        let mut beyond = whole.clone();
        beyond[136..140].copy_from_slice(&[0x7F; 4]);
        assert_eq!(header(&beyond), None);
        let mut fifth = whole;
        fifth[8] = 5;
        assert_eq!(header(&fifth), None);
    }

    #[test]
    fn white_and_black_are_where_they_belong() {
        assert_eq!(lab8([1.0; 3])[0], 255);
        assert!(lab8([1.0; 3])[1].abs_diff(128) <= 1 && lab8([1.0; 3])[2].abs_diff(128) <= 1);
        assert!(lab8(inked([0.0; 3], 1.0))[0] < 50);
    }
}
