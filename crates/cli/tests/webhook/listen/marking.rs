//! What is forwarded is confirmed, marked, and has one form beside the gateway's own.

use gerbang::{NewPayment, PaymentGateway, Rupiah};
use gerbang_sandbox::{Provider, Sandbox};

use super::confirming::{asking, claim, handle, kropay_gateway};
use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn what_the_gateway_confirms_is_marked_and_has_an_event() {
    let sandbox = Sandbox::start().await;
    let shop = Server::start(200, &[], "{\"success\": true}").await;
    let payment = kropay_gateway(&sandbox).create_payment(&NewPayment::new("A/1", Rupiah::new(20_000))).await.unwrap();
    let (base, forward, claimed) = (sandbox.url(Provider::Kropay), shop.url.clone(), claim(&payment));
    let mut listener = beside(move || asking(&base, &["-p", "kropay", "--forward", &forward])).await;
    let url = listener.url("kropay").to_owned();
    let lines = {
        let claimed = claimed.clone();
        let sandbox = &sandbox;
        let send = move |url: String| {
            let claimed: Vec<_> = claimed.iter().map(String::as_str).collect();
            send(&url, "kropay", &claimed)
        };
        let (first, again) = (send.clone(), url.clone());
        // Pending: nobody confirms it.
        assert_eq!(beside(move || first(again)).await["status"], 503);
        sandbox.pay(Provider::Kropay, "A/1").unwrap();
        assert_eq!(beside(move || send(url)).await["accepted"], true);
        beside(move || [listener.next(), listener.next()]).await
    };
    assert_eq!((&lines[0]["outcome"], &lines[0]["forwarded"]), (&json!("not_confirmed"), &Value::Null), "{lines:?}");
    assert_eq!((&lines[1]["outcome"], &lines[1]["forwarded"]["verified"]), (&json!("paid"), &json!("gateway")));
    let seen = shop.seen();
    let [(head, body)] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!((&head.headers["gerbang-verified"], body.is_empty()), (&"gateway".parse().unwrap(), false));
    let event: Value = serde_json::from_slice(head.headers["gerbang-event"].as_bytes()).unwrap();
    assert_eq!((&event, &event["type"]), (&lines[1]["event"], &json!("payment.paid")));
    let data = &event["data"];
    assert_eq!((&data["reference"], &data["account"], &data["late"]), (&json!("A/1"), &json!("kropay"), &json!(false)));
    assert_eq!(data["amount"], json!(payment.payable));
    assert!(event["id"].as_str().unwrap().starts_with("evt_") && event["timestamp"].is_string());
}

/// Anybody can send what he likes about a payment that is paid.
#[tokio::test(flavor = "multi_thread")]
async fn one_payment_in_other_spellings_is_forwarded_once() {
    let sandbox = Sandbox::start().await;
    let shop = Server::start(200, &[], "{\"success\": true}").await;
    let mut payment =
        kropay_gateway(&sandbox).create_payment(&NewPayment::new("Order-A", Rupiah::new(20_000))).await.unwrap();
    sandbox.pay(Provider::Kropay, "Order-A").unwrap();
    let claims = ["order-a", "Order-A", "ORDER-A", "Order-B"].map(|reference| {
        payment.reference = Some(reference.to_owned());
        claim(&payment)
    });
    let (base, forward) = (sandbox.url(Provider::Kropay), shop.url.clone());
    let outcomes = beside(move || {
        let mut listener = asking(&base, &["-p", "kropay", "--forward", &forward]);
        claims.map(|claimed| {
            let claimed: Vec<_> = claimed.iter().map(String::as_str).collect();
            send(listener.url("kropay"), "kropay", &claimed);
            listener.next()["outcome"].clone()
        })
    })
    .await;
    assert_eq!(outcomes, ["paid", "replay", "replay", "not_confirmed"]);
    let seen = shop.seen();
    let [(head, _)] = seen.as_slice() else { panic!("{seen:?}") };
    let event: Value = serde_json::from_slice(head.headers["gerbang-event"].as_bytes()).unwrap();
    assert_eq!((&event["data"]["order"], &event["data"]["reference"]), (&json!("Order-A"), &json!("Order-A")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_is_forwarded_only_where_it_says_paid() {
    let shop = Server::start(200, &[], "").await;
    let (forward, base) = (shop.url.clone(), nobody());
    for (provider, sample) in [("klink", &["-r", "A-1", "-a", "20000"][..]), ("klink-gopay", &["-r", "A-1"])] {
        let (forward, base) = (forward.clone(), base.clone());
        let mut listener = beside(move || asking(&base, &["-p", provider, "--ask", "--forward", &forward])).await;
        for (word, outcome, status) in
            [("fail", "not_confirmed", 200), ("weird", "not_confirmed", 503), ("success", "paid", 200)]
        {
            let url = listener.url(provider).to_owned();
            let (answer, back, line) = beside(move || {
                let answer = send(&url, provider, &[sample, &["--status", word]].concat());
                let line = listener.next();
                (answer, listener, line)
            })
            .await;
            listener = back;
            assert_eq!((&line["outcome"], &answer["status"]), (&json!(outcome), &json!(status)), "{provider}: {line}");
            assert_eq!(line["forwarded"].is_null(), outcome != "paid", "{line}");
        }
    }
    let seen = shop.seen();
    let marks: Vec<_> = seen.iter().map(|(head, _)| head.headers["gerbang-verified"].to_str().unwrap()).collect();
    assert_eq!(marks, ["signature", "signature"]);
    let event = |at: usize| serde_json::from_slice::<Value>(seen[at].0.headers["gerbang-event"].as_bytes()).unwrap();
    assert_eq!((&event(0)["data"]["order"], &event(0)["data"]["amount"]), (&json!("A-1"), &json!(20_000)));
    assert_eq!((&event(1)["data"]["order"], &event(1)["data"]["amount"]), (&json!("A-1"), &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_shop_does_not_acknowledge_comes_again() {
    let sandbox = Sandbox::start().await;
    // A success for most gateways, and none for Kropay.
    let shop = Server::start(204, &[], "").await;
    let payment = kropay_gateway(&sandbox).create_payment(&NewPayment::new("A", Rupiah::new(20_000))).await.unwrap();
    sandbox.pay(Provider::Kropay, "A").unwrap();
    let (base, forward, handle) = (sandbox.url(Provider::Kropay), shop.url.clone(), handle(&payment));
    let claimed = claim(&payment);
    let lines = beside(move || {
        let mut listener = asking(&base, &["--expect", &handle, "--forward", &forward]);
        let claimed: Vec<_> = claimed.iter().map(String::as_str).collect();
        [0; 2].map(|_| {
            let answer = send(listener.url("kropay"), "kropay", &claimed);
            assert_eq!((&answer["status"], &answer["accepted"]), (&json!(204), &json!(false)), "{answer}");
            listener.next()
        })
    })
    .await;
    for line in &lines {
        assert_eq!(line["outcome"], "confirmed", "{line}");
        assert!(line["forwarded"]["not_acknowledged"].as_str().unwrap().contains("wants the status 200"), "{line}");
    }
    assert_eq!(shop.seen().len(), 2);
}

#[cfg(unix)]
#[test]
fn what_nobody_reads_is_not_acknowledged() {
    let mut child =
        gerbang(&["listen", "--json", "-p", "kropay"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut first).unwrap();
    drop(stdout);
    let printed: Value = serde_json::from_str(&first).unwrap();
    let url = printed["urls"]["kropay"].as_str().unwrap();
    let answer = send(url, "kropay", &[]);
    _ = child.kill();
    let run = Run::from(
        child.wait_with_output().map(|output| std::process::Output { status: Default::default(), ..output }).unwrap(),
    );
    assert_eq!((&answer["status"], &answer["accepted"]), (&json!(502), &json!(false)), "{run:?}");
    assert!(run.stderr.contains("nobody reads the output any more"), "{run:?}");
}

#[test]
fn nobody_is_sent_to_an_address_that_no_gateway_reaches() {
    let listener = Listener::start(&["-p", "kropay"]);
    let first: Value = serde_json::from_str(listener.printed.trim()).unwrap();
    let note = first["note"].as_str().unwrap();
    assert!(note.contains("No gateway reaches 127.0.0.1") && note.contains("tunnel"), "{note}");
}
