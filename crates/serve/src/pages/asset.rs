//! The pages' scripts and styles, under names that change with their texts.

use std::sync::LazyLock;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// A file that belongs to a page.
pub struct Asset {
    pub name: String,
    pub media_type: &'static str,
    pub text: &'static str,
}

pub static SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("pay", "js", "text/javascript; charset=utf-8", include_str!("pay.js")));

pub static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::style("pay", concat!(include_str!("palette.css"), include_str!("pay.css"))));

pub static OPERATOR_STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::style("operator", concat!(include_str!("palette.css"), include_str!("operator/page.css"))));

impl Asset {
    fn new(stem: &str, ending: &str, media_type: &'static str, text: &'static str) -> Self {
        let hash = HEXLOWER.encode(&Sha256::digest(text)[..8]);
        Self { name: format!("{stem}-{hash}.{ending}"), media_type, text }
    }

    fn style(stem: &str, text: &'static str) -> Self {
        Self::new(stem, "css", "text/css; charset=utf-8", text)
    }
}

/// The file of a name.
pub fn named(name: &str) -> Option<&'static Asset> {
    [&*SCRIPT, &*STYLE, &*OPERATOR_STYLE].into_iter().find(|asset| asset.name == name)
}
