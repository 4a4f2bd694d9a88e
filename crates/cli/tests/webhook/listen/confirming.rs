//! `--expect` and `--ask`: what is confirmed, and what a gateway that is asked says.

use gerbang::{NewPayment, Payment, PaymentGateway, Rupiah, kropay, pakasir};
use gerbang_sandbox::{Provider, Sandbox, WebhookAttempt};

use super::*;

/// A listener that asks a sandbox.
pub fn asking(base_url: &str, arguments: &[&str]) -> Listener {
    let mut command = gerbang(&[&["listen", "--json", "--base-url", base_url], arguments].concat());
    for (variable, value) in
        [("KROPAY_API_KEY", "CANARY-api"), ("PAKASIR_API_KEY", "CANARY-api"), ("PAKASIR_PROJECT", "shop")]
    {
        command.env(format!("GERBANG_{variable}"), value);
    }
    Listener::start_with(command)
}

/// A sandbox that sends nothing twice because the machine is slow.
async fn patient_sandbox() -> Sandbox {
    Sandbox::builder().webhook_timeout(PATIENCE).start().await.unwrap()
}

pub fn kropay_gateway(sandbox: &Sandbox) -> kropay::Gateway {
    let builder = kropay::Client::builder(kropay::Credentials::new("CANARY-api"));
    kropay::Gateway::new(builder.base_url(sandbox.url(Provider::Kropay)).build().unwrap())
}

/// The payment as `pay` names it.
pub fn handle(payment: &Payment) -> String {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let payable = payment.payable.map(|payable| payable.to_string()).unwrap_or_default();
    let (reference, id) = (text(&payment.reference), text(&payment.id));
    format!("{}:{}:{payable}::{reference}:{id}", payment.provider, payment.amount)
}

/// The first attempt that ended so.
async fn attempt(sandbox: &Sandbox, is_it: impl Fn(&WebhookAttempt) -> bool) -> WebhookAttempt {
    let found = async {
        loop {
            if let Some(attempt) = sandbox.webhook_attempts().into_iter().find(&is_it) {
                return attempt;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, found).await.expect("an attempt")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paid_payment_is_confirmed_forwarded_and_acknowledged() {
    let sandbox = patient_sandbox().await;
    let shop = Server::start(200, &[("content-type", "application/json")], "{\"success\": true}").await;
    let new = NewPayment::new("ORDER-1", Rupiah::new(20_000));
    let payment = kropay_gateway(&sandbox).create_payment(&new).await.unwrap();
    let (base, forward, handle) = (sandbox.url(Provider::Kropay), shop.url.clone(), handle(&payment));
    let mut listener = beside(move || asking(&base, &["--once", "--expect", &handle, "--forward", &forward])).await;
    sandbox.set_webhook(Provider::Kropay, Some(listener.url("kropay")));
    sandbox.pay(Provider::Kropay, "ORDER-1").unwrap();
    let line = beside(move || {
        let line = listener.next();
        assert_eq!(listener.end().exit, 0);
        line
    })
    .await;
    assert_eq!((&line["outcome"], &line["forwarded"]["status"]), (&json!("confirmed"), &json!(200)), "{line}");
    let attempt = attempt(&sandbox, |attempt| attempt.acknowledged).await;
    assert_eq!((attempt.attempt, attempt.status), (1, Some(200)));
    let (_, sent) = shop.seen().remove(0);
    assert_eq!(sent, attempt.body.as_bytes());
}

/// The members of Kropay's notification that claim this payment, as options of `send`.
pub fn claim(payment: &Payment) -> Vec<String> {
    let set = |name: &str, value: String| ["--set".to_owned(), format!("{name}={value}")];
    [
        set("merchant_ref", payment.reference.clone().unwrap()),
        set("reference", payment.id.clone().unwrap()),
        set("amount", payment.amount.to_string()),
        set("total_amount", payment.payable.unwrap().to_string()),
    ]
    .concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_expected_and_paid_is_confirmed() {
    let sandbox = Sandbox::start().await;
    // What is not confirmed does not come here, and is answered by the listener.
    let shop = Server::start(200, &[], "").await;
    let gateway = kropay_gateway(&sandbox);
    let paid = gateway.create_payment(&NewPayment::new("PAID", Rupiah::new(20_000))).await.unwrap();
    let pending = gateway.create_payment(&NewPayment::new("PENDING", Rupiah::new(20_000))).await.unwrap();
    let expired = gateway.create_payment(&NewPayment::new("EXPIRED", Rupiah::new(20_000))).await.unwrap();
    sandbox.pay(Provider::Kropay, "PAID").unwrap();
    sandbox.expire(Provider::Kropay, "EXPIRED").unwrap();
    let base = sandbox.url(Provider::Kropay);
    let dead = nobody();
    for (expected, claimed, asked, status, exit, outcome, why) in [
        (&paid, claim(&paid), &base, 200, 0, "confirmed", ""),
        (&pending, claim(&pending), &base, 503, 5, "not_confirmed", "not paid but pending"),
        (&expired, claim(&expired), &base, 503, 3, "not_confirmed", "not paid but expired"),
        (&pending, claim(&paid), &base, 400, 1, "not_confirmed", "another payment"),
        (
            &paid,
            // Not signed: what it says of amounts is anybody's word, and the gateway's answer counts.
            [claim(&paid), vec!["--set".into(), "amount=1".into()]].concat(),
            &base,
            200,
            0,
            "confirmed",
            "",
        ),
        (
            &paid,
            [claim(&paid), vec!["--status".into(), "expired".into()]].concat(),
            &base,
            200,
            3,
            "not_confirmed",
            "but expired",
        ),
        (&paid, claim(&paid), &dead, 503, 6, "not_confirmed", "cannot be judged now"),
    ] {
        let (handle, asked) = (handle(expected), asked.clone());
        let forward = shop.url.clone();
        let (line, answer, end) = beside(move || {
            let mut listener = asking(&asked, &["--once", "--expect", &handle, "--forward", &forward]);
            let claimed: Vec<_> = claimed.iter().map(String::as_str).collect();
            let answer = send(listener.url("kropay"), "kropay", &claimed);
            (listener.next(), answer, listener.end())
        })
        .await;
        assert_eq!((&line["outcome"], &answer["status"]), (&json!(outcome), &json!(status)), "{line}");
        assert_eq!(end.exit, exit, "{line}");
        assert!(line["reason"].as_str().unwrap_or_default().contains(why), "{line}");
        assert_eq!(line["forwarded"].is_null(), outcome == "not_confirmed", "{line}");
    }
    assert_eq!(shop.seen().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_is_accepted_and_other_payments_can_be_asked_about() {
    let sandbox = patient_sandbox().await;
    let payment = kropay_gateway(&sandbox).create_payment(&NewPayment::new("A", Rupiah::new(20_000))).await.unwrap();
    let base = sandbox.url(Provider::Kropay);
    let handle = handle(&payment);
    let mut listener = beside(move || asking(&base, &["--expect", &handle, "--ask"])).await;
    sandbox.set_webhook(Provider::Kropay, Some(listener.url("kropay")));
    sandbox.pay(Provider::Kropay, "A").unwrap();
    let number = attempt(&sandbox, |attempt| attempt.acknowledged).await.number;
    sandbox.resend_webhook(number, 1).unwrap();
    attempt(&sandbox, |attempt| attempt.acknowledged && attempt.resent).await;

    let other = kropay_gateway(&sandbox).create_payment(&NewPayment::new("B", Rupiah::new(20_000))).await.unwrap();
    sandbox.pay(Provider::Kropay, "B").unwrap();
    let line = beside(move || [listener.next(), listener.next(), listener.next()]).await;
    let outcomes = line.each_ref().map(|line| line["outcome"].as_str().unwrap());
    assert_eq!(outcomes, ["confirmed", "replay", "paid"], "{line:?}");
    assert!(line[1]["reason"].as_str().unwrap().contains("already processed"), "{line:?}");
    assert_eq!(line[2]["reference"].as_str(), other.reference.as_deref());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_confirms_and_a_shared_secret_does_not() {
    let sandbox = Sandbox::start().await;
    let new = NewPayment::new("INV-1", Rupiah::new(20_000));
    let credentials = pakasir::v2::Credentials::new("CANARY-api", "shop");
    let client = pakasir::v2::Client::builder(credentials).base_url(sandbox.url(Provider::Pakasir)).build().unwrap();
    let payment = pakasir::v2::Gateway::new(client, None).create_payment(&new).await.unwrap();
    let (base, expected) = (sandbox.url(Provider::Pakasir), handle(&payment));
    let (line, end) = beside(move || {
        let mut listener = asking(&base, &["--once", "--expect", &expected]);
        let id = format!("txn_id={}", payment.id.as_deref().unwrap());
        send(listener.url("pakasir-v2"), "pakasir-v2", &["-r", "INV-1", "-a", "20000", "--set", &id]);
        (listener.next(), listener.end())
    })
    .await;
    assert_eq!(
        (&line["trust"], &line["outcome"], end.exit),
        (&json!("shared_secret"), &json!("not_confirmed"), 5),
        "{line}"
    );

    for (payable, outcome, exit) in [("20000", "confirmed", 0), ("19999", "not_confirmed", 1)] {
        let (line, end) = beside(move || {
            // K-Link is not reachable, and no credentials are set.
            let mut listener = asking(&nobody(), &["--once", "--expect", "klink:20000:20000::A-1:"]);
            send(listener.url("klink"), "klink", &["-r", "A-1", "-a", payable]);
            (listener.next(), listener.end())
        })
        .await;
        assert_eq!((&line["outcome"], end.exit), (&json!(outcome), exit), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_test_mode_is_confirmed_only_where_it_is_wanted() {
    let sandbox = Sandbox::start().await;
    let credentials = pakasir::v2::Credentials::new("CANARY-api", "shop-sandbox");
    let client = pakasir::v2::Client::builder(credentials).base_url(sandbox.url(Provider::Pakasir)).build().unwrap();
    let new = NewPayment::new("INV-1", Rupiah::new(20_000));
    let payment = pakasir::v2::Gateway::new(client, None).create_payment(&new).await.unwrap();
    sandbox.pay(Provider::Pakasir, "INV-1").unwrap();
    let (unmarked, id) = (handle(&payment), payment.id.clone().unwrap());
    // Neither the sender nor the handle decides it.
    let marked = format!("{unmarked}:sandbox");
    for how in [&["--expect", &unmarked][..], &["--expect", &marked], &["--ask"]] {
        for (claim, wanted) in [("true", false), ("false", false), ("true", true)] {
            // Pakasir reports the status once in four seconds.
            sandbox.advance(Duration::from_secs(4));
            let arguments: Vec<_> =
                how.iter().copied().chain(wanted.then_some("--test-mode")).map(str::to_owned).collect();
            let (base, id) = (sandbox.url(Provider::Pakasir), id.clone());
            let (line, end) = beside(move || {
                let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
                let mut command =
                    gerbang(&[&["listen", "--json", "--once", "-p", "pakasir-v2"][..], &arguments].concat());
                command.args(["--base-url", &base]);
                command.env("GERBANG_PAKASIR_API_KEY", "CANARY-api").env("GERBANG_PAKASIR_PROJECT", "shop-sandbox");
                let mut listener = Listener::start_with(command);
                let (id, mode) = (format!("txn_id={id}"), format!("is_sandbox={claim}"));
                let sample = ["-r", "INV-1", "-a", "20000", "--set", &id, "--set", &mode];
                send(listener.url("pakasir-v2"), "pakasir-v2", &sample);
                (listener.next(), listener.end())
            })
            .await;
            assert_eq!(end.exit, if wanted { 0 } else { 1 }, "{how:?} {claim} {wanted}: {line}");
            assert_eq!(line["outcome"] == "not_confirmed", !wanted, "{line}");
        }
    }
}

#[test]
fn money_after_the_end_is_called_late() {
    let mut listener = Listener::start(&["--expect", "klink:20000:20000::A-1:"]);
    let url = listener.url("klink").to_owned();
    for (word, outcome, late) in [
        ("fail", "not_confirmed", Value::Null),
        ("success", "confirmed", json!(true)),
        ("success", "replay", json!(true)),
    ] {
        let answer = send(&url, "klink", &["-r", "A-1", "-a", "20000", "--status", word]);
        let line = listener.next();
        assert_eq!(
            (&answer["status"], &line["outcome"], &line["late"]),
            (&json!(200), &json!(outcome), &late),
            "{line}"
        );
    }
}

#[test]
fn what_needs_a_person_is_not_accepted() {
    let mut listener = Listener::start(&["--expect", "klink:20000:20000::A-1:"]);
    let answer = send(listener.url("klink"), "klink", &["-r", "A-1", "-a", "19999"]);
    let line = listener.next();
    assert_eq!((&answer["status"], &line["needs_a_person"]), (&json!(503), &json!(true)), "{line}");
}

#[test]
fn one_of_several_expected_payments_may_fit() {
    let expected = ["--expect", "klink:30000:30000::A-1:", "--expect", "klink:20000:20000::A-1:"];
    let mut listener = Listener::start(&expected);
    send(listener.url("klink"), "klink", &["-r", "A-1", "-a", "20000"]);
    assert_eq!(listener.next()["outcome"], "confirmed");
}
