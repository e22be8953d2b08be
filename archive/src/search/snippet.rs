//! The lines of a text in which the words that were looked for stand closest together.

use std::ops::Range;

use serde::Serialize;

use crate::fold::{bare, places};

/// How many words a snippet has.
const LENGTH: usize = 24;

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Snippet {
    /// The piece, on one line, with `…` where the text goes on.
    pub text: String,
    /// Where the words stand in it, as character ranges.
    pub marks: Vec<(usize, usize)>,
}

/// The piece with the most different words; `wanted` are bare, the last may go on while it is typed. The beginning of the
/// text when no word stands in it; nothing when it is empty.
pub(super) fn of(text: &str, wanted: &[String], typing: bool) -> Option<Snippet> {
    let all: Vec<(Option<usize>, Range<usize>)> = places(text)
        .map(|(word, range)| (which(&bare(&word), wanted, typing), range))
        .collect();
    let start = best(&all, wanted.len());
    let shown = all.get(start..(start + LENGTH).min(all.len()))?;
    let (first, last) = (shown.first()?, shown.last()?);
    let mut snippet = Snippet {
        text: String::new(),
        marks: Vec::new(),
    };
    if start > 0 {
        snippet.text.push('…');
    }
    let mut count = snippet.text.chars().count();
    let mut at = first.1.start;
    let mut space = false;
    for (found, range) in shown {
        for letter in text.get(at..range.start).unwrap_or_default().chars() {
            if letter.is_whitespace() && space {
                continue;
            }
            space = letter.is_whitespace();
            snippet.text.push(if space { ' ' } else { letter });
            count += 1;
        }
        let word = text.get(range.clone()).unwrap_or_default();
        let length = word.chars().count();
        if found.is_some() {
            snippet.marks.push((count, count + length));
        }
        snippet.text.push_str(word);
        count += length;
        space = false;
        at = range.end;
    }
    if last.1.end < text.trim_end().len() {
        snippet.text.push('…');
    }
    Some(snippet)
}

fn which(word: &str, wanted: &[String], typing: bool) -> Option<usize> {
    wanted.iter().enumerate().position(|(index, one)| {
        one == word || (typing && index + 1 == wanted.len() && word.starts_with(one.as_str()))
    })
}

/// Where the window with the most different words begins, a few words before the first of them.
fn best(all: &[(Option<usize>, Range<usize>)], wanted: usize) -> usize {
    let mut counts = vec![0_usize; wanted];
    let mut different = 0;
    let mut most = (0, 0);
    for end in 0..all.len() {
        if let Some((Some(word), _)) = all.get(end)
            && let Some(count) = counts.get_mut(*word)
        {
            different += usize::from(*count == 0);
            *count += 1;
        }
        if end >= LENGTH - 4
            && let Some((Some(word), _)) = all.get(end + 4 - LENGTH)
            && let Some(count) = counts.get_mut(*word)
        {
            *count -= 1;
            different -= usize::from(*count == 0);
        }
        if different > most.0 {
            most = (different, end);
        }
    }
    if most.0 == 0 {
        return 0;
    }
    // The window ends with the word that completed it; some words after it are worth seeing too.
    most.1.saturating_sub(LENGTH - 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(snippet: &Snippet) -> Vec<String> {
        let letters: Vec<char> = snippet.text.chars().collect();
        let word = |mark: &(usize, usize)| letters[mark.0..mark.1].iter().collect();
        snippet.marks.iter().map(word).collect()
    }

    #[test]
    fn it_shows_where_the_words_meet() {
        let far = "một hai ba bốn năm ".repeat(30);
        let text = format!("{far}đất\n\n  ở tại  phường Thuận Hóa, thành phố Huế {far}");
        let wanted = ["thuan".to_owned(), "hoa".to_owned(), "dat".to_owned()];
        let snippet = of(&text, &wanted, false).unwrap();
        assert_eq!(marked(&snippet), ["đất", "Thuận", "Hóa"]);
        assert!(
            snippet.text.contains("đất ở tại phường Thuận Hóa"),
            "{}",
            snippet.text
        );
        assert!(snippet.text.starts_with('…') && snippet.text.ends_with('…'));
    }

    #[test]
    fn without_a_word_it_is_the_beginning() {
        let snippet = of("Kính gửi: Sở Nội vụ.", &["x".to_owned()], false).unwrap();
        assert_eq!(
            (snippet.text.as_str(), snippet.marks.len()),
            ("Kính gửi: Sở Nội vụ…", 0)
        );
        assert_eq!(of(" \n", &[], false), None);
        let typed = of("Quyết định", &["qu".to_owned()], true).unwrap();
        assert_eq!(marked(&typed), ["Quyết"]);
    }
}
