//! Which language is wanted: `--lang`, or else the locale.

use std::ffi::OsString;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction};

/// A language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    English,
    Indonesian,
}

impl Lang {
    /// The language of a locale such as `id_ID.UTF-8`; none where it is another one. `in` is what old systems call Indonesian; who
    /// speaks one of its neighbours reads it.
    fn of_locale(locale: &str) -> Option<Self> {
        match locale.split(['_', '-', '.', '@']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "id" | "in" | "ms" | "jv" | "su" => Some(Self::Indonesian),
            "en" | "c" | "posix" => Some(Self::English),
            _ => None,
        }
    }
}

/// The option of all commands. It is read before the others, so that what is said of them is in its language.
pub fn option() -> Arg {
    Arg::new("lang")
        .long("lang")
        .global(true)
        .action(ArgAction::Set)
        .value_name("LANG")
        .value_parser(PossibleValuesParser::new(["en", "id"]))
        .hide_possible_values(true)
        .help_heading("Global options")
        .help("The language: en or id; that of LANG unless given")
}

/// The language that a command line names, or else the locale, as POSIX reads it: LC_ALL, LC_MESSAGES, LANG, the first that is not
/// empty. LANGUAGE lists what is liked more than the locale, unless that is `C`. JSON is English.
pub fn wanted(words: impl Iterator<Item = OsString>, variable: impl Fn(&str) -> Option<OsString>) -> Lang {
    let mut named = None;
    let mut words = words.take_while(|word| word != "--").filter_map(|word| word.into_string().ok());
    while let Some(word) = words.next() {
        match word.strip_prefix("--lang") {
            _ if word == "--json" => return Lang::English,
            Some("") => named = words.next(),
            Some(value) => named = value.strip_prefix('=').map(str::to_owned).or(named),
            None => {}
        }
    }
    named.and_then(|name| Lang::of_locale(&name)).unwrap_or_else(|| of_environment(variable))
}

fn of_environment(variable: impl Fn(&str) -> Option<OsString>) -> Lang {
    let value = |name| variable(name).and_then(|value| value.into_string().ok()).filter(|value| !value.is_empty());
    let Some(locale) = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(value) else { return Lang::English };
    let is_plain = matches!(locale.split('.').next(), Some("C" | "POSIX"));
    let liked = value("LANGUAGE").filter(|_| !is_plain).unwrap_or_default();
    liked.split(':').chain([locale.as_str()]).find_map(Lang::of_locale).unwrap_or(Lang::English)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(words: &str, variables: &[(&str, &str)]) -> Lang {
        let words = words.split_whitespace().map(OsString::from);
        wanted(words, |name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into()))
    }

    #[test]
    fn locale_is_read_as_posix_says() {
        for (variables, lang) in [
            (&[][..], Lang::English),
            (&[("LANG", "id_ID.UTF-8")], Lang::Indonesian),
            (&[("LANG", "in_ID")], Lang::Indonesian),
            (&[("LANG", "de_DE.UTF-8")], Lang::English),
            (&[("LANG", "C.UTF-8")], Lang::English),
            (&[("LANG", "id_ID"), ("LC_MESSAGES", "en_GB")], Lang::English),
            (&[("LANG", "en_US"), ("LC_MESSAGES", "id_ID@x")], Lang::Indonesian),
            (&[("LC_ALL", "C"), ("LC_MESSAGES", "id_ID"), ("LANG", "id_ID")], Lang::English),
            (&[("LC_ALL", ""), ("LANG", "id")], Lang::Indonesian),
            (&[("LANG", "de_DE"), ("LANGUAGE", "fr:id:en")], Lang::Indonesian),
            (&[("LANG", "C"), ("LANGUAGE", "id")], Lang::English),
            (&[("LANGUAGE", "id")], Lang::English),
        ] {
            assert_eq!(chosen("pay --help", variables), lang, "{variables:?}");
        }
    }

    #[test]
    fn option_counts_more_than_the_locale() {
        let indonesian = [("LANG", "id_ID.UTF-8")];
        assert_eq!(chosen("pay --lang en", &indonesian), Lang::English);
        assert_eq!(chosen("--lang=id pay", &[]), Lang::Indonesian);
        assert_eq!(chosen("pay -- --lang=id", &[]), Lang::English);
        // What is no language is refused later; what is said then is in that of the locale.
        assert_eq!(chosen("--lang xx", &indonesian), Lang::Indonesian);
        assert_eq!(chosen("pay --language=en", &indonesian), Lang::Indonesian);
    }

    #[test]
    fn json_is_english() {
        assert_eq!(chosen("--lang id pay --json", &[("LANG", "id_ID")]), Lang::English);
        assert_eq!(chosen("pay -- --json", &[("LANG", "id_ID")]), Lang::Indonesian);
    }
}
