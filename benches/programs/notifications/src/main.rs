//! Notifications of K-Link, verified and read: `notifications <ours|bare> <times> <body>`.
//!
//! `bare` is what nobody can do without: HMAC-SHA256 over the bytes, and serde_json into a type of the same members.

use std::env;
use std::error::Error;
use std::hint::black_box;

use gerbang_core::{PaymentStatus, Trust};
use gerbang_klink::{SIGNATURE_HEADER, WebhookKeys, read_notification};
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use serde::Deserialize;
use sha2::Sha256;

const KEY: &str = "033389b9-cc42-4005-ae9e-8e8ff23738d7";

#[derive(Deserialize)]
#[expect(dead_code, reason = "they are read, as Gerbang reads them")]
struct Settlement {
    kd_pay: Option<String>,
    message: Option<String>,
    norek: Option<String>,
    order_id: String,
    rq_datetime: Option<String>,
    rq_uuid: String,
    status: String,
    tot_bayar: Option<String>,
    transaction: Option<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let what = arguments.next().ok_or("`ours` or `bare`")?;
    let times: u32 = arguments.next().ok_or("a number of times")?.parse()?;
    let body = arguments.next().ok_or("a body")?.into_bytes();
    let signature = Hmac::<Sha256>::new_from_slice(KEY.as_bytes())?.chain_update(&body).finalize().into_bytes();
    match what.as_str() {
        "ours" => {
            let keys = WebhookKeys::new(KEY)?;
            let hex: String = signature.iter().map(|byte| format!("{byte:02X}")).collect();
            let headers = HeaderMap::from_iter([(SIGNATURE_HEADER.parse()?, hex.parse()?)]);
            for _ in 0..times {
                let notification = read_notification(&keys, black_box(&headers), black_box(&body))?;
                assert!(notification.trust == Trust::Signed && notification.claimed == PaymentStatus::Paid);
            }
        }
        "bare" => {
            for _ in 0..times {
                Hmac::<Sha256>::new_from_slice(KEY.as_bytes())?
                    .chain_update(black_box(&body))
                    .verify_slice(black_box(&signature))?;
                let settlement: Settlement = serde_json::from_slice(black_box(&body))?;
                assert_eq!(settlement.status, "success");
            }
        }
        other => return Err(format!("`{other}` is neither `ours` nor `bare`").into()),
    }
    Ok(())
}
