//! Texts of providers, made safe for a terminal.

/// A provider's text in one line, without what would steer a terminal, turn the order of letters around or hide.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if steers(c) { '\u{FFFD}' } else { c }).collect()
}

/// As [`printable`], in several lines.
pub fn printable_lines(text: &str) -> String {
    text.chars().map(|c| if steers(c) && c != '\n' { '\u{FFFD}' } else { c }).collect()
}

/// JSON with the same characters written as `\u`: it says the same, and steers no terminal.
pub fn printable_json(json: &str) -> String {
    let mut printable = String::with_capacity(json.len());
    for c in json.chars() {
        if steers(c) && c != '\n' {
            printable.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            printable.push(c);
        }
    }
    printable
}

/// Whether a character is a control character, of C0 or C1, one of those that set the direction of writing, or one that nobody
/// sees: of no width, a filler, a tag.
fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of each kind that steers a terminal or is not seen.
    const STEERING: &str = "\u{1b}\u{7f}\u{80}\u{9b}\u{61c}\u{200b}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202e}\u{2066}\u{2069}\u{206a}\u{feff}\u{e0041}";

    #[test]
    fn neither_control_characters_nor_hidden_ones_are_printed() {
        let masked = "\u{FFFD}".repeat(STEERING.chars().count());
        assert_eq!(printable(&format!("é{STEERING}\n")), format!("é{masked}\u{FFFD}"));
        assert_eq!(printable_lines(&format!("é{STEERING}\n")), format!("é{masked}\n"));
    }

    #[test]
    fn json_keeps_what_it_says() {
        let value = serde_json::json!({"é☕": format!("é{STEERING}")});
        let json = printable_json(&value.to_string());
        assert!(!json.chars().any(steers) && json.contains("é☕"), "{json}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap(), value);
    }
}
