//! Looking at a page for what its words do not tell: marks of secrecy, stamps, what a hand wrote.

use super::{Options, Sight, View, codes};
use crate::document::Line;

mod wording;

mod printed;

mod small;

mod parts;

mod frame;

mod rows;

mod levelled;

mod shape;

mod overprint;

mod secrecy;

mod stamps;

mod hands;

/// Looks at a page for what its words do not tell.
pub fn look(view: &View<'_>, _options: &Options) -> Sight {
    let small = small::Small::of(&view.picture);
    let bare = secrecy::unexplained(&small, view.lines);
    let candidates = secrecy::candidates(view, &small, &bare);
    let stamped = candidates.iter().any(secrecy::Candidate::is_mark);
    let secret = stamped
        || printed::bears_mark(view.lines, view.picture.size)
        || overprint::bears_mark(view, &small, &bare, &candidates);
    Sight {
        stamps: stamps::stamps(view, &small, &candidates),
        handwriting: hands::handwriting(view),
        secret,
        codes: codes::find(&view.picture),
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
