//! What each `format` of a spec means. Whatever depends on a format is a method here.

use serde_json::{Value, json};

use crate::named::named;

named! {
    /// A format that a schema may name; "Formats" of `specs/README.md` explains them.
    pub enum Format {
        /// Whole rupiah.
        Rupiah = "rupiah",
        /// Whole rupiah with dots between thousands.
        RupiahDotted = "rupiah-dotted",
        /// A number with fractions, digit for digit.
        Decimal = "decimal",
        /// A time without zone, in Jakarta time (UTC+07:00).
        JakartaTime = "jakarta-time",
        /// A time with its zone, RFC 3339.
        DateTime = "date-time",
        /// A day, `yyyy-mm-dd`.
        Date = "date",
        /// An opaque name or number.
        Identifier = "identifier",
        /// Yes or no in one of several spellings.
        Flag = "flag",
        /// A signed number of 32 bits.
        Int32 = "int32",
        /// A signed number of 64 bits.
        Int64 = "int64",
        /// A number of 32 bits from 0 up.
        Uint32 = "uint32",
        /// A number of 64 bits from 0 up.
        Uint64 = "uint64",
        /// An address.
        Uri = "uri",
        /// An address of mail.
        Email = "email",
        /// A secret.
        Password = "password",
        /// A reply that is not JSON.
        Binary = "binary",
    }
}

/// How a value is written as an argument of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Argument {
    /// As it is.
    Text,
    /// Whole rupiah.
    Rupiah,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Number,
}

impl Format {
    /// The format of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The format that a lowered schema still shows: by its marker, or by the name that an integer keeps. Formats that become
    /// the same type are the same here.
    pub fn of_lowered(schema: &Value) -> Option<Self> {
        match schema.pointer("/x-rust-type/path").and_then(Value::as_str) {
            Some(path) => {
                let marker = path.strip_prefix("gerbang_core::")?;
                let has_it = |format: &Self| format.types().iter().any(|kind| format.marker(kind) == Some(marker));
                Self::ALL.into_iter().find(has_it)
            }
            None => Self::named(schema.get("format")?.as_str()?),
        }
    }

    /// The types of JSON that it may be on.
    pub fn types(self) -> &'static [&'static str] {
        match self {
            Self::Rupiah => &["integer", "string", "number"],
            Self::Decimal => &["number", "string"],
            Self::Identifier => &["string", "integer"],
            Self::Flag => &["string", "integer", "boolean"],
            Self::Int32 | Self::Int64 | Self::Uint32 | Self::Uint64 => &["integer"],
            Self::JakartaTime => &["string", "integer"],
            Self::RupiahDotted | Self::DateTime | Self::Date => &["string"],
            Self::Uri | Self::Email | Self::Password | Self::Binary => &["string"],
        }
    }

    /// The type of `gerbang_core` that it becomes on a type of JSON; none where that type's own Rust type will do.
    pub fn marker(self, kind: &str) -> Option<&'static str> {
        match self {
            Self::Rupiah if kind == "string" => Some("wire::QuotedRupiah"),
            Self::Rupiah => Some("Rupiah"),
            Self::RupiahDotted => Some("DottedRupiah"),
            Self::Decimal if kind == "string" => Some("wire::QuotedDecimal"),
            Self::Decimal => Some("Decimal"),
            Self::JakartaTime | Self::DateTime => Some("JakartaTime"),
            Self::Identifier => Some("Identifier"),
            Self::Flag => Some("Flag"),
            Self::Password => Some("Secret"),
            Self::Int32 | Self::Int64 | Self::Uint32 | Self::Uint64 => None,
            Self::Date | Self::Uri | Self::Email | Self::Binary => None,
        }
    }

    /// The type of a value in the client; one of `gerbang_core` is without its path.
    pub fn rust_type(self) -> &'static str {
        match self {
            Self::Rupiah => "Rupiah",
            Self::Decimal => "Decimal",
            Self::Int32 => "i32",
            Self::Int64 => "i64",
            Self::Uint32 => "u32",
            Self::Uint64 => "u64",
            Self::Binary => "::bytes::Bytes",
            marked_or_text => marked_or_text.marker("string").unwrap_or("String"),
        }
    }

    /// How a value is written as an argument of the command line; none where it cannot be one.
    pub fn argument(self) -> Option<Argument> {
        match self {
            Self::Rupiah | Self::RupiahDotted => Some(Argument::Rupiah),
            Self::Flag => Some(Argument::Flag),
            Self::JakartaTime | Self::DateTime | Self::Date | Self::Decimal => Some(Argument::Text),
            Self::Identifier | Self::Uri | Self::Email => Some(Argument::Text),
            Self::Int32 | Self::Int64 | Self::Uint32 | Self::Uint64 => Some(Argument::Number),
            Self::Password | Self::Binary => None,
        }
    }

    /// Whether a credential of this format is a secret. A login name is personal: it is kept as carefully as the password.
    pub fn is_secret(self) -> bool {
        matches!(self, Self::Password | Self::Email)
    }

    /// Whether a foreign OpenAPI document means the same by it, so that it can be taken over.
    pub fn is_common(self) -> bool {
        matches!(self, Self::DateTime | Self::Date | Self::Uri | Self::Email | Self::Int32 | Self::Int64)
    }

    /// A made-up value on the type `string`.
    pub fn sample(self) -> Value {
        match self {
            Self::JakartaTime => json!("2026-01-31 12:00:00"),
            Self::DateTime => json!("2026-01-31T12:00:00Z"),
            Self::Date => json!("2026-01-31"),
            Self::Uri => json!("https://example.com"),
            Self::Email => json!("someone@example.com"),
            _ => json!("1"),
        }
    }
}
