//! `gerbang webhook verify`.

use std::fs;

use gerbang::Trust;
use serde_json::{Value, json};

use crate::{KEY, Run, SECRET, gateway, gerbang, notifying, printed, run, run_with, silent};

/// The sample that K-Link signs, with what is written in several ways: `/` and a letter beyond ASCII.
const BODY: &str = r#"{"status":"success","message":"lunas é","rq_uuid":"R1","order_id":"A/1","tot_bayar":"10000","transaction":"multipayment"}"#;

/// Verifies a message, which is on the standard input.
fn verify(provider: &str, message: &str) -> Run {
    run_with(gerbang(&["verify", "--json", "--provider", provider, "--headers", "-"]), message.as_bytes())
}

/// The headers that K-Link signs a body with.
fn signed(body: &str) -> String {
    let run = run_with(gerbang(&["send", "--print", "--provider", "klink", "--body", "-"]), body.as_bytes());
    assert_eq!(run.exit, 0, "{run:?}");
    run.stdout.strip_suffix(body).unwrap().to_owned()
}

fn signature(headers: &str) -> &str {
    headers.lines().find_map(|line| line.strip_prefix("x-servicepayment: ")).unwrap()
}

/// Makes sure that a message is refused for these reasons, and that the right signature is not shown.
#[track_caller]
fn refused(provider: &str, message: &str, right: Option<&str>, codes: &[&str]) -> Run {
    let run = verify(provider, message);
    assert_eq!((run.exit, run.findings()), (1, codes.iter().map(|code| (*code).to_owned()).collect()), "{run:?}");
    if let Some(right) = right {
        let shown = format!("{run:?}").to_ascii_uppercase();
        assert!(!shown.contains(right), "{run:?}");
    }
    run
}

#[test]
fn verify_reads_sent_samples_and_succeeds_if_signed_and_paid() {
    for provider in notifying() {
        let run = verify(provider, &printed(&["--provider", provider]));
        let (exit, trust) = match (gateway(provider).capabilities)().notifications {
            Trust::Signed => (0, "signed"),
            Trust::SharedSecret => (5, "shared_secret"),
            _ => (5, "unsigned"),
        };
        let json = run.json();
        assert_eq!((run.exit, &json["exit_code"]), (exit, &exit.into()), "{run:?}");
        assert_eq!((json["provider"].as_str(), json["trust"].as_str()), (Some(provider), Some(trust)), "{run:?}");
        assert_eq!((json["claimed"].as_str(), run.findings()), (Some("paid"), vec![]), "{run:?}");
    }
}

#[test]
fn people_read_what_it_is_worth_and_how_to_ask() {
    let people = |provider: &str| {
        let message = printed(&["--provider", provider]);
        run_with(gerbang(&["verify", "--provider", provider, "--headers", "-"]), message.as_bytes()).stdout
    };
    assert_eq!(
        people("kropay"),
        "unsigned  kropay says: paid  ORDER-12345  PG-20260529A1B2  price Rp10.000  payable Rp10.020\n  \
           It proves nothing: anybody can send it. Ask the gateway.\n  \
           gerbang status kropay:10000:10020::ORDER-12345:PG-20260529A1B2\n"
    );
    assert!(people("pakasir-v2").contains("whoever saw a notification knows it. Ask the gateway.\n  gerbang status "));
    assert!(people("midtrans").contains("does not cover the state"));
    // K-Link cannot be asked.
    let signed = people("klink");
    assert!(signed.contains("The signature holds") && !signed.contains("gerbang status"), "{signed}");
}

#[test]
fn a_signed_failure_is_no_success() {
    for (word, exit) in [("fail", 3), ("refunded", 5), ("success", 0)] {
        let run = verify("klink", &printed(&["--provider", "klink", "--status", word]));
        assert_eq!((run.exit, run.json()["trust"].as_str()), (exit, Some("signed")), "{run:?}");
    }
}

#[test]
fn headers_and_body_may_come_from_files_and_options() {
    let directory = env!("CARGO_TARGET_TMPDIR");
    let (headers, body) = (format!("{directory}/verify-headers.txt"), format!("{directory}/verify-body.json"));
    let lines = signed(BODY);
    fs::write(&headers, lines.trim_end()).unwrap();
    fs::write(&body, BODY).unwrap();
    let line = format!("X-ServicePayment: {}", signature(&lines));
    assert_eq!(run(&["verify", "-p", "klink", "--headers", &headers, &body]).exit, 0);
    assert_eq!(run(&["verify", "-p", "klink", "--header", &line, &body]).exit, 0);
    assert_eq!(run_with(gerbang(&["verify", "-p", "klink", "--header", &line, "-"]), BODY.as_bytes()).exit, 0);
    // A whole HTTP request, as a proxy saves it.
    let request = format!("POST /klink HTTP/1.1\r\n{}{BODY}", lines.replace('\n', "\r\n"));
    assert_eq!(verify("klink", &request).exit, 0);
}

#[test]
fn a_reserialized_body_is_recognised() {
    let spaced = r#"{"status": "success", "message": "lunas \u00e9", "rq_uuid": "R1", "order_id": "A/1", "tot_bayar": "10000", "transaction": "multipayment"}"#;
    let php = BODY.replace('/', r"\/").replace('é', r"\u00e9");
    let indented = |spaces: &str| {
        format!(
            "{{\n{spaces}{}\n}}",
            BODY.trim_matches(['{', '}']).replace("\",\"", &format!("\",\n{spaces}\"")).replace("\":\"", "\": \"")
        )
    };
    let sorted = r#"{"message":"lunas é","order_id":"A/1","rq_uuid":"R1","status":"success","tot_bayar":"10000","transaction":"multipayment"}"#;
    for (original, saved, words) in [
        (BODY, spaced, "without white space, as PHP's json_encode and JavaScript's JSON.stringify write it:"),
        (php.as_str(), BODY, "with / written \\/ and letters beyond ASCII written \\u…"),
        (&BODY.replace('/', r"\/"), BODY, "with / written \\/:"),
        (&BODY.replace('é', r"\u00e9"), BODY, "with letters beyond ASCII written \\u…"),
        (spaced, BODY, "as Python's json.dumps writes it, with letters beyond ASCII"),
        (&indented("    "), BODY, "indented by 4 spaces"),
        (&indented("  "), BODY, "indented by 2 spaces"),
        (&format!("{BODY}\n"), spaced, "write it, and a line feed"),
        (BODY, sorted, "in the order of the document"),
        (sorted, BODY, "sorted by name"),
    ] {
        let headers = signed(original);
        let right = signature(&signed(saved)).to_owned();
        let run = refused("klink", &format!("{headers}{saved}"), Some(&right), &["rewritten_body"]);
        assert!(run.stdout.replace("\\\\", "\\").contains(words), "{words}: {run:?}");
    }
}

#[test]
fn bytes_that_an_editor_or_a_proxy_changed_are_found() {
    let crlf = format!("{}\r\n", BODY.replace(',', ",\r\n"));
    let lf = crlf.replace("\r\n", "\n");
    for (original, saved, words) in [
        (BODY, format!("{BODY}\n").as_str(), "without the white space around it"),
        (&format!("{BODY}\n"), BODY, "with a line feed at its end"),
        (&format!("{BODY}\r\n"), BODY, "with carriage return and line feed at its end"),
        (BODY, &format!("\u{feff}{BODY}"), "without the byte order mark"),
        (&format!("\u{feff}{BODY}"), BODY, "with the byte order mark"),
        (&lf, &crlf, "with line feeds alone"),
        (&crlf, &lf, "with carriage returns"),
        (BODY, &format!("{:?}", BODY), "that is in the text that was saved"),
    ] {
        let right = signature(&signed(saved)).to_owned();
        let run = refused("klink", &format!("{}{saved}", signed(original)), Some(&right), &["changed_bytes"]);
        assert!(run.stdout.contains(words), "{words}: {run:?}");
    }
}

#[test]
fn a_signature_in_another_form_is_found() {
    let headers = signed(BODY);
    let right = signature(&headers);
    let bytes = data_encoding::HEXUPPER.decode(right.as_bytes()).unwrap();
    let base64 = data_encoding::BASE64.encode(&bytes);
    let message = |value: &str| format!("{}{BODY}", headers.replace(right, value));
    let lower = right.to_ascii_lowercase();
    assert!(refused("klink", &message(&lower), None, &["lower_case"]).stdout.contains("upper case"));
    refused("klink", &message(&base64), Some(right), &["base64"]);
    refused("klink", &message(&format!("sha256={right}")), None, &["decorated"]);
    refused("klink", &message(&format!("\"{right}\"")), None, &["decorated"]);
    refused("klink", &message(&right[1..]), Some(right), &["no_signature"]);
    refused("klink", &message(""), Some(right), &["no_signature"]);
    refused("klink", &message("***"), Some(right), &["masked_value"]);
    let spaced = format!("{}{}", headers.replace(right, &lower), BODY.replace("\":\"", "\": \""));
    refused("klink", &spaced, None, &["lower_case", "rewritten_body"]);
}

#[test]
fn a_missing_signature_is_found_elsewhere_or_reported() {
    let headers = signed(BODY);
    let named = |name: &str| format!("{}{BODY}", headers.replace("x-servicepayment", name));
    let run = refused("klink", &named("http_x_servicepayment"), None, &["other_header"]);
    assert!(run.stdout.contains("in the header http_x_servicepayment"), "{run:?}");
    let right = signature(&headers);
    refused("klink", &format!("A: b\n\n{BODY}"), Some(right), &["missing_header"]);
    refused("klink", &format!("x-servicepayment: {right}\n{headers}{BODY}"), None, &["repeated_header"]);
}

#[test]
fn wrong_key_changed_body_and_empty_body_are_distinguished() {
    let headers = signed(BODY);
    let right = signature(&headers);
    let changed = BODY.replace("10000", "90000");
    let right_of_changed = signature(&signed(&changed)).to_owned();
    refused("klink", &format!("{headers}{changed}"), Some(&right_of_changed), &["wrong_key"]);
    let mut other = gerbang(&["send", "-p", "klink", "--body", "-", "--print"]);
    other.env("GERBANG_KLINK_WEBHOOK_KEY", "another");
    let run = refused("klink", &run_with(other, BODY.as_bytes()).stdout, Some(right), &["wrong_key"]);
    assert!(run.stdout.contains("the key is another one") && run.stdout.contains("gerbang config check"), "{run:?}");
    refused("klink", &format!("{}{BODY}", signed("")), Some(right), &["empty_body_signed"]);
}

#[test]
fn pakasirs_secret_is_right_or_it_is_said_what_is_wrong_with_it() {
    let message = printed(&["--provider", "pakasir-v2"]);
    let with = |line: &str| message.replace(&format!("x-secret: {SECRET}\n"), line);
    for (line, code) in [
        (String::new(), "missing_header"),
        (format!("x-webhook-secret: {SECRET}\n"), "other_header"),
        ("x-secret: guessed\n".into(), "wrong_secret"),
        ("x-secret: \n".into(), "wrong_secret"),
        (format!("x-secret: \"{SECRET}\"\n"), "decorated"),
        (format!("x-secret: Bearer {SECRET}\n"), "decorated"),
        (format!("x-secret: {SECRET}\nx-secret: {SECRET}\n"), "repeated_header"),
        ("x-secret: ***\n".into(), "masked_value"),
    ] {
        refused("pakasir-v2", &with(&line), None, &[code]);
    }
}

#[test]
fn signature_in_the_body_is_explained() {
    let message = printed(&["--provider", "midtrans", "--reference", "A-1", "--amount", "20000"]);
    let (head, body) = message.split_once("\n\n").unwrap();
    let right: Value = serde_json::from_str(body).unwrap();
    let signature = right["signature_key"].as_str().unwrap();
    assert_eq!((signature.len(), &right["gross_amount"]), (128, &json!("20000.00")));
    let reversed: String = signature.chars().rev().collect();
    for (member, value, code) in [
        ("signature_key", json!(signature.to_uppercase()), "upper_case"),
        ("signature_key", json!(format!("\"{signature}\"")), "decorated"),
        ("signature_key", json!(reversed), "wrong_key"),
        ("signature_key", json!("abc"), "no_signature"),
        ("signature_key", json!("***"), "masked_value"),
        ("signature_key", json!(7), "missing_member"),
        ("gross_amount", json!("20001.00"), "wrong_key"),
    ] {
        let mut changed = right.clone();
        changed[member] = value;
        refused("midtrans", &format!("{head}\n\n{changed}"), None, &[code]);
    }
    for (body, code) in [("{}", "ping"), ("status=paid", "form_data"), ("", "empty_body")] {
        refused("midtrans", &format!("{head}\n\n{body}"), None, &[code]);
    }
    let quoted = format!("'{SECRET}'");
    let mut command = gerbang(&["verify", "--json", "-p", "midtrans", "--headers", "-"]);
    command.env("GERBANG_MIDTRANS_SERVER_KEY", quoted);
    assert_eq!(run_with(command, message.as_bytes()).findings(), ["quoted_key"]);
}

#[test]
fn another_providers_notification_is_recognised() {
    for of in notifying() {
        let message = printed(&["--provider", of]);
        let (_, body) = message.split_once("\n\n").unwrap();
        for (reader, proof, first) in [
            ("kropay", String::new(), None),
            ("kazukipay", String::new(), None),
            ("klink", String::new(), Some("missing_header")),
            ("pakasir-v2", format!("x-secret: {SECRET}\n"), None),
        ] {
            if reader == of || (reader, of) == ("klink", "klink-gopay") {
                continue;
            }
            let codes: Vec<_> = first.into_iter().chain(["other_provider"]).collect();
            let run = refused(reader, &format!("{proof}\n{body}"), None, &codes);
            assert!(run.stdout.contains(&format!("try --provider {of}.")), "{reader} {of}: {run:?}");
        }
    }
    // It is readable, for it has more members than needed.
    let run = verify("pakasir-v1", &printed(&["--provider", "pakasir-v2"]));
    assert_eq!((run.exit, run.findings()), (5, vec!["other_provider".to_owned()]), "{run:?}");
}

#[test]
fn what_is_no_notification_is_refused() {
    for (body, codes) in [
        ("", &["empty_body"][..]),
        ("\u{feff} \n", &["empty_body"]),
        ("<html>", &["html"]),
        ("\"{}\"", &["quoted_json"]),
        ("status=paid&amount=1", &["form_data"]),
        ("{}", &["ping"]),
        ("{\"reference\":", &[]),
        ("[1]", &[]),
    ] {
        refused("kropay", &format!("\n{body}"), None, codes);
    }
    refused("kropay", &format!("\n{{\"a\":\"{}\"}}", "a".repeat(70_000)), None, &["too_large"]);
}

#[test]
fn what_cannot_be_read_is_a_usage_error() {
    for (arguments, words) in [
        (&["verify", "-p", "kropay"][..], "required"),
        (&["verify", "body.json"], "--provider"),
        (&["verify", "-p", silent(), "-"], "sends no notifications"),
        (&["verify", "-p", "nobody", "-"], "invalid value 'nobody'"),
        (&["verify", "-p", "kropay", "/does/not/exist"], "/does/not/exist cannot be read"),
        (&["verify", "-p", "kropay", "--headers", "-", "-"], "cannot both be the standard input"),
        (&["verify", "-p", "kropay", "--headers", "-"], "there is no body"),
        (&["verify", "-p", "kropay", "--header", "x", "-"], "a header is"),
    ] {
        let run = run(arguments);
        assert_eq!((run.exit, run.stdout.as_str()), (2, ""), "{run:?}");
        assert!(run.stderr.contains(words), "{words}: {run:?}");
    }
    let run = verify("kropay", &format!("X-Secret {SECRET}\n\n{{}}"));
    assert!(run.exit == 2 && run.stdout.contains("line 1 of the headers"), "{run:?}");
    for (provider, variable) in
        [("klink", "GERBANG_KLINK_WEBHOOK_KEY"), ("pakasir-v2", "GERBANG_PAKASIR_WEBHOOK_SECRET")]
    {
        for value in ["", " \n"] {
            let run: Run = gerbang(&["verify", "-p", provider, "-"]).env(variable, value).output().unwrap().into();
            assert_eq!(run.exit, 2, "{run:?}");
            assert!(run.stderr.contains(&format!("{variable} is not set")), "{run:?}");
        }
    }
}

#[test]
fn the_key_may_come_from_a_profile() {
    let config = format!("{}/verify-config.toml", env!("CARGO_TARGET_TMPDIR"));
    let message = printed(&["--provider", "klink"]);
    for (key, exit) in [(KEY, 0), ("", 2), (" ", 2)] {
        fs::write(&config, format!("[profiles.shop.klink]\nwebhook_key = \" {key} \"\n")).unwrap();
        let mut command =
            gerbang(&["verify", "-p", "klink", "--headers", "-", "--config", &config, "--profile", "shop"]);
        command.env_remove("GERBANG_KLINK_WEBHOOK_KEY");
        assert_eq!(run_with(command, message.as_bytes()).exit, exit, "{key:?}");
    }
}

#[test]
fn a_terminal_is_not_steered_by_a_notification() {
    let message = printed(&["-p", "kropay", "--set", "merchant_ref=A\u{1b}[2J", "--status", "\u{7}x"]);
    let run = run_with(gerbang(&["verify", "-p", "kropay", "--headers", "-"]), message.as_bytes());
    assert_eq!(run.exit, 5, "{run:?}");
    assert!(!run.stdout.contains(['\u{1b}', '\u{7}']), "{run:?}");
}

#[test]
fn a_key_in_quotes_and_a_mark_of_an_editor_are_named() {
    for (provider, variable, key) in
        [("klink", "GERBANG_KLINK_WEBHOOK_KEY", KEY), ("pakasir-v2", "GERBANG_PAKASIR_WEBHOOK_SECRET", SECRET)]
    {
        let mut command = gerbang(&["verify", "--json", "-p", provider, "--headers", "-"]);
        let command_with = command.env(variable, format!("\"{key}\""));
        let message = printed(&["--provider", provider]);
        command_with.stdin(std::process::Stdio::piped());
        let run = run_with(command, message.as_bytes());
        assert_eq!((run.exit, run.findings()), (1, vec!["quoted_key".to_owned()]), "{run:?}");
    }
    let message = printed(&["--provider", "kropay"]);
    assert_eq!(verify("kropay", &format!("\u{feff}{message}")).exit, 5);
    let (headers, body) = message.split_once("\n\n").unwrap();
    assert_eq!(verify("kropay", &format!("{headers}\n\n\u{feff}{body}")).exit, 5);
}
