//! A document as blocks: what is under one heading, by the fingerprint of its normalised text.

use html5gum::{DefaultEmitter, Token, Tokenizer};
use regex::Regex;
use sha2::{Digest, Sha256};

/// What is between one heading and the next.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Block {
    /// The heading, after those that it is under; none for what is before the first heading.
    pub path: Vec<String>,
    /// The first 16 hexadecimal digits of the SHA-256 of the text, or [`EMPTY`].
    pub fingerprint: String,
}

/// A block with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// What is kept of it.
    pub block: Block,
    /// What it says, normalised.
    pub text: String,
}

/// The fingerprint of a heading without a text of its own.
pub const EMPTY: &str = "empty";

/// How a document shows its headings.
#[derive(Debug, Clone, Copy)]
pub enum Form<'a> {
    /// By the tags `h1` to `h6`.
    Html,
    /// By lines that match one of these patterns, the outermost headings first.
    Lines(&'a [Regex]),
}

/// The blocks of a document in their order. What the patterns of `ignore` match counts nowhere. A document whose headings are
/// lines may also be the page that they were copied from: then only what a reader sees there is read.
pub fn passages(source: &str, form: Form, ignore: &[Regex]) -> Vec<Passage> {
    let lines = match form {
        Form::Html => html_lines(source),
        Form::Lines(_) if is_page(source) => html_lines(source),
        Form::Lines(_) => source.lines().map(|line| Line { level: None, text: line.to_owned() }).collect(),
    };
    let mut outline = Outline::default();
    for Line { level, text } in lines {
        let text =
            normal(&ignore.iter().fold(normal(&text), |text, pattern| pattern.replace_all(&text, "").into_owned()));
        if text.is_empty() {
            continue;
        }
        let level = match form {
            Form::Html => level,
            Form::Lines(headings) => headings.iter().position(|heading| heading.is_match(&text)),
        };
        match level {
            Some(level) => outline.heading(level, text),
            None => outline.text(&text),
        }
    }
    outline.finish()
}

/// Whether a text is HTML, as a server sends it.
fn is_page(source: &str) -> bool {
    let start: String = source.trim_start_matches('\u{feff}').trim_start().chars().take(16).collect();
    let start = start.to_ascii_lowercase();
    ["<!doctype html", "<html"].iter().any(|sign| start.starts_with(sign))
}

/// A text with single spaces between its words, without the characters that nobody sees.
fn normal(text: &str) -> String {
    let seen: String = text.chars().filter(|letter| !matches!(letter, '\u{ad}' | '\u{200b}' | '\u{feff}')).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A part of a document that no block is divided in.
#[derive(Debug, Default)]
struct Line {
    /// For a heading: 0 for the outermost ones.
    level: Option<usize>,
    text: String,
}

/// The blocks so far and the one that is being read.
#[derive(Debug, Default)]
struct Outline {
    passages: Vec<Passage>,
    /// The headings that the text is under, with their levels.
    path: Vec<(usize, String)>,
    text: String,
}

impl Outline {
    fn heading(&mut self, level: usize, text: String) {
        self.end_of_block();
        self.path.retain(|(outer, _)| *outer < level);
        self.path.push((level, text));
    }

    fn text(&mut self, line: &str) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(line);
    }

    fn end_of_block(&mut self) {
        let text = std::mem::take(&mut self.text);
        if self.path.is_empty() && text.is_empty() {
            return;
        }
        let path = self.path.iter().map(|(_, heading)| heading.clone()).collect();
        self.passages.push(Passage { block: Block { path, fingerprint: fingerprint(&text) }, text });
    }

    fn finish(mut self) -> Vec<Passage> {
        self.end_of_block();
        self.passages
    }
}

fn fingerprint(text: &str) -> String {
    if text.is_empty() {
        return EMPTY.to_owned();
    }
    base16ct::lower::encode_string(&Sha256::digest(text)[..8])
}

/// What no reader takes for a part of the text.
const UNREAD: [&str; 7] = ["footer", "nav", "script", "style", "svg", "template", "title"];

/// Tags that do not end a line.
const INLINE: [&str; 20] = [
    "a", "abbr", "b", "bdi", "cite", "code", "del", "em", "font", "i", "ins", "kbd", "mark", "s", "samp", "small",
    "span", "strong", "u", "var",
];

fn html_lines(source: &str) -> Vec<Line> {
    let mut emitter = DefaultEmitter::default();
    // So that what is in a script is no text and no tag.
    emitter.naively_switch_states(true);
    let (mut lines, mut line) = (Vec::new(), Line::default());
    // The tag whose content is not read, and how often it was opened.
    let mut unread: Option<(String, usize)> = None;
    for token in Tokenizer::new_with_emitter(source, emitter) {
        let Ok(token) = token;
        let (name, opens) = match token {
            Token::StartTag(tag) => (String::from_utf8_lossy(&tag.name).into_owned(), !tag.self_closing),
            Token::EndTag(tag) => (String::from_utf8_lossy(&tag.name).into_owned(), false),
            Token::String(text) => {
                if unread.is_none() {
                    line.text.push_str(&String::from_utf8_lossy(&text));
                }
                continue;
            }
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => continue,
        };
        match &mut unread {
            Some((tag, depth)) if *tag == name => match opens {
                true => *depth += 1,
                false if *depth > 1 => *depth -= 1,
                false => unread = None,
            },
            Some(_) => {}
            None if opens && UNREAD.contains(&name.as_str()) => unread = Some((name, 1)),
            None if INLINE.contains(&name.as_str()) => {}
            None => {
                let level = heading_level(&name).filter(|_| opens);
                lines.push(std::mem::replace(&mut line, Line { level, text: String::new() }));
            }
        }
    }
    lines.push(line);
    lines
}

/// 0 for `h1` to 5 for `h6`.
fn heading_level(tag: &str) -> Option<usize> {
    match tag.as_bytes() {
        [b'h', digit @ b'1'..=b'6'] => Some(usize::from(digit - b'1')),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(source: &str, form: Form, ignore: &[Regex]) -> Vec<Block> {
        passages(source, form, ignore).into_iter().map(|passage| passage.block).collect()
    }

    fn paths(blocks: &[Block]) -> Vec<String> {
        blocks.iter().map(|block| block.path.join(" › ")).collect()
    }

    fn patterns(texts: &[&str]) -> Vec<Regex> {
        texts.iter().map(|text| Regex::new(text).unwrap()).collect()
    }

    const PAGE: &str = "<!DOCTYPE html><title>Docs</title><nav><h2>Menu</h2></nav><p>Hello&nbsp;there</p>
        <script>if (a < b) { document.write('<h1>no</h1>') }</script>
        <h1>API <b>X</b></h1><h2>Create &amp; pay</h2><p>Sends <code>amount</code>.</p>
        <table><tr><td>amount</td><td>at least 1000</td></tr></table><h3>Sample</h3><pre>{\"a\": 1}</pre>
        <h2>Status</h2><p>Asks.<h3>Sample</h3><footer>2026 <footer>x</footer> y</footer>";

    #[test]
    fn html_is_divided_by_its_headings() {
        let found = blocks(PAGE, Form::Html, &[]);
        let expected = [
            "",
            "API X",
            "API X › Create & pay",
            "API X › Create & pay › Sample",
            "API X › Status",
            "API X › Status › Sample",
        ];
        assert_eq!(paths(&found), expected);
        let texts = ["Hello there", "", "Sends amount. amount at least 1000", "{\"a\": 1}", "Asks.", ""];
        assert_eq!(found.iter().map(|block| block.fingerprint.clone()).collect::<Vec<_>>(), texts.map(fingerprint));
    }

    #[test]
    fn only_what_is_read_counts() {
        let same = PAGE
            .replace("<p>Sends <code>amount</code>.</p>", "<div class=\"new\">\n  Sends\u{a0}amount&#46;<br></div>")
            .replace("<p>Hello&nbsp;there</p>", "<!-- note --><p>Hel\u{200b}lo <i>there</i></p>");
        assert_ne!(PAGE, same);
        assert_eq!(blocks(PAGE, Form::Html, &[]), blocks(&same, Form::Html, &[]));
        let other = PAGE.replace("at least 1000", "at least 2000");
        assert_ne!(blocks(PAGE, Form::Html, &[]), blocks(&other, Form::Html, &[]));
    }

    #[test]
    fn lines_are_headings_by_their_patterns() {
        let headings = patterns(&[r"^\d\. ", "^[a-z]\\. "]);
        let text = "\u{feff}First\r\n1. Wallet\r\n a.  Log   in\r\nPOST\n/login\nb. Pay\n2. Cards\na. Log in\n";
        let found = blocks(text, Form::Lines(&headings), &[]);
        let expected =
            ["", "1. Wallet", "1. Wallet › a. Log in", "1. Wallet › b. Pay", "2. Cards", "2. Cards › a. Log in"];
        assert_eq!(paths(&found), expected);
        assert_eq!(found[2].fingerprint, fingerprint("POST /login"));
        assert_eq!([&found[1], &found[3], &found[5]].map(|block| block.fingerprint.as_str()), [EMPTY; 3]);
    }

    #[test]
    fn page_is_read_as_the_text_copied_from_it() {
        let headings = patterns(&["^(Create|Status)$", "^Response$"]);
        let text = "Create\nSends amount.\nResponse\n{\"status\":\n\"paid\"}\nStatus\nAsks.\n";
        let page = "<!DOCTYPE html>\n<html><head><title>x</title></head><body><nav>Create</nav><h2>Create</h2>
            <p>Sends <code>amount</code>.</p><div>Response</div><pre>{\"status\":\n\"paid\"}</pre><b>Status</b><br>Asks.
            <footer>2026</footer></body></html>";
        let form = Form::Lines(&headings);
        assert_eq!(blocks(page, form, &[]), blocks(text, form, &[]));
        assert_eq!(paths(&blocks(page, form, &[])), ["Create", "Create › Response", "Status"]);
    }

    #[test]
    fn what_changes_by_itself_is_left_out_before_headings() {
        let headings = patterns(&["^[A-Z]\\. "]);
        let ignore = patterns(&[r"\*\*", r"^> ?", r"^Page \d+$", r"Updated \d{4}-\d\d-\d\d"]);
        let old = "> **A. Start**\n> Text Updated 2025-11-27\nPage 1\nmore\n";
        let new = "A. Start\nText Updated 2026-01-02\nmore\nPage 2\n";
        let form = Form::Lines(&headings);
        assert_eq!(blocks(old, form, &ignore), blocks(new, form, &ignore));
        assert_eq!(paths(&blocks(old, form, &ignore)), ["A. Start"]);
        assert_ne!(blocks(old, form, &[]), blocks(new, form, &[]));
    }

    #[test]
    fn no_text_has_no_blocks() {
        assert_eq!(blocks("<script></script>", Form::Html, &[]), []);
        assert_eq!(blocks("\n \n", Form::Lines(&[]), &[]), []);
    }
}
