use std::time::{Duration, Instant};

use gerbang_core::Rupiah;
use gerbang_sandbox::{PaymentStatus, Provider, Sandbox};
use serde_json::{Value, json};

use crate::http::{Merchant, Reply, get, post_form, post_json, try_send, until};
use crate::merchant::{Gateway, Shop};
use crate::{GATEWAYS, kazukipay};

/// Creates a payment with the given price.
async fn create(sandbox: &Sandbox, gateway: &'static Gateway, price: u64) -> std::io::Result<Reply> {
    Shop::new(sandbox, gateway, "K").await.try_create("order", price).await
}

/// A number, or text that is one.
fn number(value: Option<&Value>) -> u64 {
    let value = value.expect("an amount");
    value.as_u64().unwrap_or_else(|| value.as_str().unwrap().trim_end_matches(".00").parse().unwrap())
}

#[tokio::test]
async fn every_magic_price_does_what_the_table_says_at_every_provider() {
    for gateway in GATEWAYS {
        for price in [10_000, 10_002, 10_003, 10_004, 10_005, 10_006, 10_007, 10_008, 10_009, 10_015] {
            let at = format!("{gateway:?} {price}");
            let sandbox = Sandbox::builder().slow_reply(Duration::from_millis(500)).start().await.unwrap();
            let started = Instant::now();
            let reply = create(&sandbox, gateway, price).await;
            let recorded = sandbox.payments().len();
            match price {
                10_002 => assert!(reply.is_err() && recorded == 1, "{at}"),
                10_009 => assert!(reply.is_err() && recorded == 0, "{at}"),
                10_005 => {
                    assert_eq!(reply.unwrap_err().kind(), std::io::ErrorKind::UnexpectedEof, "{at}");
                    assert_eq!(recorded, 1, "{at}");
                }
                10_003 => {
                    let reply = reply.unwrap();
                    assert_eq!((reply.status, recorded), (200, 0), "{at}");
                    assert!(reply.body.starts_with("<!DOCTYPE html>"), "{at}");
                }
                10_004 => assert_eq!((reply.unwrap().status, recorded), (500, 0), "{at}"),
                10_008 => {
                    let reply = reply.unwrap();
                    assert_eq!((reply.status, reply.header("retry-after"), recorded), (429, Some("1"), 0), "{at}");
                }
                _ => {
                    let reply = reply.unwrap();
                    assert!(reply.status == 200 || reply.status == 201, "{at} {}", reply.body);
                    let wanted = if price == 10_006 { price + 1 } else { price };
                    assert_eq!(
                        (number(reply.json().pointer(gateway.echo)), recorded),
                        (wanted, 1),
                        "{at} {}",
                        reply.body
                    );
                    assert_eq!(started.elapsed() >= Duration::from_millis(500), price == 10_007, "{at}");
                    assert_eq!(sandbox.payments()[0].amount.get(), price, "{at}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_truncated_reply_sends_its_first_half() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let sandbox = Sandbox::start().await;
    let mut stream = tokio::net::TcpStream::connect(sandbox.address()).await.unwrap();
    let body = "project_id=1&amount=10005";
    let request = format!(
        "POST /kazukipay/api/create.php HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer K\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.unwrap();
    let (head, half) = reply.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert!(half.starts_with('{') && !half.ends_with('}'), "{half}");
}

#[tokio::test]
async fn what_happens_by_itself_happens_on_time() {
    for gateway in GATEWAYS {
        for (price, milliseconds, status) in [
            (10_001, 2_000, PaymentStatus::Paid),
            (10_010, 2_000, PaymentStatus::Pending),
            (10_011, 2_000, PaymentStatus::Expired),
            (10_012, 2_000, PaymentStatus::Cancelled),
            (10_014, 10_000, PaymentStatus::Paid),
        ] {
            let at = format!("{gateway:?} {price}");
            let sandbox = Sandbox::start().await;
            create(&sandbox, gateway, price).await.unwrap();
            sandbox.advance(Duration::from_millis(milliseconds / 2));
            let before = &sandbox.payments()[0];
            assert_eq!((before.status, before.received), (PaymentStatus::Pending, None), "{at}");
            sandbox.advance(Duration::from_millis(milliseconds / 2 + 1));
            let after = &sandbox.payments()[0];
            let received = match price {
                10_001 | 10_014 => Some(after.payable.get()),
                10_010 => Some(after.payable.get() - 1),
                _ => None,
            };
            assert_eq!((after.status, after.received.map(Rupiah::get)), (status, received), "{at}");
        }
    }
}

#[tokio::test]
async fn a_payment_that_was_underpaid_can_be_paid_and_expires() {
    let sandbox = Sandbox::start().await;
    for key in ["paid", "expired"] {
        let url = format!("{}/api/create.php", sandbox.url(Provider::Kazukipay));
        post_form(&url, key, &format!("project_id=1&amount=10010&custom_id={key}")).await;
    }
    sandbox.advance(Duration::from_secs(3));
    // The account statement has what came in, which confirms nothing.
    let run = format!("{}/api/mutasi_status.php?action=run&api_key=paid", sandbox.url(Provider::Kazukipay));
    assert_eq!(get(&run).await.json()["data"]["processed"][0]["result"], "not_matched");
    sandbox.pay(Provider::Kazukipay, "paid").unwrap();
    sandbox.advance(Duration::from_secs(24 * 3_600));
    let statuses: Vec<_> = sandbox.payments().iter().map(|payment| payment.status).collect();
    assert_eq!(statuses, [PaymentStatus::Paid, PaymentStatus::Expired]);
}

#[tokio::test]
async fn the_third_creation_of_a_reference_works() {
    for gateway in GATEWAYS {
        let sandbox = Sandbox::start().await;
        for (status, recorded) in [(500, 0), (500, 0), (200, 1)] {
            // GoPay and Kropay say 201.
            let reply = create(&sandbox, gateway, 10_013).await.unwrap();
            let found = if reply.status == 201 { 200 } else { reply.status };
            assert_eq!((found, sandbox.payments().len()), (status, recorded), "{gateway:?} {}", reply.body);
        }
        sandbox.reset();
        assert_eq!(create(&sandbox, gateway, 10_013).await.unwrap().status, 500, "{gateway:?}");
    }
}

#[tokio::test]
async fn failing_creations_are_counted_by_reference_and_credential() {
    let sandbox = Sandbox::start().await;
    let url = format!("{}/api/create.php", sandbox.url(Provider::Kazukipay));
    let create = async |key: &str, order: &str| {
        post_form(&url, key, &format!("project_id=1&amount=10013&custom_id={order}")).await.status
    };
    for (key, order) in [("K", "A"), ("K", "B"), ("L", "A")] {
        for status in [500, 500, 200] {
            assert_eq!(create(key, order).await, status, "{key} {order}");
        }
    }
}

#[tokio::test]
async fn a_payment_that_pays_itself_notifies_without_a_question() {
    let merchant = Merchant::start(&["200 OK\r\n\r\n"]).await;
    let sandbox = Sandbox::builder().webhook(Provider::Kazukipay, &merchant.url).start().await.unwrap();
    create(&sandbox, &kazukipay::GATEWAY, 10_001).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_000)).await;
    assert!(merchant.received().is_empty());
    until("the notification", || !merchant.received().is_empty()).await;
    assert_eq!(merchant.received()[0].json()["amount"], 10_001);
}

#[tokio::test]
async fn a_wallet_payment_whose_reply_is_lost_is_paid() {
    let sandbox = Sandbox::start().await;
    let base = sandbox.url(Provider::Klink);
    let login = post_json(&format!("{base}/auth/login"), &json!({"email": "e", "password": "p"})).await.json();
    let token = login["Authorization"].as_str().unwrap();
    let call = async |path: &str, body: Value| {
        try_send("POST", &format!("{base}/api/kwallet/{path}"), &[("Authorization", token)], &body.to_string()).await
    };
    call("register_va", json!({"id_member": "m", "name": "n", "hp": "1", "email": "e"})).await.unwrap();
    let voucher = json!({"voucher_code": "v", "amount": "50000", "description": "", "id_member_receipt": "m"});
    call("voucher_saldo_kwallet", voucher).await.unwrap();
    let pay =
        |order: &str, amount: &str| json!({"id_member": "m", "amount": amount, "id_order": order, "description": ""});
    assert!(call("pay", pay("lost", "10002")).await.is_err());
    assert!(call("pay", pay("never", "10009")).await.is_err());
    let reconciled = call("reconcile", json!({"id_order": "lost"})).await.unwrap().json();
    assert_eq!(reconciled["status"], "success");
    assert_eq!(call("reconcile", json!({"id_order": "never"})).await.unwrap().json()["status"], "fail");
    // A refusal is not lost.
    let refused = call("pay", pay("lost", "10002")).await.unwrap().json();
    assert_eq!(refused["status"], "fail");
    let balance = call("check_saldo", json!({"id_member": "m"})).await.unwrap().json();
    assert_eq!(balance["last_saldo"], "39998.00");
}

#[tokio::test]
async fn every_payment_expires_by_the_clock() {
    for gateway in GATEWAYS {
        let sandbox = Sandbox::start().await;
        create(&sandbox, gateway, 10_000).await.unwrap();
        let payment = sandbox.payments()[0].clone();
        let left = payment.expires_at.as_second() - sandbox.now().as_second();
        sandbox.advance(Duration::from_secs(left as u64 - 60));
        assert_eq!(sandbox.payments()[0].status, PaymentStatus::Pending, "{gateway:?}");
        sandbox.advance(Duration::from_secs(61));
        assert_eq!(sandbox.payments()[0].status, PaymentStatus::Expired, "{gateway:?}");
    }
}
