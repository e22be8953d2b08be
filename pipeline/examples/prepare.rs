//! Shows what OCR gets to read: `prepare IN.pgm|IN.ppm OUT.pgm [dpi]`, findings on standard output.
#![allow(clippy::print_stdout, reason = "an example's output")]

use std::error::Error;
use std::time::Instant;

use saoy_pipeline::document::{Gray, Raster, Rgb, Turn};
use saoy_pipeline::preprocess::{Input, Options, prepare};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, source, target, rest @ ..] = arguments.as_slice() else {
        return Err("usage: prepare IN.pgm|IN.ppm OUT.pgm [dpi]".into());
    };
    let dpi = rest.first().map_or(Ok(300.0), |dpi| dpi.parse())?;
    let raster = read_pnm(&std::fs::read(source)?)?;
    let start = Instant::now();
    let input = Input {
        raster: &raster,
        turn: Turn::None,
        dpi_x: dpi,
        dpi_y: dpi,
    };
    let prepared = prepare(&input, &Options::default())?;
    let ms = start.elapsed().as_secs_f32() * 1000.0;
    println!(
        "{source} {ms:.1} ms {:?} {:?} {:?}",
        prepared.turn_found, prepared.quality, prepared.ink
    );
    let image = prepared.image;
    let mut bytes = format!("P5\n{} {}\n255\n", image.width, image.height).into_bytes();
    bytes.extend(image.pixels);
    std::fs::write(target, bytes)?;
    Ok(())
}

/// Binary PGM or PPM with 255 as white.
fn read_pnm(bytes: &[u8]) -> Result<Raster, Box<dyn Error>> {
    let mut fields = Vec::new();
    let mut at = 0;
    while fields.len() < 4 {
        let end = at
            + bytes[at..]
                .iter()
                .position(u8::is_ascii_whitespace)
                .ok_or("short header")?;
        fields.push(std::str::from_utf8(&bytes[at..end])?);
        at = end + 1;
    }
    let (width, height) = (fields[1].parse()?, fields[2].parse()?);
    let pixels = bytes[at..].to_vec();
    match fields[0] {
        "P5" => Ok(Raster::Gray(Gray {
            width,
            height,
            pixels,
        })),
        "P6" => Ok(Raster::Rgb(Rgb {
            width,
            height,
            pixels,
        })),
        other => Err(format!("unknown kind {other}").into()),
    }
}
