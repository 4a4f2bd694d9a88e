//! Why the ledger could not do something.

use std::fmt;

use gerbang_core::{Doubt, Rupiah};

use crate::store::UNFORESEEN;

/// Why the ledger could not do something.
///
/// Neither the displayed line nor the debug form holds a credential or what a notification said.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The database failed or is away. The transaction was not committed, as far as is known: what was asked for can be asked
    /// for again, as everything in the ledger is done at most once.
    Store(sqlx::Error),
    /// The database was written by a newer version of this library. Update the program; an older one must not touch it.
    NewerBook {
        /// The version of the book.
        book: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// A row of the book cannot be read by this program: what it is about.
    Unreadable(String),
    /// The gateway refused to create the payment, or it could not be reached. Where nothing was sent the ledger tries again,
    /// and so may the caller, with [`Ledger::pay`](crate::Ledger::pay).
    Gateway(gerbang_core::Error),
    /// The reply to the creation was lost, or somebody else is sending it. The ledger finds out what became of it: ask for the
    /// payment again later with [`Ledger::pay`](crate::Ledger::pay), which sends nothing until that is known.
    Unanswered {
        /// The merchant's reference of the attempt.
        reference: String,
    },
    /// The order has an open attempt at another price. Cancel it first, see [`Ledger::cancel`](crate::Ledger::cancel).
    OpenAtAnotherPrice {
        /// The merchant's reference of the open attempt.
        reference: String,
        /// The price of the open attempt, in rupiah.
        amount: Rupiah,
    },
    /// An order of this id was [placed](crate::Ledger::place) with another content, and a gateway may have made a payment of it.
    OtherContent(String),
    /// Less came in than the order costs, and a person has not settled the case yet, see
    /// [`Ledger::cases`](crate::Ledger::cases). Nothing more is asked of the customer before.
    AwaitsPerson {
        /// The merchant's reference of the attempt that was paid.
        reference: String,
    },
    /// No account of this name was given to the ledger.
    UnknownAccount(String),
    /// The account is in the book with another gateway or another mode. An account's name is part of every key: give the new
    /// account a new name.
    AccountChanged(String),
    /// No order, case, surplus or notification of this name or number is in the book, or it is settled already.
    NotFound(String),
    /// The body of the notification of this number is [kept no longer](crate::Ledger::keep_bodies).
    BodyDeleted(i64),
    /// A notification that was judged again proves nothing, and the gateway is not asked.
    Doubted(Doubt),
    /// Too many notifications of the payment wait for a question. Nothing was changed; try again later.
    TooManyWait,
    /// A value cannot be taken: why.
    Invalid(String),
    /// The transaction has ended, or is of another database.
    WrongTransaction,
}

impl Error {
    /// Whether the same transaction may succeed when it is run again at once: another one was in its way.
    pub(crate) fn is_conflict(&self) -> bool {
        match self {
            // PostgreSQL's serialization failure and deadlock; SQLite's BUSY and BUSY_SNAPSHOT.
            Self::Store(sqlx::Error::Database(error)) => {
                let codes = ["40001", "40P01", "5", "517", UNFORESEEN];
                error.is_unique_violation() || error.code().is_some_and(|code| codes.contains(&&*code))
            }
            _ => false,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => write!(f, "the ledger's database failed: {error}"),
            Self::NewerBook { book, known } => write!(
                f,
                "the ledger's book is of version {book}, and this program knows versions up to {known} only: update the program"
            ),
            Self::Unreadable(what) => write!(f, "the ledger's book has {what} that this program cannot read"),
            Self::Gateway(error) => error.fmt(f),
            Self::Unanswered { reference } => write!(
                f,
                "whether the gateway has made the payment {reference} is not known yet; ask for it again later, nothing is sent twice"
            ),
            Self::OpenAtAnotherPrice { reference, amount } => {
                write!(f, "the payment {reference} of {amount} rupiah is open: cancel it before the price changes")
            }
            Self::OtherContent(order) => write!(f, "the order {order:?} was placed with another content"),
            Self::AwaitsPerson { reference } => {
                write!(f, "too little came in by the payment {reference}: a person must settle the case first")
            }
            Self::UnknownAccount(name) => write!(f, "the ledger has no account {name:?}"),
            Self::AccountChanged(name) => write!(
                f,
                "the account {name:?} is in the ledger's book with another gateway or mode: give the new account a new name"
            ),
            Self::NotFound(what) => write!(f, "the ledger has no {what}, or it is settled already"),
            Self::BodyDeleted(number) => {
                write!(
                    f,
                    "the body of the notification {number} is deleted, as its time is over: it cannot be judged again"
                )
            }
            Self::Doubted(doubt) => doubt.fmt(f),
            Self::TooManyWait => f.write_str(
                "too many notifications of the payment wait for a question; nothing was changed, try again later",
            ),
            Self::Invalid(what) => f.write_str(what),
            Self::WrongTransaction => f.write_str("the transaction has ended or is of another database"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Store(error) => Some(error),
            Self::Gateway(error) => Some(error),
            Self::Doubted(doubt) => Some(doubt),
            _ => None,
        }
    }
}
