//! Code 128 (ISO/IEC 15417): read along lines, and written as bars.

use super::code;
use super::ink::Runs;
use super::lines::Sampled;
use crate::classify::{Code, Symbology};

/// Widths in modules of the bars and spaces of every symbol character, bar first; the last is the stop, which has
/// one more bar (ISO/IEC 15417, table 1).
const PATTERNS: &str = "\
    212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221\
    223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321\
    112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131\
    311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114\
    122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141\
    214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214211232";
const STOP: [u8; 7] = [2, 3, 3, 1, 1, 1, 2];
const START_A: u8 = 103;
const START_B: u8 = 104;
const START_C: u8 = 105;
const CODE_A: u8 = 101;
const CODE_B: u8 = 100;
const CODE_C: u8 = 99;
const SHIFT: u8 = 98;
/// The modulus of the check character.
const MODULUS: u32 = 103;
/// Longest code that is read, characters.
const LONGEST: usize = 120;

/// The widths of the bars and spaces of symbol character `value`, modules.
fn pattern(value: u8) -> [u8; 6] {
    let digits = PATTERNS.as_bytes();
    std::array::from_fn(|at| {
        let digit = digits.get(usize::from(value) * 6 + at);
        digit.map_or(0, |digit| digit.wrapping_sub(b'0'))
    })
}

/// The widths of bars and spaces by turns, in modules, that say `text`, without the quiet zones of 10 modules
/// on either side; `None` when it has other than printable ASCII.
pub fn written(text: &str) -> Option<Vec<u8>> {
    let mut values = Vec::new();
    for byte in text.bytes() {
        if !(b' '..=b'~').contains(&byte) {
            return None;
        }
        values.push(byte - b' ');
    }
    let weighed: u32 = values
        .iter()
        .zip(1..)
        .map(|(value, place)| u32::from(*value) * place)
        .sum();
    let check = (u32::from(START_B) + weighed) % MODULUS;
    let check = u8::try_from(check).ok()?;
    let all = std::iter::once(START_B).chain(values).chain([check]);
    Some(all.flat_map(pattern).chain(STOP).collect())
}

/// Lines between two readings of one code on which it cannot be read.
const TORN: usize = 4;

/// A code as it was read along one line.
#[derive(Clone, Debug, PartialEq)]
struct Reading {
    text: String,
    start: f32,
    end: f32,
}

/// The codes that two lines at least agree on.
pub(super) fn find(lines: &Sampled) -> Vec<Code> {
    let mut found = Vec::new();
    for (along, all) in lines.both() {
        let mut seen: Vec<(Reading, usize, usize, usize)> = Vec::new();
        for (number, runs) in all.iter().enumerate() {
            for reading in read_line(runs) {
                let same = seen.iter_mut().find(|(other, _, last, _)| {
                    let near = (other.start - reading.start).abs() < reading.end - reading.start;
                    other.text == reading.text && near && number - *last <= TORN
                });
                match same {
                    Some((_, _, last, count)) => {
                        *last = number;
                        *count += 1;
                    }
                    None => seen.push((reading, number, number, 1)),
                }
            }
        }
        for (reading, first, last, count) in seen {
            if count >= 2 {
                let area = lines.area(along, (first, last), (reading.start, reading.end));
                found.push(code(Symbology::Code128, reading.text, area));
            }
        }
    }
    found
}

/// Readings of one line in both directions.
fn read_line(runs: &Runs) -> Vec<Reading> {
    let mut readings = read_forward(&runs.edges);
    // Backwards, the last edge is the first: a dark run still begins the line, since runs come in pairs.
    let backward: Vec<f32> = runs.edges.iter().rev().map(|edge| -edge).collect();
    readings.extend(read_forward(&backward).into_iter().map(|reading| Reading {
        start: -reading.end,
        end: -reading.start,
        ..reading
    }));
    readings
}

fn read_forward(edges: &[f32]) -> Vec<Reading> {
    let mut readings = Vec::new();
    let mut at = 0;
    while at + 13 < edges.len() {
        match read_at(edges, at) {
            Some((reading, next)) => {
                readings.push(reading);
                at = next + next % 2;
            }
            None => at += 2,
        }
    }
    readings
}

/// The code that begins with the dark run at edge `at`, and the edge after it.
fn read_at(edges: &[f32], at: usize) -> Option<(Reading, usize)> {
    let first = edges.get(at..at + 7)?;
    let module = (first[6] - first[0]) / 11.0;
    let quiet = at.checked_sub(1).and_then(|before| edges.get(before));
    if module < 0.9 || quiet.is_some_and(|before| first[0] - before < QUIET * module) {
        return None;
    }
    let (start, spread) = begin(first)?;
    let mut values = vec![start];
    let mut next = at + 6;
    loop {
        let symbol = edges.get(next..next + 7)?;
        // Symbols are all 11 modules wide: one that is not does not belong here.
        let width = (symbol[6] - symbol[0]) / 11.0;
        if !(0.75..1.33).contains(&(width / module)) || values.len() > LONGEST {
            return None;
        }
        let (value, error) = nearest(symbol, spread)?;
        // The stop differs from some characters by two modules only: the nearer of both is meant.
        if stop_error(edges.get(next..next + 8), spread) < error.min(WORST) {
            break;
        }
        if error > WORST {
            return None;
        }
        values.push(value);
        next += 6;
    }
    let text = text_of(&values)?;
    let end = *edges.get(next + 7)?;
    let start = first[0];
    Some((Reading { text, start, end }, next + 8))
}

/// Light before the first bar, modules; the standard asks for 10.
const QUIET: f32 = 4.0;
/// Sum of the deviations of six widths from a pattern, modules, above which it is none.
const WORST: f32 = 2.6;

/// The start character with these edges, and how many px its bars are wider than they should be: ink spreads,
/// thresholds shift.
fn begin(edges: &[f32]) -> Option<(u8, f32)> {
    let widths: Vec<f32> = edges.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let module = widths.iter().sum::<f32>() / 11.0;
    let bars: f32 = widths.iter().step_by(2).sum();
    let with_spread = |start: u8| {
        let modules: u8 = pattern(start).iter().step_by(2).sum();
        (start, (bars - f32::from(modules) * module) / 3.0)
    };
    (START_A..=START_C)
        .map(with_spread)
        .filter(|(_, spread)| spread.abs() < 0.7 * module)
        .map(|(start, spread)| (start, spread, error(edges, spread, start)))
        .filter(|(_, _, error)| *error <= WORST)
        .min_by(|a, b| a.2.total_cmp(&b.2))
        .map(|(start, spread, _)| (start, spread))
}

/// Sum of the deviations of six widths from a symbol character's, modules.
fn error(edges: &[f32], spread: f32, value: u8) -> f32 {
    let widths = corrected(edges, spread);
    let pairs = widths.iter().zip(pattern(value));
    pairs
        .map(|(width, modules)| (width - f32::from(modules)).abs())
        .sum()
}

/// The symbol character whose pattern is nearest, and the sum of the deviations in modules.
fn nearest(edges: &[f32], spread: f32) -> Option<(u8, f32)> {
    (0..=102)
        .map(|value| (value, error(edges, spread, value)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
}

/// Widths in modules, with the spread of the ink taken back.
fn corrected(edges: &[f32], spread: f32) -> Vec<f32> {
    let whole =
        edges.last().copied().unwrap_or_default() - edges.first().copied().unwrap_or_default();
    // Three bars and three spaces: the spread cancels out.
    let module = (whole / 11.0).max(f32::MIN_POSITIVE);
    let widths = edges.windows(2).enumerate();
    widths
        .map(|(at, pair)| {
            let correction = if at % 2 == 0 { -spread } else { spread };
            (pair[1] - pair[0] + correction) / module
        })
        .collect()
}

/// Sum of the deviations of seven widths from the stop's, modules.
fn stop_error(edges: Option<&[f32]>, spread: f32) -> f32 {
    let Some(edges) = edges else {
        return f32::MAX;
    };
    let widths: Vec<f32> = edges.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let module = ((widths.iter().sum::<f32>() - spread) / 13.0).max(f32::MIN_POSITIVE);
    widths
        .iter()
        .zip(STOP)
        .enumerate()
        .map(|(at, (width, modules))| {
            let correction = if at % 2 == 0 { -spread } else { spread };
            ((width + correction) / module - f32::from(modules)).abs()
        })
        .sum()
}

/// What the symbol characters say, once the check character (the last) holds.
fn text_of(values: &[u8]) -> Option<String> {
    let (check, said) = values.split_last()?;
    let (start, data) = said.split_first()?;
    let weighed: u32 = data
        .iter()
        .zip(1..)
        .map(|(value, place)| u32::from(*value) * place)
        .sum();
    if data.is_empty() || (u32::from(*start) + weighed) % MODULUS != u32::from(*check) {
        return None;
    }
    let mut set = *start - START_A;
    let mut text = String::new();
    let mut shifted = false;
    for value in data {
        // Code sets by number: 0 A, 1 B, 2 C.
        let used = if std::mem::take(&mut shifted) {
            1 - set.min(1)
        } else {
            set
        };
        match (used, *value) {
            (2, value @ 0..=99) => text.push_str(&format!("{value:02}")),
            (0 | 2, CODE_B) => set = 1,
            (1 | 2, CODE_A) => set = 0,
            (0 | 1, CODE_C) => set = 2,
            (0 | 1, SHIFT) => shifted = true,
            (0, value @ 64..=95) => text.push(char::from(value - 64)),
            (0 | 1, value @ 0..=95) => text.push(char::from(value + b' ')),
            // Function characters say nothing of their own.
            _ => {}
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_those_of_the_standard() {
        assert_eq!(PATTERNS.len(), 106 * 6);
        let mut seen = std::collections::BTreeSet::new();
        for value in 0..=105 {
            let pattern = pattern(value);
            assert_eq!(pattern.iter().sum::<u8>(), 11, "{value}");
            // Bars of every character are an even number of modules together (ISO/IEC 15417, 4.2).
            let bars: u8 = pattern.iter().step_by(2).sum();
            assert!(bars.is_multiple_of(2), "{value}");
            assert!(seen.insert(pattern), "{value}");
        }
        // Examples of the standard's table: `A` is 33, `1` is 17.
        assert_eq!(pattern(33), [1, 1, 1, 3, 2, 3]);
        assert_eq!(pattern(17), [1, 2, 3, 2, 2, 1]);
    }

    /// Edges of a code with modules of `module` px, whose bars are `spread` px too wide.
    fn edges(text: &str, module: f32, spread: f32) -> Vec<f32> {
        let mut at = 20.0;
        let mut edges = vec![at];
        for width in written(text).unwrap() {
            at += f32::from(width) * module;
            edges.push(at);
        }
        for (index, edge) in edges.iter_mut().enumerate() {
            *edge += if index % 2 == 0 {
                -spread / 2.0
            } else {
                spread / 2.0
            };
            *edge = edge.round();
        }
        edges
    }

    #[test]
    fn every_character_is_read() {
        for from in [b' ', b'@'] {
            let text: String = (from..from + 32)
                .map(char::from)
                .filter(|c| *c != '\x7F')
                .collect();
            let runs = Runs {
                edges: edges(&text, 3.0, 0.0),
            };
            let readings = read_line(&runs);
            assert_eq!(readings.len(), 1, "{text}");
            assert_eq!(readings[0].text, text);
        }
    }

    #[test]
    fn what_is_written_is_read_in_both_directions() {
        let text = "SAOY1:SEP;box=17;c=CD0F";
        for (module, spread) in [(2.6, 0.0), (3.0, 1.0), (4.3, -1.0), (2.0, 0.0), (5.0, 2.0)] {
            let mut runs = Runs {
                edges: edges(text, module, spread),
            };
            let readings = read_line(&runs);
            let texts: Vec<&str> = readings.iter().map(|one| one.text.as_str()).collect();
            assert_eq!(texts, [text], "{module} {spread}");
            runs.edges = runs.edges.iter().rev().map(|edge| 5000.0 - edge).collect();
            assert_eq!(read_line(&runs).len(), 1);
            // A bar that is gone: nothing, rather than something else.
            runs.edges.drain(40..42);
            assert_eq!(read_line(&runs), []);
        }
        assert_eq!(written("hộp"), None);
    }

    #[test]
    fn the_sets_of_the_code_change_within_it() {
        // Start C, 12 34, to B, `a`, shift to A, tab, `b`.
        let mut values = vec![
            START_C,
            12,
            34,
            CODE_B,
            b'a' - b' ',
            SHIFT,
            9 + 64,
            b'b' - b' ',
        ];
        let sum: u32 = values[1..]
            .iter()
            .zip(1..)
            .map(|(value, place)| u32::from(*value) * place)
            .sum();
        values.push(u8::try_from((u32::from(START_C) + sum) % MODULUS).unwrap());
        assert_eq!(text_of(&values).as_deref(), Some("1234a\tb"));
        values[1] = 13;
        assert_eq!(text_of(&values), None);
    }
}
