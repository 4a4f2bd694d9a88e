//! Small changes of files that list the providers. A file that is not as expected is an error, never a guess.

use anyhow::{Context, Result};

/// Inserts a line among those that follow an anchor and begin alike, in their order.
pub fn insert_sorted(text: &str, anchor: &str, begins: &str, line: &str) -> Result<String> {
    let start = end_of(text, anchor)?;
    let mut at = start;
    for old in text[start..].split_inclusive('\n') {
        if !old.trim_start().starts_with(begins) || old.trim_start() > line.trim_start() {
            break;
        }
        at += old.len();
    }
    Ok(format!("{}{line}\n{}", &text[..at], &text[at..]))
}

/// Adds an item to the list that begins with an anchor and ends before another text.
pub fn push(text: &str, anchor: &str, end: &str, separator: &str, item: &str) -> Result<String> {
    let start = end_of(text, anchor)?;
    let at = start + text[start..].find(end).with_context(|| format!("`{}` is not closed", anchor.trim()))?;
    let list = text[..at].trim_end();
    let separator = if list.ends_with(separator.trim_end()) { " " } else { separator };
    Ok(format!("{list}{separator}{item}{}", &text[at..]))
}

/// Adds one to the number that follows an anchor.
pub fn increment(text: &str, anchor: &str) -> Result<String> {
    let start = end_of(text, anchor)?;
    let digits = text[start..].bytes().take_while(u8::is_ascii_digit).count();
    let number: usize = text[start..start + digits].parse().with_context(|| format!("no number follows `{anchor}`"))?;
    Ok(format!("{}{}{}", &text[..start], number + 1, &text[start + digits..]))
}

fn end_of(text: &str, anchor: &str) -> Result<usize> {
    let at = text.find(anchor).with_context(|| format!("there is no `{}`", anchor.trim()))?;
    Ok(at + anchor.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_inserted_in_their_order() {
        let text = "list\n- a\n- c\nend\n- b\n";
        assert_eq!(insert_sorted(text, "list\n", "- ", "- b").unwrap(), "list\n- a\n- b\n- c\nend\n- b\n");
        assert_eq!(insert_sorted(text, "list\n", "- ", "- d").unwrap(), "list\n- a\n- c\n- d\nend\n- b\n");
        assert!(insert_sorted(text, "absent", "- ", "- d").is_err());
        assert_eq!(increment("[Self; 9] =", "[Self; ").unwrap(), "[Self; 10] =");
    }

    #[test]
    fn items_are_added_to_lists() {
        assert_eq!(push("[a] [\n  b,\n]", "[\n", "]", ", ", "c").unwrap(), "[a] [\n  b, c]");
        assert_eq!(push("use x::{a, b};", "{", "};", ", ", "c").unwrap(), "use x::{a, b, c};");
        assert_eq!(push("all=(a b)", "=(", ")", " ", "c").unwrap(), "all=(a b c)");
        assert!(push("[a", "[", "]", ", ", "c").is_err());
    }
}
