//! Statements for stamps: what a file in TOML says, set on the page or on one of its own.

use std::path::Path;

use anyhow::Context as _;
use saoy_pdf::{Document, Page};
use saoy_pipeline::document::Raster;
use saoy_pipeline::ingest::{Limits, glance};
use saoy_signing::sign::appearance::{
    Align, Code, Drawn, Ground, Labelled, Paragraph, Shown, Statement, Weight, new_page_size,
};
use saoy_signing::sign::{SignError, iso_time};
use serde::Deserialize;

use super::place::{Place, Sheet};
use super::record::Warning;
use super::stamp::By;
use crate::words::{Said, said};

/// Enough to see every letter, and little enough not to see dust.
const DPI: f64 = 100.0;

/// A statement as its file has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    /// What the QR code says.
    qr: Option<String>,
    /// What stands under it.
    label: Option<String>,
    #[serde(rename = "line")]
    lines: Vec<Line>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    text: String,
    #[serde(default)]
    bold: bool,
    #[serde(default)]
    align: Side,
    #[serde(default = "usual")]
    size: f64,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Side {
    #[default]
    Left,
    Center,
    Right,
}

/// Pt.
fn usual() -> f64 {
    12.0
}

/// Sizes that can be read and fit a page, pt.
const SIZES: std::ops::RangeInclusive<f64> = 6.0..=36.0;

impl Form {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read, or is no statement.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let wrong = |why: &dyn std::fmt::Display| {
            let shown = path.display();
            Said(said!(
                "tệp lời chứng {} không dùng được: {}",
                "the statement {} is of no use: {}",
                shown,
                why
            ))
        };
        let form: Self = toml::from_str(&text).map_err(|why| wrong(&why))?;
        if let Some(line) = form.lines.iter().find(|line| !SIZES.contains(&line.size)) {
            return Err(wrong(&format!("size = {}", line.size)).into());
        }
        if form.lines.is_empty() {
            return Err(wrong(&"[[line]]").into());
        }
        Ok(form)
    }

    /// `{time}` and `{signer}` are those of the signature.
    fn paragraphs(&self, by: &By<'_>) -> Vec<Paragraph> {
        let time = iso_time(by.time);
        let filled = |text: &str| text.replace("{time}", &time).replace("{signer}", by.name);
        let caveat = by.caveat.map(|text| Paragraph {
            text: text.to_owned(),
            weight: Weight::Bold,
            align: Align::Centre,
            size: usual(),
        });
        self.lines
            .iter()
            .map(|line| Paragraph {
                text: filled(&line.text),
                weight: if line.bold {
                    Weight::Bold
                } else {
                    Weight::Regular
                },
                align: match line.align {
                    Side::Left => Align::Left,
                    Side::Center => Align::Centre,
                    Side::Right => Align::Right,
                },
                size: line.size,
            })
            .chain(caveat)
            .collect()
    }

    /// The statement on `page` of `document`: at `place`, or where it has room; on a page of its own when there is none
    /// and `may_add` allows one.
    ///
    /// # Errors
    /// When it has no room, or letters that cannot be shown.
    pub(super) fn on(
        &self,
        document: &Document,
        (page, sheet): (&Page, &Sheet),
        place: Option<Place>,
        may_add: bool,
        by: &By<'_>,
    ) -> anyhow::Result<(Drawn, Place, Vec<Warning>)> {
        let paragraphs = self.paragraphs(by);
        let code = match &self.qr {
            Some(text) => Some(Labelled {
                code: Code::new(text.as_bytes())?,
                label: self.label.clone().unwrap_or_default(),
            }),
            None => None,
        };
        let code = code.as_ref();
        let fits = |statement: Statement, place: Place| {
            Drawn::on(page, place, Shown::Statement(statement))
                .map(|drawn| (drawn, place, Vec::new()))
        };
        if let Some([left, top, width, height]) = place {
            let statement = Statement::new(&paragraphs, code, width)?;
            let (wide, high) = statement.size();
            let needs = || {
                Said(said!(
                    "lời chứng cần {:.0} x {:.0} pt trong trang",
                    "the statement needs {:.0} x {:.0} pt of the page",
                    wide,
                    high
                ))
            };
            if wide > width + 0.5 || high > height + 0.5 {
                return Err(needs().into());
            }
            return Ok(fits(statement, [left, top, wide, high]).ok_or_else(needs)?);
        }
        if let Some(ground) = ground(document, page, sheet)
            && let Some((statement, place)) = Statement::settled(&paragraphs, code, &ground)?
            && let Some(found) = fits(statement, place)
        {
            return Ok(found);
        }
        if !may_add {
            let why = said!(
                "trang không còn chỗ cho lời chứng; chọn trang khác (--page) hoặc chỗ khác (--box)",
                "the page has no room for the statement; choose another (--page) or a place (--box)"
            );
            return Err(Said(why).into());
        }
        let (statement, place) = Statement::alone(&paragraphs, code, new_page_size(document)?)?;
        let drawn = Drawn::on_new_page(document, place, Shown::Statement(statement))?;
        let warning = Warning::page_added(drawn.page().saturating_add(1));
        Ok((drawn, place, vec![warning]))
    }
}

/// What of the page is taken: its words, its signatures, and all ink as a reader shows it. `None` when nobody can see that.
fn ground(document: &Document, page: &Page, sheet: &Sheet) -> Option<Ground> {
    let picture = glance::picture(document, page.index, DPI, &Limits::default()).ok()?;
    let (grey, width) = match &picture {
        Raster::Gray(grey) => (grey.pixels.clone(), grey.width),
        Raster::Rgb(colours) => {
            let grey = colours.pixels.chunks_exact(3).map(|pixel| {
                // The darkest channel: coloured ink is ink, too.
                pixel.iter().copied().min().unwrap_or(0)
            });
            (grey.collect(), colours.width)
        }
    };
    let mut ground = Ground::new(sheet.size);
    for place in sheet.places() {
        ground.take(place);
    }
    ground.ink(&grey, usize::try_from(width).ok()?);
    Some(ground)
}

/// Why a page cannot be added is told by the library; this is whether one may be asked for.
///
/// # Errors
/// When the document's form cannot be read.
pub(super) fn may_get_page(document: &Document) -> Result<bool, SignError> {
    let fields = document.signatures()?.fields;
    Ok(fields.iter().all(|field| field.value.is_none()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_read_and_what_is_none_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        let read = |text: &str| {
            std::fs::write(&path, text).unwrap();
            Form::read(&path)
        };
        let form = read("[[line]]\ntext='A'\nbold=true\nalign='center'\nsize=14").unwrap();
        assert!(form.lines[0].bold && form.qr.is_none());
        for wrong in [
            "",
            "line=[]",
            "[[line]]\ntext='A'\nsize=1",
            "[[line]]\ntext='A'\ncolour='red'",
            "[[line]]\ntext='A'\nalign='middle'",
        ] {
            let error = read(wrong).unwrap_err();
            assert!(error.is::<Said>(), "{wrong}: {error}");
        }
    }
}
