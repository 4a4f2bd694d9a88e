//! What a call leaves behind for the log besides its reply: which magic price has acted.

use std::cell::Cell;

use crate::state::Magic;

tokio::task_local! {
    static MAGIC: Cell<Magic>;
}

/// Takes note that a magic price acts on the call that is carried out.
pub(crate) fn note(magic: Magic) {
    // Outside of a call nobody asks.
    let _ = MAGIC.try_with(|noted| noted.set(magic));
}

/// Carries a call out, and gives the magic price that has acted on it with its reply.
pub(crate) async fn of<T>(call: impl Future<Output = T>) -> (T, Magic) {
    MAGIC
        .scope(Cell::new(Magic::None), async {
            let reply = call.await;
            (reply, MAGIC.with(Cell::get))
        })
        .await
}
