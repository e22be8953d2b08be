//! What reading through reader processes costs on top of the engine itself.
//!
//! `OMP_THREAD_LIMIT=1 cargo run --release -p saoy-ocr --example overhead -- [NAME=VALUE]... PAGE.pgm...`
//! reads each page (8-bit PGM, taken as 300 dpi) first with the engine in this process, then through a pool,
//! and prints processor seconds a page. `NAME=VALUE` sets a variable of the engine for the pool. With
//! `text` as first argument it prints the pages' texts instead and leaves the comparison out.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a program")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use saoy_ocr::{GrayView, Layout, Line, ReaderConfig, Readers, SYSTEM_DIRS, locate};
use tesseract_rs::{TessPageSegMode, TesseractAPI};

struct Page {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let text_only = arguments.first().is_some_and(|first| first == "text");
    arguments.drain(..usize::from(text_only));
    let (variables, files): (Vec<_>, Vec<_>) =
        arguments.into_iter().partition(|one| one.contains('='));
    let pages = files
        .iter()
        .map(|file| load(Path::new(file)))
        .collect::<Result<Vec<_>, _>>()?;

    let readers = Readers::new(config(&variables)?);
    // Loads the models, which costs once and not by the page.
    readers.read(&GrayView::new(1, 1, 300, &[0])?, Layout::Page)?;
    let start = readers.tally().cpu;
    let before = cpu();
    let mut engine = Duration::ZERO;
    for page in &pages {
        let view = GrayView::new(page.width, page.height, 300, &page.pixels)?;
        let reading = readers.read(&view, Layout::Page)?;
        engine += reading.spent.cpu;
        if text_only {
            reading
                .lines
                .iter()
                .map(Line::text)
                .for_each(|line| println!("{line}"));
        }
    }
    let parent = cpu().saturating_sub(before);
    let tally = readers.tally();
    eprintln!(
        "through the pool  {:.3} s a page",
        per_page(parent + tally.cpu - start, &pages)
    );
    eprintln!("  engine          {:.3} s", per_page(engine, &pages));
    eprintln!("  parent          {:.3} s", per_page(parent, &pages));
    eprintln!("  most memory     {} MB", tally.peak_rss >> 20);
    if !text_only {
        eprintln!(
            "in this process   {:.3} s a page",
            per_page(in_process(&pages)?, &pages)
        );
    }
    Ok(())
}

fn config(variables: &[String]) -> Result<ReaderConfig, Box<dyn Error>> {
    let example = std::env::current_exe()?;
    let folder = example
        .parent()
        .and_then(Path::parent)
        .ok_or("no target folder")?;
    let mut config = ReaderConfig::new(
        folder.join("saoy-reader"),
        SYSTEM_DIRS.map(PathBuf::from).to_vec(),
    );
    let pair = |one: &String| {
        one.split_once('=')
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    config.variables = variables.iter().filter_map(pair).collect();
    Ok(config)
}

/// Processor time of the engine in this process, its start left out.
fn in_process(pages: &[Page]) -> Result<Duration, Box<dyn Error>> {
    let models = locate("vie", &SYSTEM_DIRS)?.folder;
    let engine = TesseractAPI::new();
    engine.init_2(models.to_str().ok_or("no name")?, "vie", 1)?;
    engine.set_page_seg_mode(TessPageSegMode::PSM_AUTO)?;
    let before = cpu();
    for page in pages {
        let (width, height) = (i32::try_from(page.width)?, i32::try_from(page.height)?);
        engine.set_image(&page.pixels, width, height, 1, width)?;
        engine.set_source_resolution(300)?;
        engine.recognize()?;
        engine.get_utf8_text()?;
    }
    Ok(cpu().saturating_sub(before))
}

fn per_page(cpu: Duration, pages: &[Page]) -> f64 {
    cpu.as_secs_f64() / pages.len() as f64
}

fn cpu() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).unwrap_or_default()
}

/// A PGM without comments, as pdftoppm writes it.
fn load(file: &Path) -> Result<Page, Box<dyn Error>> {
    let bytes = std::fs::read(file)?;
    let mut parts = bytes.splitn(4, u8::is_ascii_whitespace);
    let mut part = || parts.next().ok_or("a short file");
    if part()? != b"P5" {
        return Err("not a PGM".into());
    }
    let width = std::str::from_utf8(part()?)?.parse()?;
    let height = std::str::from_utf8(part()?)?.parse()?;
    let pixels = part()?.strip_prefix(b"255\n").ok_or("not 8-bit")?.to_vec();
    Ok(Page {
        width,
        height,
        pixels,
    })
}
