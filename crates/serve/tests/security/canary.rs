//! No key, no token, no secret and nothing of the customer in any line of the log at the most talkative level, or in anything that the
//! daemon says.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use gerbang_sandbox::{Effect, Fault, Provider};
use gerbang_serve::{Flags, Settings};
use serde_json::json;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::shop::{ADMIN, KEY, SHOP, Shop, file, until};

/// Its bytes are a canary too: the Base64 of `CANARY`, over and over.
const WEBHOOK: &str = "whsec_Q0FOQVJZQ0FOQVJZQ0FOQVJZQ0FOQVJZQ0FOQVJZ";

/// What must never be seen.
const SECRETS: [&str; 3] = ["CANARY", "Q0FOQVJZ", "canary"];

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Writes all that this thread says, and the database's client on any thread.
    fn start(&self) -> impl Drop + use<> {
        let format = |log: Log| {
            tracing_subscriber::fmt()
                .json()
                .with_max_level(LevelFilter::TRACE)
                .with_writer(move || log.clone())
                .finish()
        };
        let everywhere = format(self.clone()).with(Targets::new().with_target("sqlx", LevelFilter::TRACE));
        let _ = everywhere.try_init();
        format(self.clone()).set_default()
    }

    fn lines_with_secrets(&self) -> Vec<String> {
        let log = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        assert!(log.contains("\"http.route\":\"/v1/payments\"") && log.contains("\"level\":\"TRACE\""), "{log}");
        assert!(log.contains("gerbang_order"), "the database's client says nothing");
        println!("{} lines", log.lines().count());
        log.lines().filter(|line| SECRETS.iter().any(|secret| line.contains(secret))).map(str::to_owned).collect()
    }
}

fn assert_silent(what: &str, text: &str) {
    assert!(!SECRETS.iter().any(|secret| text.contains(secret)), "{what}: {text}");
}

/// Gateways that repeat what they were sent, each in a refusal and in a failure.
fn let_gateways_repeat(shop: &Shop) {
    let words = "no such customer: CANARY-Krisdi, CANARY@example.com, CANARY-0857";
    let refusal = Effect::Refuse { message: words.into(), carried_out: false };
    let failure = Effect::Reply {
        status: 500,
        content_type: "text/html".into(),
        body: format!("<p>{words} {KEY}</p>"),
        headers: [("x-key".to_owned(), KEY.to_owned())].into(),
        carried_out: false,
    };
    for effect in [refusal, failure] {
        for provider in [Provider::Kazukipay, Provider::Kropay] {
            let fault = Fault::new(provider, effect.clone()).operation("create_payment").times(1);
            shop.sandbox.add_fault(fault).unwrap();
        }
    }
}

async fn place(shop: &Shop, order: &str, account: &str) -> crate::shop::Reply {
    let customer = json!({"name": "CANARY-Krisdi", "email": "CANARY@example.com", "phone": "CANARY-0857"});
    let body = json!({"order": order, "amount": 10_000, "account": account, "customer": customer});
    shop.post("/v1/payments", &body).await
}

#[tokio::test]
async fn canaries_are_in_no_log_and_no_error() {
    let log = Log::default();
    let _logging = log.start();
    // Nobody listens there: each delivery fails, and is logged.
    let webhook = format!("webhook_url = \"http://127.0.0.1:1/CANARY?key=CANARY\"\nwebhook_secret = \"{WEBHOOK}\"\n");
    let shop = Shop::open_with("sqlite::memory:", &format!("{webhook}webhook_allow_local = true")).await;
    let_gateways_repeat(&shop);
    for (number, account) in ["kazukipay", "kropay", "kazukipay", "kropay", "pakasir-v2"].iter().enumerate() {
        let reply = place(&shop, &format!("FIRST-{number}"), account).await;
        assert_silent("a reply to a creation", &reply.text);
    }
    for (order, account, provider) in [("C", "kropay", Provider::Kropay), ("D", "pakasir-v2", Provider::Pakasir)] {
        assert_silent("a payment", &place(&shop, order, account).await.text);
        let page = shop.get(&format!("/v1/payments?order={order}")).await.json()["payments"][0]["page"].clone();
        let page = page.as_str().unwrap().strip_prefix("https://pay.example.com").unwrap();
        assert_silent("a page", &shop.send("GET", page, &[], "").await.text);
        shop.sandbox.pay(provider, order).unwrap();
        shop.settled(order).await;
        assert_silent("a page", &shop.send("GET", page, &[], "").await.text);
    }
    until(async || {
        let mut tx = shop.ledger.read().await.unwrap();
        let sql = "SELECT count(*) AS tried FROM gerbang_serve_delivery WHERE tries > 0 AND lease_until = 0";
        tx.fetch(sql, []).await.unwrap()[0].int("tried").unwrap() > 0
    })
    .await;
    for reply in [
        shop.post_as("CANARY-wrong", "/v1/payments", &[], &json!({})).await,
        shop.post_as(SHOP, "/v1/cases/1/resolve", &[], &json!({"by": "CANARY"})).await,
        shop.post_as(ADMIN, "/v1/cases/1/resolve", &[], &json!({"by": "CANARY", "resolution": "CANARY"})).await,
        shop.post_as(SHOP, "/v1/surplus/1/refunded", &[], &json!({"by": "CANARY"})).await,
        shop.post_as(ADMIN, "/v1/surplus/1/refunded", &[], &json!({"by": "CANARY", "note": "CANARY"})).await,
        shop.post_as(ADMIN, "/v1/surplus/1/refunded", &[], &json!({"by": "CANARY", "amount": "CANARY"})).await,
        shop.post_as(ADMIN, "/v1/surplus/CANARY/refunded", &[], &json!({"by": "CANARY"})).await,
        shop.send("POST", "/hooks/pakasir-v2", &[("x-secret", "CANARY-secret")], "CANARY").await,
        shop.send("POST", "/hooks/CANARY", &[("x-secret", "CANARY-secret")], "CANARY").await,
        shop.send("GET", "/pay/CANARY", &[("cookie", "CANARY")], "").await,
        shop.send("GET", "/v1/accounts", &[("host", "CANARY.example")], "").await,
        shop.send("POST", "/v1/payments", &[("origin", "https://CANARY.example")], "").await,
        shop.get("/v1/payments?order=CANARY&CANARY=1").await,
        shop.get("/CANARY").await,
        shop.get("/v1/payments?limit=100").await,
        shop.get("/v1/events?limit=100").await,
        shop.get("/v1/cases?limit=100").await,
        shop.get("/v1/surplus?limit=100").await,
        shop.get("/v1/accounts").await,
        shop.get("/metrics").await,
        shop.get("/openapi.json").await,
    ] {
        assert_silent("a reply", &reply.text);
        assert_silent("a reply's headers", &format!("{:?}", reply.headers));
    }
    shop.stop().await;
    let lines = log.lines_with_secrets();
    assert!(lines.is_empty(), "{lines:#?}");
}

#[test]
fn settings_and_errors_show_no_secret() {
    let account = format!(
        "[accounts.a]\ngateway = \"pakasir-v2\"\nproject = \"shop\"\napi_key = \"{KEY}\"\nwebhook_secret = \"CANARY\"\n"
    );
    let read = |text: &str, environment: &[(&str, &str)]| {
        let flags = Flags { file: Some(file("toml", text)), ..Flags::default() };
        let find =
            |name: &str| environment.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        Settings::read(&flags, &find)
    };
    let webhook = format!("webhook_url = \"https://shop.example/CANARY\"\nwebhook_secret = \"{WEBHOOK}\"\n");
    let database = "database = \"postgres://user:CANARY@db.example/CANARY\"\ntoken = \"CANARY-token-of-the-shop\"\n";
    let settings = read(&format!("{webhook}{database}{account}"), &[]).unwrap();
    assert_silent("settings", &format!("{settings:?} {settings:#?} {:?}", settings.warnings()));
    for wrong in [
        format!("listen = \"CANARY\"\ntoken = \"CANARY\"\ndatabase = \"CANARY\"\n{account}"),
        format!("webhook_url = \"CANARY\"\nwebhook_secret = \"CANARY\"\n{account}"),
        format!(
            "public_url = \"CANARY\"\nhosts = \"CANARY!\"\ntrusted_proxies = \"CANARY\"\nrate_per_token = \"CANARY\"\n{account}"
        ),
        format!("token = CANARY\n{account}"),
        "[accounts.a]\ngateway = \"CANARY\"\napi_key = \"CANARY\"".into(),
        "[accounts.\"CANARY@x\"]\ngateway = \"kropay\"".into(),
    ] {
        assert_silent("what is wrong", &read(&wrong, &[]).unwrap_err().join("\n"));
    }
    let environment = [("GERBANG_SERVE_TOKEN", "CANARY"), ("GERBANG_SERVE_DATABASE", "CANARY")];
    assert_silent("what is wrong", &read(&account, &environment).unwrap_err().join("\n"));
}
