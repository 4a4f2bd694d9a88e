//! `gerbang status`, `cancel` and `providers`.

use gerbang_sandbox::Provider;

use crate::run::{Shop, assert_masked, run};

#[test]
fn the_state_of_a_payment() {
    let shop = Shop::new();
    let payment = shop.pay("kropay", "ORDER-1");
    let handle = payment["handle"].as_str().unwrap();
    let pending = shop.run(&["status", handle]).stdout;
    shop.sandbox.pay(Provider::Kropay, "ORDER-1").unwrap();
    let paid = shop.run(&["status", handle]).stdout;
    assert_masked!(format!("{pending}\n{paid}"), @r"
    pending  kropay  ORDER-1  PG-DATE0001
    pay Rp10.020
    price Rp10.000  fee Rp20  net Rp10.000
    expires TIME

    paid  kropay  ORDER-1  PG-DATE0001
    Rp10.020
    price Rp10.000  fee Rp20  net Rp10.000
    expires TIME
    paid TIME
    ");
    let json = shop.run(&["status", handle, "--json"]).json().remove(0);
    assert_eq!((&json["status"], &json["handle"]), (&"paid".into(), &payment["handle"]));
}

#[test]
fn a_payment_is_found_by_its_reference() {
    let shop = Shop::new();
    shop.pay("kazukipay", "ORDER-1");
    let ran = shop.run(&["status", "-p", "kazukipay", "-r", "ORDER-1", "-a", "10000"]);
    assert_eq!(ran.code, Some(5), "{ran:?}");
    assert_masked!(ran.stdout, @r"
    pending  kazukipay  ORDER-1  1
    pay Rp10.618
    price Rp10.000
    expires TIME
    QR code http://127.0.0.1:PORT/kazukipay/qris/1.svg
    ");
    // A payment at another price is another one.
    let ran = shop.run(&["status", "-p", "kazukipay", "-r", "ORDER-1", "-a", "10010"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(5), ""));
}

#[test]
fn a_payment_is_cancelled() {
    let shop = Shop::new();
    let payment = shop.pay("pakasir-v2", "ORDER-1");
    let ran = shop.run(&["cancel", payment["handle"].as_str().unwrap()]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_masked!(ran.stdout, @r"
    cancelled  pakasir-v2  ORDER-1  txn00000001
    Rp10.380
    price Rp10.000
    expires TIME
    ");
    let ran = shop.run(&["cancel", "kropay:10000:10020::ORDER-1:PG-1", "--json"]);
    assert_eq!((ran.code, &ran.failure()["kind"]), (Some(2), &"unsupported".into()));
}

#[test]
fn what_each_gateway_can_do() {
    let ran = run(&["providers"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    assert_masked!(ran.stdout);
    let json = run(&["providers", "--json"]).json();
    assert_eq!(json.len(), gerbang::gateways().count());
    assert_masked!(json[0], @r#"{"cancel":true,"discontinued":null,"expiry":false,"find_by_reference":true,"least_amount":1000,"notifications":"unsigned","poll_interval_seconds":2,"provider":"kazukipay","qris_payload":false,"refund":false,"status":true}"#);
}
