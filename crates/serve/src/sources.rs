//! Where a setting is read from: the environment before the file, and a secret from a file of its own.

use gerbang::Secret;

use crate::files;

/// The file's settings and the environment, and what is wrong with them.
pub struct Sources<'a> {
    table: toml::Table,
    /// How the file's table is called in errors: empty for the whole file.
    name: String,
    environment: &'a dyn Fn(&str) -> Option<String>,
    wrong: Vec<String>,
    known: Vec<String>,
}

impl<'a> Sources<'a> {
    /// The settings of a file's table.
    pub fn new(table: toml::Table, name: &str, environment: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { table, name: name.to_owned(), environment, wrong: Vec::new(), known: Vec::new() }
    }

    /// Adds what is wrong. It must not show a value.
    pub fn wrong(&mut self, what: impl Into<String>) {
        let what = what.into();
        self.wrong.push(if self.name.is_empty() { what } else { format!("[{}]: {what}", self.name) });
    }

    /// A variable of the environment; blank is the same as none.
    pub fn variable(&self, name: &str) -> Option<String> {
        (self.environment)(name).filter(|value| !value.trim().is_empty())
    }

    /// A text, a whole number or a truth of the file.
    pub fn file(&mut self, key: &str) -> Option<String> {
        self.known.push(key.to_owned());
        match self.table.remove(key)? {
            toml::Value::String(text) if !text.trim().is_empty() => Some(text),
            toml::Value::Integer(number) => Some(number.to_string()),
            toml::Value::Boolean(truth) => Some(truth.to_string()),
            _ => {
                self.wrong(format!("{key} must be a text, and not blank"));
                None
            }
        }
    }

    /// A table of the file.
    pub fn table(&mut self, key: &str) -> toml::Table {
        self.known.push(key.to_owned());
        match self.table.remove(key) {
            None => toml::Table::new(),
            Some(toml::Value::Table(table)) => table,
            Some(_) => {
                self.wrong(format!("{key} must be a table"));
                toml::Table::new()
            }
        }
    }

    /// A setting: the environment's, or else the file's.
    pub fn text(&mut self, key: &str) -> Option<String> {
        let in_file = self.file(key);
        self.variable(&variable_of(key)).or(in_file)
    }

    /// A secret: the environment's, itself or the name of a file with it, or else the same of the settings' file.
    pub fn secret(&mut self, key: &str) -> Option<Secret> {
        let in_file = self.file_secret(key);
        let variable = variable_of(key);
        let (own, named) = (self.variable(&variable), self.variable(&format!("{variable}_FILE")));
        match (own, named) {
            (Some(_), Some(_)) => {
                self.wrong(format!("{variable} and {variable}_FILE are both set"));
                None
            }
            (Some(own), None) => Some(Secret::from(own)),
            (None, Some(path)) => self.read(&path, &format!("{variable}_FILE")),
            (None, None) => in_file,
        }
    }

    /// A secret of the file, itself or the name of another file with it.
    pub fn file_secret(&mut self, key: &str) -> Option<Secret> {
        let other = format!("{key}_file");
        match (self.file(key), self.file(&other)) {
            (Some(_), Some(_)) => {
                self.wrong(format!("{key} and {other} are both set"));
                None
            }
            (Some(own), None) => Some(Secret::from(own)),
            (None, Some(path)) => self.read(&path, &other),
            (None, None) => None,
        }
    }

    /// The text of a file without the white space around it.
    fn read(&mut self, path: &str, what: &str) -> Option<Secret> {
        match files::secret(path).map(|text| Secret::from(text.trim())) {
            Ok(secret) if !secret.is_empty() => Some(secret),
            Ok(_) => {
                self.wrong(format!("the file that {what} names is empty"));
                None
            }
            Err(error) => {
                self.wrong(format!("the file that {what} names cannot be read: {}", error.kind()));
                None
            }
        }
    }

    /// Whatever is wrong, and what nothing has read: it is probably a slip.
    pub fn end(mut self) -> Vec<String> {
        let left: Vec<_> = self.table.keys().cloned().collect();
        for key in left {
            let is_name =
                key.len() <= 40 && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
            let key = if is_name { key } else { "a key".to_owned() };
            self.wrong(format!("nothing reads {key}; there are {}", self.known.join(", ")));
        }
        self.wrong
    }
}

/// `GERBANG_SERVE_LISTEN` of `listen`.
fn variable_of(key: &str) -> String {
    format!("GERBANG_SERVE_{}", key.to_uppercase())
}
