//! The session: when it logs in again, what is sent again and what never is, and several processes with one token.
#![cfg(feature = "client")]

mod expiry;
mod login;
mod store;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gerbang_core::{Answer, Delivery, Error, Kind, Retry, Rupiah};
use gerbang_klink::types::{
    BalanceQuery, CreatePayment, NewTransfer, NewTransferRequired, NewWalletPayment, NewWalletPaymentRequired,
    ReconcileRequest, RefundAcceptance, RefundAcceptanceRequired, RefundRequest, RefundRequestRequired,
    VoucherRedemption, VoucherRedemptionRequired,
};
use gerbang_klink::{Client, Credentials, MemorySessionStore, SessionStore, StoredSession};
use httpmock::{HttpMockRequest, HttpMockResponse, MockServer};
use jiff::Timestamp;
use serde_json::{Value, json};

type Reply = (u16, Value);

/// A stand-in for K-Link: each login gives another token and ends the session before it.
struct Server {
    server: MockServer,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    logins: usize,
    refuses_logins: bool,
    /// Path and token of each call.
    calls: Vec<(String, String)>,
}

impl Server {
    /// Answers calls with a token that is not the last login's by `refusal`, and others by success.
    async fn start(refusal: Reply) -> Self {
        Self::answering(Duration::ZERO, move |is_live, path| if is_live { success(path) } else { refusal.clone() })
            .await
    }

    async fn answering(delay: Duration, answer: impl Fn(bool, &str) -> Reply + Send + Sync + 'static) -> Self {
        let server = MockServer::start_async().await;
        let seen = Arc::<Mutex<Seen>>::default();
        let state = Arc::clone(&seen);
        let respond = move |request: &HttpMockRequest| {
            let mut seen = state.lock().unwrap();
            let path = request.uri().path().to_owned();
            let (status, body) = if path == "/auth/login" {
                seen.logins += 1;
                match seen.refuses_logins {
                    true => fail("Sedang dalam pemeliharaan"),
                    false => (200, json!({"status": "success", "Authorization": format!("token-{}", seen.logins)})),
                }
            } else {
                let token = request.headers().get("authorization").unwrap().to_str().unwrap().to_owned();
                let is_live = token == format!("token-{}", seen.logins);
                seen.calls.push((path.clone(), token));
                answer(is_live, &path)
            };
            HttpMockResponse::builder()
                .status(status)
                .header("content-type", "application/json")
                .body(body.to_string())
                .build()
        };
        server
            .mock_async(|when, then| {
                when.method("POST");
                then.delay(delay).respond_with(respond);
            })
            .await;
        Self { server, seen }
    }

    fn client(&self) -> Client {
        let credentials = Credentials::new("shop@example.com", "not-a-real-password");
        Client::builder(credentials).base_url(self.server.base_url()).retry(Retry::none()).build().unwrap()
    }

    /// A client whose token is this old and is not accepted any more.
    fn client_with_token(&self, age: Duration) -> Client {
        let since = Timestamp::now() - age;
        let store = MemorySessionStore::default();
        let value = json!({"token": "stale", "since": since.to_string()}).to_string();
        replace_now(&store, None, &StoredSession::new(7, value));
        self.client().with_session_store(Arc::new(store))
    }

    fn logins(&self) -> usize {
        self.seen.lock().unwrap().logins
    }

    /// Whether logins are refused from now on.
    fn refuse_logins(&self, are_refused: bool) {
        self.seen.lock().unwrap().refuses_logins = are_refused;
    }

    fn tokens(&self) -> Vec<String> {
        self.seen.lock().unwrap().calls.iter().map(|(_, token)| token.clone()).collect()
    }

    /// Ends the session, as a login elsewhere does.
    fn end_session(&self) {
        self.seen.lock().unwrap().logins += 1;
    }
}

#[tokio::test]
async fn client_with_other_rules_sends_again_by_them() {
    let server = Server::answering(Duration::ZERO, |_, _| (503, json!({}))).await;
    let client = server.client();
    client.check_balance(&query()).await.unwrap_err();
    assert_eq!(server.tokens().len(), 1);
    let retry = Retry::default().attempts(3).backoff(Duration::from_millis(1), Duration::from_millis(1));
    client.with_retry(retry).check_balance(&query()).await.unwrap_err();
    assert_eq!((server.logins(), server.tokens().len()), (1, 4));
}

fn replace_now(store: &MemorySessionStore, seen: Option<u64>, new: &StoredSession) {
    let mut replaced = store.replace(seen, new);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(matches!(replaced.as_mut().poll(&mut context), std::task::Poll::Ready(Ok(true))));
}

fn success(path: &str) -> Reply {
    let body = match path {
        "/api/kwallet/check_saldo" => json!({"status": "success", "last_saldo": "2000.00"}),
        "/api/kwallet/reconcile/reconcile" => {
            json!({"status": "success", "data": {"id_member": "m", "order_id": "O", "credit": "1"}})
        }
        "/api/pay_service" => json!({"status": "success", "data": {"is_va": "0", "kd_pay": "174"}}),
        "/api/escrow/refund" => json!({"status": "success", "data": []}),
        _ => json!({"status": "success", "message": "done"}),
    };
    (200, body)
}

fn fail(text: &str) -> Reply {
    (200, json!({"status": "fail", "message": text}))
}

fn query() -> BalanceQuery {
    BalanceQuery::new("m")
}

fn new_payment() -> CreatePayment {
    serde_json::from_value(json!({
        "rq_uuid": "u", "rq_datetime": "2026-01-01 00:00:00", "order_id": "O", "no_hp": "08", "fullname": "n",
        "email": "a@b.id", "bank_code": "014", "product_code": "BCAATM", "nominal": "1000", "pay_ship": "0",
    }))
    .unwrap()
}

/// The calls that move money, by number.
async fn move_money(client: &Client, which: usize) -> Result<(), Error> {
    let amount = Rupiah::new(1_000);
    match which {
        0 => {
            let transfer = NewTransfer::new(NewTransferRequired {
                amount,
                description: "d".into(),
                id_member_receipt: "b".into(),
                id_member_send: "a".into(),
            });
            client.transfer(&transfer).await.map(drop)
        }
        1 => {
            let voucher = VoucherRedemption::new(VoucherRedemptionRequired {
                amount,
                description: "d".into(),
                id_member_receipt: "b".into(),
                voucher_code: "v".into(),
            });
            client.redeem_voucher(&voucher).await.map(drop)
        }
        2 => {
            let payment = NewWalletPayment::new(NewWalletPaymentRequired {
                amount,
                description: "d".into(),
                id_member: "a".into(),
                id_order: "O".into(),
            });
            client.pay_from_wallet(&payment).await.map(drop)
        }
        3 => {
            let refund = RefundAcceptance::new(RefundAcceptanceRequired {
                id_order: "O".into(),
                id_member: "m".into(),
                id_trans: "1".into(),
                note: "n".into(),
            });
            client.accept_refund(&refund).await.map(drop)
        }
        _ => client.reconcile(&ReconcileRequest::new("O")).await.map(drop),
    }
}

const MOVEMENTS: std::ops::Range<usize> = 0..5;
