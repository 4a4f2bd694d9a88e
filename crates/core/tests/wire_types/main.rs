//! Every form in which a provider writes a value, and every form that must be refused.

mod members;
mod rupiah;
#[cfg(feature = "schemars")]
mod schemas;
mod times;
mod words;

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

fn read<T: DeserializeOwned>(json: &str) -> Result<T, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

/// Reads `json` as text and as a parsed value: the two are different deserializers and must agree.
#[track_caller]
fn reads<T: DeserializeOwned + PartialEq + Debug>(json: &str, wanted: T) {
    assert_eq!(read(json).as_ref(), Ok(&wanted), "reading {json}");
    let value: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::from_value::<T>(value).unwrap(), wanted, "reading the value {json}");
}

#[track_caller]
fn refuses<T: DeserializeOwned + Debug>(json: &str) {
    assert!(read::<T>(json).is_err(), "{json} was read as {:?}", read::<T>(json));
    if let Ok(value) = serde_json::from_str::<serde_json::Value>(json) {
        assert!(serde_json::from_value::<T>(value).is_err(), "the value {json} was read");
    }
}

#[track_caller]
fn writes(value: impl Serialize, json: &str) {
    assert_eq!(serde_json::to_string(&value).unwrap(), json);
}
