//! Bars as inline SVG: made here, measured in attributes, so that pages need neither script nor style attribute. The table
//! beside it says the same in figures.

/// Width of the names before the bars, of the bars at 100 %, and of what stands behind them, in units of the picture.
const NAMES: u32 = 430;
const FULL: u32 = 340;
const VALUES: u32 = 130;
/// Height of a bar's row, and of the bar in it.
const ROW: u32 = 34;
const THICK: u32 = 16;
/// Letters of a name that fit before the bars.
const LETTERS: usize = 58;

/// A chart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Chart {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) bars: Vec<Bar>,
}

/// A bar, ready to be drawn.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bar {
    pub(super) name: String,
    pub(super) value: String,
    /// `good`, `bad`, or nothing where no target is set.
    pub(super) class: &'static str,
    /// Left edge of all bars.
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) length: u32,
    /// The whole of 100 %.
    pub(super) full: u32,
    pub(super) thick: u32,
    /// Where letters stand.
    pub(super) baseline: u32,
    /// Where the value begins.
    pub(super) behind: u32,
    /// Where the target's mark is: its left edge, top and height.
    pub(super) target: Option<(u32, u32, u32)>,
}

/// What a bar shows.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) name: String,
    pub(super) value: String,
    /// Hundredths of a per cent; nothing where there is nothing to count.
    pub(super) share: Option<u64>,
    /// Per cent.
    pub(super) target: Option<u64>,
    pub(super) reached: Option<bool>,
}

impl Chart {
    /// Bars below each other; nothing when there are none.
    pub(super) fn new(all: Vec<Given>) -> Option<Self> {
        if all.is_empty() {
            return None;
        }
        let bars: Vec<Bar> = (0..)
            .zip(all)
            .map(|(row, given)| Bar::new(row, given))
            .collect();
        Some(Self {
            width: NAMES + FULL + VALUES,
            height: ROW * u32::try_from(bars.len()).unwrap_or_default(),
            bars,
        })
    }
}

impl Bar {
    fn new(row: u32, given: Given) -> Self {
        let part = |hundredths: u64| {
            let units = hundredths.min(10_000) * u64::from(FULL) / 10_000;
            u32::try_from(units).unwrap_or(FULL)
        };
        let top = row * ROW;
        let y = top + (ROW - THICK) / 2;
        Self {
            name: short(&given.name),
            value: given.value,
            class: match given.reached {
                Some(true) => "good",
                Some(false) => "bad",
                None => "",
            },
            x: NAMES,
            y,
            length: given.share.map_or(0, part),
            full: FULL,
            thick: THICK,
            baseline: y + THICK - 3,
            behind: NAMES + FULL + 8,
            target: given
                .target
                .map(|target| (NAMES + part(target * 100), y - 4, THICK + 8)),
        }
    }
}

/// A name that fits before the bars.
fn short(name: &str) -> String {
    if name.chars().count() <= LETTERS {
        return name.to_owned();
    }
    let mut start: String = name.chars().take(LETTERS - 1).collect();
    start.push('…');
    start
}

/// A figure with two decimals as hundredths.
pub(super) fn hundredths(text: &str) -> Option<u64> {
    text.replace('.', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_share() {
        let given = |share, target, reached| Given {
            name: "x".repeat(80),
            value: "v".to_owned(),
            share,
            target,
            reached,
        };
        let chart = Chart::new(vec![
            given(Some(5_000), Some(80), Some(false)),
            given(None, None, None),
            given(Some(99_999), None, Some(true)),
        ])
        .expect("bars");
        let lengths: Vec<u32> = chart.bars.iter().map(|bar| bar.length).collect();
        assert_eq!(lengths, [FULL / 2, 0, FULL]);
        assert_eq!(
            chart.bars[0].target.map(|mark| mark.0),
            Some(NAMES + FULL * 8 / 10)
        );
        assert_eq!(chart.bars[0].class, "bad");
        assert_eq!(chart.bars[0].name.chars().count(), LETTERS);
        assert_eq!(chart.height, 3 * ROW);
        assert_eq!(Chart::new(Vec::new()), None);
        assert_eq!(hundredths("33.33"), Some(3333));
    }
}
