//! Requests that gateways and their dashboards have been seen to send beside notifications: each is taken, or a line says why
//! not.

use super::*;

/// A notification to an address with a slash more than the route.
const TRAILING_SLASH: &str = include_str!("../data/B15-trailing-slash/input");

/// What a dashboard sends to see whether anybody listens.
const TEST_PING: &str = include_str!("../data/B27-test-ping/input");

/// The path and the body of a request that is written out.
fn taken_apart(request: &str) -> (&str, &str) {
    let (head, body) = request.split_once("\r\n\r\n").expect("a head and a body");
    (head.split(' ').nth(1).expect("a path"), body)
}

/// The address of this path at the listener.
fn at(listener: &Listener, path: &str) -> String {
    listener.url("kropay").strip_suffix("/kropay").expect("the path of kropay").to_owned() + path
}

/// What is printed between the addresses and the end, which a good notification brings about.
fn printed_until_the_end(listener: Listener) -> String {
    send(listener.url("kropay"), "kropay", &[]);
    let run = listener.end();
    let (_addresses, later) = run.stdout.split_once('\n').expect("the addresses");
    format!("{later}\n{}", run.stderr)
}

#[test]
fn slash_too_many_is_taken_or_explained() {
    let (path, body) = taken_apart(TRAILING_SLASH);
    for path in [path, "//kropay"] {
        let mut listener = Listener::start(&["--once", "-p", "kropay"]);
        if post(&at(&listener, path), body) == 200 {
            assert_eq!(listener.next()["claimed"], "paid");
        } else {
            let printed = printed_until_the_end(listener);
            assert!(printed.contains(path), "not a word about {path}: {printed}");
        }
    }
}

#[test]
fn ping_without_payment_is_refused_with_a_reason() {
    let (path, body) = taken_apart(TEST_PING);
    let mut listener = Listener::start(&["-p", "kropay"]);
    for body in [body, "", "{}"] {
        assert_eq!(post(&at(&listener, path), body), 400, "{body:?}");
        let printed = listener.next();
        let reason = printed["refused"].as_str().unwrap_or_else(|| panic!("no reason: {printed}"));
        assert!(!reason.is_empty() && printed["answered"] == 400, "{printed}");
    }
}

#[test]
fn ping_by_get_or_head_is_refused_with_a_reason() {
    for method in [reqwest::Method::GET, reqwest::Method::HEAD] {
        let listener = Listener::start(&["--once", "-p", "kropay"]);
        let url = listener.url("kropay").to_owned();
        let request = async |method| {
            let client = client();
            client.request(method, url).send().await.unwrap().status().as_u16()
        };
        assert_eq!(block_on(request(method.clone())), 405);
        let printed = printed_until_the_end(listener);
        assert!(printed.contains(method.as_str()), "not a word about {method}: {printed}");
    }
}
