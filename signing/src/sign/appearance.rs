//! What a signature shows on its page.

use saoy_pdf::{Append, ObjectId, PdfError, Rectangle};

/// An appearance, drawn.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The page, from 0.
    pub page: usize,
    /// Where on it, pt in the page's own space.
    pub rectangle: Rectangle,
}

impl Drawn {
    pub(super) fn put(&self, _append: &mut Append, _look: ObjectId) -> Result<(), PdfError> {
        Ok(())
    }
}
