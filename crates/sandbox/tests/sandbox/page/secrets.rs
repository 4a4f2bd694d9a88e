use std::time::Duration;

use gerbang_sandbox::{Provider, Sandbox};

use crate::GATEWAYS;
use crate::http::{Merchant, get, until};
use crate::merchant::Shop;

const CANARY: &str = "canary";

/// Makes a payment at each gateway, with credentials that are canaries, and gives the tokens of sessions.
async fn one_of_each(sandbox: &Sandbox) -> Vec<String> {
    let mut tokens = Vec::new();
    for gateway in GATEWAYS {
        let shop = Shop::new(sandbox, gateway, &format!("canary-{}", gateway.name)).await;
        let reply = shop.create(gateway.name, 10_000).await;
        assert!([200, 201].contains(&reply.status), "{gateway:?} {}", reply.body);
        if gateway.login.is_some() {
            tokens.push(shop.key().to_owned());
        }
    }
    tokens
}

#[tokio::test]
async fn no_credential_and_no_key_is_on_the_pages() {
    let merchant = Merchant::start(&["200 OK\r\n\r\n<b>canary-klink and canary-pakasir came in</b>"]).await;
    let hook = merchant.url.replace("http://", "http://canary-user:canary-password@") + "?token=canary-token";
    let mut builder = Sandbox::builder()
        .key(Provider::Klink, "canary-klink")
        .key(Provider::Pakasir, "canary-pakasir")
        .webhook_retry(Duration::from_millis(5));
    for provider in Provider::ALL {
        builder = builder.webhook(provider, hook.as_str());
    }
    let sandbox = builder.start().await.unwrap();
    // Nobody listens here, and the error names the address.
    sandbox.set_webhook(Provider::Kazukipay, Some("http://127.0.0.1:1/hook?token=canary-token"));

    let tokens = one_of_each(&sandbox).await;

    let payments = sandbox.payments();
    assert_eq!(payments.len(), GATEWAYS.len(), "{payments:?}");
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
            && of(Provider::Klink) == 2
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
        assert!(!tokens.iter().any(|token| page.contains(token)));
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
        paths.push(format!("/payments/{}", payment.id));
        paths.push(format!("/_sandbox/page/payments/{}", payment.id));
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
