//! What a call leaves behind for the log besides its reply: which magic price has acted.

use std::cell::Cell;

use tokio::task::LocalKey;

use crate::state::Magic;

/// What was noted of the call that is carried out.
fn noted() -> &'static LocalKey<Cell<Magic>> {
    tokio::task_local! {
        static MAGIC: Cell<Magic>;
    }
    &MAGIC
}

/// Takes note that a magic price acts on the call that is carried out.
pub(crate) fn note(magic: Magic) {
    // Outside of a call nobody asks.
    let _ = noted().try_with(|noted| noted.set(magic));
}

/// Carries a call out, and gives the magic price that has acted on it with its reply.
pub(crate) async fn of<T>(call: impl Future<Output = T>) -> (T, Magic) {
    noted()
        .scope(Cell::new(Magic::None), async {
            let reply = call.await;
            (reply, noted().with(Cell::get))
        })
        .await
}
