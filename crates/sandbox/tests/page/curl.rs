//! The curl commands on the page, run by a shell.

use std::process::Command;

use gerbang_sandbox::{Provider, Sandbox, Seed};

use crate::http::get;

/// The text of an element of the page.
fn command(page: &str, id: &str) -> String {
    let begun = page.split(&format!("id=\"{id}-command\">")).nth(1).expect("a command");
    let text = begun.split("</pre>").next().unwrap();
    [("&quot;", "\""), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (escaped, character)| text.replace(escaped, character))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_payment_can_be_asked_for_by_its_command() {
    if Command::new("curl").arg("--version").output().is_err() {
        println!("skipped: no curl");
        return;
    }
    let sandbox = Sandbox::start().await;
    let hostile = "A'$(touch curl-ran)`touch curl-ran` &\"c\\";
    let seeds = [
        Seed::new(Provider::Kazukipay, "canary", 20_000).reference(hostile),
        Seed::new(Provider::Kropay, "canary", 20_000).reference(hostile),
        Seed::new(Provider::Paydigital, "canary", 20_000),
        Seed::new(Provider::Pakasir, "canary shop:canary", 20_000).reference(hostile),
        Seed::new(Provider::Pakasir, "canary-shop:canary", 20_000).reference(hostile).method("v2/qris"),
        Seed::new(Provider::Klink, "canary@example.com", 20_000).reference(hostile),
        Seed::new(Provider::Klink, "canary@example.com", 20_000).reference("gopay").method("gopay"),
    ];
    let payments = sandbox.seed(&seeds).unwrap();
    let page = get(sandbox.base_url()).await.body;
    assert!(!page.contains("canary"));
    for (payment, seed) in payments.iter().zip(&seeds) {
        let project = seed.credential.expose().split(':').next().unwrap();
        let mut shell = Command::new("sh");
        shell.args(["-c", &command(&page, &payment.id)]).current_dir(env!("CARGO_TARGET_TMPDIR"));
        shell.env("GERBANG_PAKASIR_PROJECT", project).env("GERBANG_KLINK_EMAIL", "canary@example.com");
        for key in ["KAZUKIPAY_API_KEY", "KROPAY_API_KEY", "PAYDIGITAL_API_KEY", "PAKASIR_API_KEY", "KLINK_PASSWORD"] {
            shell.env(format!("GERBANG_{key}"), "canary");
        }
        let output = tokio::task::spawn_blocking(move || shell.output().unwrap()).await.unwrap();
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        let reply: serde_json::Value = serde_json::from_str(&told).unwrap_or_else(|error| panic!("{error}: {told}"));
        // Kropay, PayDigital and Pakasir's API v2 go by their own name of it.
        assert!(reply.to_string().contains("20000"), "{} {told}", payment.provider);
        let name = serde_json::to_string(&payment.order).unwrap();
        assert!(reply.to_string().contains(&name) || reply.to_string().contains(&payment.reference), "{told}");
    }
    assert!(!std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("curl-ran").exists());
}
