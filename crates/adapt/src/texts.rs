//! Words for people: foreign Markdown and HTML as plain sentences that Rust's documentation shows as they are.

/// What is written where the document says nothing.
pub(super) const UNDESCRIBED: &str = "The document does not describe it.";

/// A text as one paragraph; none when nothing is left of it.
pub(super) fn plain(text: &str) -> Option<String> {
    // A fence of code would begin a block.
    let text = without_links(&without_tags(&text.replace("```", "`")));
    let code_is_closed = text.matches('`').count().is_multiple_of(2);
    let mut words = Vec::new();
    let mut in_code = false;
    for word in text.split_whitespace() {
        let word = if code_is_closed { word.to_owned() } else { word.replace('`', "") };
        let escaped = if in_code || word.contains('`') { word.clone() } else { escaped(&word) };
        in_code ^= word.matches('`').count() % 2 == 1;
        words.push(escaped);
    }
    let text = words.join(" ");
    (text.chars().any(char::is_alphanumeric)).then(|| sentence(&text))
}

/// Ends with a period.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) {
        text.to_owned()
    } else {
        format!("{}.", text.trim_end_matches([':', ',', ';']))
    }
}

/// The first sentence of a text, for a summary of one line.
pub(super) fn first_sentence(text: &str) -> String {
    let end =
        text.match_indices(". ").map(|(at, _)| at + 1).find(|at| text[..*at].matches('`').count().is_multiple_of(2));
    let first = &text[..end.unwrap_or(text.len())];
    if first.chars().count() <= 200 {
        return sentence(first);
    }
    let cut: String = first.chars().take(160).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(before, _)| before).replace('`', "");
    format!("{} ….", cut.trim_end_matches(['.', ',', ';', ':']))
}

/// What would begin a list, a heading or a link is no longer one.
fn escaped(word: &str) -> String {
    let numbered = word
        .strip_suffix(['.', ')'])
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()));
    match word {
        "-" | "*" | "+" | "=" | "--" | "---" | "***" | "===" => "–".to_owned(),
        _ if numbered => format!("({})", &word[..word.len() - 1]),
        _ if word.starts_with("<http") && word.contains('>') => word.to_owned(),
        _ => {
            let word = word.trim_start_matches(['#', '>', '~', '|']);
            word.replace('[', "\\[").replace(']', "\\]").replace('<', "&lt;").replace('>', "&gt;")
        }
    }
}

/// Removes HTML tags.
fn without_tags(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let after = &rest[start + 1..];
        let is_tag =
            after.starts_with(|next: char| next.is_ascii_alphabetic() || next == '/') && !after.starts_with("http");
        match after.find('>').filter(|end| is_tag && !after[..*end].contains('<')) {
            Some(end) => {
                plain.push_str(&rest[..start]);
                plain.push(' ');
                rest = &after[end + 1..];
            }
            None => {
                plain.push_str(&rest[..=start]);
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

/// `[text](address)` as the text, and the address where it leads somewhere.
fn without_links(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(middle) = rest.find("](") {
        let (before, after) = (&rest[..middle], &rest[middle + 2..]);
        let (Some(start), Some(end)) = (before.rfind('['), after.find(')')) else {
            plain.push_str(&rest[..middle + 2]);
            rest = after;
            continue;
        };
        plain.push_str(before[..start].trim_end_matches('!'));
        plain.push_str(&before[start + 1..]);
        let address = after[..end].split_whitespace().next().unwrap_or_default();
        if address.starts_with("https://") || address.starts_with("http://") {
            plain.push_str(&format!(" <{address}>"));
        }
        rest = &after[end + 1..];
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_plain_sentences() {
        for (text, expected) in [
            ("<p>The ID of <b>the</b> customer</p>\n", "The ID of the customer."),
            (
                "See [refunds](https://example.com/a) and [more](/docs/b).",
                "See refunds <https://example.com/a> and more.",
            ),
            ("One:\n\n- a\n- b\n1. c", "One: – a – b (1) c."),
            ("A list[0] of `map[x]` < 5", "A list\\[0\\] of `map[x]` &lt; 5."),
            ("# Title\nleft `open", "Title left open."),
            ("A\n```\nx[0]\n```", "A ` x[0] `."),
            ("### \n", ""),
        ] {
            assert_eq!(plain(text).unwrap_or_default(), expected, "{text}");
        }
    }

    #[test]
    fn a_summary_is_one_sentence() {
        assert_eq!(first_sentence("Creates it. Then more."), "Creates it.");
        assert_eq!(first_sentence("Version `1. 2` of it. More."), "Version `1. 2` of it.");
        assert!(first_sentence(&"word ".repeat(100)).chars().count() < 170);
    }
}
