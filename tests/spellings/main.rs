//! Every member of every reply and of every notification holds every wrong value once.
//!
//! An optional member that cannot be read is none, and hides nothing else. A required one makes the whole unreadable, or its
//! row where it is in a list or a map, unless the value is well-formed for it.

mod cells;
mod judge;
mod notifications;
mod replies;
mod report;
#[allow(dead_code)]
#[path = "../samples/spec.rs"]
mod spec;
mod values;
mod well_formed;

use report::Report;

/// How long the long text of a reply is.
const LONG_TEXT: usize = 100_000;

/// The same of a notification, which may have 64 KiB.
const LONG_TEXT_OF_NOTIFICATION: usize = 60_000;

#[tokio::test]
async fn no_wrong_value_hides_more_than_its_member() {
    let mut report = Report::default();
    let wrong: &'static _ = values::all(LONG_TEXT).leak();
    replies::try_all(wrong, &mut report).await;
    notifications::try_all(values::all(LONG_TEXT_OF_NOTIFICATION).leak(), &mut report);
    report.check(wrong.len(), 16_000);
}
