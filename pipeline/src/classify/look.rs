//! Looking at a page for what its words do not tell: marks of secrecy, stamps, what a hand wrote.

use super::{Options, Sight, View};
use crate::document::Line;

mod wording;

mod printed;

mod small;

mod parts;

mod rows;

mod levelled;

mod shape;

mod secrecy;

/// Looks at a page for what its words do not tell.
pub fn look(view: &View<'_>, _options: &Options) -> Sight {
    let small = small::Small::of(&view.picture);
    let candidates = secrecy::candidates(view, &small);
    let stamped = candidates.iter().any(secrecy::Candidate::is_mark);
    if std::env::var_os("SAOY_MARKS").is_some() {
        for c in &candidates {
            eprintln!(
                "{:?} mm {:.1}x{:.1} at {:.0},{:.0} angle {:.1} framed {} goes_on {} promise {:.2} weight {:.2} {:?} {:?} {}",
                c.row.ink,
                c.row.size.0 / small.per_mm,
                c.row.size.1 / small.per_mm,
                c.row.centre.0 / small.per_mm,
                c.row.centre.1 / small.per_mm,
                c.row.angle.to_degrees(),
                c.row.framed,
                c.row.goes_on,
                c.promise(), c.weight(),
                c.shapes
                    .iter()
                    .take(3)
                    .map(|l| (l.word.text(), (l.value * 100.0).round() / 100.0))
                    .collect::<Vec<_>>(),
                c.readings,
                c.is_mark()
            );
        }
    }
    Sight {
        secret: stamped || printed::bears_mark(view.lines, view.picture.size),
        ..Sight::default()
    }
}

/// Looks at a page that has words but no pixels, of `size_px` shown px.
pub fn look_at_words(lines: &[Line], size_px: (u32, u32), _options: &Options) -> Sight {
    Sight {
        secret: printed::bears_mark(lines, size_px),
        ..Sight::default()
    }
}
