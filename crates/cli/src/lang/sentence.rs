//! A sentence with values in its places: `{path} cannot be read: {error:tr}`. Values marked `:tr` are sentences themselves.

/// A part of a sentence.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    /// What is always there.
    Text(String),
    /// A value.
    Value { name: String, is_sentence: bool },
}

/// A sentence.
#[derive(Debug)]
pub struct Sentence(Vec<Part>);

/// Says a value that is a sentence itself in another language; none where it is not known.
pub type Say<'a> = dyn Fn(&str) -> Option<String> + 'a;

impl Sentence {
    /// Reads a template. `{{` and `}}` are braces.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn parse(template: &str) -> Result<Self, String> {
        let mut parts: Vec<Part> = Vec::new();
        let mut text = String::new();
        let mut rest = template.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '{' | '}' if rest.next_if_eq(&c).is_some() => text.push(c),
                '{' => {
                    let mut is_closed = false;
                    let inside = rest.by_ref().take_while(|c| {
                        is_closed = *c == '}';
                        !is_closed
                    });
                    let inside: String = inside.collect();
                    if !text.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut text)));
                    } else if !parts.is_empty() {
                        return Err(format!("two values are beside each other: {template}"));
                    }
                    let (name, kind) = inside.split_once(':').unwrap_or((&inside, ""));
                    if name.is_empty() || !is_closed || !["", "tr"].contains(&kind) {
                        return Err(format!("a value is not {{name}} or {{name:tr}}: {template}"));
                    }
                    parts.push(Part::Value { name: name.to_owned(), is_sentence: kind == "tr" });
                }
                '}' => return Err(format!("a brace is not closed or not opened: {template}")),
                c => text.push(c),
            }
        }
        if !text.is_empty() {
            parts.push(Part::Text(text));
        }
        Ok(Self(parts))
    }

    /// Whether it has no value.
    pub fn is_fixed(&self) -> bool {
        self.0.iter().all(|part| matches!(part, Part::Text(_)))
    }

    /// How many letters are always there, and how many values are sentences: what has more of them says more.
    pub fn weight(&self) -> (usize, usize) {
        let letters = self.texts().flat_map(str::chars).filter(|c| c.is_alphabetic()).count();
        (letters, self.0.iter().filter(|part| matches!(part, Part::Value { is_sentence: true, .. })).count())
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Value { .. } => None,
        })
    }

    /// The names of its values, in the order of the alphabet, each once.
    #[cfg(test)]
    pub fn names(&self) -> std::collections::BTreeSet<&str> {
        let names = self.0.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Value { name, .. } => Some(name.as_str()),
        });
        names.collect()
    }

    /// The values that a text has in the places, said by a function where they are sentences; none where it is no text of this
    /// sentence, or where more of those cannot be said than may be left as they are.
    pub fn values(&self, text: &str, say: &Say<'_>, most_left: usize) -> Option<Vec<(&str, String)>> {
        let mut values = Vec::new();
        let fits = fit(&self.0, text, &mut values, say, most_left);
        // What a sentence begins with, unless it is one itself, is a name: not the beginning of another sentence.
        let is_cut = matches!(self.0.first(), Some(Part::Value { is_sentence: false, .. }))
            && values.first().is_some_and(|(_, name)| name.contains(": ") || name.contains("; "));
        (fits && !is_cut).then_some(values)
    }

    /// Writes it with values; one that is missing leaves its name.
    pub fn fill(&self, values: &[(&str, String)]) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Value { name, .. } => {
                let value = values.iter().find(|(known, _)| known == name);
                value.map_or_else(|| format!("{{{name}}}"), |(_, value)| value.clone())
            }
        };
        self.0.iter().map(part).collect()
    }
}

/// Whether a text is made of these parts. A value ends as early as it can.
fn fit<'a>(
    parts: &'a [Part],
    text: &str,
    values: &mut Vec<(&'a str, String)>,
    say: &Say<'_>,
    most_left: usize,
) -> bool {
    let (name, is_sentence, after) = match parts {
        [] => return text.is_empty(),
        [Part::Text(first), after @ ..] => {
            return text.strip_prefix(first.as_str()).is_some_and(|rest| fit(after, rest, values, say, most_left));
        }
        [Part::Value { name, is_sentence }, after @ ..] => (name.as_str(), *is_sentence, after),
    };
    let ends: Vec<_> = match after.first() {
        Some(Part::Text(next)) => text.match_indices(next.as_str()).map(|(end, _)| end).collect(),
        _ => vec![text.len()],
    };
    ends.into_iter().any(|end| {
        let (value, rest) = text.split_at(end);
        let said = if is_sentence { say(value) } else { Some(value.to_owned()) };
        let Some(most_left) = most_left.checked_sub(usize::from(said.is_none())) else { return false };
        let count = values.len();
        values.push((name, said.unwrap_or_else(|| value.to_owned())));
        let fits = fit(after, rest, values, say, most_left);
        if !fits {
            values.truncate(count);
        }
        fits
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(template: &str, text: &str, left: usize) -> Option<Vec<String>> {
        let known = |text: &str| (text == "known").then(|| "KNOWN".to_owned());
        let sentence = Sentence::parse(template).unwrap();
        let mut values = sentence.values(text, &known, left)?;
        values.sort();
        Some(values.into_iter().map(|(name, value)| format!("{name}={value}")).collect())
    }

    #[test]
    fn values_are_found_in_their_places() {
        assert_eq!(said("{a} is {b}", "x is y is z", 0).unwrap(), ["a=x", "b=y is z"]);
        assert_eq!(said("{a:tr}: {b:tr}", "known: known", 0).unwrap(), ["a=KNOWN", "b=KNOWN"]);
        assert_eq!(said("{a} is {b} {c:tr}", "x is y z known", 0).unwrap(), ["a=x", "b=y z", "c=KNOWN"]);
        assert_eq!(said("a {{{b}}}", "a {x}", 0).unwrap(), ["b=x"]);
        assert_eq!(said("is {a}.", "is x", 0), None);
        assert_eq!(said("{a} is {b}", "x: y is z", 0), None);
    }

    #[test]
    fn what_is_not_known_is_left_where_it_may_be() {
        assert_eq!(said("{a:tr}; {b:tr}", "x; known", 0), None);
        assert_eq!(said("{a:tr}; {b:tr}", "x; known", 1).unwrap(), ["a=x", "b=KNOWN"]);
        assert_eq!(said("{a:tr}; {b:tr}", "x; y", 1), None);
    }

    #[test]
    fn template_that_cannot_be_read_is_refused() {
        for template in ["{a}{b}", "{}", "{a:x}", "a } b", "{a"] {
            assert!(Sentence::parse(template).is_err(), "{template}");
        }
    }
}
