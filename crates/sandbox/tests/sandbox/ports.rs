//! A port for each gateway.

use std::collections::BTreeSet;

use gerbang_sandbox::{Provider, Sandbox};
use serde_json::json;

use crate::http::{get, send};

#[tokio::test]
async fn each_gateway_is_at_the_root_of_a_port_and_under_a_path() {
    let sandbox = Sandbox::builder().port_per_gateway(true).start().await.unwrap();
    let urls: BTreeSet<String> = Provider::ALL.into_iter().map(|provider| sandbox.url(provider)).collect();
    assert_eq!(urls.len(), Provider::ALL.len());
    assert!(urls.iter().all(|url| !url.contains(sandbox.base_url()) && url.matches('/').count() == 2), "{urls:?}");

    let headers = [("X-API-KEY", "K"), ("Content-Type", "application/json")];
    let shared = format!("{}/kropay", sandbox.base_url());
    for (base, name) in [(sandbox.url(Provider::Kropay), "A"), (shared.clone(), "B")] {
        let body = json!({"merchant_ref": name, "amount": 10_000}).to_string();
        let reply = send("POST", &format!("{base}/api/v1/payment/create"), &headers, &body).await;
        assert_eq!(reply.status, 201);
        // What leads to the gateway leads to its port.
        let image = reply.json()["qris_image"].as_str().unwrap().to_owned();
        assert!(image.starts_with(&format!("{}/api/", sandbox.url(Provider::Kropay))), "{image}");
        assert_eq!(get(&image).await.status, 200);
    }
    for base in [sandbox.url(Provider::Kropay), shared] {
        for payment in sandbox.payments() {
            let url = format!("{base}/api/v1/payment/status/{}", payment.reference);
            assert_eq!(send("GET", &url, &headers, "").await.status, 200);
        }
    }
    // There is nothing else at the port.
    for path in ["/", "/_sandbox/page", "/kropay/api/v1/payment/status/x", "/api/cekstatus.php"] {
        assert_eq!(get(&format!("{}{path}", sandbox.url(Provider::Kropay))).await.status, 404, "{path}");
    }
    let page = get(sandbox.base_url()).await.body;
    assert!(page.contains(&format!("export GERBANG_KLINK_BASE_URL={}\n", sandbox.url(Provider::Klink))));
}

#[tokio::test]
async fn ports_follow_the_one_that_is_given() {
    // Some six ports in a row are free.
    for port in (20_000..60_000).step_by(977) {
        let listen = ([127, 0, 0, 1], port).into();
        let Ok(sandbox) = Sandbox::builder().listen(listen).port_per_gateway(true).start().await else { continue };
        assert_eq!(sandbox.address(), listen);
        for (provider, following) in Provider::ALL.into_iter().zip(1..) {
            assert_eq!(sandbox.url(provider), format!("http://127.0.0.1:{}", port + following));
        }
        return;
    }
    panic!("no six ports in a row are free");
}
