//! Uses all gateways, so that they are all built.

use gerbang::{kazukipay, klink, kropay, pakasir, paydigital};

fn main() {
    let urls = [
        kazukipay::Client::BASE_URL,
        klink::Client::BASE_URL,
        kropay::Client::BASE_URL,
        pakasir::v1::Client::BASE_URL,
        pakasir::v2::Client::BASE_URL,
        paydigital::Client::BASE_URL,
    ];
    println!("{urls:?}");
}
