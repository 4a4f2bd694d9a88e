use std::time::Duration;

use gerbang_sandbox::{Provider, Sandbox};
use serde_json::json;

use crate::http::{Merchant, get, post_form, post_json, send, until};
use crate::kropay_of;

const CANARY: &str = "canary";

/// Makes a payment through each API, with credentials that are canaries, and gives the token of K-Link's session.
async fn one_of_each(sandbox: &Sandbox) -> String {
    kropay_of(sandbox, "canary-kropay", "A", 10_000).await;
    let url = format!("{}/api/create.php", sandbox.url(Provider::Kazukipay));
    post_form(&url, "canary-kazukipay", "project_id=1&amount=10000&custom_id=B").await;
    let url = format!("{}/api/create_payment.php", sandbox.url(Provider::Paydigital));
    post_form(&url, "canary-paydigital", "store_id=1&amount=10000").await;
    let url = format!("{}/api/transactioncreate/qris", sandbox.url(Provider::Pakasir));
    let order = json!({"project": "shop", "order_id": "C", "amount": 99_000, "api_key": "canary-pakasir-v1"});
    post_json(&url, &order).await;
    let url = format!("{}/api/v2/create-transaction/shop/D", sandbox.url(Provider::Pakasir));
    let headers = [("Authorization", "Bearer canary-pakasir-v2"), ("X-API-Key", "canary-pakasir-v2")];
    let body = json!({"method": "qris", "amount": 99_000, "api_key": "canary-pakasir-v2"}).to_string();
    let headers = [headers[0], headers[1], ("Content-Type", "application/json")];
    send("POST", &url, &headers, &body).await;
    let klink = sandbox.url(Provider::Klink);
    let login = json!({"email": "canary@example.com", "password": "canary-password"});
    let token = post_json(&format!("{klink}/auth/login"), &login).await.json();
    let token = token["Authorization"].as_str().unwrap().to_owned();
    let order = json!({
        "rq_uuid": "r1", "rq_datetime": "2022-07-21 15:28:11", "order_id": "E", "no_hp": "085736064900",
        "fullname": "A", "email": "customer@example.com", "bank_code": "014", "product_code": "BCAATM",
        "nominal": "1500", "pay_ship": "500",
    });
    send("POST", &format!("{klink}/api/pay_service"), &[("Authorization", &token)], &order.to_string()).await;
    token
}

#[tokio::test]
async fn no_credential_and_no_key_is_on_the_pages() {
    let merchant = Merchant::start(&["200 OK\r\n\r\n<b>canary-klink and canary-pakasir came in</b>"]).await;
    let hook = merchant.url.replace("http://", "http://canary-user:canary-password@") + "?token=canary-token";
    let mut builder = Sandbox::builder()
        .klink_webhook_key("canary-klink")
        .pakasir_webhook_secret("canary-pakasir")
        .webhook_retry(Duration::from_millis(5));
    for provider in Provider::ALL {
        builder = builder.webhook(provider, hook.as_str());
    }
    let sandbox = builder.start().await.unwrap();
    // Nobody listens here, and the error names the address.
    sandbox.set_webhook(Provider::Kazukipay, Some("http://127.0.0.1:1/hook?token=canary-token"));

    let token = one_of_each(&sandbox).await;

    let payments = sandbox.payments();
    assert_eq!(payments.len(), 6, "{payments:?}");
    let mut pages = vec![whole(&sandbox, &payments).await];
    for payment in &payments {
        sandbox.pay(payment.provider, &payment.id).unwrap();
    }
    // Kazukipay's is sent three times, Kropay's again and again, for the answer is not the one it wants.
    until("the attempts", || {
        let attempts = sandbox.webhook_attempts();
        let of = |provider| attempts.iter().filter(|attempt| attempt.provider == provider).count();
        of(Provider::Kazukipay) == 3
            && of(Provider::Pakasir) == 2
            && of(Provider::Klink) == 1
            && of(Provider::Kropay) > 0
    })
    .await;
    let attempts = sandbox.webhook_attempts();
    // The log has none of the sandbox's own keys either.
    assert!(!format!("{attempts:?}").contains("canary-pakasir") && !format!("{attempts:?}").contains("canary-klink"));
    pages.push(whole(&sandbox, &payments).await);
    for page in &pages {
        let found = page.find(CANARY).map(|at| &page[at.saturating_sub(200)..(at + 100).min(page.len())]);
        assert_eq!(found, None);
        assert!(!page.contains(&token));
    }
    // The proof of K-Link is a signature, and no secret.
    let signature = attempts.iter().find_map(|attempt| {
        attempt.headers.iter().find(|(name, _)| name == "x-servicepayment").map(|(_, value)| value.clone())
    });
    let shown = &pages[1];
    assert!(shown.contains(&signature.unwrap()));
    for text in ["X-Secret: ***", "?***", "error sending request", "200 Acknowledged", "&lt;b&gt;***"] {
        assert!(shown.contains(text), "{text}");
    }
}

/// Every page there is, in both languages.
async fn whole(sandbox: &Sandbox, payments: &[gerbang_sandbox::Payment]) -> String {
    let mut paths = vec!["/".to_owned(), "/_sandbox/page".to_owned()];
    for payment in payments {
        paths.push(format!("/pay/{}", payment.id));
        paths.push(format!("/_sandbox/page/pay/{}", payment.id));
    }
    let mut all = String::new();
    for path in paths {
        for lang in ["en", "id"] {
            all.push_str(&get(&format!("{}{path}?lang={lang}", sandbox.base_url())).await.body);
        }
    }
    all
}
