//! Makes a client of reqwest's, with all that it has by default.

fn main() {
    drop(reqwest::Client::new());
}
