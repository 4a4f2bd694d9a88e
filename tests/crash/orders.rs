//! The shop's tables beside the book, and the orders that come in.

use std::ops::Range;

use gerbang::ledger::Error;
use gerbang_tests::book::Book;

/// Makes the shop's tables.
pub async fn create_tables(book: &Book) {
    for table in [
        "CREATE TABLE shop_order (id TEXT PRIMARY KEY, tries BIGINT NOT NULL, is_paid BIGINT NOT NULL)",
        // Whether an order ships twice is what the test finds out: no index prevents it.
        "CREATE TABLE shipment (event TEXT NOT NULL, order_id TEXT NOT NULL)",
    ] {
        book.execute(table, []).await.unwrap();
    }
}

/// Orders of these numbers come in.
pub async fn add(book: &Book, numbers: Range<usize>) -> Result<(), Error> {
    let (first, last) = (numbers.start as i64, numbers.end as i64 - 1);
    let sql = "WITH RECURSIVE n(n) AS (SELECT CAST($1 AS BIGINT) UNION ALL SELECT n + 1 FROM n WHERE n < $2) \
               INSERT INTO shop_order (id, tries, is_paid) SELECT 'O-' || n, 0, 0 FROM n";
    book.execute(sql, [first.into(), last.into()]).await.map(drop)
}
