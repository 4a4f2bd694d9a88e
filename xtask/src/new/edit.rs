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

/// Inserts lines at the end of a list that begins with an anchor, before the line that ends it.
pub fn append(text: &str, anchor: &str, end: &str, lines: &str) -> Result<String> {
    let start = end_of(text, anchor)?;
    let length = text[start..].find(end).with_context(|| format!("`{}` has no end", anchor.trim()))?;
    let (before, after) = text.split_at(start + length);
    Ok(format!("{before}{lines}{after}"))
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
    }

    #[test]
    fn lines_are_appended_to_their_list() {
        let text = "list [\n- c\n];\nother [\n];\n";
        assert_eq!(append(text, "list [\n", "];", "- a\n").unwrap(), "list [\n- c\n- a\n];\nother [\n];\n");
        assert!(append(text, "absent", "];", "- a\n").is_err() && append(text, "list", "}", "- a\n").is_err());
    }
}
