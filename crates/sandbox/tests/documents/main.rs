//! The providers' documents against the sandbox: their own curl commands and their PHP and Node programs, run as they
//! are printed but for the address. What they print must have the documented shape.
//!
//! `snippets/<provider>/<operation>.{sh,php,mjs,cjs}` are the documents' snippets, `<operation>.reply.json` the replies
//! they print. Repaired is only what the text copies of the documents damaged: line breaks, curly quotes, the lost
//! punctuation of Pakasir's commands (`-L`, `-H`, colons, and the quotes around the address with `&`). K-Link's document
//! prints no commands, only bodies: they are sent by curl. What else is replaced in a snippet is said where it runs.
//!
//! A language that is not installed is skipped.

mod kazukipay;
mod klink;
mod kropay;
mod pakasir;
mod paydigital;
mod snippets;

use snippets::{Language, Tools};

#[tokio::test(flavor = "multi_thread")]
async fn the_documents_snippets_work_against_the_sandbox() {
    let tools = Tools::find();
    kazukipay::run(&tools).await;
    kropay::run(&tools).await;
    paydigital::run(&tools).await;
    pakasir::run(&tools).await;
    klink::run(&tools).await;
    tools.assert_all_ran();
    for language in Language::ALL {
        snippets::say(&format!("{} snippets ran by {}", tools.count(language), language.program()));
    }
}
