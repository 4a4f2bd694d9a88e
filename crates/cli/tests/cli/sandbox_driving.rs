//! `gerbang sandbox pay`, `expire`, `cancel`, `fault` and `wait`, which drive a running sandbox.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use gerbang_sandbox::{PaymentStatus, Provider, Seed};
use serde_json::json;

use crate::run::{LIMIT, Ran, Shop, end, gerbang, run, signal, wait_until};

/// Drives the sandbox of a test.
fn drive(shop: &Shop, args: &[&str]) -> Ran {
    run(&[&["sandbox"], args, &["--sandbox", shop.sandbox.base_url()]].concat())
}

fn status(shop: &Shop, provider: Provider, name: &str) -> PaymentStatus {
    shop.sandbox.payment(provider, name).unwrap().status
}

fn plant(shop: &Shop, provider: Provider, credential: &str, reference: &str) {
    shop.sandbox.seed(&[Seed::new(provider, credential, 10_000).reference(reference)]).unwrap();
}

#[test]
fn a_payment_is_paid_expired_and_cancelled_by_its_name() {
    let shop = Shop::new();
    for name in ["A", "B'; touch x", "C", "D"] {
        plant(&shop, Provider::Kropay, "K", name);
    }
    let paid = drive(&shop, &["pay", "A", "--json"]);
    assert_eq!((paid.code, &paid.json()[0]["status"]), (Some(0), &json!("paid")), "{paid:?}");
    let expired = drive(&shop, &["expire", "B'; touch x"]);
    assert!(expired.code == Some(0) && expired.stdout.contains("expired"), "{expired:?}");
    assert_eq!(status(&shop, Provider::Kropay, "B'; touch x"), PaymentStatus::Expired);
    assert_eq!(drive(&shop, &["pay", "B'; touch x", "--late"]).code, Some(0));
    assert_eq!(status(&shop, Provider::Kropay, "B'; touch x"), PaymentStatus::Paid);
    let id = shop.sandbox.payment(Provider::Kropay, "C").unwrap().id;
    assert_eq!(drive(&shop, &["cancel", &id]).code, Some(0));
    assert_eq!(status(&shop, Provider::Kropay, "C"), PaymentStatus::Cancelled);
    let underpaid = drive(&shop, &["pay", "D", "--only", "9000"]);
    assert!(underpaid.stdout.starts_with("pending") && underpaid.stdout.contains("received Rp9.000"), "{underpaid:?}");

    // What cannot be done is refused, and nothing happens.
    for (args, said) in [
        (&["pay", "A"][..], "not pending but paid"),
        (&["pay", "nobody"], "has no payment nobody"),
        (&["pay", "D", "--provider", "klink"], "has no payment D"),
        (&["pay", "D", "--only", "99000"], "underpayment"),
    ] {
        let ran = drive(&shop, args);
        assert!(ran.code == Some(4) && ran.stderr.contains(said), "{args:?}: {ran:?}");
    }
}

#[test]
fn a_name_of_several_payments_is_asked_back() {
    let shop = Shop::new();
    plant(&shop, Provider::Kropay, "K", "A");
    plant(&shop, Provider::Klink, "a@example.com", "A");
    let ran = drive(&shop, &["pay", "A"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("(kropay)") && ran.stderr.contains("(klink)"), "{ran:?}");
    let paid = drive(&shop, &["pay", "A", "--provider", "klink-gopay"]);
    assert_eq!(paid.code, Some(0), "{paid:?}");
    assert_eq!(status(&shop, Provider::Klink, "A"), PaymentStatus::Paid);
    assert_eq!(status(&shop, Provider::Kropay, "A"), PaymentStatus::Pending);
    // One of them is pending now: it is meant.
    assert_eq!(drive(&shop, &["pay", "A"]).code, Some(0));
    assert_eq!(status(&shop, Provider::Kropay, "A"), PaymentStatus::Paid);
}

#[test]
fn a_fault_meets_the_next_call_and_no_other() {
    let shop = Shop::new();
    let set = drive(&shop, &["fault", "kropay", "close", "--carried-out", "--operation", "create_payment"]);
    assert!(set.code == Some(0) && set.stdout.contains("create_payment calls to kropay go wrong once"), "{set:?}");
    let pay = ["pay", "-p", "kropay", "-a", "10000", "-r", "A"];
    assert_eq!(shop.run(&pay).code, Some(5));
    assert_eq!(shop.sandbox.payments().len(), 1);
    assert_eq!(shop.run(&["pay", "-p", "kropay", "-a", "10000", "-r", "B"]).code, Some(0));

    // By a payment's name it is its gateway's, and Pakasir's operations need no API before their names.
    for args in [
        &["fault", "A", "delay", "--milliseconds", "1", "--always"][..],
        &["fault", "pakasir-v2", "refuse", "--operation", "create_transaction", "--message", "busy"],
        &["fault", "kropay", "reply", "--status", "429", "--body", "slow down", "--times", "2"],
        &["fault", "kropay", "truncate"],
        &["fault", "kropay", "later", "--json"],
    ] {
        let ran = drive(&shop, args);
        assert_eq!(ran.code, Some(0), "{args:?}: {ran:?}");
    }
    let faults: Vec<_> = shop.sandbox.faults().into_iter().map(|active| active.fault).collect();
    assert_eq!((faults[1].provider, faults[1].times), (Provider::Kropay, None));
    assert_eq!(faults[2].operation.as_deref(), Some("v2/create_transaction"));
    assert_eq!(faults[3].times, Some(2));
    let wrong = drive(&shop, &["fault", "kropay", "close", "--operation", "create"]);
    assert_eq!(wrong.code, Some(4), "{wrong:?}");
    let mut clear = gerbang(&["sandbox", "fault", "--clear"]);
    let cleared = end(clear.env("GERBANG_SANDBOX", shop.sandbox.base_url()).spawn().unwrap());
    assert_eq!(cleared.code, Some(0), "{cleared:?}");
    assert!(shop.sandbox.faults().is_empty());
}

#[test]
fn waiting_ends_with_the_payment_and_says_how() {
    let shop = Shop::new();
    let wait = |name: &str, more: &[&str]| {
        let args = [&["sandbox", "wait", name, "--json", "--sandbox", shop.sandbox.base_url()], more].concat();
        gerbang(&args).spawn().unwrap()
    };
    // Before the payment is there.
    let (paid, expired, late) = (wait("A", &[]), wait("B", &[]), wait("C", &["--for", "1s"]));
    thread::sleep(Duration::from_millis(300));
    for name in ["A", "B", "C"] {
        plant(&shop, Provider::Kropay, "K", name);
    }
    shop.sandbox.pay(Provider::Kropay, "A").unwrap();
    shop.sandbox.expire(Provider::Kropay, "B").unwrap();
    let paid = end(paid);
    assert_eq!((paid.code, &paid.json()[0]["status"]), (Some(0), &json!("paid")), "{paid:?}");
    assert_eq!(end(expired).code, Some(3));
    let late = end(late);
    assert_eq!((late.code, late.json().len()), (Some(5), 1), "{late:?}");
    assert!(late.failure()["message"].as_str().unwrap().contains("pending"), "{late:?}");

    let interrupted = wait("D", &[]);
    thread::sleep(Duration::from_millis(500));
    signal("INT", interrupted.id());
    assert_eq!(end(interrupted).code, Some(130));
}

/// Passes a sandbox's connections on. Gives its address, and what was asked and answered through it.
fn passed_on(shop: &Shop) -> (String, Arc<Mutex<[String; 2]>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sandbox, heard) = (shop.sandbox.address(), Arc::<Mutex<[String; 2]>>::default());
    let hears = heard.clone();
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let server = TcpStream::connect(sandbox).unwrap();
            let ways = [(client.try_clone(), server.try_clone()), (Ok(server), Ok(client))];
            for (which, (from, to)) in ways.into_iter().enumerate() {
                let (mut from, mut to, heard) = (from.unwrap(), to.unwrap(), hears.clone());
                thread::spawn(move || {
                    let mut bytes = [0; 4096];
                    while let Ok(read @ 1..) = from.read(&mut bytes) {
                        heard.lock().unwrap()[which] += &String::from_utf8_lossy(&bytes[..read]);
                        to.write_all(&bytes[..read]).unwrap();
                    }
                });
            }
        }
    });
    (url, heard)
}

#[test]
fn waiting_asks_once_and_for_its_payment_alone() {
    let shop = Shop::new();
    for number in 0..100 {
        plant(&shop, Provider::Kropay, "K", &format!("OTHER-{number}"));
    }
    let (url, heard) = passed_on(&shop);
    let waiting = gerbang(&["sandbox", "wait", "A", "--sandbox", &url]).spawn().unwrap();
    wait_until(|| heard.lock().unwrap()[0].contains("POST "));
    thread::sleep(Duration::from_millis(1_500));
    plant(&shop, Provider::Kropay, "K", "A");
    thread::sleep(Duration::from_millis(1_500));
    shop.sandbox.pay(Provider::Kropay, "A").unwrap();
    let ran = end(waiting);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let [asked, answered] = heard.lock().unwrap().clone();
    // Until it is there, and until it is over.
    assert_eq!(asked.matches(" HTTP/1.1\r\n").count(), 2, "{asked}");
    assert!(!answered.contains("OTHER-"), "{answered}");
}

#[test]
fn of_several_the_pending_one_is_waited_for_to_its_end() {
    let shop = Shop::new();
    plant(&shop, Provider::Kropay, "K", "A");
    shop.sandbox.expire(Provider::Kropay, "A").unwrap();
    plant(&shop, Provider::Kropay, "L", "A");
    let pending = shop.sandbox.payments()[1].id.clone();
    let args = ["sandbox", "wait", "A", "--json", "--sandbox", shop.sandbox.base_url()];
    let waiting = gerbang(&args).spawn().unwrap();
    thread::sleep(Duration::from_millis(500));
    shop.sandbox.pay(Provider::Kropay, &pending).unwrap();
    let ran = end(waiting);
    assert_eq!((ran.code, &ran.json()[0]["id"]), (Some(0), &json!(pending)), "{ran:?}");
    // Now neither is.
    let ran = run(&args);
    assert!(ran.code == Some(2) && ran.failure()["message"].as_str().unwrap().contains("several"), "{ran:?}");
}

#[test]
fn waiting_for_a_notification_ends_when_it_is_acknowledged() {
    let shop = Shop::new();
    let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
    let hook = format!("http://{}/paid", receiver.local_addr().unwrap());
    shop.sandbox.set_webhook(Provider::Kropay, Some(&hook));
    plant(&shop, Provider::Kropay, "K", "A");
    let args = ["sandbox", "wait", "A", "--notified", "--sandbox", shop.sandbox.base_url()];
    let soon = run(&[&args[..], &["--for", "1s"]].concat());
    assert!(soon.code == Some(5) && soon.stderr.contains("no notification of the payment was sent"), "{soon:?}");

    let waiting = gerbang(&args).spawn().unwrap();
    shop.sandbox.pay(Provider::Kropay, "A").unwrap();
    let answering = thread::spawn(move || {
        for (status, body) in [("500 Broken", ""), ("200 OK", r#"{"success": true}"#)] {
            let (mut stream, _) = receiver.accept().unwrap();
            let asked = stream.read(&mut [0; 4096]).unwrap();
            let answer =
                format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
            assert!(asked > 0 && stream.write_all(answer.as_bytes()).is_ok());
        }
    });
    let ran = end(waiting);
    assert!(ran.code == Some(0) && ran.stdout.contains("attempt 2: 200"), "{ran:?}");
    answering.join().unwrap();
    wait_until(|| shop.sandbox.webhook_attempts().len() == 2);
}

#[test]
fn what_answers_must_be_a_sandbox() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi");
        }
    });
    let ran = run(&["sandbox", "pay", "A", "--sandbox", &url]);
    assert!(ran.code == Some(1) && ran.stderr.contains("is no sandbox"), "{ran:?}");
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ran = run(&["sandbox", "pay", "A", "--sandbox", &format!("http://{closed}")]);
    let advice = format!("start it: gerbang sandbox --listen {closed}");
    assert!(ran.code == Some(6) && ran.stderr.contains(&advice), "{ran:?}");
    for wrong in ["127.0.0.1:8080", "http://", "ftp://a", "http://a/b"] {
        let ran = run(&["sandbox", "pay", "A", "--sandbox", wrong]);
        assert!(ran.code == Some(2) && ran.stderr.contains("GERBANG_SANDBOX"), "{wrong}: {ran:?}");
    }
}

#[test]
fn an_address_with_a_password_is_refused_and_not_shown() {
    for address in ["http://user:CANARY@127.0.0.1:1", "http://CANARY@127.0.0.1:1", "http://:CANARY@127.0.0.1:1"] {
        for command in [&["pay", "A"][..], &["wait", "A"], &["fault", "kropay", "close"]] {
            let flag = run(&[&["sandbox"], command, &["--sandbox", address]].concat());
            let mut variable = gerbang(&[&["sandbox"], command, &["--json"]].concat());
            let variable = end(variable.env("GERBANG_SANDBOX", address).spawn().unwrap());
            for ran in [flag, variable] {
                let said = format!("{ran:?}");
                let is_said = said.contains("neither a user nor a password");
                assert!(ran.code == Some(2) && is_said && !said.contains("CANARY"), "{command:?}: {said}");
            }
        }
    }
}

/// The address of a server that answers nothing, and its connections, each once a request has come.
fn silent() -> (String, mpsc::Receiver<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, connections) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            if sender.send(stream).is_err() {
                return;
            }
        }
    });
    (url, connections)
}

#[test]
fn an_interruption_says_whether_it_may_have_been_done() {
    let (url, connections) = silent();
    for (command, name, may_have) in [
        (&["fault", "--clear"][..], "INT", true),
        (&["fault", "kropay", "close"], "TERM", true),
        (&["pay", "A"], "INT", false),
        (&["expire", "A"], "TERM", false),
        (&["cancel", "A"], "INT", false),
    ] {
        let mut child = gerbang(&[&["sandbox"], command, &["--json"]].concat());
        let child = child.env("GERBANG_SANDBOX", &url).spawn().unwrap();
        let _connection = connections.recv_timeout(LIMIT).expect("a request");
        signal(name, child.id());
        let ran = end(child);
        let failure = ran.failure();
        assert_eq!((ran.code, &failure["code"]), (Some(130), &json!("interrupted")), "{command:?}: {ran:?}");
        assert_eq!(failure["may_have_taken_effect"], may_have, "{command:?}: {ran:?}");
        let words = if may_have { "may have been carried out" } else { "nothing was changed" };
        assert!(failure["message"].as_str().unwrap().contains(words), "{command:?}: {ran:?}");
    }
}

/// The path of a request, whose body is read to its end.
fn request(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    let mut bytes = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&read).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .to_lowercase()
                .split("content-length: ")
                .nth(1)
                .map_or(0, |rest| rest.split("\r\n").next().unwrap().parse().unwrap());
            if body.len() >= length {
                return head.split(' ').nth(1).unwrap().to_owned();
            }
        }
        let count = stream.read(&mut bytes).unwrap();
        assert!(count > 0, "it ends: {text}");
        read.extend_from_slice(&bytes[..count]);
    }
}

#[test]
fn ctrl_c_between_the_question_and_the_change_is_heard() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut child = gerbang(&["sandbox", "pay", "A", "--json"]);
    let child = child.env("GERBANG_SANDBOX", &url).spawn().unwrap();
    let (mut stream, _) = listener.accept().unwrap();
    assert_eq!(request(&mut stream), "/_sandbox/payments/wait");
    // Both wait for it when it goes on: the answer, and Ctrl-C.
    signal("STOP", child.id());
    thread::sleep(Duration::from_millis(100));
    let found = json!({"payments": [{"id": "sb-1", "provider": "kropay", "status": "pending"}]}).to_string();
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{found}", found.len()).unwrap();
    signal("INT", child.id());
    signal("CONT", child.id());
    let changing = thread::spawn(move || {
        let is_asked = stream.peek(&mut [0]).is_ok_and(|read| read > 0);
        thread::sleep(Duration::from_millis(500));
        if is_asked {
            let _ = write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{{}}");
        }
        is_asked
    });
    let ran = end(child);
    let (failure, may_have) = (ran.failure(), changing.join().unwrap());
    assert_eq!((ran.code, &failure["may_have_taken_effect"]), (Some(130), &json!(may_have)), "{ran:?}");
}

#[test]
fn a_call_without_an_answer_may_have_taken_effect() {
    let (url, connections) = silent();
    // The connection ends after the request.
    thread::spawn(move || connections.into_iter().for_each(drop));
    for (command, code, may_have) in [(&["fault", "--clear"][..], 5, true), (&["pay", "A"], 6, false)] {
        let mut child = gerbang(&[&["sandbox"], command, &["--json"]].concat());
        let ran = end(child.env("GERBANG_SANDBOX", &url).spawn().unwrap());
        let failure = ran.failure();
        assert_eq!((ran.code, &failure["may_have_taken_effect"]), (Some(code), &json!(may_have)), "{ran:?}");
        let is_said = failure["message"].as_str().unwrap().contains("it may have been carried out");
        assert_eq!(is_said, may_have, "{command:?}: {ran:?}");
    }
}

#[test]
fn flags_of_a_start_are_refused_before_a_command() {
    let shop = Shop::new();
    plant(&shop, Provider::Kropay, "K", "A");
    for flags in [
        &["--listen", "1"][..],
        &["--public-url", "http://sandbox:1"],
        &["--allow-host", "sandbox"],
        &["--state", "f"],
        &["--seed", "f"],
        &["--webhook", "kropay=http://127.0.0.1:1/"],
        &["--limit", "payments=1"],
        &["--webhook-timeout", "1s"],
        &["--ports"],
        &["--format", "json"],
        &["--quiet"],
    ] {
        let ran = run(&[&["sandbox"], flags, &["pay", "A", "--sandbox", shop.sandbox.base_url()]].concat());
        let said = format!("{} is for `gerbang sandbox` itself; `pay` would ignore it", flags[0]);
        assert!(ran.code == Some(2) && ran.stderr.contains(&said), "{flags:?}: {ran:?}");
    }
    assert_eq!(status(&shop, Provider::Kropay, "A"), PaymentStatus::Pending);
    // What all commands have may be anywhere.
    let paid = run(&["sandbox", "--json", "pay", "A", "--sandbox", shop.sandbox.base_url()]);
    assert_eq!((paid.code, &paid.json()[0]["status"]), (Some(0), &json!("paid")), "{paid:?}");
}

#[test]
fn faults_of_a_named_sandbox_are_removed() {
    let shop = Shop::new();
    assert_eq!(drive(&shop, &["fault", "kropay", "close"]).code, Some(0));
    // With a fault that it would not set, nothing is removed.
    for more in [&["kropay", "close"][..], &["--times", "2"], &["--status", "429"], &["--carried-out"]] {
        let ran = drive(&shop, &[&["fault", "--clear"], more].concat());
        assert!(ran.code == Some(2) && ran.stderr.contains("--clear"), "{more:?}: {ran:?}");
    }
    assert_eq!(shop.sandbox.faults().len(), 1);
    let cleared = drive(&shop, &["fault", "--clear", "--json"]);
    assert_eq!((cleared.code, &cleared.json()[0]["removed"]), (Some(0), &json!(1)), "{cleared:?}");
    assert!(shop.sandbox.faults().is_empty());
}
