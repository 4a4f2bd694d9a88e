//! The operator's page in a real browser, where there is one: it is signed in to, looked at and used without scripts.

use data_encoding::BASE64;
use gerbang_sandbox::Provider;
use serde_json::json;

use crate::chromium::{self, Chromium};
use crate::looking::open_case;
use crate::shop::{ADMIN, Shop};
use crate::surplus::owe;

/// A screen, a telephone and a small one, in light and dark, in both languages.
const LOOKS: [(u32, &str, &str); 4] =
    [(1280, "light", "en"), (390, "dark", "en"), (320, "light", "en"), (320, "dark", "id")];

const PAGES: [&str; 5] = ["/", "/operator/cases", "/operator/notifications", "/operator/events", "/operator/accounts"];

/// How a page is looked at.
struct Look<'a> {
    shop: &'a Shop,
    width: u32,
    scheme: &'static str,
    lang: &'static str,
}

impl Look<'_> {
    /// Opens a page, which must fit into the width; `GERBANG_SCREENSHOTS` is a directory that pictures of it are written to.
    async fn at(&self, browser: &mut Chromium, name: &str, path: &str) {
        let Self { shop, width, scheme, lang } = self;
        let metrics = json!({"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false});
        browser.call("Emulation.setDeviceMetricsOverride", metrics).await;
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        browser.call("Emulation.setEmulatedMedia", media).await;
        browser.open(&shop.url(&format!("{path}?lang={lang}"))).await;
        browser.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)").await;
        let fits = browser.evaluate("document.documentElement.scrollWidth <= innerWidth").await;
        assert_eq!(fits, true, "{path} is wider than {width}");
        if let Some(directory) = std::env::var_os("GERBANG_SCREENSHOTS") {
            let shot = browser.call("Page.captureScreenshot", json!({"captureBeyondViewport": true})).await;
            let png = BASE64.decode(shot["data"].as_str().unwrap().as_bytes()).unwrap();
            let file = std::path::Path::new(&directory).join(format!("{name}-{width}-{scheme}-{lang}.png"));
            std::fs::write(file, png).unwrap();
        }
    }
}

#[tokio::test]
async fn operator_signs_in_looks_and_settles_a_case() {
    let Some(program) = chromium::path() else {
        return eprintln!("SKIPPED: there is no Chromium, which shows whether the operator's page works");
    };
    let shop = Shop::open().await;
    for order in ["ORDER-1", "ORDER-2"] {
        shop.create(order, "kropay").await;
    }
    shop.sandbox.pay(Provider::Kropay, "ORDER-1").unwrap();
    shop.settled("ORDER-1").await;
    open_case(&shop, "ORDER-2").await;
    owe(&shop, "ORDER-1").await;
    let mut browser = Chromium::start(&program).await;
    browser.call("Emulation.setScrollbarsHidden", json!({"hidden": true})).await;

    let small = Look { shop: &shop, width: 320, scheme: "light", lang: "id" };
    small.at(&mut browser, "sign-in", "/").await;
    browser.open(&shop.url("/?lang=en")).await;
    let sign_in =
        |token: &str| format!("document.getElementById('token').value = '{token}'; document.forms[0].requestSubmit()");
    browser.leads_on(&sign_in("wrong")).await;
    assert!(browser.text().await.contains("This token is not known."));
    browser.leads_on(&sign_in(ADMIN)).await;
    let text = browser.text().await;
    assert!(text.contains("ORDER-1") && text.contains("Needs attention"), "{text}");
    assert_eq!(browser.evaluate("document.cookie").await, "");

    browser.leads_on("[...document.querySelectorAll('main a')].find(one => one.innerText == 'ORDER-1').click()").await;
    let text = browser.text().await;
    assert!(text.contains("Order ORDER-1") && text.contains("Paid") && text.contains("Order paid"), "{text}");
    let paid = browser.evaluate("location.pathname").await.as_str().unwrap().to_owned();

    for (width, scheme, lang) in LOOKS {
        let look = Look { shop: &shop, width, scheme, lang };
        for (name, path) in
            PAGES.iter().map(|path| (path.rsplit('/').next().unwrap(), *path)).chain([("payment", paid.as_str())])
        {
            look.at(&mut browser, if name.is_empty() { "payments" } else { name }, path).await;
        }
    }

    browser.open(&shop.url("/operator/cases?lang=en")).await;
    browser.evaluate("document.querySelector('summary').click()").await;
    // Without a decision the browser sends nothing.
    assert_eq!(browser.evaluate("document.querySelector('details form').checkValidity()").await, false);
    let settle = "const form = document.querySelector('details form'); form.elements.resolution.value = 'unpaid'; \
                  form.elements.by.value = 'Ani'; form.elements.note.value = 'not on the statement'; form.requestSubmit()";
    browser.leads_on(settle).await;
    assert!(browser.text().await.contains("The case is settled."));
    let payment = shop.get("/v1/payments?order=ORDER-2").await.json()["payments"][0].clone();
    assert_eq!(payment["status"], "closed", "{payment}");

    browser.leads_on("document.querySelector('.out').requestSubmit()").await;
    browser.open(&shop.url("/operator/accounts?lang=en")).await;
    let text = browser.text().await;
    assert!(text.contains("Sign in") && !text.contains("kropay"), "{text}");
    browser.end().await;
}
