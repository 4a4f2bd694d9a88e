use gerbang_sandbox::Provider;

use crate::snippets::{Document, Language, Tools};

/// The document asks for the details of another payment than the one it creates.
const CREATED: [(&str, &str); 3] =
    [("240910HDE7C9", "INV123123"), ("22000", "99000"), ("JHGejwhe237dkhjeukyw8e33", "xxx123")];

pub async fn run(tools: &Tools) {
    if !tools.has(Language::Curl) {
        return;
    }
    let document = Document::new(tools, Provider::Pakasir, "https://app.pakasir.com").await;
    let created = document.documented_reply("create.sh", &[]);
    let payment = &created["payment"];
    assert_eq!((payment["fee"].as_u64(), payment["total_payment"].as_u64()), (Some(1_003), Some(100_003)));
    let detail = || document.reply("detail.sh", &CREATED)["transaction"].clone();
    assert_eq!(detail()["status"], "pending");
    // The document prints no reply of a simulation or a cancellation.
    assert!(document.reply("simulate.sh", &[]).is_object());
    let completed = document.documented_reply("detail.sh", &CREATED);
    assert_eq!(completed["transaction"]["status"], "completed");

    document.sandbox.reset();
    document.documented_reply("create.sh", &[]);
    assert!(document.reply("cancel.sh", &[]).is_object());
    assert_eq!(detail()["status"], "canceled");
}
