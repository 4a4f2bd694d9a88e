//! Uses all gateways, so that they are all built.

use gerbang::registry::Settings;

fn main() {
    let made: Vec<_> = gerbang::gateways().map(|gateway| (gateway.make)(&Settings::from_env()).is_ok()).collect();
    println!("{made:?}");
}
