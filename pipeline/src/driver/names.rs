//! Output names: the input's stem, made unique without regard to case, the same in every run.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

/// Longest stem in bytes that leaves room for `-999.alto.xml` in a 255-byte file name (ext4, NTFS).
const LONGEST: usize = 200;

/// Hands out names that differ from each other on file systems that ignore case.
#[derive(Default)]
pub(super) struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// Marks a name that an earlier run gave.
    pub(super) fn reserve(&mut self, name: &str) {
        self.taken.insert(fold(name));
    }

    /// `wished`, or `wished-2`, `wished-3`... when it is taken.
    pub(super) fn take(&mut self, wished: &str) -> String {
        let base = portable(wished);
        let mut name = base.clone();
        let mut count = 2_u32;
        while !self.taken.insert(fold(&name)) {
            name = format!("{base}-{count}");
            count += 1;
        }
        name
    }

    /// A name under which `count` parts, `NAME-1` to `NAME-count`, have names that nobody else has; all are taken.
    pub(super) fn take_family(&mut self, wished: &str, count: usize) -> String {
        let base = portable(wished);
        let mut name = base.clone();
        let mut next = 2_u32;
        while self.taken.contains(&fold(&name)) || !self.extend(&name, count, &[]) {
            name = format!("{base}-{next}");
            next += 1;
        }
        self.taken.insert(fold(&name));
        name
    }

    /// Takes the names of `count` parts of `name`, unless one is somebody else's; `own` are those it had before.
    pub(super) fn extend(&mut self, name: &str, count: usize, own: &[String]) -> bool {
        let parts = || (1..=count).map(|number| part_name(name, number));
        let free = |part: &String| own.contains(part) || !self.taken.contains(&fold(part));
        if !parts().all(|part| free(&part)) {
            return false;
        }
        self.taken.extend(parts().map(|part| fold(&part)));
        true
    }
}

/// The name of part `number`, from 1, of a document that was cut.
pub(super) fn part_name(name: &str, number: usize) -> String {
    format!("{name}-{number}")
}

fn fold(name: &str) -> String {
    name.nfc().flat_map(char::to_lowercase).collect()
}

/// A stem that every file system can hold: NFC, no control or reserved characters, no leading dot, bounded.
fn portable(wished: &str) -> String {
    let mut name = String::new();
    for c in wished.nfc() {
        let c = if c.is_control() || "/\\:*?\"<>|".contains(c) {
            '_'
        } else {
            c
        };
        if name.len() + c.len_utf8() > LONGEST {
            break;
        }
        name.push(c);
    }
    let trimmed = name.trim().trim_end_matches('.');
    match trimmed.strip_prefix('.') {
        // `batch.json` is the run's own record.
        _ if trimmed.eq_ignore_ascii_case("batch") => "batch-document".to_owned(),
        Some(rest) => format!("_{rest}"),
        None if trimmed.is_empty() => "document".to_owned(),
        None => trimmed.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_names_are_numbered_without_regard_to_case_or_normal_form() {
        let mut names = Names::default();
        assert_eq!(names.take("Quyết định"), "Quyết định");
        let decomposed: String = "quyết ĐỊNH".nfd().collect();
        assert_eq!(names.take(&decomposed), "quyết ĐỊNH-2");
        assert_eq!(names.take("Quyết định"), "Quyết định-3");
    }

    #[test]
    fn numbered_names_do_not_collide_with_given_ones() {
        let mut names = Names::default();
        for (wished, expected) in [("a-2", "a-2"), ("a", "a"), ("a", "a-3"), ("A-2", "A-2-2")] {
            assert_eq!(names.take(wished), expected);
        }
    }

    #[test]
    fn parts_have_names_of_their_own() {
        let mut names = Names::default();
        assert_eq!(names.take("a-2"), "a-2");
        // One of the three parts would meet another document: the whole family moves on.
        assert_eq!(names.take_family("a", 3), "a-3");
        assert_eq!(names.take("A-3-3"), "A-3-3-2");
        assert_eq!(names.take_family("b", 2), "b");
        assert_eq!(names.take_family("b", 2), "b-3");
        assert!(!names.extend("b", 3, &["b-1".into(), "b-2".into()]));
        assert!(names.extend("b", 2, &["b-1".into(), "b-2".into()]));
    }

    #[test]
    fn names_are_portable() {
        for (wished, expected) in [
            ("..", "document"),
            (".ẩn", "_ẩn"),
            ("a/b:c", "a_b_c"),
            ("", "document"),
            ("Batch", "batch-document"),
        ] {
            assert_eq!(portable(wished), expected, "{wished}");
        }
        assert!(portable(&"ệ".repeat(300)).len() <= LONGEST);
    }
}
