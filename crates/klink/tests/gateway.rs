//! Both gateways against a stand-in server, and what becomes of their notifications.
#![cfg(feature = "client")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use gerbang_core::{
    Confirmed, Delivery, Error, JakartaTime, Kind, Lookup, Method, NewPayment, NotificationFailure, Payable, Payment,
    PaymentGateway, PaymentStatus, Rupiah, Seen, SeenInMemory, Trust, Unconfirmed, answer, confirm,
};
use gerbang_klink::types::RefundAcceptance;
use gerbang_klink::{
    AlreadyRefunded, Client, Credentials, GOPAY_PROVIDER, GopayGateway, PROVIDER, SIGNATURE_HEADER, VaGateway,
    WebhookKeys,
};
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use httpmock::{Mock, MockServer};
use serde_json::{Value, json};
use sha2::Sha256;

const KEY: &str = "CANARY-webhook-key";
const PASSWORD: &str = "CANARY-password";
const TOKEN: &str = "CANARY-token";
const VA: &str = "/api/pay_service";
const GOPAY: &str = "/api/pay_service_midtrans";

/// A stand-in for K-Link that gives one reply to one call, and keeps what it was sent.
struct Server {
    server: MockServer,
    login: usize,
    call: usize,
    sent: Arc<Mutex<Vec<Value>>>,
}

impl Server {
    async fn start(path: &str, reply: Value) -> Self {
        let server = MockServer::start_async().await;
        let login = server
            .mock_async(|when, then| {
                when.method("POST").path("/auth/login");
                then.status(200).json_body(json!({"status": "success", "message": "OK", "Authorization": TOKEN}));
            })
            .await
            .id();
        let sent = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&sent);
        let call = server
            .mock_async(|when, then| {
                when.method("POST").path(path).header("authorization", TOKEN).is_true(move |request| {
                    keep.lock().unwrap().push(serde_json::from_slice(request.body().as_ref()).unwrap());
                    true
                });
                then.status(200).json_body(reply);
            })
            .await
            .id();
        Self { server, login, call, sent }
    }

    fn client(&self) -> Client {
        client(&self.server.base_url())
    }

    fn va(&self) -> VaGateway {
        VaGateway::new(self.client(), "014", "BCAATM", keys())
    }

    fn gopay(&self) -> GopayGateway {
        GopayGateway::new(self.client(), keys())
    }

    fn calls(&self) -> usize {
        Mock::new(self.call, &self.server).calls()
    }

    fn logins(&self) -> usize {
        Mock::new(self.login, &self.server).calls()
    }

    /// The one request that was sent.
    fn only_request(&self) -> Value {
        assert_eq!((self.logins(), self.calls()), (1, 1));
        self.sent.lock().unwrap().last().unwrap().clone()
    }
}

fn client(base_url: &str) -> Client {
    Client::builder(Credentials::new("shop@example.com", PASSWORD)).base_url(base_url).build().unwrap()
}

fn keys() -> WebhookKeys {
    WebhookKeys::new(KEY).unwrap()
}

fn new(reference: &str, amount: u64) -> NewPayment {
    NewPayment::new(reference, Rupiah::new(amount))
        .customer_name("Almeera Salsabila")
        .customer_email("Almeera@gmail.com")
        .customer_phone("085736064900")
}

#[track_caller]
fn fails<T: std::fmt::Debug>(result: Result<T, Error>, kind: Kind, delivery: Delivery) -> String {
    let error = result.expect_err("it must fail");
    assert_eq!((error.kind(), error.delivery()), (kind, delivery), "{error}");
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("CANARY"), "{shown}");
    error.to_string()
}

/// The shape of the transfer that the document's tables describe.
fn transfer() -> Value {
    json!({
        "is_va": "0", "kd_pay": "174", "kd_ref": "REF-9", "kode_unik": 765, "koneksi": "1", "pay_ship": "0",
        "total_bayar": "469765", "total_belanja": "469000",
    })
}

/// The documented reply, for an order of 2 000 rupiah.
fn gopay() -> Value {
    json!({
        "bank_code": "gopay", "product_code": "e_wallets", "rq_uuid": "klnu01978", "fraud_status": "accept",
        "order_id": "klnu01978", "status_code": "201", "gross_amount": "2000.00",
        "transaction_time": "2022-07-27 17:18:51",
        "actions": [
            {"url": "https://api.veritrans.co.id/v2/gopay/c91b/qr-code", "name": "generate-qr-code", "method": "GET"},
            {"url": "gojek://gopay/merchanttransfer?tref=0520&amount=2000", "name": "deeplink-redirect", "method": "GET"},
            {"url": "https://api.veritrans.co.id/v2/c91b/status", "name": "get-status", "method": "GET"},
            {"url": "https://api.veritrans.co.id/v2/c91b/cancel", "name": "cancel", "method": "POST"},
        ],
        "email": "Almeera@gmail.com", "pay_ship": "500", "currency": "IDR", "rq_datetime": "2022-07-27 15:48:11",
        "nominal": "1500", "payment_type": "gopay", "transaction_status": "pending", "fullname": "Almeera Salsabila",
        "merchant_id": "G798896536", "status_message": "GoPay transaction is created", "no_hp": "085736064900",
        "transaction_id": "c91bcecf-7528-4b29-aef1-8cdf8fffc187",
    })
}

/// A reply with some members set, or removed by null.
fn with(mut data: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(data.as_object_mut().unwrap().remove(name)),
            value => data[name] = value.clone(),
        }
    }
    data
}

fn success(data: Value) -> Value {
    json!({"status": "success", "message": "Payment Request has been success!", "data": data})
}

async fn create_va(data: Value) -> Result<Payment, Error> {
    let server = Server::start(VA, success(data)).await;
    let created = server.va().create_payment(&new("KLNU00252", 469_000)).await;
    assert_eq!(server.calls(), 1);
    created
}

async fn create_gopay(changes: Value) -> Result<Payment, Error> {
    let server = Server::start(GOPAY, success(with(gopay(), changes))).await;
    let created = server.gopay().create_payment(&new("klnu01978", 2_000)).await;
    assert_eq!(server.calls(), 1);
    created
}

/// Checks a request beside its changing members, which it returns.
#[track_caller]
fn check_request(request: &Value, wanted: Value) -> (String, JakartaTime) {
    let text = |name: &str| request[name].as_str().unwrap_or_else(|| panic!("{name} in {request}")).to_owned();
    let (uuid, time) = (text("rq_uuid"), text("rq_datetime"));
    assert_eq!(*request, with(wanted, json!({"rq_uuid": &uuid, "rq_datetime": &time})));
    (uuid, JakartaTime::new(time))
}

#[tokio::test]
async fn creates_a_transfer() {
    let server = Server::start(VA, success(transfer())).await;
    let gateway = server.va();
    let before = jiff::Timestamp::now();
    let payment = gateway.create_payment(&new("KLNU00252", 469_000)).await.unwrap();

    let mut wanted = Payment::new(PROVIDER, Rupiah::new(469_000), PaymentStatus::Pending);
    wanted.id = Some("REF-9".to_owned());
    wanted.reference = Some("KLNU00252".to_owned());
    wanted.payable = Some(Rupiah::new(469_765));
    wanted.pay_with = vec![Payable::Code("174".to_owned())];
    assert_eq!(payment, wanted);

    let request = json!({
        "order_id": "KLNU00252", "no_hp": "085736064900", "fullname": "Almeera Salsabila",
        "email": "Almeera@gmail.com", "bank_code": "014", "product_code": "BCAATM", "nominal": "469000",
        "pay_ship": "0",
    });
    let (uuid, time) = check_request(&server.only_request(), request.clone());
    assert!(uuid.starts_with("KLNU00252-"), "{uuid}");
    let late = time.timestamp().unwrap().as_second() - before.as_second();
    assert!((0..60).contains(&late), "{time} is not now in Jakarta");

    gateway.create_payment(&new("KLNU00252", 469_000)).await.unwrap();
    let (again, _) = check_request(server.sent.lock().unwrap().last().unwrap(), request);
    assert_ne!(uuid, again, "each request has its own id");
}

#[tokio::test]
async fn creates_what_is_paid_by_card_or_with_less_told() {
    let page = "https://payment.example.com/card/KLNU00252";
    let card = create_va(json!({"url_pay": page, "is_va": "0"})).await.unwrap();
    assert_eq!(card.pay_with, [Payable::Page(page.to_owned())]);
    assert_eq!((card.id, card.payable), (None, None));

    let both = create_va(json!({"url_pay": page, "is_va": 1, "kd_pay": 88810, "kd_ref": ""})).await.unwrap();
    assert_eq!(both.pay_with, [Payable::Page(page.to_owned()), Payable::Code("88810".to_owned())]);
    assert_eq!(both.id.as_deref(), Some("88810"));
}

#[tokio::test]
async fn a_transfer_of_another_price_is_no_payment() {
    for (changes, what) in [
        (json!({"total_belanja": "468999"}), "another price"),
        (json!({"total_belanja": "46900"}), "another price"),
        (json!({"total_bayar": "468999"}), "less than the price"),
        (json!({"total_bayar": "0", "total_belanja": null}), "less than the price"),
    ] {
        let error = fails(create_va(with(transfer(), changes)).await, Kind::EchoMismatch, Delivery::MaybeSent);
        assert!(error.contains(what), "{error}");
    }
    let same = create_va(with(transfer(), json!({"total_bayar": "469000", "total_belanja": "469000.00"}))).await;
    assert_eq!(same.unwrap().payable, Some(Rupiah::new(469_000)));
}

#[tokio::test]
async fn a_failed_connection_and_an_empty_reply_are_no_payment() {
    for no in [json!("0"), json!(0), json!(false)] {
        let told = with(transfer(), json!({"koneksi": no}));
        let error = fails(create_va(told).await, Kind::Unavailable, Delivery::MaybeSent);
        assert!(error.contains("connection to the bank failed"), "{error}");
    }
    for changes in [json!({"kd_pay": null}), json!({"kd_pay": "-"}), json!({"kd_pay": "", "url_pay": " "})] {
        let told = with(transfer(), changes);
        let error = fails(create_va(told).await, Kind::UnexpectedReply, Delivery::MaybeSent);
        assert!(error.contains("nothing to pay with"), "{error}");
    }
}

#[tokio::test]
async fn creates_the_documented_gopay_payment() {
    let server = Server::start(GOPAY, success(gopay())).await;
    let payment = server.gopay().create_payment(&new("klnu01978", 2_000).method(Method::Gopay)).await.unwrap();

    let mut wanted = Payment::new(GOPAY_PROVIDER, Rupiah::new(2_000), PaymentStatus::Pending);
    wanted.id = Some("c91bcecf-7528-4b29-aef1-8cdf8fffc187".to_owned());
    wanted.reference = Some("klnu01978".to_owned());
    wanted.payable = Some(Rupiah::new(2_000));
    wanted.pay_with = vec![
        Payable::QrImage("https://api.veritrans.co.id/v2/gopay/c91b/qr-code".to_owned()),
        Payable::DeepLink("gojek://gopay/merchanttransfer?tref=0520&amount=2000".to_owned()),
    ];
    assert_eq!(payment, wanted);

    let request = json!({
        "order_id": "klnu01978", "no_hp": "085736064900", "fullname": "Almeera Salsabila",
        "email": "Almeera@gmail.com", "bank_code": "gopay", "product_code": "e_wallets", "nominal": "2000",
        "pay_ship": "0",
    });
    check_request(&server.only_request(), request);
}

#[tokio::test]
async fn sends_the_product_code_that_is_set() {
    let server = Server::start(GOPAY, success(gopay())).await;
    server.gopay().product_code("e_money").create_payment(&new("klnu01978", 2_000)).await.unwrap();
    assert_eq!(server.only_request()["product_code"], "e_money");
}

#[tokio::test]
async fn a_gopay_reply_about_something_else_is_no_payment() {
    for (changes, what) in [
        (json!({"order_id": "klnu01979"}), "another reference"),
        (json!({"order_id": "KLNU01978"}), "another reference"),
        (json!({"gross_amount": "20000.00"}), "another amount"),
        (json!({"gross_amount": "1500", "nominal": "1500", "pay_ship": "0"}), "another amount"),
        (json!({"pay_ship": "0"}), "another sum of price and shipping"),
        (json!({"nominal": u64::MAX}), "another sum of price and shipping"),
    ] {
        let error = fails(create_gopay(changes).await, Kind::EchoMismatch, Delivery::MaybeSent);
        assert!(error.contains(what), "{error}");
    }
    assert!(create_gopay(json!({"nominal": null})).await.is_ok(), "what is not told is not compared");
}

#[tokio::test]
async fn the_code_inside_a_gopay_reply_is_judged() {
    for (code, kind, delivery) in [
        ("401", Kind::Authentication, Delivery::Answered),
        ("406", Kind::AlreadyDone, Delivery::Answered),
        ("503", Kind::Unavailable, Delivery::MaybeSent),
        ("900", Kind::Unavailable, Delivery::MaybeSent),
        ("05", Kind::Rejected, Delivery::Answered),
    ] {
        let changes = json!({"status_code": code, "status_message": format!("refused, {TOKEN}")});
        let failed = create_gopay(changes).await;
        assert_eq!(failed.as_ref().unwrap_err().code(), Some(code));
        assert_eq!(failed.as_ref().unwrap_err().operation().unwrap().id, "create_gopay_payment");
        fails(failed, kind, delivery);
    }
}

#[tokio::test]
async fn other_codes_leave_it_to_the_state() {
    let unknown = |word: &str| PaymentStatus::Unknown(word.to_owned());
    for (code, word, fraud, status) in [
        ("201", "pending", "accept", PaymentStatus::Pending),
        ("201", "settlement", "accept", PaymentStatus::Pending),
        ("200", "settlement", "accept", PaymentStatus::Paid),
        ("200", "capture", "accept", PaymentStatus::Paid),
        ("200", "capture", "challenge", unknown("challenge")),
        ("200", "settlement", "deny", PaymentStatus::Failed),
        ("201", "pending", "challenge", unknown("challenge")),
        ("202", "deny", "accept", PaymentStatus::Failed),
        ("202", "cancel", "accept", PaymentStatus::Cancelled),
        ("407", "expire", "accept", PaymentStatus::Expired),
        ("5", "authorize", "accept", unknown("authorize")),
        ("999", "something new", "accept", unknown("something new")),
    ] {
        let changes = json!({"status_code": code, "transaction_status": word, "fraud_status": fraud});
        assert_eq!(create_gopay(changes).await.unwrap().status, status, "{code} {word} {fraud}");
    }
    assert_eq!(create_gopay(json!({"fraud_status": null})).await.unwrap().status, PaymentStatus::Pending);
}

#[tokio::test]
async fn a_gopay_payment_that_waits_must_be_payable() {
    let others = gopay()["actions"].as_array().unwrap()[2..].to_vec();
    for actions in [json!([]), json!(others), json!([{"name": "generate-qr-code", "url": ""}])] {
        let failed = create_gopay(json!({"actions": actions})).await;
        let error = fails(failed, Kind::UnexpectedReply, Delivery::MaybeSent);
        assert!(error.contains("nothing to pay with"), "{error}");
    }
    let paid = json!({"actions": [], "status_code": "200", "transaction_status": "settlement"});
    assert_eq!(create_gopay(paid).await.unwrap().pay_with, []);
}

#[tokio::test]
async fn what_cannot_be_sent_is_not_sent() {
    let bare = |new: NewPayment, member: &str| {
        let mut new = new;
        match member {
            "customer_name" => new.customer_name = None,
            "customer_email" => new.customer_email = None,
            "customer_phone" => new.customer_phone = Some(" ".to_owned()),
            _ => unreachable!(),
        }
        new
    };
    let order = || new("KLNU00252", 2_000);
    for path in [VA, GOPAY] {
        let server = Server::start(path, success(json!({}))).await;
        let (va, gopay) = (server.va(), server.gopay());
        let gateway: &dyn PaymentGateway = if path == VA { &va } else { &gopay };
        for member in ["customer_name", "customer_email", "customer_phone"] {
            let failed = gateway.create_payment(&bare(order(), member)).await;
            let error = fails(failed, Kind::InvalidRequest, Delivery::NotSent);
            assert!(error.contains(member), "{error}");
        }
        for wrong in [new("KLNU00252", 0), new("", 2_000), new(" ", 2_000)] {
            fails(gateway.create_payment(&wrong).await, Kind::InvalidRequest, Delivery::NotSent);
        }
        let mut wrong = vec![
            order().expires_in(Duration::from_secs(900)),
            order().return_url("https://shop.example.com"),
            order().method(Method::Qris),
            order().method(Method::PayPage),
            order().method(Method::VirtualAccount("008".to_owned())),
        ];
        wrong.push(order().method(if path == VA { Method::Gopay } else { Method::Card }));
        for wrong in wrong {
            fails(gateway.create_payment(&wrong).await, Kind::Unsupported, Delivery::NotSent);
        }
        let payment = Payment::new(gateway.provider(), Rupiah::new(2_000), PaymentStatus::Pending);
        fails(gateway.payment(Lookup::from(&payment)).await, Kind::Unsupported, Delivery::NotSent);
        fails(gateway.cancel_payment(&payment).await, Kind::Unsupported, Delivery::NotSent);
        for gateway in
            [VaGateway::new(server.client(), "", "BCAATM", keys()), VaGateway::new(server.client(), "014", " ", keys())]
        {
            fails(gateway.create_payment(&order()).await, Kind::Configuration, Delivery::NotSent);
        }
        assert_eq!((server.logins(), server.calls()), (0, 0), "nothing may be sent");
    }
}

#[tokio::test]
async fn takes_its_own_bank_and_cards() {
    for method in [Method::VirtualAccount("014".to_owned()), Method::Card] {
        let server = Server::start(VA, success(transfer())).await;
        let created = server.va().create_payment(&new("KLNU00252", 469_000).method(method)).await;
        assert!(created.is_ok() && server.calls() == 1, "{created:?}");
    }
}

#[test]
fn says_what_it_can_do() {
    let client = client("http://127.0.0.1:9");
    let va = VaGateway::new(client.clone(), "014", "BCAATM", keys());
    let gopay = GopayGateway::new(client.clone(), keys());
    let lax = GopayGateway::new(client, keys().accept_unsigned_gopay());
    for (gateway, provider, trust) in [
        (&va as &dyn PaymentGateway, "klink", Trust::Signed),
        (&gopay, "klink-gopay", Trust::Signed),
        (&lax, "klink-gopay", Trust::Unsigned),
    ] {
        let can = gateway.capabilities();
        assert_eq!((gateway.provider(), can.notifications, can.least_amount), (provider, trust, Rupiah::new(1)));
        assert!(![can.status, can.find_by_reference, can.cancel, can.qris_payload, can.expiry].contains(&true));
        assert!(serde_json::from_str::<Value>(gateway.acceptance()).unwrap().is_object());
    }
    let shown = format!("{va:?} {gopay:#?}");
    assert!(shown.contains("BCAATM") && !shown.contains("CANARY"), "{shown}");
}

fn signed(body: &str) -> HeaderMap {
    let mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).unwrap().chain_update(body).finalize();
    let signature: String = mac.into_bytes().iter().map(|byte| format!("{byte:02X}")).collect();
    HeaderMap::from_iter([(SIGNATURE_HEADER.parse().unwrap(), signature.parse().unwrap())])
}

fn settlement(order: &str, uuid: &str, tot_bayar: &str, status: &str) -> String {
    json!({
        "status": status, "message": "transaction success!", "rq_uuid": uuid, "rq_datetime": "2020-11-12 09:13:19",
        "order_id": order, "kd_pay": "174", "tot_bayar": tot_bayar, "norek": "-", "transaction": "multipayment",
    })
    .to_string()
}

const PAID_BY_GOPAY: &str =
    r#"{"status":"success","message":"m","id_trans":"12345","order_id":"klnu01978","transaction":"gopay"}"#;

/// What a merchant's handler does.
async fn handle(
    gateway: &dyn PaymentGateway,
    headers: &HeaderMap,
    body: &str,
    expected: &Payment,
    seen: &dyn Seen,
) -> Result<Confirmed, NotificationFailure> {
    let notification = gateway.parse_notification(headers, body.as_bytes())?;
    Ok(confirm(gateway, &notification, expected, seen).await?)
}

fn reason(failure: NotificationFailure) -> Unconfirmed {
    match failure {
        NotificationFailure::Unconfirmed(reason) => reason,
        other => panic!("{other}"),
    }
}

fn no_network() -> Client {
    client("http://127.0.0.1:9")
}

#[tokio::test]
async fn a_signed_settlement_confirms_the_created_payment_once() {
    let expected = create_va(transfer()).await.unwrap();
    let gateway = VaGateway::new(no_network(), "014", "BCAATM", keys());
    let seen = SeenInMemory::default();
    let body = settlement("KLNU00252", "u-1", "469765", "success");

    let confirmed = handle(&gateway, &signed(&body), &body, &expected, &seen).await.unwrap();
    let wanted = {
        let mut paid = expected.clone();
        paid.status = PaymentStatus::Paid;
        paid
    };
    assert_eq!(*confirmed.payment(), wanted);
    assert_eq!(answer(gateway.acceptance(), Ok(&confirmed)).body(), gateway.acceptance().as_bytes());
    // K-Link sends both kinds to one address: it does not matter which gateway reads them there.
    let gopay = GopayGateway::new(no_network(), keys());
    let notification = gopay.parse_notification(&signed(&body), body.as_bytes()).unwrap();
    let read_there = confirm(&gopay, &notification, &expected, &SeenInMemory::default()).await.unwrap();
    assert_eq!(*read_there.payment(), wanted);

    seen.remember(confirmed.key()).unwrap();
    let replayed = handle(&gateway, &signed(&body), &body, &expected, &seen).await.unwrap_err();
    assert_eq!(answer(gateway.acceptance(), Err(&replayed)).status(), 200);
    assert!(matches!(reason(replayed), Unconfirmed::Replay));

    // The same message in another form is another body with another signature, and still the same notification.
    let spaced = body.replace("\":", "\": ");
    let replayed = handle(&gateway, &signed(&spaced), &spaced, &expected, &seen).await.unwrap_err();
    assert!(matches!(reason(replayed), Unconfirmed::Replay));
    // Another message about the same payment: it is dealt with already.
    let other = settlement("KLNU00252", "u-2", "469765", "success");
    let replayed = handle(&gateway, &signed(&other), &other, &expected, &seen).await.unwrap_err();
    assert!(matches!(reason(replayed), Unconfirmed::Replay));
}

#[tokio::test]
async fn a_settlement_about_something_else_confirms_nothing() {
    let expected = create_va(transfer()).await.unwrap();
    let gateway = VaGateway::new(no_network(), "014", "BCAATM", keys());
    let seen = SeenInMemory::default();
    let fail = async |body: String| {
        reason(handle(&gateway, &signed(&body), &body, &expected, &seen).await.expect_err("it must not be confirmed"))
    };

    for (tot_bayar, got) in [("469764", 469_764), ("469000", 469_000), ("0", 0)] {
        let reason = fail(settlement("KLNU00252", "u", tot_bayar, "success")).await;
        let Unconfirmed::AmountMismatch { expected, got: told } = reason else { panic!("{reason}") };
        assert_eq!((expected, told), (Rupiah::new(469_765), Rupiah::new(got)));
    }
    for order in ["KLNU00253", "klnu00252", "KLNU00252 "] {
        let reason = fail(settlement(order, "u", "469765", "success")).await;
        assert!(matches!(reason, Unconfirmed::ReferenceMismatch), "{order:?}: {reason}");
    }
    for order in ["", "-", "KLNU0025\u{fffd}"] {
        let body = settlement(order, "u", "469765", "success");
        let refused = handle(&gateway, &signed(&body), &body, &expected, &seen).await;
        assert!(matches!(refused, Err(NotificationFailure::Refused(_))), "{order:?}");
    }
    for (word, status) in [("fail", PaymentStatus::Failed), ("pending", PaymentStatus::Unknown("pending".to_owned()))] {
        let reason = fail(settlement("KLNU00252", "u", "469765", word)).await;
        assert!(matches!(&reason, Unconfirmed::OtherClaim(told) if *told == status), "{reason}");
    }
    // Of the other gateway, though signed and of the same order.
    let gopay = PAID_BY_GOPAY.replace("klnu01978", "KLNU00252");
    assert!(matches!(fail(gopay).await, Unconfirmed::ReferenceMismatch));
    // The manual transfer of the document's sample tells no amount.
    let untold = settlement("KLNU00252", "u", "-", "success");
    assert!(handle(&gateway, &signed(&untold), &untold, &expected, &seen).await.is_ok());
}

#[tokio::test]
async fn a_forged_notification_is_refused() {
    let expected = create_va(transfer()).await.unwrap();
    let gateway = VaGateway::new(no_network(), "014", "BCAATM", keys());
    let body = settlement("KLNU00252", "u-1", "469765", "success");
    let other = settlement("KLNU00252", "u-2", "469765", "success");
    for headers in [HeaderMap::new(), signed(&other)] {
        let failure = handle(&gateway, &headers, &body, &expected, &SeenInMemory::default()).await.unwrap_err();
        assert!(matches!(&failure, NotificationFailure::Refused(error) if error.kind() == Kind::Authentication));
        assert_eq!(answer(gateway.acceptance(), Err(&failure)).status(), 401);
    }
}

#[tokio::test]
async fn gopay_is_confirmed_by_a_signature_only() {
    let expected = create_gopay(json!({})).await.unwrap();
    let seen = SeenInMemory::default();
    let strict = GopayGateway::new(no_network(), keys());
    let lax = GopayGateway::new(no_network(), keys().accept_unsigned_gopay());

    for gateway in [&strict, &lax] {
        let paid = handle(gateway, &signed(PAID_BY_GOPAY), PAID_BY_GOPAY, &expected, &seen).await.unwrap();
        assert_eq!(paid.payment().status, PaymentStatus::Paid);
    }
    let failure = handle(&strict, &HeaderMap::new(), PAID_BY_GOPAY, &expected, &seen).await.unwrap_err();
    assert!(matches!(failure, NotificationFailure::Refused(error) if error.kind() == Kind::Authentication));
    let failure = handle(&lax, &HeaderMap::new(), PAID_BY_GOPAY, &expected, &seen).await.unwrap_err();
    assert!(matches!(reason(failure), Unconfirmed::NoProof));

    let paid = handle(&strict, &signed(PAID_BY_GOPAY), PAID_BY_GOPAY, &expected, &seen).await.unwrap();
    seen.remember(paid.key()).unwrap();
    let replayed = handle(&strict, &signed(PAID_BY_GOPAY), PAID_BY_GOPAY, &expected, &seen).await.unwrap_err();
    assert!(matches!(reason(replayed), Unconfirmed::Replay));
}

#[tokio::test]
async fn a_second_refund_is_told_in_parts() {
    let text = "refund existing, id_trans:323, order_id:123456789,\nmember_id:idspaa001, datetime:2021-10-27 12:01:25!";
    let refund = RefundAcceptance {
        id_order: "123456789".into(),
        id_member: "idspaa001".into(),
        id_trans: "323".into(),
        note: "Refund".into(),
    };
    let server = Server::start("/api/escrow/refund-accept", json!({"status": "fail", "message": text})).await;
    let error = server.client().accept_refund(&refund).await.unwrap_err();
    let before = AlreadyRefunded::from_error(&error).expect("a second refund");
    assert_eq!(before.text, text);
    assert_eq!(before.id_trans.unwrap(), "323");
    assert_eq!(before.order_id.unwrap(), "123456789");
    assert_eq!(before.member_id.as_deref(), Some("idspaa001"));
    assert_eq!(before.datetime.unwrap().text(), "2021-10-27 12:01:25");

    let server =
        Server::start("/api/escrow/refund-accept", json!({"status": "fail", "message": "no such order"})).await;
    let error = server.client().accept_refund(&refund).await.unwrap_err();
    assert_eq!(AlreadyRefunded::from_error(&error), None);
}
