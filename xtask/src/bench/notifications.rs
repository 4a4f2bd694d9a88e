//! Processor time of a notification of K-Link.

use anyhow::Result;

use super::tools::{instructions, least_cpu_seconds, per_call};
use super::{Row, Target};

/// The documented message, whose signature is known.
const BODY: &str = concat!(
    r#"{"rq_uuid": "klnu00242", "rq_datetime": "2020-11-06 09:13:19", "order_id": "klnu00242", "#,
    r#""status":"success", "message":"transaction success!"}"#
);

pub(super) fn measure() -> Result<Vec<Row>> {
    let [ours, bare] = least_cpu_seconds("notifications", [&["ours", "1000000", BODY], &["bare", "1000000", BODY]])?;
    let instructions = |what| per_call(100, 1100, |times| instructions("notifications", &[what, times, BODY]));
    Ok(vec![
        Row {
            what: "ours ÷ bare HMAC-SHA256 and serde_json",
            from: format!("{ours:.2} ÷ {bare:.2} µs"),
            reached: ours / bare,
            target: Target::AtMost(1.10),
        },
        Row::ratio(
            "the same in instructions, without those for SHA, which valgrind cannot run",
            instructions("ours")?,
            instructions("bare")?,
            "instructions",
            Target::None,
        ),
    ])
}
