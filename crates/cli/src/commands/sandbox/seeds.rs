//! The file with payments that are there from the beginning.

use std::path::Path;

use gerbang_sandbox::Seed;
use serde::Deserialize;

use crate::failure::Failure;
use crate::file;

/// The largest file, in bytes.
const MAX_FILE: u64 = 4 << 20;

/// The payments, as `POST /_sandbox/seed` takes them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seeds {
    payments: Vec<Seed>,
}

/// Reads the payments of a file.
///
/// # Errors
///
/// [`Failure`] when it is no file, too large, or not as expected. It shows nothing of the credentials.
pub fn read(path: &Path) -> Result<Vec<Seed>, Failure> {
    let wrong = |what: &str| Failure::usage(format!("{}: {what}", path.display()));
    let text = file::text(path, MAX_FILE).map_err(|error| wrong(&format!("it cannot be read: {error}")))?;
    let seeds = serde_json::from_str(&text).map(|Seeds { payments }| payments);
    seeds.map_err(|error| {
        wrong(&format!(
            "line {}, column {}: {}; expected {{\"payments\": [{{\"provider\": \"kropay\", \"credential\": \"my-key\", \
             \"reference\": \"ORDER-1\", \"amount\": 10000}}]}}",
            error.line(),
            error.column(),
            match error.classify() {
                serde_json::error::Category::Data => "a member is missing, unknown or of a wrong type",
                _ => "it is no JSON",
            }
        ))
    })
}
