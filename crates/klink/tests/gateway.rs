//! Both gateways against a stand-in server, and what becomes of their notifications.
#![cfg(feature = "client")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use gerbang_core::{
    Delivery, Doubt, Error, Expected, JakartaTime, Kind, Lookup, Method, Mismatch, NewPayment, NotificationFailure,
    Payable, Payment, PaymentGateway, PaymentStatus, Proof, Rupiah, Trust, answer, confirm,
};
use gerbang_klink::types::{
    HistoryQuery, NewTransfer, NewWallet, NewWalletPayment, ReconcileRequest, RefundAcceptance, VoucherRedemption,
};
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
    wanted.id = Some("KLNU00252-469000".to_owned());
    wanted.request_id = wanted.id.clone();
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
    assert_eq!(Some(uuid), payment.request_id);
    let late = time.timestamp().unwrap().as_second() - before.as_second();
    assert!((0..60).contains(&late), "{time} is not now in Jakarta");

    let own = gateway.create_payment(&new("KLNU00252", 469_000).request_id("RQ-7")).await.unwrap();
    let (uuid, _) = check_request(server.sent.lock().unwrap().last().unwrap(), request);
    assert_eq!((uuid.as_str(), own.id.as_deref(), own.request_id.as_deref()), ("RQ-7", Some("RQ-7"), Some("RQ-7")));
}

#[tokio::test]
async fn payment_has_one_identity_with_and_without_its_reply() {
    let new = new("KLNU00252", 469_000);
    let created = create_va(transfer()).await.unwrap();
    let unanswered = new.unanswered(PROVIDER);
    assert_eq!(created.request_id, unanswered.request_id);
    let gateway = VaGateway::new(no_network(), "014", "BCAATM", keys());
    let body = settlement("KLNU00252", "KLNU00252-469000", "469765", "success");
    let mut keys = Vec::new();
    for expected in [created, unanswered] {
        keys.push(handle(&gateway, &signed(&body), &body, &expected).await.unwrap().key());
    }
    assert_eq!(keys[0], keys[1]);
}

#[tokio::test]
async fn creates_what_is_paid_by_card_or_with_less_told() {
    let page = "https://payment.example.com/card/KLNU00252";
    let card = create_va(json!({"url_pay": page, "is_va": "0"})).await.unwrap();
    assert_eq!(card.pay_with, [Payable::Page(page.to_owned())]);
    assert_eq!((card.id.as_deref(), card.payable), (Some("KLNU00252-469000"), None));

    let both = create_va(json!({"url_pay": page, "is_va": 1, "kd_pay": 88810, "kd_ref": ""})).await.unwrap();
    assert_eq!(both.pay_with, [Payable::Page(page.to_owned()), Payable::Code("88810".to_owned())]);
}

#[tokio::test]
async fn number_of_a_virtual_account_is_shown() {
    let account = Payable::VirtualAccount { bank: "014".to_owned(), number: "4490591000000058".to_owned() };
    for number in [json!("4490591000000058"), json!(4490591000000058u64)] {
        let told = json!({"is_va": "1", "va_number": number, "kd_pay": ""});
        assert_eq!(create_va(told).await.unwrap().pay_with, std::slice::from_ref(&account));
    }
    let told = with(transfer(), json!({"is_va": "1", "va_number": "4490591000000058"}));
    assert_eq!(create_va(told).await.unwrap().pay_with, [account, Payable::Code("174".to_owned())]);
    for blank in [json!("-"), json!(""), json!(0), json!(null)] {
        let told = with(transfer(), json!({"va_number": blank}));
        assert_eq!(create_va(told).await.unwrap().pay_with, [Payable::Code("174".to_owned())]);
    }
}

#[tokio::test]
async fn another_way_to_pay_than_was_asked_for_is_a_mismatch() {
    let page = "https://payment.example.com/card/KLNU00252";
    let account = || Method::VirtualAccount("014".to_owned());
    for (method, reply, is_taken) in [
        (account(), json!({"is_va": "1", "va_number": "77"}), true),
        (account(), json!({"is_va": "1", "kd_pay": "174"}), true),
        (account(), json!({"kd_pay": "174"}), true),
        (account(), json!({"is_va": "1", "va_number": "77", "url_pay": page}), true),
        (account(), json!({"is_va": "0", "url_pay": page}), false),
        (account(), json!({"is_va": "1", "url_pay": page}), false),
        (account(), json!({"url_pay": page}), false),
        (account(), json!({"is_va": "0", "kd_pay": "174"}), false),
        (Method::Card, json!({"is_va": "0", "url_pay": page}), true),
        (Method::Card, json!({"url_pay": page, "kd_pay": "174"}), true),
        (Method::Card, json!({"is_va": 1, "url_pay": page}), false),
        (Method::Card, json!({"url_pay": page, "va_number": "77"}), false),
        (Method::Card, json!({"is_va": "1", "va_number": "77"}), false),
        (Method::Card, json!({"is_va": "0", "kd_pay": "174"}), false),
    ] {
        let server = Server::start(VA, success(reply.clone())).await;
        let created = server.va().create_payment(&new("KLNU00252", 469_000).method(method.clone())).await;
        match is_taken {
            true => assert!(created.is_ok(), "{method:?} {reply}: {created:?}"),
            false => drop(fails(created, Kind::EchoMismatch, Delivery::MaybeSent)),
        }
    }
}

#[tokio::test]
async fn unsafe_addresses_are_not_shown() {
    for url in ["http://payment.example.com/card", "javascript:alert(1)", "//payment.example.com", " ", ""] {
        let error = fails(create_va(json!({"url_pay": url})).await, Kind::UnexpectedReply, Delivery::MaybeSent);
        assert!(error.contains("nothing to pay with"), "{error}");
        let code = create_va(with(transfer(), json!({"url_pay": url}))).await.unwrap();
        assert_eq!(code.pay_with, [Payable::Code("174".to_owned())]);
        for name in ["generate-qr-code", "deeplink-redirect"] {
            let failed = create_gopay(json!({"actions": [{"url": url, "name": name}]})).await;
            fails(failed, Kind::UnexpectedReply, Delivery::MaybeSent);
        }
    }
    let script = json!({"actions": [{"url": "javascript://gojek/%0aalert(1)", "name": "deeplink-redirect"}]});
    fails(create_gopay(script).await, Kind::UnexpectedReply, Delivery::MaybeSent);
    let web = "https://simulator.example.com/gopay?id=1";
    let link = create_gopay(json!({"actions": [{"url": web, "name": "deeplink-redirect"}]})).await.unwrap();
    assert_eq!(link.pay_with, [Payable::DeepLink(web.to_owned())]);
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
    wanted.request_id = Some("klnu01978-2000".to_owned());
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
        (json!({"gross_amount": "20000.00"}), "another amount"),
        (json!({"gross_amount": "1500", "nominal": "1500", "pay_ship": "0"}), "another amount"),
        (json!({"pay_ship": "0"}), "another sum of price and shipping"),
        (json!({"nominal": u64::MAX}), "another sum of price and shipping"),
    ] {
        let error = fails(create_gopay(changes).await, Kind::EchoMismatch, Delivery::MaybeSent);
        assert!(error.contains(what), "{error}");
    }
    assert!(create_gopay(json!({"nominal": null})).await.is_ok(), "what is not told is not compared");
    let spelled = create_gopay(json!({"order_id": "KLNU01978"})).await.unwrap();
    assert_eq!(spelled.reference.as_deref(), Some("klnu01978"), "as the merchant writes it");
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
        let message = format!("refused, {TOKEN}");
        // With all that a payment has, and with nothing but the code.
        let bare = success(json!({"status_code": code, "status_message": message}));
        let server = Server::start(GOPAY, bare).await;
        let bare = server.gopay().create_payment(&new("klnu01978", 2_000)).await;
        let whole = create_gopay(json!({"status_code": code, "status_message": message})).await;
        for failed in [bare, whole] {
            assert_eq!(failed.as_ref().unwrap_err().code(), Some(code));
            assert_eq!(failed.as_ref().unwrap_err().operation().unwrap().id, "create_gopay_payment");
            fails(failed, kind, delivery);
        }
        assert_eq!((server.logins(), server.calls()), (1, 1), "401 is about Midtrans, not about the token");
    }
}

#[tokio::test]
async fn payment_that_lacks_what_it_needs_is_none() {
    for missing in ["order_id", "gross_amount", "transaction_id"] {
        let failed = create_gopay(json!({missing: null})).await;
        let error = fails(failed, Kind::UnexpectedReply, Delivery::MaybeSent);
        assert!(error.contains(missing), "{error}");
    }
    let failed = create_gopay(json!({"transaction_status": null, "status_code": "200"})).await;
    fails(failed, Kind::UnexpectedReply, Delivery::MaybeSent);
    // 201 says itself that the payment waits.
    assert_eq!(create_gopay(json!({"transaction_status": null})).await.unwrap().status, PaymentStatus::Pending);
}

#[tokio::test]
async fn code_beside_the_flag_is_conclusive_for_gopay_only() {
    for (code, kind, delivery) in [
        ("401", Kind::Authentication, Delivery::Answered),
        ("406", Kind::AlreadyDone, Delivery::Answered),
        ("503", Kind::Unavailable, Delivery::MaybeSent),
        ("05", Kind::Rejected, Delivery::MaybeSent),
    ] {
        let reply = json!({"status": "fail", "message": "no", "status_code": code});
        let server = Server::start(GOPAY, reply.clone()).await;
        fails(server.gopay().create_payment(&new("klnu01978", 2_000)).await, kind, delivery);
        let server = Server::start("/api/kwallet/transfer_to_account", reply).await;
        fails(server.client().transfer(&a_transfer()).await, kind, Delivery::MaybeSent);
    }
}

#[tokio::test]
async fn other_codes_leave_it_to_the_state() {
    let unknown = |word: &str| PaymentStatus::Unknown(word.to_owned());
    for (code, word, fraud, status) in [
        ("201", "pending", "accept", PaymentStatus::Pending),
        // Paid at once is not believed where nobody can be asked.
        ("201", "settlement", "accept", PaymentStatus::Pending),
        ("200", "settlement", "accept", PaymentStatus::Pending),
        ("200", "capture", "accept", PaymentStatus::Pending),
        ("201", "deny", "accept", PaymentStatus::Failed),
        ("201", "failure", "accept", PaymentStatus::Failed),
        ("201", "expire", "accept", PaymentStatus::Expired),
        ("201", "cancel", "accept", PaymentStatus::Cancelled),
        ("201", "something new", "accept", PaymentStatus::Pending),
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
        let odd_id = |id: &str| new("KLNU00252", 2_000).request_id(id);
        for wrong in [new("KLNU00252", 0), new("", 2_000), new(" ", 2_000), odd_id(""), odd_id(" R"), odd_id("00123")] {
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

#[test]
fn says_what_it_can_do() {
    let client = client("http://127.0.0.1:9");
    let va = VaGateway::new(client.clone(), "014", "BCAATM", keys());
    let gopay = GopayGateway::new(client.clone(), keys());
    let lax = GopayGateway::new(client, keys().accept_unsigned_gopay());
    for (gateway, provider, trust) in [
        (&va as &dyn PaymentGateway, "klink", Trust::Signed),
        (&gopay, "klink-gopay", Trust::Signed),
        // What `accept_unsigned_gopay` lets in can still prove nothing.
        (&lax, "klink-gopay", Trust::Signed),
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
) -> Result<Proof, NotificationFailure> {
    let notification = gateway.parse_notification(headers, body.as_bytes())?;
    Ok(confirm(gateway, &notification, &Expected::new(expected.clone())).await?)
}

fn doubt(failure: NotificationFailure) -> Doubt {
    match failure {
        NotificationFailure::Doubted(doubt) => doubt,
        other => panic!("{other}"),
    }
}

fn no_network() -> Client {
    client("http://127.0.0.1:9")
}

const UUID: &str = "KLNU00252-469000";

#[tokio::test]
async fn signed_settlement_proves_the_created_payment() {
    let expected = create_va(transfer()).await.unwrap();
    let gateway = VaGateway::new(no_network(), "014", "BCAATM", keys());
    let body = settlement("KLNU00252", UUID, "469765", "success");

    let proof = handle(&gateway, &signed(&body), &body, &expected).await.unwrap();
    let wanted = {
        let mut paid = expected.clone();
        paid.status = PaymentStatus::Paid;
        paid
    };
    assert_eq!(*proof.payment(), wanted);
    assert_eq!(answer(gateway.acceptance(), Ok(&proof)).body(), gateway.acceptance().as_bytes());
    // K-Link sends both kinds to one address: it does not matter which gateway reads them there.
    let gopay = GopayGateway::new(no_network(), keys());
    assert_eq!(handle(&gopay, &signed(&body), &body, &expected).await.unwrap(), proof);
    // The same message in another form is another body with another signature, and still the same payment.
    let spaced = body.replace("\":", "\": ");
    assert_eq!(handle(&gateway, &signed(&spaced), &spaced, &expected).await.unwrap().key(), proof.key());
}

#[tokio::test]
async fn settlement_about_something_else_proves_nothing() {
    let expected = create_va(transfer()).await.unwrap();
    let gateway = VaGateway::new(no_network(), "014", "BCAATM", keys());
    let fail = async |body: String| {
        let failure = handle(&gateway, &signed(&body), &body, &expected).await.expect_err("it must prove nothing");
        let status = answer(gateway.acceptance(), Err(&failure)).status().as_u16();
        (doubt(failure), status)
    };

    for (tot_bayar, got) in [("469764", 469_764), ("469000", 469_000), ("0", 0)] {
        let (doubt, status) = fail(settlement("KLNU00252", UUID, tot_bayar, "success")).await;
        let wanted = Mismatch::Amount { expected: Rupiah::new(469_765), got: Rupiah::new(got) };
        assert!(matches!(doubt, Doubt::Mismatch(mismatch) if mismatch == wanted), "{doubt}");
        assert_eq!(status, 503, "a person must look");
    }
    // Another price of the same order, and another payment of it.
    for uuid in ["KLNU00252-500000", "OF-ANOTHER-REQUEST"] {
        let (doubt, status) = fail(settlement("KLNU00252", uuid, "469765", "success")).await;
        assert!(matches!(doubt, Doubt::Mismatch(Mismatch::RequestId)) && status == 503, "{doubt}");
    }
    let other_code = settlement("KLNU00252", UUID, "469765", "success").replace("174", "999");
    let (doubt, status) = fail(other_code).await;
    assert!(matches!(doubt, Doubt::Mismatch(Mismatch::Code)) && status == 503, "{doubt}");
    let (doubt, status) = fail(settlement("KLNU00253", UUID, "469765", "success")).await;
    assert!(matches!(doubt, Doubt::Mismatch(Mismatch::Reference)) && status == 503, "{doubt}");
    let (doubt, status) = fail(settlement("KLNU00253", "u", "469765", "success")).await;
    assert!(matches!(doubt, Doubt::OtherPayment) && status == 400, "{doubt}");
    // A reference is the same in another letter case.
    let (doubt, status) = fail(settlement("klnu00252", "u", "469765", "success")).await;
    assert!(matches!(doubt, Doubt::Mismatch(Mismatch::RequestId)) && status == 503, "{doubt}");
    for (word, claimed) in [("fail", PaymentStatus::Failed), ("pending", PaymentStatus::Unknown("pending".to_owned()))]
    {
        let (doubt, status) = fail(settlement("KLNU00252", UUID, "469765", word)).await;
        assert!(matches!(&doubt, Doubt::OtherClaim(told) if *told == claimed), "{doubt}");
        assert_eq!(status, if word == "fail" { 200 } else { 503 });
    }
    // Of the other gateway, though signed and of the same order: money came in another way than was asked for.
    let gopay = PAID_BY_GOPAY.replace("klnu01978", "KLNU00252");
    let (doubt, status) = fail(gopay).await;
    assert!(matches!(doubt, Doubt::Mismatch(Mismatch::Gateway)) && status == 503, "{doubt}");
    // After a lost reply the request's own id is known, and compared.
    let unanswered = new("KLNU00252", 469_000).unanswered(PROVIDER);
    let other = settlement("KLNU00252", "KLNU00252-500000", "-", "success");
    let failure = handle(&gateway, &signed(&other), &other, &unanswered).await.unwrap_err();
    assert!(matches!(doubt_of(&failure), Doubt::Mismatch(Mismatch::RequestId)));
}

fn doubt_of(failure: &NotificationFailure) -> &Doubt {
    match failure {
        NotificationFailure::Doubted(doubt) => doubt,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn signed_settlement_is_never_refused_for_a_member() {
    let gateway = VaGateway::new(no_network(), "014", "BCAATM", keys());
    let gopay = GopayGateway::new(no_network(), keys());
    let expected = create_va(transfer()).await.unwrap();
    let told = |changes: Value| {
        let whole: Value = serde_json::from_str(&settlement("KLNU00252", UUID, "469765", "success")).unwrap();
        with(whole, changes).to_string()
    };
    for changes in [
        json!({"tot_bayar": "469.765"}),
        json!({"tot_bayar": "Rp 469.765,00"}),
        json!({"tot_bayar": "-"}),
        json!({"message": 7}),
        json!({"rq_uuid": null}),
        json!({"rq_uuid": {"a": 1}}),
        json!({"kd_pay": " "}),
        json!({"kd_pay": [174]}),
        json!({"rq_datetime": 7, "norek": false}),
        json!({"transaction": "something new"}),
        json!({"transaction": null}),
        json!({"transaction": 7}),
        json!({"status": " Success "}),
        json!({"order_id": "KLNU00252 "}),
    ] {
        let body = told(changes.clone());
        let proof = handle(&gateway, &signed(&body), &body, &expected).await;
        assert!(proof.is_ok(), "{changes}: {proof:?}");
    }
    // Half an emoji, which is no text, and a member that stands twice.
    for odd in [r#"{"note":"\ud83d","#, r#"{"message":"a","#, r#"{"rq_uuid":"other","#] {
        let body = told(json!({})).replacen('{', odd, 1);
        assert!(handle(&gateway, &signed(&body), &body, &expected).await.is_ok(), "{odd}");
    }
    // An amount that is another one or cannot be read proves nothing.
    for changes in [json!({"tot_bayar": "474.765"}), json!({"tot_bayar": "much"}), json!({"tot_bayar": [1]})] {
        let body = told(changes.clone());
        let failure = handle(&gateway, &signed(&body), &body, &expected).await.unwrap_err();
        assert!(matches!(doubt_of(&failure), Doubt::Mismatch(_)), "{changes}: {failure}");
        assert_eq!(answer(gateway.acceptance(), Err(&failure)).status(), 503, "{changes}");
    }
    // A claim that cannot be read is kept and a person told; it is never 400.
    for changes in [json!({"status": null}), json!({"status": 7}), json!({"status": "", "message": "success"})] {
        let body = told(changes.clone());
        let failure = handle(&gateway, &signed(&body), &body, &expected).await.unwrap_err();
        assert_eq!(answer(gateway.acceptance(), Err(&failure)).status(), 503, "{changes}");
    }
    let expected = create_gopay(json!({})).await.unwrap();
    for transaction in ["GO-PAY", "GoPay", "e_money", "E_WALLETS", "", "-"] {
        let body = PAID_BY_GOPAY.replace(r#""gopay""#, &format!("\"{transaction}\""));
        let proof = handle(&gopay, &signed(&body), &body, &expected).await;
        assert_eq!(proof.is_ok(), transaction != "-", "{transaction}: {proof:?}");
    }
    let bare = r#"{"status":"success","message":7,"id_trans":12345,"order_id":"klnu01978"}"#;
    assert!(handle(&gopay, &signed(bare), bare, &expected).await.is_ok());
}

#[tokio::test]
async fn forged_notification_is_refused() {
    let expected = create_va(transfer()).await.unwrap();
    let gateway = VaGateway::new(no_network(), "014", "BCAATM", keys());
    let body = settlement("KLNU00252", UUID, "469765", "success");
    let other = settlement("KLNU00252", "u-2", "469765", "success");
    for headers in [HeaderMap::new(), signed(&other)] {
        let failure = handle(&gateway, &headers, &body, &expected).await.unwrap_err();
        assert!(matches!(&failure, NotificationFailure::Refused(error) if error.kind() == Kind::Authentication));
        assert_eq!(answer(gateway.acceptance(), Err(&failure)).status(), 401);
    }
}

#[tokio::test]
async fn gopay_is_proven_by_a_signature_only() {
    let expected = create_gopay(json!({})).await.unwrap();
    let strict = GopayGateway::new(no_network(), keys());
    let lax = GopayGateway::new(no_network(), keys().accept_unsigned_gopay());
    let unanswered = new("klnu01978", 2_000).unanswered(GOPAY_PROVIDER);

    for expected in [&expected, &unanswered] {
        let paid = handle(&strict, &signed(PAID_BY_GOPAY), PAID_BY_GOPAY, expected).await.unwrap();
        assert_eq!(paid.payment().status, PaymentStatus::Paid);
    }
    let failure = handle(&strict, &HeaderMap::new(), PAID_BY_GOPAY, &expected).await.unwrap_err();
    assert!(matches!(failure, NotificationFailure::Refused(error) if error.kind() == Kind::Authentication));
    let failure = handle(&lax, &HeaderMap::new(), PAID_BY_GOPAY, &expected).await.unwrap_err();
    assert!(matches!(doubt(failure), Doubt::NoProof));
}

fn a_transfer() -> NewTransfer {
    NewTransfer {
        amount: Rupiah::new(1_000),
        description: "d".into(),
        id_member_receipt: "b".into(),
        id_member_send: "a".into(),
    }
}

fn a_refund(id_trans: &str) -> RefundAcceptance {
    RefundAcceptance {
        id_order: "123456789".into(),
        id_member: "idspaa001".into(),
        id_trans: id_trans.into(),
        note: "Refund".into(),
    }
}

#[tokio::test]
async fn refusal_of_a_movement_of_money_proves_nothing_and_says_what_to_do() {
    let reply = json!({"status": "fail", "message": "Payment failed"});
    let server = Server::start("/api/kwallet/pay", reply.clone()).await;
    let payment = NewWalletPayment {
        amount: Rupiah::new(90_000),
        description: "d".into(),
        id_member: "m".into(),
        id_order: "O".into(),
    };
    let error = fails(server.client().pay_from_wallet(&payment).await, Kind::Rejected, Delivery::MaybeSent);
    assert!(error.contains("call `reconcile` with the same `id_order`"), "{error}");

    let server = Server::start("/api/kwallet/transfer_to_account", reply.clone()).await;
    let error = fails(server.client().transfer(&a_transfer()).await, Kind::Rejected, Delivery::MaybeSent);
    assert!(error.contains("transaction_history"), "{error}");

    let server = Server::start("/api/kwallet/voucher_saldo", reply.clone()).await;
    let voucher = VoucherRedemption {
        amount: Rupiah::new(1_000),
        description: "d".into(),
        id_member_receipt: "b".into(),
        voucher_code: "v".into(),
    };
    let error = fails(server.client().redeem_voucher(&voucher).await, Kind::Rejected, Delivery::MaybeSent);
    assert!(error.contains("transaction_history"), "{error}");

    let server = Server::start("/api/escrow/refund-accept", reply.clone()).await;
    let error = fails(server.client().accept_refund(&a_refund("1")).await, Kind::Rejected, Delivery::MaybeSent);
    assert!(error.contains("transaction_history"), "{error}");

    let server = Server::start(VA, reply.clone()).await;
    fails(server.va().create_payment(&new("KLNU00252", 1_000)).await, Kind::Rejected, Delivery::MaybeSent);
    let server = Server::start(GOPAY, reply).await;
    fails(server.gopay().create_payment(&new("KLNU00252", 1_000)).await, Kind::Rejected, Delivery::MaybeSent);
}

#[tokio::test]
async fn question_of_the_first_step_is_no_receipt_of_a_refund() {
    let row = json!({"id_trans": 137, "id_member": "idspaa001", "credit": 90000, "id_order": "123456789"});
    let question = "Apakah benar data yang akan direfund?";
    for reply in [
        json!({"data": [row], "status": "success", "message": question}),
        json!({"data": [row], "status": "success", "message": "OK"}),
        json!({"data": row, "status": "success"}),
        json!({"status": "success", "message": question}),
        json!({"data": [], "status": "success", "message": format!("{} ", question.to_uppercase())}),
        json!({"status": "success", "message": "Is this the data to be refunded?"}),
        json!({"status": "success", "message": "Apakah benar data yang akan direfund"}),
    ] {
        let server = Server::start("/api/escrow/refund-accept", reply).await;
        let failed = server.client().accept_refund(&a_refund("137")).await;
        assert_eq!(failed.as_ref().unwrap_err().operation().unwrap().id, "accept_refund");
        fails(failed, Kind::UnexpectedReply, Delivery::MaybeSent);
    }
    for reply in [
        json!({"status": "success", "message": "success refund saldo for member idspaa001!"}),
        json!({"status": "success", "message": "done", "data": []}),
        json!({"status": "success"}),
    ] {
        let server = Server::start("/api/escrow/refund-accept", reply).await;
        server.client().accept_refund(&a_refund("137")).await.unwrap();
    }
    assert!(gerbang_klink::operations::ACCEPT_REFUND.alternative_paths.is_empty());
}

#[tokio::test]
async fn reconciliation_of_another_order_is_a_mismatch() {
    let ask = async |data: Value, order: &str| {
        let reply = json!({"status": "success", "data": data});
        let server = Server::start("/api/kwallet/reconcile/reconcile", reply).await;
        server.client().reconcile(&ReconcileRequest { id_order: order.into() }).await
    };
    let object = json!({"id_member": "m", "order_id": "O", "credit": "90000.00"});
    for data in [object.clone(), json!(object.to_string())] {
        assert_eq!(ask(data.clone(), "O").await.unwrap().data.credit, Rupiah::new(90_000));
        let failed = ask(data, "X").await;
        assert_eq!(failed.as_ref().unwrap_err().operation().unwrap().id, "reconcile");
        fails(failed, Kind::EchoMismatch, Delivery::MaybeSent);
    }
    let number = json!({"id_member": "m", "order_id": 123456789, "credit": "90000.00"});
    assert!(ask(number, "123456789").await.is_ok());
}

#[tokio::test]
async fn member_that_stands_twice_in_json_inside_a_string_is_refused() {
    let twice = r#"{"id_member":"m","order_id":"O","credit":"90000","credit":"1"}"#;
    for data in [twice.to_owned(), json!(twice).to_string()] {
        let server = MockServer::start_async().await;
        let body = format!(r#"{{"status":"success","Authorization":"t","data":{data}}}"#);
        server
            .mock_async(|when, then| {
                when.method("POST");
                then.status(200).body(body);
            })
            .await;
        let failed = client(&server.base_url()).reconcile(&ReconcileRequest { id_order: "O".into() }).await;
        fails(failed, Kind::UnexpectedReply, Delivery::MaybeSent);
    }
    let row = r#"{"credit":"1","debit":"0","balance":"1","balance":"2","datetime":"2021-06-17 22:02:04"}"#;
    let server = MockServer::start_async().await;
    let body = format!(r#"{{"status":"success","Authorization":"t","transaction":[{row}]}}"#);
    server
        .mock_async(|when, then| {
            when.method("POST");
            then.status(200).body(body);
        })
        .await;
    let query = HistoryQuery { id_member: "m".into(), startdate: String::new(), enddate: String::new() };
    let history = client(&server.base_url()).transaction_history(&query).await.unwrap();
    assert_eq!((history.transaction.len(), history.transaction.unreadable()), (0, 1));
}

#[tokio::test]
async fn empty_map_that_php_wrote_as_a_list_is_read() {
    let new = NewWallet { id_member: "m".into(), name: "n".into(), hp: "08".into(), email: "a@b.id".into() };
    for (data, is_read) in [(json!([]), true), (json!({}), true), (json!(null), true), (json!([1]), false)] {
        let reply = json!({"status": "success", "data": data, "date": "2021-07-29 11:03:33"});
        let server = Server::start("/api/kwallet/register_va", reply).await;
        match server.client().register_va(&new).await {
            Ok(wallet) => assert!(is_read && wallet.data.is_empty() && wallet.date.is_some(), "{data}"),
            Err(error) => assert!(!is_read && error.kind() == Kind::UnexpectedReply, "{data}: {error}"),
        }
    }
}

#[tokio::test]
async fn second_refund_is_recognised_whatever_the_password_is() {
    let server =
        Server::start("/api/escrow/refund-accept", json!({"status": "fail", "message": "refund existing"})).await;
    let credentials = Credentials::new("shop@example.com", "refund");
    let client = Client::builder(credentials).base_url(server.server.base_url()).build().unwrap();
    let error = client.accept_refund(&a_refund("1")).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (Kind::AlreadyDone, Delivery::Answered));
    assert_eq!(error.provider_message(), Some("[redacted] existing"));
}

#[tokio::test]
async fn a_second_refund_is_told_in_parts() {
    let text = "refund existing, id_trans:323, order_id:123456789,\nmember_id:idspaa001, datetime:2021-10-27 12:01:25!";
    let refund = a_refund("323");
    let server = Server::start("/api/escrow/refund-accept", json!({"status": "fail", "message": text})).await;
    let error = server.client().accept_refund(&refund).await.unwrap_err();
    let before = AlreadyRefunded::from_error(&error).expect("a second refund");
    assert_eq!(before.text, text);
    assert_eq!((before.is_of(&refund), before.is_of(&a_refund("138"))), (Some(true), None));
    assert_eq!(before.id_trans.unwrap(), "323");
    assert_eq!(before.order_id.unwrap(), "123456789");
    assert_eq!(before.member_id.as_deref(), Some("idspaa001"));
    assert_eq!(before.datetime.unwrap().text(), "2021-10-27 12:01:25");

    let server =
        Server::start("/api/escrow/refund-accept", json!({"status": "fail", "message": "no such order"})).await;
    let error = server.client().accept_refund(&refund).await.unwrap_err();
    assert_eq!(AlreadyRefunded::from_error(&error), None);
}
