//! The last bytes of an endless stream.

/// Keeps the last [`Tail::KEPT`] bytes written.
#[derive(Debug, Default)]
pub(super) struct Tail(Vec<u8>);

impl Tail {
    /// Bytes kept: the 20 or so lines in which a program says why it fails.
    const KEPT: usize = 4096;

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
        let excess = self.0.len().saturating_sub(Self::KEPT);
        self.0.drain(..excess);
    }

    /// As text for people: without control characters other than line ends.
    pub(super) fn text(&self) -> String {
        let text = String::from_utf8_lossy(&self.0);
        text.chars()
            .filter(|c| *c == '\n' || !c.is_control())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_is_kept() {
        let mut tail = Tail::default();
        for _ in 0..1000 {
            tail.push(b"flood of words\n");
        }
        tail.push(b"the \x1b[1mend\xff");
        let text = tail.text();
        assert!(
            text.len() <= Tail::KEPT + 4 && text.ends_with("the [1mend\u{fffd}"),
            "{text}"
        );
    }
}
