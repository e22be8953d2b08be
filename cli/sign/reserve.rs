//! `--reserve`: fields made with the first signature for those who sign later.

use clap::ArgMatches;
use saoy_pdf::Document;
use saoy_pipeline::record::Bilingual;
use saoy_signing::sign::SignError;
use saoy_signing::sign::appearance::Drawn;
use saoy_signing::sign::field::{EmptyField, Reserved};

use super::place::{MM, Place, moved_onto, sealed};
use crate::words::{Said, said};

/// What the agency's field is called.
const AGENCY: &str = "AgencySeal";
/// Room for its seal. Those of the state have 36 mm or a little more; one stands in its field in its own size.
const ROOM: f64 = 42.0 * MM;

/// A field to be made.
pub(super) struct Reserve {
    name: String,
    /// Whether its signature ends it all.
    is_final: bool,
    /// The page from 1, where one was named, and the box.
    place: Option<(Option<usize>, Place)>,
}

impl Reserve {
    /// What the arguments ask for.
    ///
    /// # Errors
    /// When they are not understood.
    pub(super) fn of(matches: &ArgMatches) -> anyhow::Result<Vec<Self>> {
        let given = matches.get_many::<String>("reserve").into_iter().flatten();
        given.map(|text| Self::read(text)).collect()
    }

    /// `agency`, `agency-final`, or a name; then `=[PAGE/]X,Y,W,H`, which a name must have.
    fn read(text: &str) -> anyhow::Result<Self> {
        let wrong = || {
            Said(said!(
                "--reserve {}: cần agency, agency-final hoặc TÊN, rồi =[TRANG/]X,Y,W,H",
                "--reserve {}: this must be agency, agency-final or a NAME, then =[PAGE/]X,Y,W,H",
                text
            ))
        };
        let (name, place) = match text.split_once('=') {
            Some((name, place)) => (name, Some(read_place(place).ok_or_else(wrong)?)),
            None => (text, None),
        };
        let (name, is_final) = match name {
            "agency" => (AGENCY, false),
            "agency-final" => (AGENCY, true),
            "" => return Err(wrong().into()),
            _ if place.is_none() => return Err(wrong().into()),
            name => (name, false),
        };
        Ok(Self {
            name: name.to_owned(),
            is_final,
            place,
        })
    }

    /// The field in `document`, whose first signature shows `drawn`.
    ///
    /// # Errors
    /// When it has no place, or one that is not on the page.
    pub(super) fn on(
        &self,
        document: &Document,
        drawn: Option<&Drawn>,
    ) -> anyhow::Result<Reserved> {
        let outside = || {
            Said(said!(
                "--reserve {}: chỗ dành sẵn nằm ngoài trang",
                "--reserve {}: the place is not on the page",
                self.name
            ))
        };
        let reserved = match (self.place, drawn) {
            (Some((page, place)), _) => {
                let count = document.page_count().map_err(SignError::from)?;
                let page = page.unwrap_or(count);
                if page > count {
                    return Err(outside().into());
                }
                let page = document.page(page.saturating_sub(1));
                Reserved::on(&page.map_err(SignError::from)?, place, &self.name)
            }
            (None, Some(drawn)) => {
                let (person, size) = drawn.place(document)?;
                let place = moved_onto(sealed(person, (ROOM, ROOM)), size);
                drawn.beside(document, place, &self.name)?
            }
            (None, None) => {
                let why = said!(
                    "--reserve agency cần --stamp, hoặc chỗ đặt: agency=X,Y,W,H",
                    "--reserve agency needs --stamp, or a place: agency=X,Y,W,H"
                );
                return Err(Said(why).into());
            }
        };
        let mut reserved = reserved.ok_or_else(outside)?;
        reserved.is_final = self.is_final;
        Ok(reserved)
    }
}

/// `[PAGE/]X,Y,W,H`.
fn read_place(text: &str) -> Option<(Option<usize>, Place)> {
    let (page, numbers) = match text.split_once('/') {
        Some((page, numbers)) => (Some(page.parse().ok().filter(|page| *page > 0)?), numbers),
        None => (None, text),
    };
    let numbers: Option<Vec<f64>> = numbers
        .split(',')
        .map(|number| {
            number
                .trim()
                .parse()
                .ok()
                .filter(|number: &f64| number.is_finite())
        })
        .collect();
    let place = Place::try_from(numbers?).ok()?;
    (place[2] > 0.0 && place[3] > 0.0).then_some((page, place))
}

/// Whether `field` was made for an agency.
pub(super) fn is_for_agency(field: &EmptyField) -> bool {
    let rest = field.name.strip_prefix(AGENCY);
    rest.is_some_and(|rest| rest.chars().all(|letter| letter.is_ascii_digit()))
}

/// Why a stamp cannot go into `field`.
pub(super) fn no_room(field: &EmptyField) -> Bilingual {
    said!(
        "dấu không vừa trường chữ ký “{}” đã dành sẵn",
        "the stamp does not fit into the field “{}” that was made for it",
        field.name
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_reserved_is_read_and_what_is_none_is_refused() {
        let read = |text: &str| Reserve::read(text).unwrap();
        let agency = read("agency");
        assert!(agency.name == AGENCY && !agency.is_final && agency.place.is_none());
        assert!(read("agency-final").is_final);
        let place = [10.0, 20.5, 100.0, 40.0];
        assert_eq!(read("agency=10,20.5,100,40").place, Some((None, place)));
        let other = read("Phó chủ tịch=2/10,20.5,100,40");
        assert_eq!(other.place, Some((Some(2), place)));
        assert_eq!(other.name, "Phó chủ tịch");
        for wrong in [
            "",
            "someone",
            "=1,2,3,4",
            "a=1,2,3",
            "a=0/1,2,3,4",
            "a=1,2,3,0",
            "a=1,2,3,x",
            "a=1,2,NaN,4",
        ] {
            let error = Reserve::read(wrong).err().unwrap();
            assert!(error.is::<Said>(), "{wrong}: {error}");
        }
    }
}
