//! What a text says now that it did not say before, word by word.

use std::time::{Duration, Instant};

use similar::{Algorithm, capture_diff_slices_deadline, group_diff_ops};

/// How many equal words are shown on either side of those that differ.
const AROUND: usize = 4;

/// How long is looked for the shortest difference; a longer one is shown after that.
const PATIENCE: Duration = Duration::from_secs(5);

/// The passages that differ: the old words and the new ones, with those around them. Either may be empty.
pub fn differences(old: &str, new: &str) -> Vec<(String, String)> {
    let [old, new] = [old, new].map(|text| text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>());
    let steps = capture_diff_slices_deadline(Algorithm::Myers, &old, &new, Some(Instant::now() + PATIENCE));
    let passages = group_diff_ops(steps, AROUND).into_iter();
    let passages = passages.filter_map(|steps| {
        let (first, last) = (steps.first()?, steps.last()?);
        let before = passage(&old, first.old_range().start, last.old_range().end);
        Some((before, passage(&new, first.new_range().start, last.new_range().end)))
    });
    passages.collect()
}

/// Some of the words of a text, with a sign where words are left out.
fn passage(words: &[&str], start: usize, end: usize) -> String {
    let mut shown = words[start..end].to_vec();
    if start > 0 {
        shown.insert(0, "…");
    }
    if end < words.len() {
        shown.push("…");
    }
    printable(&shown.join(" "))
}

/// A text without what a terminal would take for a command, or would show in another order.
pub fn printable(text: &str) -> String {
    let is_unseen = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let letters = text.chars().map(|letter| match is_unseen(letter) {
        true => letter.escape_unicode().to_string(),
        false => letter.to_string(),
    });
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(old: &str, new: &str) -> (String, String) {
        (old.to_owned(), new.to_owned())
    }

    #[test]
    fn words_that_differ_are_shown_with_those_around() {
        assert_eq!(differences("one two", "one two"), []);
        assert_eq!(
            differences("amount at least 1000", "amount at least 2000"),
            [pair("amount at least 1000", "amount at least 2000")]
        );
        let old = "a b c d e f 1000 g h i j k l m n o p q r paid s";
        let new = "a b c d e f 2000 g h i j k l m n o p q r s";
        assert_eq!(
            differences(old, new),
            [pair("… c d e f 1000 g h i j …", "… c d e f 2000 g h i j …"), pair("… o p q r paid s", "… o p q r s")]
        );
        assert_eq!(differences("", "a b"), [pair("", "a b")]);
    }

    #[test]
    fn nothing_that_a_terminal_obeys_is_shown() {
        let (old, new) = &differences("a", "a \u{1b}[2J \u{202e}b")[0];
        assert_eq!((old.as_str(), new.as_str()), ("a", "a \\u{1b}[2J \\u{202e}b"));
    }
}
