//! Texts of providers, made safe for a terminal.

/// A provider's text in one line, without what would steer a terminal or turn the order of letters around.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if steers(c) { '\u{FFFD}' } else { c }).collect()
}

/// As [`printable`], in several lines.
pub fn printable_lines(text: &str) -> String {
    text.chars().map(|c| if steers(c) && c != '\n' { '\u{FFFD}' } else { c }).collect()
}

/// Whether a character is a control character, of C0 or C1, or one of those that set the direction of writing.
fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_control_characters_nor_directions_are_printed() {
        let steering = "\u{1b}\u{7f}\u{80}\u{9b}\u{61c}\u{200e}\u{200f}\u{202a}\u{202e}\u{2066}\u{2069}";
        let masked = "\u{FFFD}".repeat(steering.chars().count());
        assert_eq!(printable(&format!("é{steering}\n")), format!("é{masked}\u{FFFD}"));
        assert_eq!(printable_lines(&format!("é{steering}\n")), format!("é{masked}\n"));
    }
}
