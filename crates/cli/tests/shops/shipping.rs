//! An order is shipped once when it is paid, although the daemon is killed in between.

use std::fs;
use std::thread;

use crate::language::{GO, Language, NODE, PHP, PYTHON};
use crate::run::directory;
use crate::world::{Sandbox, Shop, daemon, free_port, wait_until};

fn ships_once(language: Language) {
    if !language.is_there() {
        return;
    }
    let (ports, database) = ((free_port(), free_port()), directory().join("shop.db"));
    let sandbox = Sandbox::start();
    let mut running = daemon(&sandbox, &database, ports.0, ports.1);
    let shop = Shop::start(language, &format!("http://127.0.0.1:{}", ports.0), ports.1);

    let bought = shop.buy("ORDER-1");
    let is_page = bought.status == 303 && bought.location.starts_with("http");
    assert!(is_page || (bought.status == 200 && bought.text.contains("000201")), "{bought:?}");
    assert_eq!(shop.buy("ORDER-1").status, bought.status);
    assert_eq!(sandbox.payments(), 1);
    running.kill();
    sandbox.pay("ORDER-1");
    assert!(shop.shipped().is_empty());

    // Who buys while the daemon is away has a payment once it is back.
    let answer = thread::scope(|scope| {
        let buying = scope.spawn(|| shop.buy("ORDER-2"));
        running = daemon(&sandbox, &database, ports.0, ports.1);
        buying.join().unwrap()
    });
    assert_eq!(answer.status, bought.status, "{answer:?}");
    wait_until("ORDER-1 is shipped", || shop.shipment("ORDER-1").exists());
    sandbox.pay("ORDER-2");
    wait_until("ORDER-2 is shipped", || shop.shipment("ORDER-2").exists());
    assert_eq!(shop.shipped(), ["ORDER-1", "ORDER-2"]);
    for order in shop.shipped() {
        wait_until("the shop says so", || shop.times_shipped(&order) > 0);
        assert_eq!(shop.times_shipped(&order), 1, "{}", shop.log());
        assert_eq!(fs::read_to_string(shop.shipment(&order)).unwrap().lines().count(), 1);
    }
    assert_eq!(shop.buy("ORDER-1").text.trim(), "ORDER-1 is paid");
    assert_eq!(sandbox.payments(), 2);
    running.kill();
}

#[test]
fn php_ships_once() {
    ships_once(PHP);
}

#[test]
fn node_ships_once() {
    ships_once(NODE);
}

#[test]
fn python_ships_once() {
    ships_once(PYTHON);
}

#[test]
fn go_ships_once() {
    ships_once(GO);
}
