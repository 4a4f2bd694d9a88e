use gerbang_sandbox::Provider;
use serde_json::json;

use crate::snippets::{Document, Language, Tools};

const PROVIDER: Provider = Provider::Kazukipay;

/// What the browser has and node has not: the snippet of the invoice page runs with these lines before it.
const BROWSER: &str = "globalThis.alert = text => console.log(text);
globalThis.window = { location: { reload: () => console.log('reloaded') } };";

pub async fn run(tools: &Tools) {
    let document = Document::new(tools, PROVIDER, "https://www.oberonix.org").await;
    let sandbox = &document.sandbox;
    for language in tools.of(&Language::ALL) {
        let extension = match language {
            Language::Curl => "sh",
            Language::Php => "php",
            Language::Node => "mjs",
        };
        let (create, status) = (format!("create.{extension}"), format!("status.{extension}"));
        let cancel = format!("cancel.{extension}");

        sandbox.reset();
        let created = document.documented_reply(&create, &[]);
        assert_eq!((&created["status"], &created["data"]["custom_id"]), (&json!(true), &json!("ORD-001")));
        assert_eq!(document.reply(&status, &[])["data"]["status"], "PENDING");
        let cancelled = document.documented_reply(&cancel, &[]);
        assert_eq!((&cancelled["status"], &cancelled["data"]["status"]), (&json!(true), &json!("CANCELLED")));

        sandbox.reset();
        document.documented_reply(&create, &[]);
        sandbox.pay(PROVIDER, "ORD-001").unwrap();
        let paid = document.documented_reply(&status, &[]);
        assert_eq!((&paid["status"], &paid["data"]["status"]), (&json!(true), &json!("PAID")));
        let refused = document.reply(&cancel, &[]);
        assert_eq!(refused["message"], "Only PENDING transactions can be cancelled. Current status is PAID");
        assert_eq!((&refused["status"], &refused["data"]), (&json!(false), &json!(null)));

        sandbox.reset();
        document.documented_reply(&create, &[]);
        match language {
            Language::Curl => by_curl(&document),
            Language::Php => {
                sandbox.deposit(PROVIDER, "ORD-001").unwrap();
                assert_eq!(document.printed("mutations_run.php", &[]), "ORD-001: paid\n");
            }
            Language::Node => {
                // Only the lines of the browser are new.
                let check = || document.printed("public_check.mjs", &[("fetch(", &format!("{BROWSER}\nfetch("))]);
                assert_eq!(check(), "Pembayaran belum ditemukan di mutasi\n");
                sandbox.deposit(PROVIDER, "ORD-001").unwrap();
                assert_eq!(check(), "Pembayaran berhasil!\nreloaded\n");
            }
        }
    }
}

fn by_curl(document: &Document<'_>) {
    let sandbox = &document.sandbox;
    // The documented run has two payments, of which one was paid.
    document.reply("create.sh", &[("ORD-001", "KZK-XYZ789"), ("10000", "25000")]);
    sandbox.deposit(PROVIDER, "ORD-001").unwrap();
    let checked = document.documented_reply("mutations_check.sh", &[]);
    let waiting = &checked["data"]["pending_transactions"];
    assert_eq!((&waiting[0]["status"], &waiting[0]["mutasi_found"]), (&json!("PENDING"), &json!(true)));
    let run = document.documented_reply("mutations_run.sh", &[]);
    let processed = &run["data"]["processed"];
    assert_eq!((&processed[0]["result"], &processed[1]["result"]), (&json!("paid"), &json!("not_matched")));

    let check = || document.reply("public_check.sh", &[]);
    assert_eq!(check(), json!({"status": true, "data": {"status": "PAID", "changed": false}}));
    sandbox.reset();
    document.reply("create.sh", &[]);
    let not_yet = json!({"status": "PENDING", "changed": false, "message": "Pembayaran belum ditemukan di mutasi"});
    assert_eq!(check(), json!({"status": true, "data": not_yet}));
    sandbox.deposit(PROVIDER, "ORD-001").unwrap();
    let confirmed = check();
    assert_eq!((&confirmed["data"]["status"], &confirmed["data"]["changed"]), (&json!("PAID"), &json!(true)));
    assert!(confirmed["data"]["net_amount"].is_u64());
    sandbox.reset();
    document.reply("create.sh", &[]);
    sandbox.expire(PROVIDER, "ORD-001").unwrap();
    assert_eq!(check(), json!({"status": true, "data": {"status": "EXPIRED", "changed": false}}));
}
