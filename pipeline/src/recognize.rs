//! Recognise: prepared page in, lines of words in reading order out.
mod order;
