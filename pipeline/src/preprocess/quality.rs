//! What a scanning station wants to know about a page: figures, and findings drawn from them.

/// Figures about one page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quality {
    /// Resolution across and down, dpi.
    pub dpi: (f32, f32),
    /// Slope of the lines, degrees clockwise; 0 where no lines were found.
    pub skew_deg: f32,
    /// Share of the page that is dark.
    pub ink: f32,
    /// Median grey of the paper, 0 to 255.
    pub paper: u8,
    /// Difference between the darkest and the lightest part of the paper, grey levels.
    pub unevenness: u8,
    /// Median x-height of the lines, px of the stored image; `None` where no lines were found.
    pub x_height: Option<f32>,
    /// True when nothing is printed or written on the page.
    pub blank: bool,
    /// True when there is a seal in colour.
    pub seal_present: bool,
}
