//! The page's script and style, under names that change with their texts.

use std::sync::LazyLock;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// A file that belongs to the page.
pub struct Asset {
    pub name: String,
    pub media_type: &'static str,
    pub text: &'static str,
}

pub static SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("js", "text/javascript; charset=utf-8", include_str!("pay.js")));

pub static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("css", "text/css; charset=utf-8", include_str!("pay.css")));

impl Asset {
    fn new(ending: &str, media_type: &'static str, text: &'static str) -> Self {
        let hash = HEXLOWER.encode(&Sha256::digest(text)[..8]);
        Self { name: format!("pay-{hash}.{ending}"), media_type, text }
    }
}

/// The file of a name.
pub fn named(name: &str) -> Option<&'static Asset> {
    [&*SCRIPT, &*STYLE].into_iter().find(|asset| asset.name == name)
}
