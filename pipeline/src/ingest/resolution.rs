//! How many dots per inch a page has, when the file says so and when it lies or is silent.

/// Dots per inch and where they come from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dpi {
    /// Across, in dpi of the stored image.
    pub x: f32,
    /// Down, in dpi of the stored image.
    pub y: f32,
    /// Who says so.
    pub origin: DpiOrigin,
}

/// Where a resolution comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DpiOrigin {
    /// The file states it, and it is plausible.
    Stated,
    /// The file is silent or implausible: it follows from the paper size that the pixels suggest.
    Assumed,
}

impl Dpi {
    /// The first plausible statement of a file, else a resolution that makes the page a common paper size.
    pub fn settle(stated: &[Option<(f32, f32)>], width: u32, height: u32) -> Self {
        stated
            .iter()
            .flatten()
            .find(|dpi| plausible(**dpi, width, height))
            .map_or_else(
                || assume(width, height),
                |&(x, y)| Self {
                    x,
                    y,
                    origin: DpiOrigin::Stated,
                },
            )
    }
}

fn plausible((x, y): (f32, f32), width: u32, height: u32) -> bool {
    let in_range = |dpi: f32| (MIN_DPI..=MAX_DPI).contains(&dpi);
    if !in_range(x) || !in_range(y) || x / y > MAX_ASPECT || y / x > MAX_ASPECT {
        return false;
    }
    let long_side = (width as f32 / x).max(height as f32 / y);
    // 72 and 96 are what programs write when they know nothing: believed only for pages that are no
    // larger than A3 with them.
    let default = |dpi: f32| (dpi - 72.0).abs() < 0.5 || (dpi - 96.0).abs() < 0.5;
    if default(x) && default(y) {
        long_side <= A3_LONG_IN
    } else {
        long_side <= A0_LONG_IN
    }
}

fn assume(width: u32, height: u32) -> Dpi {
    let long = width.max(height) as f32;
    let short = width.min(height).max(1) as f32;
    let fits =
        |paper: &&Paper| (long / short / (paper.long / paper.short) - 1.0).abs() <= RATIO_TOLERANCE;
    let standard = |paper: &&Paper| {
        let dpi = long / paper.long;
        SCANNER_DPI
            .iter()
            .any(|known| (dpi / known - 1.0).abs() <= DPI_TOLERANCE)
    };
    // A3 at 300 dpi has the pixels of A5 at 600: what is nearer to the common 300 is believed.
    let oddity = |paper: &&Paper| (long / paper.long / 300.0).ln().abs();
    let paper = PAPERS
        .iter()
        .filter(fits)
        .filter(standard)
        .min_by(|a, b| oddity(a).total_cmp(&oddity(b)))
        .or_else(|| PAPERS.iter().find(fits));
    let dpi = match paper {
        Some(paper) => long / paper.long,
        // A crop or a photograph: most often of one A4 page.
        None => long / A4_LONG_IN,
    };
    // Rounded to what scanners have, so that a few px more or less do not matter.
    let dpi = SCANNER_DPI
        .iter()
        .copied()
        .find(|known| (dpi / known - 1.0).abs() <= DPI_TOLERANCE)
        .unwrap_or(dpi)
        .clamp(MIN_DPI, MAX_DPI);
    Dpi {
        x: dpi,
        y: dpi,
        origin: DpiOrigin::Assumed,
    }
}

/// Sides in inches.
struct Paper {
    long: f32,
    short: f32,
}

/// In the order in which they are believed: A4, A5, A3 (ISO 216), Letter, the ID-1 card (ISO/IEC 7810).
const PAPERS: [Paper; 5] = [
    Paper {
        long: A4_LONG_IN,
        short: 8.268,
    },
    Paper {
        long: 8.268,
        short: 5.827,
    },
    Paper {
        long: A3_LONG_IN,
        short: 11.693,
    },
    Paper {
        long: 11.0,
        short: 8.5,
    },
    Paper {
        long: 3.370,
        short: 2.125,
    },
];
const A4_LONG_IN: f32 = 11.693;
const A3_LONG_IN: f32 = 16.535;
/// A0 is 46.8 in; rolls of plans are longer.
const A0_LONG_IN: f32 = 50.0;
/// Settings of office scanners and fax machines.
const SCANNER_DPI: [f32; 8] = [100.0, 150.0, 200.0, 240.0, 300.0, 400.0, 600.0, 1200.0];
/// Text at less cannot be read by anyone.
const MIN_DPI: f32 = 50.0;
/// The finest setting of office scanners.
const MAX_DPI: f32 = 2400.0;
/// Fax in standard resolution has 204 x 98 dpi.
const MAX_ASPECT: f32 = 4.0;
/// Trimmed scans differ from the paper by some mm.
const RATIO_TOLERANCE: f32 = 0.03;
const DPI_TOLERANCE: f32 = 0.02;

#[cfg(test)]
mod tests {
    use super::*;

    fn assumed(width: u32, height: u32) -> f32 {
        let dpi = Dpi::settle(&[], width, height);
        assert_eq!(dpi.origin, DpiOrigin::Assumed);
        dpi.x
    }

    #[test]
    fn stated_and_plausible_is_kept() {
        let dpi = Dpi::settle(&[None, Some((204.0, 98.0))], 1728, 1145);
        assert_eq!(
            dpi,
            Dpi {
                x: 204.0,
                y: 98.0,
                origin: DpiOrigin::Stated
            }
        );
        assert_eq!(
            Dpi::settle(&[Some((72.0, 72.0))], 595, 842).origin,
            DpiOrigin::Stated
        );
    }

    #[test]
    fn default_values_on_large_scans_are_not_believed() {
        for lie in [
            (72.0, 72.0),
            (96.0, 96.0),
            (1.0, 1.0),
            (0.0, 0.0),
            (f32::NAN, 300.0),
            (9600.0, 9600.0),
        ] {
            let dpi = Dpi::settle(&[Some(lie)], 2480, 3508);
            assert_eq!((dpi.x, dpi.origin), (300.0, DpiOrigin::Assumed), "{lie:?}");
        }
    }

    #[test]
    fn paper_sizes_are_recognised() {
        assert_eq!(assumed(1654, 2339), 200.0);
        assert_eq!(assumed(2339, 1654), 200.0);
        assert_eq!(assumed(1748, 2480), 300.0); // A5
        assert_eq!(assumed(3508, 4961), 300.0); // A3
        assert_eq!(assumed(2550, 3300), 300.0); // Letter
        assert_eq!(assumed(1011, 638), 300.0); // ID-1
    }

    #[test]
    fn anything_gets_a_usable_value() {
        for (width, height) in [(1, 1), (30_000, 10), (10, 30_000), (3024, 4032)] {
            let dpi = assumed(width, height);
            assert!((50.0..=2400.0).contains(&dpi), "{width} x {height}: {dpi}");
        }
    }
}
