//! Each exit code, as the help documents it.

use gerbang_sandbox::{Effect, Fault, Provider};

use crate::run::{Lines, Shop, end, gerbang, run, signal};

#[test]
fn done_is_0() {
    let shop = Shop::new();
    let payment = shop.pay("kropay", "ORDER-1");
    shop.sandbox.pay(Provider::Kropay, "ORDER-1").unwrap();
    assert_eq!(shop.run(&["status", payment["handle"].as_str().unwrap()]).code, Some(0));
    assert_eq!(run(&["--version"]).code, Some(0));
}

#[test]
fn failed_is_1() {
    let shop = Shop::new();
    let taken = shop.sandbox.address().to_string();
    let ran = run(&["sandbox", "--listen", &taken, "--json"]);
    assert_eq!((ran.code, &ran.failure()["exit_code"]), (Some(1), &1.into()), "{ran:?}");
}

#[test]
fn usage_is_2() {
    let shop = Shop::new();
    for args in [
        &["pay"][..],
        &["pay", "-p", "kropai", "-a", "10000"],
        &["pay", "-p", "kropay", "-a", "10.000"],
        &["pay", "-p", "kropay", "-a", "999"],
        &["pay", "-p", "kropay", "-a", "10000", "--method", "va:bri"],
        &["pay", "-p", "kropay", "-a", "10000", "--expires", "soon"],
        &["watch", "ORDER-1"],
        &["watch", "nobody:1:::A:"],
        &["status", "-p", "kropay", "-r", "ORDER-1", "-a", "10000"],
        &["cancel", "kropay:10000:10020::ORDER-1:PG-1"],
        &["sandbox", "--webhook", "kropay=ftp://x"],
    ] {
        let ran = shop.run(args);
        assert_eq!(ran.code, Some(2), "{args:?}: {ran:?}");
        assert!(ran.stderr.contains("error:") && ran.stdout.is_empty(), "{args:?}: {ran:?}");
    }
    let ran = run(&["pay", "-p", "kropay", "-a", "10000", "--json"]);
    assert_eq!((ran.code, &ran.failure()["kind"]), (Some(2), &"configuration".into()), "{ran:?}");
    assert_eq!(shop.sandbox.requests(), [], "nothing is sent");
}

#[test]
fn ended_but_not_paid_is_3() {
    let shop = Shop::new();
    let payment = shop.pay("kropay", "ORDER-1");
    shop.sandbox.expire(Provider::Kropay, "ORDER-1").unwrap();
    assert_eq!(shop.run(&["status", payment["handle"].as_str().unwrap()]).code, Some(3));
}

#[test]
fn refused_is_4() {
    let shop = Shop::new();
    let mut command = shop.gerbang(&["pay", "-p", "kropay", "-a", "10000", "--json"]);
    let ran = end(command.env("GERBANG_KROPAY_API_KEY", "refuse").spawn().unwrap());
    let failure = ran.failure();
    assert_eq!(
        (ran.code, &failure["kind"], &failure["delivery"]),
        (Some(4), &"authentication".into(), &"answered".into())
    );
    // A payment that came before the cancellation.
    let payment = shop.pay("pakasir-v2", "ORDER-1");
    shop.sandbox.pay(Provider::Pakasir, "ORDER-1").unwrap();
    assert_eq!(shop.run(&["cancel", payment["handle"].as_str().unwrap()]).code, Some(4));
}

#[test]
fn not_known_is_5() {
    let shop = Shop::new();
    let payment = shop.pay("kropay", "ORDER-1");
    assert_eq!(shop.run(&["status", payment["handle"].as_str().unwrap()]).code, Some(5));
    for price in ["10002", "10003", "10005", "10006", "10009"] {
        let ran = shop.run(&["pay", "-p", "kropay", "-a", price, "--json"]);
        assert_eq!((ran.code, &ran.failure()["delivery"]), (Some(5), &"maybe_sent".into()), "{price}: {ran:?}");
        assert_eq!(ran.failure()["may_have_taken_effect"], true, "{price}: {ran:?}");
        assert_eq!(ran.json().len(), 1, "{price}: {ran:?}");
    }
}

#[test]
fn unreachable_is_6() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let shop = Shop::new();
    let url = format!("http://{closed}");
    for args in [
        &["pay", "-p", "kropay", "-a", "10000"][..],
        &["status", "kropay:10000:10020::ORDER-1:PG-1"],
        &["kropay", "payment-status", "--reference", "PG-1"],
    ] {
        let ran = shop.run(&[args, &["--base-url", &url]].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(6), ""), "{args:?}: {ran:?}");
    }
}

#[test]
fn too_many_questions_are_6() {
    let shop = Shop::new();
    let payment = shop.pay("kropay", "ORDER-1");
    let too_many = Effect::Reply {
        status: 429,
        content_type: "application/json".into(),
        body: "{}".into(),
        headers: Default::default(),
        carried_out: false,
    };
    shop.sandbox.add_fault(Fault::new(Provider::Kropay, too_many)).unwrap();
    let ran = shop.run(&["status", payment["handle"].as_str().unwrap(), "--json"]);
    assert_eq!((ran.code, &ran.failure()["kind"]), (Some(6), &"rate_limited".into()), "{ran:?}");
    let ran = shop.run(&["pay", "-p", "kropay", "-a", "10000"]);
    assert_eq!(ran.code, Some(4), "{ran:?}");
}

#[test]
fn interrupted_is_130() {
    let shop = Shop::new();
    let payment = shop.pay("kropay", "ORDER-1");
    let watching = shop.gerbang(&["watch", payment["handle"].as_str().unwrap(), "--interval", "1s"]).spawn().unwrap();
    shop.wait_for("payment_status");
    signal("INT", watching.id());
    assert_eq!(end(watching).code, Some(130));
    let mut demo = gerbang(&["demo", "--interactive"]).spawn().unwrap();
    Lines::of_stdout(&mut demo).find("Press Pay");
    signal("TERM", demo.id());
    assert_eq!(end(demo).code, Some(130));
}
