//! `saoy page-text`: the words of a page and where they stand, for the server's pages, which never open files themselves.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Arg, ArgMatches, Command, value_parser};
use saoy_pdf::Document;
use saoy_pipeline::ingest::{Fault, Limits, glance};
use serde::Serialize;

use crate::args::given;
use crate::words::Ui;
use crate::{digitize, terminal};

/// The grammar.
pub(crate) fn command(ui: Ui) -> Command {
    Command::new("page-text")
        .hide(true)
        .about(ui.say(
            "Chữ của một trang PDF và vị trí từng chữ, dạng JSON",
            "The words of a page of a PDF and where they stand, as JSON",
        ))
        .arg(
            Arg::new("input")
                .required(true)
                .value_name("PDF")
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(
            Arg::new("page")
                .long("page")
                .value_name("N")
                .default_value("1")
                .value_parser(value_parser!(u32).range(1..))
                .help(ui.say("Trang, tính từ 1", "The page, from 1")),
        )
}

#[derive(Serialize)]
struct Text {
    /// Width and height of the page, pt.
    width: f64,
    height: f64,
    lines: Vec<Vec<Word>>,
}

#[derive(Serialize)]
struct Word {
    text: String,
    /// `[x, y, w, h]` in pt, origin top left.
    #[serde(rename = "box")]
    bbox: [f32; 4],
}

/// Runs the command: 0 with the words, 2 without such a page, 3 when the file is damaged.
pub(crate) fn run(matches: &ArgMatches, ui: Ui) -> anyhow::Result<ExitCode> {
    let input = given::<PathBuf>(matches, "input")?;
    let page = usize::try_from(*given::<u32>(matches, "page")?)?.saturating_sub(1);
    let file = std::fs::File::open(input).with_context(|| input.display().to_string())?;
    let text = Document::open(file)
        .map_err(anyhow::Error::from)
        .and_then(|document| {
            let count = document.page_count()?;
            if page >= count {
                return Err(Fault::NoSuchPage { pages: count }.into());
            }
            Ok(glance::text(&document, page, &Limits::default())?)
        });
    let text = match text {
        Ok(text) => text,
        Err(error) => {
            terminal::complain(ui, &error);
            let missing = matches!(
                error.downcast_ref::<Fault>(),
                Some(Fault::NoSuchPage { .. })
            );
            return Ok(ExitCode::from(if missing { 2 } else { 3 }));
        }
    };
    let (width, height) = text.size_pt;
    let lines = text
        .lines
        .into_iter()
        .map(|line| {
            line.words
                .into_iter()
                .map(|word| Word {
                    text: word.text,
                    bbox: [word.bbox.x, word.bbox.y, word.bbox.w, word.bbox.h]
                        .map(|length| (length * 100.0).round() / 100.0),
                })
                .collect()
        })
        .collect();
    digitize::print_json(&Text {
        width,
        height,
        lines,
    })?;
    Ok(ExitCode::SUCCESS)
}
