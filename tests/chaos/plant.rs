//! Mistakes of the daemon's that are planted into its database, each of which the judge must find.

use gerbang_tests::book::Book;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plant {
    Nothing,
    /// The outbox marks an event as delivered before it sends it.
    MarkedBeforeSent,
    /// An event that was not taken gets another id.
    OtherIdAgain,
}

impl Plant {
    /// Plants it, once a daemon has made its tables.
    pub async fn put(self, book: &Book) {
        let trigger = match self {
            Self::Nothing => return,
            Self::MarkedBeforeSent => {
                "CREATE TRIGGER planted AFTER UPDATE OF tries ON gerbang_serve_delivery WHEN NEW.tries > OLD.tries BEGIN \
                 UPDATE gerbang_serve_delivery SET outcome = 'delivered' WHERE event = NEW.event; END"
            }
            Self::OtherIdAgain => {
                "CREATE TRIGGER planted AFTER UPDATE OF due_at ON gerbang_serve_delivery WHEN NEW.due_at > OLD.due_at BEGIN \
                 UPDATE gerbang_event SET seq = (SELECT max(seq) + 1 FROM gerbang_event) WHERE seq = NEW.event; \
                 UPDATE gerbang_serve_delivery SET event = (SELECT max(seq) FROM gerbang_event) WHERE event = NEW.event; END"
            }
        };
        book.execute(trigger, []).await.expect("a trigger can be made");
    }
}
