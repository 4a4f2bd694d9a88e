use std::collections::BTreeMap;
use std::io;
use std::time::{Duration, Instant};

use gerbang_sandbox::{Effect, Fault, FaultError, PaymentStatus, Provider, Sandbox};
use serde_json::json;

use crate::http::{Reply, try_send};

const KROPAY: Provider = Provider::Kropay;

async fn create(sandbox: &Sandbox, order: &str) -> io::Result<Reply> {
    let url = format!("{}/api/v1/payment/create", sandbox.url(KROPAY));
    let body = json!({"merchant_ref": order, "amount": 10_000}).to_string();
    try_send("POST", &url, &[("X-API-KEY", "K"), ("Content-Type", "application/json")], &body).await
}

async fn status(sandbox: &Sandbox, reference: &str) -> io::Result<Reply> {
    let url = format!("{}/api/v1/payment/status/{reference}", sandbox.url(KROPAY));
    try_send("GET", &url, &[("X-API-KEY", "K")], "").await
}

/// Waits until nothing that was to happen within a tenth of a second can happen any more.
pub async fn until_quiet() {
    tokio::time::sleep(Duration::from_millis(400)).await;
}

pub fn reply(status: u16, carried_out: bool) -> Effect {
    Effect::Reply {
        status,
        content_type: "text/plain".into(),
        body: "no".into(),
        headers: BTreeMap::from([("retry-after".into(), "7".into())]),
        carried_out,
    }
}

fn replace(from: &str, to: &str) -> Effect {
    Effect::Replace { from: from.into(), to: to.into() }
}

#[tokio::test]
async fn a_closed_connection_leaves_the_effect_of_a_call_open() {
    let sandbox = Sandbox::start().await;
    for carried_out in [true, false] {
        sandbox.add_fault(Fault::new(KROPAY, Effect::Close { carried_out }).times(1)).unwrap();
        let before = sandbox.payments().len();
        assert!(create(&sandbox, &format!("order-{carried_out}")).await.is_err());
        assert_eq!(sandbox.payments().len() - before, usize::from(carried_out));
    }
    assert_eq!(create(&sandbox, "order-false").await.unwrap().status, 201);
}

#[tokio::test]
async fn a_reply_takes_the_place_of_the_providers() {
    let sandbox = Sandbox::start().await;
    for (carried_out, code) in [(true, 200), (false, 503)] {
        sandbox.add_fault(Fault::new(KROPAY, reply(code, carried_out)).times(1)).unwrap();
        let before = sandbox.payments().len();
        let reply = create(&sandbox, &format!("order-{carried_out}")).await.unwrap();
        assert_eq!((reply.status, reply.body.as_str()), (code, "no"));
        assert_eq!((reply.header("content-type"), reply.header("retry-after")), (Some("text/plain"), Some("7")));
        assert_eq!(sandbox.payments().len() - before, usize::from(carried_out));
    }
}

#[tokio::test]
async fn a_truncated_reply_is_of_a_call_that_was_carried_out() {
    let sandbox = Sandbox::start().await;
    sandbox.add_fault(Fault::new(KROPAY, Effect::Truncate)).unwrap();
    assert_eq!(create(&sandbox, "order").await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    assert_eq!(sandbox.payments().len(), 1);
    // Of nothing there is no half.
    let nowhere = format!("{}/nothing", sandbox.url(KROPAY));
    assert!(try_send("GET", &nowhere, &[], "").await.is_err());
}

#[tokio::test]
async fn magic_prices_and_faults_go_together() {
    let sandbox = Sandbox::start().await;
    sandbox.add_fault(Fault::new(KROPAY, replace("pending", "waiting")).operation("create_payment")).unwrap();
    for price in [10_002, 10_005] {
        let url = format!("{}/api/v1/payment/create", sandbox.url(KROPAY));
        let body = json!({"merchant_ref": price.to_string(), "amount": price}).to_string();
        let headers = [("X-API-KEY", "K"), ("Content-Type", "application/json")];
        assert!(try_send("POST", &url, &headers, &body).await.is_err(), "{price}");
    }
    assert_eq!(sandbox.payments().len(), 2);
}

#[tokio::test]
async fn a_delayed_call_has_its_effect_before_its_reply() {
    let sandbox = Sandbox::start().await;
    for milliseconds in [200, 300] {
        sandbox.add_fault(Fault::new(KROPAY, Effect::Delay { milliseconds }).times(1)).unwrap();
    }
    let started = Instant::now();
    assert_eq!(create(&sandbox, "order").await.unwrap().status, 201);
    assert!(started.elapsed() >= Duration::from_millis(500), "{:?}", started.elapsed());

    sandbox.add_fault(Fault::new(KROPAY, Effect::Delay { milliseconds: 60_000 })).unwrap();
    tokio::select! {
        _ = create(&sandbox, "later") => panic!("the reply came at once"),
        () = crate::http::until("the payment", || sandbox.payments().len() == 2) => {}
    }
}

#[tokio::test]
async fn a_text_is_replaced_wherever_it_occurs() {
    let sandbox = Sandbox::start().await;
    sandbox.add_fault(Fault::new(KROPAY, replace("ORDER-1", "somebody else's")).operation("create_payment")).unwrap();
    let created = create(&sandbox, "ORDER-1-ORDER-1").await.unwrap();
    assert_eq!(created.json()["merchant_ref"], "somebody else's-somebody else's");
    assert_eq!(created.header("content-length"), Some(created.body.len().to_string().as_str()));
    assert_eq!(sandbox.payments()[0].order, "ORDER-1-ORDER-1");
    let asked = status(&sandbox, created.json()["reference"].as_str().unwrap()).await.unwrap();
    assert_eq!(asked.json()["merchant_ref"], "ORDER-1-ORDER-1");
}

#[tokio::test]
async fn faults_act_in_the_order_in_which_they_were_added() {
    let sandbox = Sandbox::start().await;
    let add = |effect| sandbox.add_fault(Fault::new(KROPAY, effect)).unwrap();
    let numbers = [
        add(replace("pending", "one")),
        add(replace("one", "two")),
        add(replace("pending", "three")),
        add(Effect::Delay { milliseconds: 1 }),
    ];
    assert_eq!(create(&sandbox, "A").await.unwrap().json()["status"], "two");
    assert_eq!(sandbox.requests()[0].faults, numbers);

    let ends = add(reply(500, false));
    add(Effect::Close { carried_out: true });
    assert_eq!(create(&sandbox, "B").await.unwrap().status, 500);
    assert_eq!(sandbox.payments().len(), 1, "a reply that is not carried out counts for the faults before it too");
    let acted: Vec<u64> = sandbox.faults().iter().map(|fault| fault.acted).collect();
    assert_eq!(acted, [2, 2, 2, 2, 1, 0]);

    assert!(sandbox.remove_fault(ends) && !sandbox.remove_fault(ends));
    assert!(create(&sandbox, "C").await.is_err());
    assert_eq!(sandbox.payments().len(), 2);
}

#[tokio::test]
async fn a_fault_acts_on_its_operation_only_and_so_many_times() {
    let sandbox = Sandbox::start().await;
    let number = sandbox.add_fault(Fault::new(KROPAY, reply(500, false)).operation("create_payment").times(2)).unwrap();
    assert_eq!(status(&sandbox, "none").await.unwrap().status, 404);
    for (code, left) in [(500, 1), (500, 0), (201, 0)] {
        assert_eq!(create(&sandbox, "order").await.unwrap().status, code);
        let [fault] = &sandbox.faults()[..] else { panic!("one fault") };
        assert_eq!((fault.number, fault.acted, fault.left), (number, 2 - u64::from(left), Some(left)));
    }
    let kazukipay = format!("{}/api/create.php", sandbox.url(Provider::Kazukipay));
    sandbox.add_fault(Fault::new(KROPAY, reply(500, false))).unwrap();
    assert_eq!(try_send("POST", &kazukipay, &[], "").await.unwrap().status, 200);
    sandbox.clear_faults();
    assert!(sandbox.faults().is_empty());
    assert_eq!(create(&sandbox, "another").await.unwrap().status, 201);
}

#[tokio::test]
async fn both_apis_of_pakasir_are_distinguished() {
    let sandbox = Sandbox::start().await;
    let base = sandbox.url(Provider::Pakasir);
    let fault = Fault::new(Provider::Pakasir, reply(500, false));
    sandbox.add_fault(fault.operation("v2/create_transaction")).unwrap();
    let one = json!({"project": "p", "order_id": "o", "amount": 10_000, "api_key": "K"}).to_string();
    let two = json!({"method": "qris", "amount": 10_000}).to_string();
    let headers = [("X-Api-Key", "K"), ("Content-Type", "application/json")];
    let call =
        async |path: &str, body: &str| try_send("POST", &format!("{base}{path}"), &headers, body).await.unwrap().status;
    assert_eq!(call("/api/transactioncreate/qris", &one).await, 200);
    assert_eq!(call("/api/v2/create-transaction/p/o", &two).await, 500);
}

#[tokio::test]
async fn a_fault_that_makes_no_sense_is_refused() {
    let sandbox = Sandbox::start().await;
    let new = |effect| Fault::new(KROPAY, effect);
    let with = |status: u16, body: &str, header: &str, value: &str| {
        let headers = BTreeMap::from([(header.into(), value.into())]);
        new(Effect::Reply { status, content_type: String::new(), body: body.into(), headers, carried_out: false })
    };
    let header = |name: &str| FaultError::Header(name.into());
    for (fault, error) in [
        (new(Effect::Truncate).operation("create_transaction"), FaultError::Operation(KROPAY)),
        (Fault::new(Provider::Pakasir, Effect::Truncate).operation("create_transaction"), {
            FaultError::Operation(Provider::Pakasir)
        }),
        (new(Effect::Truncate).times(0), FaultError::Times),
        (with(199, "", "a", "b"), FaultError::Status),
        (with(600, "", "a", "b"), FaultError::Status),
        (with(204, "x", "a", "b"), FaultError::Status),
        (with(200, "", "a b", "c"), header("a b")),
        (with(200, "", "a", "b\r\nc: d"), header("a")),
        (with(200, "", "Content-Length", "3"), header("Content-Length")),
        (with(200, "", "transfer-encoding", "chunked"), header("transfer-encoding")),
        (with(200, &"x".repeat(64 * 1024 + 1), "a", "b"), FaultError::Size),
        (new(Effect::Delay { milliseconds: 0 }), FaultError::Delay),
        (new(Effect::Delay { milliseconds: 60_001 }), FaultError::Delay),
        (new(replace("", "x")), FaultError::Nothing),
        (new(replace("x", &"y".repeat(4 * 1024 + 1))), FaultError::Size),
    ] {
        assert_eq!(sandbox.add_fault(fault.clone()), Err(error), "{fault:?}");
    }
    let unknown = sandbox.add_fault(new(Effect::Truncate).operation("pay")).unwrap_err().to_string();
    assert_eq!(unknown, "kropay has no such operation, but create_payment, payment_status, qris_image");

    for _ in 0..100 {
        sandbox.add_fault(new(Effect::Truncate).operation("qris_image").times(1)).unwrap();
    }
    assert_eq!(sandbox.add_fault(new(Effect::Truncate)), Err(FaultError::TooMany));
}

#[tokio::test]
async fn a_fault_that_acts_no_more_makes_room_for_another() {
    let sandbox = Sandbox::start().await;
    for _ in 0..100 {
        sandbox.add_fault(Fault::new(KROPAY, Effect::Delay { milliseconds: 1 }).times(1)).unwrap();
    }
    create(&sandbox, "order").await.unwrap();
    assert_eq!(sandbox.faults().len(), 100);
    sandbox.add_fault(Fault::new(KROPAY, Effect::Truncate)).unwrap();
    assert_eq!(sandbox.faults().len(), 1);
}

#[tokio::test]
async fn a_replacement_cannot_grow_without_end() {
    let sandbox = Sandbox::start().await;
    let double = || Fault::new(KROPAY, replace("a", &"aaaaaaaaaa".repeat(100)));
    for _ in 0..3 {
        sandbox.add_fault(double()).unwrap();
    }
    assert!(create(&sandbox, "order").await.is_err());
}

#[tokio::test]
async fn requests_are_logged_without_what_is_secret() {
    let sandbox = Sandbox::start().await;
    let fault = sandbox.add_fault(Fault::new(KROPAY, Effect::Close { carried_out: true }).times(1)).unwrap();
    let _ = create(&sandbox, "order").await;
    let base = sandbox.base_url();
    for path in
        ["/kropay/", "/kropay/nothing?key=K", "/pakasir/api/transactiondetail?api_key=secret", "/_sandbox/payments"]
    {
        try_send("GET", &format!("{base}{path}"), &[], "").await.unwrap();
    }
    let logged = sandbox.requests();
    let seen: Vec<_> = logged
        .iter()
        .map(|request| {
            let (method, path) = (request.method.as_str(), request.path.as_str());
            (request.provider, request.operation, method, path, request.status, request.faults.as_slice())
        })
        .collect();
    let expected = [
        (KROPAY, Some("create_payment"), "POST", "/api/v1/payment/create", None, &[fault][..]),
        (KROPAY, None, "GET", "/", Some(404), &[]),
        (KROPAY, None, "GET", "/nothing", Some(404), &[]),
        (Provider::Pakasir, Some("v1/transaction_detail"), "GET", "/api/transactiondetail", Some(400), &[]),
    ];
    assert_eq!(seen, expected);
    for provider in Provider::ALL {
        let expected = match provider {
            KROPAY => 3,
            Provider::Pakasir => 1,
            _ => 0,
        };
        assert_eq!(sandbox.request_count(provider), expected, "{provider}");
    }

    let log = try_send("GET", &format!("{base}/_sandbox/requests"), &[], "").await.unwrap();
    assert_eq!(log.json()["requests"].as_array().unwrap().len(), 4);
    assert_eq!(log.json()["counts"], json!({"kropay": 3, "pakasir": 1}));
    assert!(!log.body.contains("secret") && !format!("{logged:?}").contains("secret"));
}

#[tokio::test]
async fn the_log_has_an_end() {
    let sandbox = Sandbox::start().await;
    for number in 0..1_001 {
        try_send("GET", &format!("{}/{number}", sandbox.url(KROPAY)), &[], "").await.unwrap();
    }
    let logged = sandbox.requests();
    assert_eq!((logged.len(), logged[0].path.as_str(), logged[999].path.as_str()), (1_000, "/1", "/1000"));
    assert_eq!(sandbox.request_count(KROPAY), 1_001);
    let long = format!("{}/{}", sandbox.url(KROPAY), "x".repeat(5_000));
    try_send("GET", &long, &[], "").await.unwrap();
    assert_eq!(sandbox.requests()[999].path.len(), 512);
}

#[tokio::test]
async fn a_reset_forgets_faults_and_requests() {
    let sandbox = Sandbox::start().await;
    let first = sandbox.add_fault(Fault::new(KROPAY, Effect::Truncate)).unwrap();
    assert!(create(&sandbox, "order").await.is_err());
    sandbox.reset();
    assert!(sandbox.faults().is_empty() && sandbox.requests().is_empty());
    assert_eq!(sandbox.request_count(KROPAY), 0);
    assert_eq!(create(&sandbox, "order").await.unwrap().status, 201);
    assert!(sandbox.add_fault(Fault::new(KROPAY, Effect::Truncate)).unwrap() > first);
    assert_eq!(sandbox.payments()[0].status, PaymentStatus::Pending);
}
