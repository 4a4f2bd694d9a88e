//! What a body may have been before somebody read it and wrote it again, or saved it with an editor.

use std::collections::HashSet;

use super::json::{Json, Style};
use super::sample::Sample;
use crate::provider::Provider;

/// The byte order mark of UTF-8.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// The largest body that is written anew, in bytes: anybody can send one to have it tried. K-Link's have a few hundred.
const MAX_REWRITTEN: usize = 8 * 1024;

/// The order of the members in the message that K-Link's document signs.
const SIGNED_IN_DOCUMENT: [&str; 5] = ["rq_uuid", "rq_datetime", "order_id", "status", "message"];

/// Bytes that may have been signed.
#[derive(Debug)]
pub struct Original {
    /// What they are, as the end of "the signature is that of the body …".
    pub what: String,
    /// Whether they are the same JSON, written otherwise.
    pub is_same_json: bool,
    pub body: Vec<u8>,
}

/// What a body of K-Link's may have been, each only once; the body as it is is not among them.
pub fn originals(body: &[u8]) -> Vec<Original> {
    let mut seen = HashSet::from([body.to_vec()]);
    let mut found = Vec::new();
    let mut add = |what: String, is_same_json, body: Vec<u8>| {
        if seen.insert(body.clone()) {
            found.push(Original { what, is_same_json, body });
        }
    };

    let unmarked = body.strip_prefix(BOM).unwrap_or(body);
    let unix = replace(unmarked, b"\r\n", b"\n");
    for (what, original) in [
        ("without the byte order mark", unmarked.to_vec()),
        ("without the white space around it", unmarked.trim_ascii().to_vec()),
        ("with a line feed at its end", [unmarked.trim_ascii_end(), b"\n"].concat()),
        ("with carriage return and line feed at its end", [unmarked.trim_ascii_end(), b"\r\n"].concat()),
        ("with the byte order mark that was removed", [BOM, unmarked].concat()),
        ("with line feeds alone for line breaks", unix.clone()),
        ("with carriage returns before its line feeds", replace(&unix, b"\n", b"\r\n")),
    ] {
        add(what.to_owned(), false, original);
    }

    if body.len() > MAX_REWRITTEN {
        return found;
    }
    let Ok(mut json) = serde_json::from_slice::<Json>(unmarked) else { return found };
    let mut wrapped = "";
    if let Json::Text(text) = &json {
        let within = text.clone().into_bytes();
        add("that stands in the text that was saved".into(), false, within);
        let Ok(inner) = serde_json::from_str(text) else { return found };
        (json, wrapped) = (inner, "that stands in the text that was saved, ");
    }
    for (order, json) in orders(&json) {
        for style in Style::all() {
            let written = json.write(style);
            let what = format!("{wrapped}written {style}{order}");
            add(format!("{what}, and a line feed"), true, format!("{written}\n").into_bytes());
            add(what, true, written.into_bytes());
        }
    }
    found
}

/// The same members in other orders: as they stand, as K-Link's document has them, by name.
fn orders(json: &Json) -> Vec<(&'static str, Json)> {
    let mut orders = vec![("", json.clone())];
    let Json::Object(members) = json else { return orders };
    let documented = [Provider::Klink, Provider::KlinkGopay]
        .into_iter()
        .filter_map(|provider| Sample::of(provider).ok())
        .map(|sample| sample.names().map(str::to_owned).collect::<Vec<_>>())
        .chain([SIGNED_IN_DOCUMENT.map(str::to_owned).to_vec()]);
    for names in documented {
        let place = |name: &str| names.iter().position(|known| known == name).unwrap_or(names.len());
        let mut members = members.clone();
        members.sort_by_key(|(name, _)| place(name));
        orders.push((", with the members in the order of the document", Json::Object(members)));
    }
    let mut members = members.clone();
    members.sort_by(|(one, _), (other, _)| one.cmp(other));
    orders.push((", with the members sorted by name", Json::Object(members)));
    orders
}

fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(&first) = rest.first() {
        if let Some(after) = rest.strip_prefix(from) {
            out.extend_from_slice(to);
            rest = after;
        } else {
            out.push(first);
            rest = &rest[1..];
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_original_is_tried_once_and_there_are_not_too_many() {
        let body = "\u{feff}{\"z\": \"é/\",\r\n \"order_id\": 1}\n";
        let originals = originals(body.as_bytes());
        let distinct: HashSet<_> = originals.iter().map(|original| &original.body).collect();
        assert_eq!(distinct.len(), originals.len());
        assert!(!distinct.contains(&body.as_bytes().to_vec()));
        assert!(originals.len() < 200, "{}", originals.len());
    }

    #[test]
    fn what_is_no_json_or_too_large_is_not_written_anew() {
        let is_rewritten = |body: &[u8]| originals(body).iter().any(|original| original.is_same_json);
        let of_size = |size: usize| format!("{{\"a\":  \"{}\"}}", "b".repeat(size - 10)).into_bytes();
        assert!(is_rewritten(b"{ }") && is_rewritten(&of_size(MAX_REWRITTEN)));
        assert!(!is_rewritten(b"\xFF\n") && !is_rewritten(&of_size(MAX_REWRITTEN + 1)));
    }
}
