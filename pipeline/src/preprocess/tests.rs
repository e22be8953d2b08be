//! The stage as a whole: geometry under every turn, and input that contradicts itself.

use super::*;

const TURNS: [Turn; 8] = [
    Turn::None,
    Turn::MirrorX,
    Turn::Half,
    Turn::MirrorY,
    Turn::Transpose,
    Turn::Right,
    Turn::Transverse,
    Turn::Left,
];

/// A page of lines at a slope, with one round-ish heavy mark whose centre is returned.
fn page(width: usize, height: usize, slope: f32) -> (Gray, Point) {
    let mut image = Gray {
        width: width as u32,
        height: height as u32,
        pixels: vec![250; width * height],
    };
    let mut fill = |x: f32, y: f32, w: usize, h: usize| {
        for row in y as usize..y as usize + h {
            image.pixels[row * width + x as usize..row * width + x as usize + w].fill(20);
        }
    };
    let scale = width as f32 / 1240.0;
    let unit = |n: f32| (n * scale).round().max(1.0) as usize;
    // Widths from a small generator: letters that stood in columns would be lines of their own.
    let mut state = 1u32;
    for line in 0..36 {
        let mut x = 150.0;
        while x < 1030.0 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let wide = 6.0 + (state >> 24) as f32 / 32.0;
            let left = x * scale;
            let y = (150.0 + 36.0 * line as f32) * scale + (left - width as f32 / 2.0) * slope;
            let bar = if state & 0x8000 == 0 { 0.0 } else { 10.0 };
            fill(left, y, unit(3.0), unit(13.0));
            fill((x + wide - 3.0) * scale, y, unit(3.0), unit(13.0));
            fill(left, y + bar * scale, unit(wide), unit(3.0));
            if state & 0x30000 == 0 {
                fill(left, y - 8.0 * scale, unit(3.0), unit(8.0));
            }
            x += wide + if state & 0x70_0000 == 0 { 14.0 } else { 5.0 };
        }
    }
    let centre = Point {
        x: (1100.0 * scale).round(),
        y: (1600.0 * scale).round(),
    };
    let half = unit(8.0);
    fill(
        centre.x - half as f32,
        centre.y - half as f32,
        2 * half,
        2 * half,
    );
    (image, centre)
}

/// The centre of mass of darkness within `reach` px of `near`.
fn centre(image: &Gray, near: Point, reach: f32) -> Point {
    let (mut mass, mut x, mut y) = (0.0f64, 0.0f64, 0.0f64);
    for (i, &value) in image.pixels.iter().enumerate() {
        let at = Point {
            x: (i % image.width as usize) as f32 + 0.5,
            y: (i / image.width as usize) as f32 + 0.5,
        };
        if (at.x - near.x).abs() < reach && (at.y - near.y).abs() < reach && value < 200 {
            let dark = f64::from(255 - value);
            mass += dark;
            x += dark * f64::from(at.x);
            y += dark * f64::from(at.y);
        }
    }
    Point {
        x: (x / mass) as f32,
        y: (y / mass) as f32,
    }
}

/// The inverse of an affine map at a point, by solving the two equations.
fn back(map: &Affine, p: Point) -> Point {
    let [a, b, c, d, e, f] = map.m;
    let (x, y) = (p.x - e, p.y - f);
    let det = a * d - b * c;
    Point {
        x: (d * x - c * y) / det,
        y: (a * y - b * x) / det,
    }
}

#[test]
fn marks_map_back_within_a_pixel_under_turn_slope_and_scale() {
    for (width, dpi) in [(1240usize, 150.0f32), (2480, 300.0), (3720, 450.0)] {
        for turn in TURNS {
            let (shown, mark) = page(width, width * 1414 / 1000, 0.021);
            let stored = turn::turned(shown, turn.undone());
            let mirrored = Raster::Gray(stored);
            let input = Input {
                raster: &mirrored,
                turn,
                dpi_x: dpi,
                dpi_y: dpi,
            };
            let prepared = prepare(&input, &Options::default()).expect("sound raster");
            assert_eq!(prepared.turn_applied, Turn::None, "{turn:?} {width}");
            assert!(
                (prepared.quality.skew_deg - 1.203).abs() < 0.06,
                "{turn:?} {width} {:?} {:?}",
                prepared.quality,
                prepared.turn_found
            );
            let expected = back(&prepared.to_shown, mark);
            let found = centre(&prepared.image, expected, width as f32 / 80.0);
            let shown = prepared.to_shown.apply(found);
            let (dx, dy) = (shown.x - mark.x, shown.y - mark.y);
            assert!(
                dx.abs() < 0.6 && dy.abs() < 0.6,
                "{turn:?} {width}: {dx} {dy}"
            );
            let to_stored = prepared.to_stored.apply(found);
            let again = turn
                .map(mirrored.size().0 as f32, mirrored.size().1 as f32)
                .apply(to_stored);
            assert!(
                (again.x - mark.x).abs() < 0.6 && (again.y - mark.y).abs() < 0.6,
                "{turn:?}"
            );
        }
    }
}

#[test]
fn pages_are_turned_upright() {
    for turn in [Turn::None, Turn::Right, Turn::Half, Turn::Left] {
        let (upright, _) = page(1240, 1753, 0.0);
        let lying = Raster::Gray(turn::turned(upright, turn));
        let input = Input {
            raster: &lying,
            turn: Turn::None,
            dpi_x: 150.0,
            dpi_y: 150.0,
        };
        let prepared = prepare(&input, &Options::default()).expect("sound raster");
        assert_eq!(
            turn.then(prepared.turn_applied),
            Turn::None,
            "{:?}",
            prepared.turn_found
        );
    }
}

#[test]
fn fax_pixels_become_square() {
    let (fine, _) = page(1728, 2376, 0.0);
    let coarse = resample::resized(fine, 1728, 1141);
    let raster = Raster::Gray(coarse);
    let input = Input {
        raster: &raster,
        turn: Turn::None,
        dpi_x: 204.0,
        dpi_y: 98.0,
    };
    let prepared = prepare(&input, &Options::default()).expect("sound raster");
    let ratio = prepared.image.height as f32 / prepared.image.width as f32;
    assert!((ratio - 1.375).abs() < 0.02, "{ratio}");
    let corner = prepared.to_shown.apply(Point {
        x: prepared.image.width as f32,
        y: prepared.image.height as f32,
    });
    assert!(
        (corner.x - 1728.0).abs() < 4.0 && (corner.y - 1141.0).abs() < 4.0,
        "{corner:?}"
    );
}

#[test]
fn odd_rasters_are_refused_or_survived() {
    let short = Raster::Gray(Gray {
        width: 10,
        height: 10,
        pixels: vec![0; 99],
    });
    let input = |raster| Input {
        raster,
        turn: Turn::Left,
        dpi_x: f32::NAN,
        dpi_y: -3.0,
    };
    assert!(matches!(
        prepare(&input(&short), &Options::default()),
        Err(PrepareError::Raster { .. })
    ));
    let none = Raster::Gray(Gray {
        width: 0,
        height: 7,
        pixels: Vec::new(),
    });
    assert!(matches!(
        prepare(&input(&none), &Options::default()),
        Err(PrepareError::Empty { .. })
    ));
    for (w, h) in [(1, 1), (1, 4000), (4000, 1), (3, 17), (40, 33), (200, 9)] {
        for value in [0, 128, 255] {
            let raster = Raster::Rgb(crate::document::Rgb {
                width: w,
                height: h,
                pixels: vec![value; w as usize * h as usize * 3],
            });
            for (dpi_x, dpi_y) in [(0.0, 0.0), (1200.0, 75.0), (72.0, 72.0), (2400.0, 2400.0)] {
                let input = Input {
                    raster: &raster,
                    turn: Turn::Right,
                    dpi_x,
                    dpi_y,
                };
                let prepared = prepare(&input, &Options::default()).expect("sound raster");
                let (w, h) = (
                    prepared.image.width as usize,
                    prepared.image.height as usize,
                );
                assert_eq!(prepared.image.pixels.len(), w * h);
            }
        }
    }
}

#[test]
fn white_pages_are_blank_and_keep_their_geometry() {
    let raster = Raster::Gray(Gray {
        width: 827,
        height: 1169,
        pixels: vec![255; 827 * 1169],
    });
    let input = Input {
        raster: &raster,
        turn: Turn::None,
        dpi_x: 100.0,
        dpi_y: 100.0,
    };
    let prepared = prepare(&input, &Options::default()).expect("sound raster");
    assert!(prepared.quality.blank);
    assert_eq!(prepared.turn_found, TurnFound::Unknown);
    assert_eq!(prepared.to_shown, Affine::IDENTITY);
}
