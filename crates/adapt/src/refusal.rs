//! What could not be adapted, where and why; and what was done.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use gerbang_spec::yaml::Document;

/// The result of adapting a part of a document.
pub(super) type Result<T> = std::result::Result<T, Refusal>;

/// Why something cannot be adapted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// It is of a version of OpenAPI, or has something of one, that cannot be read.
    Version,
    /// There is no https server that a client could ask.
    Server,
    /// No operation could be adapted.
    NothingLeft,
    /// A `$ref` that leads out of the file or nowhere.
    Reference,
    /// A value whose type is not described.
    Untyped,
    /// An object whose members are not described, where some must be.
    FreeForm,
    /// `allOf` of things that are not all objects, or that contradict each other.
    Merge,
    /// A list, a map, an `allOf` or a choice that leads to itself.
    Recursion,
    /// An object or a list inside a form.
    NestedForm,
    /// A body or reply in a media type that cannot be sent or read.
    MediaType,
    /// A whole body or reply that is a single value.
    BodyShape,
    /// A parameter in a header that the client writes itself.
    HeaderParameter,
    /// A parameter in a cookie.
    CookieParameter,
    /// A parameter that is an object, a list elsewhere than in the query, or is written in another style.
    ParameterShape,
    /// A path and its parameters that do not fit together.
    Path,
    /// No success status, or several with different replies that are not all objects.
    SuccessStatus,
    /// A credential that cannot be sent.
    Security,
    /// A parameter with the name of another one.
    Name,
    /// A method other than get, post, put, patch and delete.
    Method,
    /// Notifications, described as callbacks or webhooks.
    Notification,
}

impl Reason {
    /// In kebab-case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Version => "version",
            Self::Server => "server",
            Self::NothingLeft => "nothing-left",
            Self::Reference => "reference",
            Self::Untyped => "untyped",
            Self::FreeForm => "free-form",
            Self::Merge => "merge",
            Self::Recursion => "recursion",
            Self::NestedForm => "nested-form",
            Self::MediaType => "media-type",
            Self::BodyShape => "body-shape",
            Self::HeaderParameter => "header-parameter",
            Self::CookieParameter => "cookie-parameter",
            Self::ParameterShape => "parameter-shape",
            Self::Path => "path",
            Self::SuccessStatus => "success-status",
            Self::Security => "security",
            Self::Name => "name",
            Self::Method => "method",
            Self::Notification => "notification",
        }
    }
}

/// A part of a document that cannot be adapted.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    /// What is wrong is here.
    cause: String,
    /// What is lost is here.
    pub(super) pointer: String,
    pub(super) reason: Reason,
    message: String,
}

impl Refusal {
    pub(super) fn new(pointer: &str, reason: Reason, message: impl Into<String>) -> Self {
        Self { cause: pointer.to_owned(), pointer: pointer.to_owned(), reason, message: message.into() }
    }

    pub(super) fn err<T>(pointer: &str, reason: Reason, message: impl Into<String>) -> Result<T> {
        Err(Self::new(pointer, reason, message))
    }

    /// The same cause, by which something else is lost.
    pub(super) fn at(&self, pointer: &str) -> Self {
        Self { pointer: pointer.to_owned(), ..self.clone() }
    }

    pub(super) fn finding(&self, document: &Document, loss: Loss) -> Finding {
        let (line, cause) = (document.line(&self.pointer), document.line(&self.cause));
        let because = if line == cause { String::new() } else { format!(" (line {cause})") };
        let message = format!("{}{because}", self.message);
        let subject = subject(document, &self.pointer);
        Finding { file: document.file.clone(), line, loss, subject, reason: self.reason, message }
    }
}

/// The name of a parameter, or the last part of a pointer that is one.
fn subject(document: &Document, pointer: &str) -> String {
    if let Some(name) = document.get(&format!("{pointer}/name")).filter(|_| pointer.contains("/parameters/")) {
        return name.as_str().unwrap_or_default().to_owned();
    }
    let last = pointer.rsplit('/').find(|part| part.parse::<usize>().is_err()).unwrap_or_default();
    last.replace("~1", "/").replace("~0", "~")
}

/// How much is lost by a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// Everything.
    Document,
    /// An operation.
    Operation,
    /// A parameter or a member that need not be sent, or is not read.
    Member,
}

impl Loss {
    /// A word for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Operation => "operation",
            Self::Member => "member",
        }
    }
}

/// Something that could not be adapted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The document, as the user named it.
    pub file: String,
    /// 1-based line in `file` of what is left out.
    pub line: usize,
    /// How much is lost.
    pub loss: Loss,
    /// What is lost.
    pub subject: String,
    /// Why.
    pub reason: Reason,
    /// Why, in words.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, loss, subject, reason, message } = self;
        write!(f, "{file}:{line}: {}: {} `{subject}`: {message}", reason.name(), loss.name())
    }
}

/// What was done with a document.
#[derive(Debug, Default)]
pub struct Report {
    /// How many operations the document has.
    pub operations: usize,
    /// How many of them the spec has.
    pub adapted_operations: usize,
    /// What each operation of the spec has lost, by method and path; those that have lost nothing are not here.
    pub lossy: BTreeMap<String, BTreeSet<Finding>>,
    /// What each component and each operation has lost itself, by name or place.
    lost_by: BTreeMap<String, BTreeSet<Finding>>,
    /// What was left out.
    pub findings: BTreeSet<Finding>,
    /// What was adapted, and how often.
    pub notes: BTreeMap<String, usize>,
}

impl Report {
    /// `of` is the component or the operation that is without it now.
    pub(super) fn lose(&mut self, document: &Document, of: &str, loss: Loss, refusal: &Refusal) {
        let finding = refusal.finding(document, loss);
        self.lost_by.entry(of.to_owned()).or_default().insert(finding.clone());
        self.findings.insert(finding);
    }

    /// Counts what an operation and the components that it sends and receives have lost.
    pub(super) fn count_operation(&mut self, title: &str, of: &BTreeSet<String>) {
        let lost: BTreeSet<_> = of.iter().filter_map(|user| self.lost_by.get(user)).flatten().cloned().collect();
        if !lost.is_empty() {
            self.lossy.insert(title.to_owned(), lost);
        }
    }

    /// How many operations the spec has without any loss.
    pub fn lossless_operations(&self) -> usize {
        self.adapted_operations - self.lossy.len()
    }

    /// `title` is the method and path of the operation.
    pub(super) fn lose_operation(&mut self, document: &Document, pointer: &str, title: &str, refusal: &Refusal) {
        let finding = Finding { subject: title.to_owned(), ..refusal.at(pointer).finding(document, Loss::Operation) };
        self.findings.insert(finding);
    }

    pub(super) fn note(&mut self, note: impl Into<String>) {
        *self.notes.entry(note.into()).or_default() += 1;
    }

    /// How often each reason explains a loss.
    pub fn by_reason(&self, loss: Loss) -> BTreeMap<Reason, usize> {
        let mut counts = BTreeMap::new();
        for finding in self.findings.iter().filter(|finding| finding.loss == loss) {
            *counts.entry(finding.reason).or_default() += 1;
        }
        counts
    }
}

/// Each finding on a line, then what each operation has lost, and how much is left out.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.findings.iter().try_for_each(|finding| writeln!(f, "{finding}"))?;
        self.notes.iter().try_for_each(|(note, count)| writeln!(f, "{count} × {note}"))?;
        for (title, lost) in &self.lossy {
            let lost: Vec<_> = lost.iter().map(|it| format!("`{}` ({})", it.subject, it.reason.name())).collect();
            writeln!(f, "{title} has lost {}", lost.join(", "))?;
        }
        let (adapted, all) = (self.adapted_operations, self.operations);
        writeln!(f, "{} of {all} operations adapted without loss, {adapted} in all", self.lossless_operations())?;
        for loss in [Loss::Operation, Loss::Member] {
            let counts = self.by_reason(loss);
            let all: usize = counts.values().sum();
            let reasons: Vec<_> = counts.iter().map(|(reason, count)| format!("{} {count}", reason.name())).collect();
            if all > 0 {
                writeln!(f, "{all} {}s cannot be adapted: {}", loss.name(), reasons.join(", "))?;
            }
        }
        Ok(())
    }
}
