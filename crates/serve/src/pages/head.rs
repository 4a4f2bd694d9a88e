//! What the heads of all pages have.

use maud::{Markup, html};

/// A title and the address of a style; no page is found by a search.
pub fn head(title: &str, style: &str) -> Markup {
    html! {
        meta charset="utf-8";
        meta name="viewport" content="width=device-width, initial-scale=1";
        meta name="color-scheme" content="light dark";
        meta name="robots" content="noindex";
        title { (title) }
        link rel="icon" href="data:,";
        link rel="stylesheet" href=(style);
    }
}
