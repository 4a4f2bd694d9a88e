//! The payments of a provider.

/// A payment as the provider knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The merchant's reference; the provider's own where it takes none.
    pub reference: String,
    /// The provider's reference.
    pub id: String,
    /// The price in rupiah.
    pub amount: u64,
    /// What the customer pays in rupiah.
    pub payable: u64,
    /// How it is paid, in the provider's word.
    pub method: String,
    /// The id of the request that created it, where the provider wants one.
    pub request: String,
    /// How many seconds the customer has, where that was asked for.
    pub expires_in: u64,
    /// Its state.
    pub state: State,
    /// Whether it is of the test mode.
    pub sandbox: bool,
}

/// The state of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Pending,
    Paid,
    Cancelled,
    Expired,
    Failed,
}

/// What goes wrong at a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Replies name another amount than the book.
    OtherAmount,
    /// Replies name other references than the book.
    OtherReference,
    /// Replies name other references of the provider's own than the book.
    OtherId,
    /// The customer is asked for less than the price.
    TooLittlePayable,
    /// QRIS payloads ask for another amount.
    OtherQrisAmount,
    /// QRIS payloads ask for no amount.
    NoQrisAmount,
    /// QRIS payloads have a wrong checksum.
    BrokenQris,
    /// States are told by a word that nobody knows.
    UnknownWord,
    /// A cancellation is acknowledged, but not done.
    IdleCancellation,
    /// Calls are carried out, but an error page comes back.
    LostReply,
    /// Calls are carried out, but the reply is cut short.
    CutReply,
    /// Calls are not carried out.
    Unreachable,
}

/// All payments, oldest first, and what goes wrong.
#[derive(Debug, Default)]
pub struct Book {
    entries: Vec<Entry>,
    pub trouble: Option<Trouble>,
}

impl Book {
    /// The number of the next payment.
    pub fn next_number(&self) -> usize {
        self.entries.len() + 1
    }

    /// Writes a pending payment into the book.
    pub fn open(&mut self, reference: &str, id: String, amount: u64, payable: u64) -> &mut Entry {
        self.entries.push(Entry {
            reference: reference.to_owned(),
            id,
            amount,
            payable,
            method: String::new(),
            request: String::new(),
            expires_in: 0,
            state: State::Pending,
            sandbox: false,
        });
        self.entries.last_mut().expect("it was just written")
    }

    /// The payment with this reference of the merchant's.
    pub fn by_reference(&mut self, reference: &str) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.reference == reference)
    }

    /// The payment with this reference of the provider's.
    pub fn by_id(&mut self, id: &str) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.id == id)
    }

    /// All payments.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Changes the state of a payment.
    ///
    /// # Panics
    ///
    /// When there is no such payment.
    pub fn set(&mut self, id: &str, state: State) {
        self.by_id(id).expect("the payment is in the book").state = state;
    }

    /// Cancels a payment that is pending; otherwise tells what it is.
    pub fn cancel(&mut self, id: &str) -> Result<(), State> {
        let idle = self.trouble == Some(Trouble::IdleCancellation);
        let entry = self.by_id(id).expect("the payment is in the book");
        match entry.state {
            State::Pending if idle => Ok(()),
            State::Pending => {
                entry.state = State::Cancelled;
                Ok(())
            }
            other => Err(other),
        }
    }

    /// A payment as it is told, which is as it is unless something goes wrong.
    pub fn told(&self, entry: &Entry) -> Entry {
        let mut told = entry.clone();
        match self.trouble {
            Some(Trouble::OtherAmount) => {
                told.amount += 1_000;
                told.payable += 1_000;
            }
            Some(Trouble::OtherReference) => {
                told.reference.push_str("-OTHER");
            }
            Some(Trouble::OtherId) => {
                // Some are numbers.
                told.id.push_str("99");
            }
            Some(Trouble::TooLittlePayable) => told.payable = told.amount - 1_000,
            _ => {}
        }
        told
    }

    /// A state in the provider's words, in the order pending, paid, cancelled, expired, failed.
    pub fn word(&self, state: State, words: [&'static str; 5]) -> &'static str {
        if self.trouble == Some(Trouble::UnknownWord) {
            return "on_hold";
        }
        words[state as usize]
    }
}
