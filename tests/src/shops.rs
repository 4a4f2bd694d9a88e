//! What a shop's process and the suite that kills it share: the shop's accounts, and the journal of what processes did.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use gerbang::registry::Settings;
use gerbang::{PaymentGateway, Retry};

use crate::gateways::{named, setting};

/// The gateways that a shop has an account with, each under the gateway's name: all that are not discontinued.
pub fn accounts() -> Vec<&'static str> {
    gerbang::gateways().filter(|gateway| gateway.discontinued.is_none()).map(|gateway| gateway.name).collect()
}

/// How long a call of a gateway may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// What the sandbox knows an account by: K-Link's address, Pakasir's project and key, or the key.
pub fn credential(account: &str) -> String {
    match account {
        "klink" | "klink-gopay" => format!("{account}@example.com"),
        "pakasir-v2" => format!("warung:key-of-{account}"),
        _ => format!("key-of-{account}"),
    }
}

/// The gateway of an account, which asks the sandbox at this address.
pub fn gateway(account: &str, sandbox: &str) -> Box<dyn PaymentGateway> {
    let gateway = named(account);
    let read = |variable: &str| {
        let words: Vec<_> = variable.split('_').skip(2).collect();
        Ok(Some(match (setting(variable), &words[..]) {
            (Some(value), _) => value.to_owned(),
            (None, ["BASE", "URL"]) => format!("{sandbox}/{}", gateway.section),
            (None, ["EMAIL"]) => credential(account),
            (None, ["API" | "SERVER", "KEY"] | ["PASSWORD"]) => format!("key-of-{account}"),
            (None, ["PROJECT"]) => "warung".to_owned(),
            (None, _) => "1".to_owned(),
        }))
    };
    let settings = Settings::new(read).timeout(TIMEOUT).retry(Retry::default());
    (gateway.make)(&settings).expect("the settings are complete")
}

/// What a shop's process did, which outlives the process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// It is about to send a creation.
    Sent {
        /// The account.
        account: String,
        /// The merchant's reference.
        reference: String,
    },
    /// It is proven that the creation was not sent.
    NotSent {
        /// The account.
        account: String,
        /// The merchant's reference.
        reference: String,
    },
    /// It is about to show a customer how to pay.
    Shown {
        /// The account.
        account: String,
        /// The gateway's id of the payment, or the merchant's reference.
        name: String,
    },
}

impl Entry {
    /// Reads a line; none where a killed process has left half of one.
    pub fn parse(line: &str) -> Option<Self> {
        let [word, account, name, "."] = line.split(' ').collect::<Vec<_>>()[..] else { return None };
        let (account, name) = (account.to_owned(), name.to_owned());
        match word {
            "sent" => Some(Self::Sent { account, reference: name }),
            "not-sent" => Some(Self::NotSent { account, reference: name }),
            "shown" => Some(Self::Shown { account, name }),
            _ => None,
        }
    }

    fn line(&self) -> String {
        let (word, account, name) = match self {
            Self::Sent { account, reference } => ("sent", account, reference),
            Self::NotSent { account, reference } => ("not-sent", account, reference),
            Self::Shown { account, name } => ("shown", account, name),
        };
        format!("{word} {account} {name} .\n")
    }
}

/// A file that several processes append to. What is written survives the process, not the machine.
#[derive(Debug)]
pub struct Journal(File);

impl Journal {
    /// Opens a journal, which is made where there is none.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    pub fn open(path: &Path) -> io::Result<Self> {
        OpenOptions::new().create(true).append(true).open(path).map(Self)
    }

    /// Appends an entry in one write.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    pub fn write(&self, entry: &Entry) -> io::Result<()> {
        (&self.0).write_all(entry.line().as_bytes())
    }
}
