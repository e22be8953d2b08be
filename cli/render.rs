//! `saoy render`: one page as a picture on stdout, for the server's pages, which never open files of strangers themselves.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use saoy_archive::blob::BlobId;
use saoy_archive::{Archive, ArchiveError};
use saoy_pdf::{Document, PdfError};
use saoy_pipeline::document::{Affine, Coding, Raster, Rect, Rgb};
use saoy_pipeline::ingest::{
    Fault, File, Format, IngestError, Limits, Page, SNIFF_BYTES, TextPolicy, glance, lossy, sniff,
};
use saoy_pipeline::picture::Picture;

use crate::archive::{answered, open};
use crate::args::given;
use crate::terminal;
use crate::words::{Said, Ui, said};

/// JPEG quality: small letters stay readable, a page of 900 px takes about 150 kB.
const QUALITY: u8 = 80;
/// Points to an inch.
const POINTS: f64 = 72.0;

/// The grammar.
pub(crate) fn command(ui: Ui) -> Command {
    Command::new("render")
        .hide(true)
        .about(ui.say(
            "Một trang thành ảnh JPEG ra stdout",
            "One page as a JPEG on stdout",
        ))
        .arg(
            Arg::new("input")
                .required(true)
                .value_name("FILE|SHA256")
                .help(ui.say(
                    "Tệp PDF hoặc ảnh; với --stored: mã băm của tệp trong kho",
                    "A PDF or an image; with --stored the digest of a file of the archive",
                )),
        )
        .arg(
            Arg::new("stored")
                .long("stored")
                .action(ArgAction::SetTrue)
                .help(ui.say("Tệp trong kho lưu trữ", "The file is in the archive")),
        )
        .arg(
            Arg::new("read")
                .long("read")
                .action(ArgAction::SetTrue)
                .help(ui.say(
                    "Bản PDF đã làm từ bản quét có mã băm này (certify look)",
                    "The PDF that was made of the scan with this digest (certify look)",
                )),
        )
        .arg(
            Arg::new("pages")
                .long("pages")
                .value_name("PAGES")
                .requires("read")
                .help(ui.say(
                    "Các trang được trích của bản quét",
                    "The pages of the scan that are extracted",
                )),
        )
        .arg(crate::certify::sealed())
        .arg(
            Arg::new("page")
                .long("page")
                .value_name("N")
                .default_value("1")
                .value_parser(value_parser!(u32).range(1..))
                .help(ui.say("Trang, tính từ 1", "The page, from 1")),
        )
        .arg(
            Arg::new("width")
                .long("width")
                .value_name("PX")
                .default_value("900")
                .value_parser(value_parser!(u32).range(16..=4000))
                .help(ui.say("Chiều rộng, px", "Width, px")),
        )
}

/// Runs the command: 0 with the picture on stdout, 2 without such a page, 3 when the file is damaged.
pub(crate) fn run(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    answered(picture(matches, ui), ui)
}

fn picture(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let input = given::<String>(matches, "input")?;
    let page = usize::try_from(*given::<u32>(matches, "page")?)?.saturating_sub(1);
    let width = *given::<u32>(matches, "width")?;
    let limits = Limits::default();
    let made = if matches.get_flag("stored") {
        stored(&open(matches)?, input, page, width, &limits)
    } else if matches.get_flag("read") {
        let pages = matches.get_one::<String>("pages");
        let pdf = crate::certify::read_of(&open(matches)?, input, pages.map(String::as_str))?;
        of_pdf(&Document::open(pdf)?, page, width, &limits)
    } else if matches.get_flag("sealed") {
        let scan = crate::certify::Scan::of(matches, &open(matches)?, Path::new(input))?;
        of_file(scan.path(), page, width, &limits)
    } else {
        of_file(Path::new(input), page, width, &limits)
    };
    match made {
        Ok(jpeg) => {
            let mut out = io::stdout().lock();
            out.write_all(&jpeg)?;
            out.flush()?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            let Some(code) = code_of(&error) else {
                return Err(error);
            };
            terminal::complain(ui, &error);
            Ok(ExitCode::from(code))
        }
    }
}

/// Whose fault it is: the page that is asked for, or the file.
fn code_of(error: &anyhow::Error) -> Option<u8> {
    let fault = error.downcast_ref::<Fault>().or_else(|| {
        let at = error.downcast_ref::<IngestError>()?;
        Some(&at.fault)
    });
    match fault {
        Some(Fault::NoSuchPage { .. }) => Some(2),
        Some(Fault::Read(_)) => None,
        Some(_) => Some(3),
        None => error.is::<PdfError>().then_some(3),
    }
}

/// A page of a file that the archive holds. Only a picture has to lie in a file of its own while it is read.
fn stored(
    archive: &Archive,
    digest: &str,
    page: usize,
    width: u32,
    limits: &Limits,
) -> anyhow::Result<Vec<u8>> {
    let id = BlobId::parse(digest).ok_or_else(|| {
        ArchiveError::Missing(saoy_archive::Sentence {
            vi: format!("{digest} không phải mã băm SHA-256"),
            en: format!("{digest} is no SHA-256 digest"),
        })
    })?;
    let bytes = archive.blobs().read(id)?;
    if sniff(bytes.get(..SNIFF_BYTES).unwrap_or(&bytes)) == Some(Format::Pdf) {
        return of_pdf(&Document::open(bytes)?, page, width, limits);
    }
    let folder = archive.workplace()?;
    let path = folder.path().join("page.bin");
    std::fs::write(&path, bytes)?;
    of_file(&path, page, width, limits)
}

fn of_file(path: &Path, page: usize, width: u32, limits: &Limits) -> anyhow::Result<Vec<u8>> {
    let file = match File::open(path, limits)? {
        File::Pdf(_) => {
            let file = std::fs::File::open(path).with_context(|| path.display().to_string())?;
            return of_pdf(&Document::open(file)?, page, width, limits);
        }
        image => image,
    };
    let Page::Scan(scan) = file.load(page, TextPolicy::Skip)? else {
        return Err(Fault::UnknownFormat.into());
    };
    let (across, down) = scan.size_px;
    let (stored_width, stored_height) = scan.raster.size();
    let to_shown = scan.turn.map(stored_width as f32, stored_height as f32);
    let to_raster = to_shown.inverse().unwrap_or(Affine::IDENTITY);
    let view = Picture::new(&scan.raster, to_raster, scan.size_px, scan.dpi.0);
    let area = Rect {
        x: 0.0,
        y: 0.0,
        w: across as f32,
        h: down as f32,
    };
    // A scan is never made larger than it is.
    let scale = (f64::from(width) / f64::from(across.max(1))).min(1.0);
    jpeg(Raster::Rgb(view.colours(area, scale as f32)))
}

/// Page `page`, from 0, of a PDF, `width` px wide; JPEG.
pub(crate) fn of_pdf(
    document: &Document,
    page: usize,
    width: u32,
    limits: &Limits,
) -> anyhow::Result<Vec<u8>> {
    let count = document.page_count()?;
    if page >= count {
        return Err(Fault::NoSuchPage { pages: count }.into());
    }
    let (points, _) = saoy_signing::sign::appearance::shown_size(&document.page(page)?);
    let dpi = f64::from(width) * POINTS / points.max(1.0);
    jpeg(glance::picture(document, page, dpi, limits)?)
}

fn jpeg(raster: Raster) -> anyhow::Result<Vec<u8>> {
    // Black and white pixels would be coded without loss, in a form that browsers do not show.
    let colours = match raster {
        Raster::Rgb(colours) => colours,
        Raster::Gray(grey) => Rgb {
            width: grey.width,
            height: grey.height,
            pixels: grey.pixels.iter().flat_map(|px| [*px; 3]).collect(),
        },
    };
    match lossy(&Raster::Rgb(colours), QUALITY).coding {
        Coding::Jpeg { data, .. } => Ok(data.to_vec()),
        _ => Err(Said(said!(
            "trang quá lớn để hiện thành ảnh",
            "the page is too large for a picture"
        ))
        .into()),
    }
}
