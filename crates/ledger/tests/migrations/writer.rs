//! Writes the book of a version, with a payment in every state, years ago. It is run once for a version, before that is published:
//!
//! ```sh
//! cargo test -p gerbang-ledger --test migrations -- --ignored
//! ```

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use gerbang_core::{NewPayment, PaymentStatus, Rupiah};
use gerbang_ledger::{Account, Ledger, Order};

use crate::book::{Book, DAY, MINUTE, SECOND, order, pass};
use crate::fake::{Fake, Script};

struct Shop {
    finds: Fake,
    qr: Fake,
    wallet: Fake,
    ledger: Ledger,
}

impl Shop {
    async fn open(book: &Book) -> Self {
        let finds = Fake::finds().with(|can| can.cancel = true).prefix("F");
        let (qr, wallet) = (Fake::qr().with(|can| can.cancel = true).prefix("Q"), Fake::wallet().prefix("W"));
        let account = |name, gateway: &Fake| Account::live(name, gateway.clone()).pace(Duration::ZERO);
        let ledger = book.open().await.account(account("finds", &finds)).account(account("qr", &qr));
        let ledger = ledger.account(account("wallet", &wallet));
        Self { finds, qr, wallet, ledger }
    }

    async fn pay(&self, id: &str, account: &str) {
        let _ = self.ledger.pay(&order(id), account).await;
    }

    async fn notify(&self, account: &str, gateway: &Fake, id: &str) {
        let (headers, body) = gateway.notification(id);
        assert_eq!(self.ledger.notified(account, &headers, &body).await.status(), 200);
    }

    async fn work_after(&self, time: Duration) {
        pass(&self.ledger, time).await;
        self.ledger.work_once().await.unwrap();
    }

    /// What is over: closed or paid, with cases and surplus.
    async fn settle(&self) {
        self.wallet.next(&[Script::RequestLost]);
        let new = NewPayment::new("ABSENT", Rupiah::new(10_000)).customer_name("Krisdi").expires_in(MINUTE * 15);
        let _ = self.ledger.pay(&Order::from(new).metadata(r#"{"cart": 7}"#), "wallet").await;
        self.work_after(MINUTE * 20).await;
        for (id, status, payable) in [
            ("EXPIRED", PaymentStatus::Expired, 10_000),
            ("CANCELLED", PaymentStatus::Cancelled, 10_000),
            ("FAILED", PaymentStatus::Failed, 10_000),
            ("PAID", PaymentStatus::Paid, 10_000),
            ("SHORT", PaymentStatus::Paid, 9_000),
            ("MUCH", PaymentStatus::Paid, 10_500),
        ] {
            self.pay(id, "finds").await;
            self.finds.set(id, |paid| (paid.status, paid.payable) = (status, Rupiah::new(payable)));
        }
        pass(&self.ledger, SECOND * 10).await;
        // The events until here are handled, those after it are not.
        self.ledger.clone().on_event(|_, _| async { Ok(()) }).work_once().await.unwrap();
        self.pay("TWICE", "qr").await;
        self.ledger.cancel("TWICE").await.unwrap();
        self.pay("TWICE", "finds").await;
        self.qr.pay("TWICE");
        self.finds.pay("TWICE-2");
        self.work_after(MINUTE * 2).await;
    }

    /// What is under way.
    async fn begin(&self) {
        let mut tx = self.ledger.begin().await.unwrap();
        self.ledger.intend(&mut tx, &order("WITHDRAWN"), "finds").await.unwrap();
        tx.commit().await.unwrap();
        self.ledger.cancel("WITHDRAWN").await.unwrap();
        self.finds.next(&[Script::Refused]);
        self.pay("REFUSED", "finds").await;
        self.qr.next(&[Script::ReplyLost]);
        self.pay("UNSEEN", "qr").await;
        self.pay("OPEN", "finds").await;
        self.pay("NOTIFIED", "qr").await;
        self.notify("qr", &self.qr, "NOTIFIED").await;
        self.pay("SIGNED", "wallet").await;
        self.wallet.pay("SIGNED");
        self.notify("wallet", &self.wallet, "SIGNED").await;
        for (id, script) in [("UNCERTAIN", Script::RequestLost), ("INTENDED", Script::NotSent)] {
            self.finds.next(&[script]);
            self.pay(id, "finds").await;
        }
        self.finds.next(&[Script::Held]);
        let ledger = self.ledger.clone();
        tokio::spawn(async move { ledger.pay(&order("SENDING"), "finds").await });
        self.finds.until_held().await;
    }
}

/// Writes a book and gives the text of a dump.
async fn write(book: &Book, dump: impl FnOnce(&str) -> String) -> String {
    let shop = Shop::open(book).await;
    shop.settle().await;
    shop.begin().await;
    pass(&shop.ledger, DAY * 365 * 6).await;
    let command = dump(book.url().expect("it is not in memory"));
    let output = Command::new("sh").args(["-e", "-c", &command]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let head = "-- A book as a program of its version left it, with a payment in every state. It never changes once it is published.\n";
    head.to_owned() + &String::from_utf8(output.stdout).unwrap()
}

fn save(name: &str, text: String) {
    std::fs::write(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/migrations").join(name), text).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it changes a book that other tests open"]
async fn book_of_this_version_is_written() {
    let book = Book::in_a_file().await.unwrap();
    let text = write(&book, |url| format!("sqlite3 {} .dump", url.trim_start_matches("sqlite://"))).await;
    save("book-1.sqlite.sql", text);
    book.remove().await;
    let book = Book::on_postgres().await.expect("a server");
    let text = write(&book, |url| {
        let (server, schema) = url.split_once("?options=-csearch_path%3D").unwrap();
        format!(
            "pg_dump --schema={schema} --inserts --no-owner {server} | grep -v '^--\\|^SET \\|^$\\|^.\\(un\\)*restrict' \
             | sed 's/{schema}/{{schema}}/g'"
        )
    });
    save("book-1.postgres.sql", text.await);
    book.remove().await;
}
