//! The Indonesian of each English sentence: the files of `lang/`, in the format of gettext (PO).
//!
//! A text is looked for among the sentences; what stands in the places of values is put into the places of the Indonesian one. A text
//! that several sentences fit is taken for the one that has the most letters of its own.

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::LazyLock;

use gerbang::qris::Rule;

use super::sentence::Sentence;

/// The files.
pub const FILES: [&str; 10] = [
    include_str!("../../lang/parts.po"),
    include_str!("../../lang/help.po"),
    include_str!("../../lang/operations.po"),
    include_str!("../../lang/command.po"),
    include_str!("../../lang/webhook.po"),
    include_str!("../../lang/qris.po"),
    include_str!("../../lang/sandbox.po"),
    include_str!("../../lang/serve.po"),
    include_str!("../../lang/gateways.po"),
    include_str!("../../lang/system.po"),
];

/// How many sentences are tried for one text. Whoever sends a text could make it one that fits nothing in very many ways.
const MOST_TRIED: usize = 50_000;

/// The longest text that is looked for, in bytes. Sentences have some hundreds.
const LONGEST: usize = 4096;

/// How many letters of its own a sentence needs so that all values in it may stay English; of one that has fewer, one value must be
/// known.
const ENOUGH_LETTERS: usize = 8;

static INDONESIAN: LazyLock<Catalogue> = LazyLock::new(Catalogue::read);

/// A text in Indonesian; as it is where it is not known. Of a text of several lines each is one.
pub fn indonesian(text: &str) -> String {
    let said = |text: &str| if text.len() > LONGEST { None } else { Saying::new(&INDONESIAN).say(text, true) };
    said(text).unwrap_or_else(|| {
        let lines: Vec<_> = text.split('\n').map(|line| said(line).unwrap_or_else(|| line.to_owned())).collect();
        lines.join("\n")
    })
}

/// Both languages of a sentence with values.
struct Pair {
    english: Sentence,
    indonesian: Sentence,
    /// How many of the values that are sentences may stay English.
    most_left: usize,
}

struct Catalogue {
    fixed: HashMap<String, String>,
    /// Those that say most come first.
    pairs: Vec<Pair>,
}

impl Catalogue {
    /// Reads the files. What is wrong in them is left out here, and found by the tests.
    fn read() -> Self {
        let mut catalogue = Self { fixed: HashMap::new(), pairs: Vec::new() };
        for (english, indonesian) in FILES.into_iter().flat_map(entries) {
            let (Ok(from), Ok(to)) = (Sentence::parse(&english), Sentence::parse(&indonesian)) else { continue };
            if from.is_fixed() {
                catalogue.fixed.insert(from.fill(&[]), to.fill(&[]));
            } else {
                let (letters, values) = from.weight();
                let most_left = if letters >= ENOUGH_LETTERS { values } else { values.saturating_sub(1) };
                catalogue.pairs.push(Pair { english: from, indonesian: to, most_left });
            }
        }
        // The QRIS library has both by itself.
        let rules = Rule::ALL.iter().map(|rule| (rule.english().to_owned(), rule.indonesian().to_owned()));
        catalogue.fixed.extend(rules);
        catalogue.pairs.sort_by_key(|pair| Reverse(pair.english.weight()));
        catalogue
    }
}

/// Saying one text.
struct Saying<'a> {
    catalogue: &'a Catalogue,
    /// How many sentences may still be tried.
    left: Cell<usize>,
    /// What was found for the parts of the text, by whether parts of them may be left as they are.
    found: RefCell<HashMap<(String, bool), Option<String>>>,
}

impl<'a> Saying<'a> {
    fn new(catalogue: &'a Catalogue) -> Self {
        Self { catalogue, left: Cell::new(MOST_TRIED), found: RefCell::default() }
    }

    /// Says a text whose every part is known, or, where parts of it may be left as they are, as much of it as is known; none where too
    /// much was tried for it.
    fn say(&self, text: &str, may_leave: bool) -> Option<String> {
        if let Some(known) = self.catalogue.fixed.get(text) {
            return Some(known.clone());
        }
        let key = (text.to_owned(), may_leave);
        if let Some(found) = self.found.borrow().get(&key) {
            return found.clone();
        }
        let whole = self.find(text, false);
        let found = whole.or_else(|| if may_leave { self.find(text, true) } else { None });
        self.found.borrow_mut().insert(key, found.clone());
        found
    }

    fn find(&self, text: &str, may_leave: bool) -> Option<String> {
        let say = |text: &str| self.say(text, may_leave);
        for pair in &self.catalogue.pairs {
            self.left.set(self.left.get().checked_sub(1)?);
            let most_left = if may_leave { pair.most_left } else { 0 };
            if let Some(values) = pair.english.values(text, &say, most_left) {
                return Some(pair.indonesian.fill(&values));
            }
        }
        None
    }
}

/// The entries of a file: `msgid` and `msgstr`, each one or several quoted texts.
pub fn entries(text: &str) -> impl Iterator<Item = (String, String)> {
    let mut texts: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim) {
        let quoted = line.strip_prefix("msgid ").or_else(|| line.strip_prefix("msgstr "));
        if let Some(quoted) = quoted {
            texts.push(unquoted(quoted));
        } else if let (true, Some(last)) = (line.starts_with('"'), texts.last_mut()) {
            last.push_str(&unquoted(line));
        }
    }
    let mut texts = texts.into_iter();
    let pairs = std::iter::from_fn(move || Some((texts.next()?, texts.next()?)));
    // The first entry is about the file.
    pairs.filter(|(english, _)| !english.is_empty())
}

/// A quoted text, without quotes and escapes.
fn unquoted(quoted: &str) -> String {
    let inside = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(quoted);
    let mut text = String::new();
    let mut rest = inside.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => match rest.next() {
                Some('n') => text.push('\n'),
                Some(c) => text.push(c),
                None => {}
            },
            c => text.push(c),
        }
    }
    text
}
