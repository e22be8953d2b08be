//! Two syllables that the engine wrote as one word: `tếtoàn` for `tế toàn`.

use super::model::{Model, Token};
use super::syllable::Syllable;
use super::text::Core;
use crate::document::{Line, Rect, Word};

/// Letters of the shortest word that is taken apart: shorter ones are abbreviations as often.
const SHORTEST: usize = 5;

/// Takes such words of `lines` apart.
pub(super) fn part(lines: &mut [Line], model: &Model<'_>) {
    for line in lines {
        let mut at = 0;
        while let Some(word) = line.words.get(at) {
            let beside = [at.checked_sub(1), Some(at + 1)].map(|at| {
                let text = line.words.get(at?)?.text.as_str();
                Some(Core::of(text).token(model))
            });
            if let Some((left, right)) = parted(word, beside, model) {
                line.words.splice(at..=at, [left, right]);
                at += 1;
            }
            at += 1;
        }
    }
}

/// The two words that a small word, itself no syllable, is made of: syllables that the model has seen beside
/// each other, or each beside its other neighbour, where only one place to cut gives such.
fn parted(
    word: &Word,
    [before, after]: [Option<Token>; 2],
    model: &Model<'_>,
) -> Option<(Word, Word)> {
    let core = Core::of(&word.text);
    let letters = core.text.chars().count();
    if letters < SHORTEST
        || !core.text.chars().all(char::is_lowercase)
        || Syllable::parse(core.text).is_some()
    {
        return None;
    }
    let beside = |first: Option<Token>, second: Option<Token>| {
        first
            .zip(second)
            .filter(|(first, second)| first.min(second).0 >= Token::SPECIAL)
            .is_some_and(|(first, second)| model.knows_pair(first, second))
    };
    let known = |at: &usize| {
        core.text
            .split_at_checked(*at)
            .and_then(|(left, right)| Some((Syllable::parse(left)?, Syllable::parse(right)?)))
            .is_some_and(|(left, right)| {
                let (left, right) = (Some(model.token(&left)), Some(model.token(&right)));
                beside(left, right) || (beside(before, left) && beside(right, after))
            })
    };
    let mut cuts = core
        .text
        .char_indices()
        .map(|(at, _)| at)
        .skip(1)
        .filter(known);
    let (Some(cut), None) = (cuts.next(), cuts.next()) else {
        return None;
    };
    let skipped = word.text.chars().take(core.skipped).map(char::len_utf8);
    let (left, right) = word.text.split_at_checked(skipped.sum::<usize>() + cut)?;
    let share = left.chars().count() as f32 / word.text.chars().count() as f32;
    let bbox = word.bbox;
    // The space between, which the engine saw too little of, is not measured: it gets nothing.
    let width = bbox.w * share;
    let half = |text: &str, x: f32, w: f32| {
        let mut half = Word {
            bbox: Rect { x, w, ..bbox },
            engine: None,
            nearly: Vec::new(),
            ..word.clone()
        };
        half.rewrite(text);
        half.engine = Some(word.engine.clone().unwrap_or_else(|| word.text.clone()));
        half
    };
    Some((
        half(left, bbox.x, width),
        half(right, bbox.x + width, bbox.w - width),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Point;

    fn read(text: &str) -> Line {
        let word = |text: &str| Word {
            text: text.into(),
            bbox: Rect {
                x: 10.0,
                w: 60.0,
                ..Rect::default()
            },
            ..Word::default()
        };
        let mut lines = [Line {
            words: text.split(' ').map(word).collect(),
            baseline: [Point::default(); 2],
            block: 0,
        }];
        part(&mut lines, Model::built_in().unwrap());
        let [line] = lines;
        line
    }

    #[test]
    fn two_syllables_in_one_word_are_parted() {
        let line = read("hiểm y tếtoàn dân");
        assert_eq!(line.text(), "hiểm y tế toàn dân");
        let [.., left, right, _] = line.words.as_slice() else {
            panic!("{line:?}");
        };
        assert_eq!((left.bbox.x, left.bbox.w), (10.0, 20.0));
        assert_eq!((right.bbox.x, right.bbox.w), (30.0, 40.0));
        assert_eq!(left.engine.as_deref(), Some("tếtoàn"));
        assert_eq!(read("(quyđịnh);").text(), "(quy định);");
    }

    #[test]
    fn single_syllables_and_foreign_words_stay() {
        for text in [
            "nghiêng", "internet", "Hànội", "software", "ủyban2", "mg/lít",
        ] {
            assert_eq!(read(text).text(), text);
        }
    }
}
