use gerbang_sandbox::Provider;

use crate::snippets::{Document, Language, Tools};

const PROVIDER: Provider = Provider::Paydigital;

pub async fn run(tools: &Tools) {
    let document = Document::new(tools, PROVIDER, "http://paydigital.biz.id").await;
    for language in tools.of(&Language::ALL) {
        let extension = match language {
            Language::Curl => "sh",
            Language::Php => "php",
            Language::Node => "mjs",
        };
        let created = document.documented_reply(&format!("create.{extension}"), &[]);
        assert_eq!(created["status"], "success");
        // Only PayDigital knows the invoice.
        let invoice = created["data"]["invoice"].as_str().unwrap();
        let status = format!("status.{extension}");
        let replacements = [("PYG20231201123456", invoice)];
        let pending = document.reply(&status, &replacements);
        assert_eq!(
            (pending["status"].as_str(), pending["data"]["status"].as_str()),
            (Some("success"), Some("pending"))
        );
        document.sandbox.pay(PROVIDER, invoice).unwrap();
        let paid = document.documented_reply(&status, &replacements);
        assert_eq!((paid["status"].as_str(), paid["data"]["status"].as_str()), (Some("success"), Some("paid")));
        assert_eq!(paid["data"]["customer_name"], "John Doe");
    }
}
