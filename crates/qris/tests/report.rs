//! The report: each rule is broken once, and nothing is said of what is right.

mod common;

use std::collections::BTreeSet;

use common::{payload, tag, vectors, with_checksum, write};
use gerbang_qris::{Level, MAX_PAYLOAD, Qris, QrisBuilder, Rule, report};

/// The tags of a static payload that breaks no rule.
const RIGHT: [(u8, &str); 10] = [
    (0, "01"),
    (1, "11"),
    (26, "0017ID.CO.EXAMPLE.WWW011893600914000000000102090000000010303UMI"),
    (51, "0014ID.CO.QRIS.WWW0215ID10203040506070303UMI"),
    (52, "5812"),
    (53, "360"),
    (58, "ID"),
    (59, "WARUNG CONTOH"),
    (60, "BANDUNG"),
    (61, "40111"),
];

/// That payload with other tags: in place of those that it has, or in ascending order. Without a value, a tag is left out.
fn with(changes: &[(u8, Option<&str>)]) -> String {
    let mut tags: Vec<(u8, &str)> = RIGHT.to_vec();
    for &(id, value) in changes {
        tags.retain(|(found, _)| *found != id);
        tags.extend(value.map(|value| (id, value)));
    }
    tags.sort();
    write(&tags)
}

fn only(id: u8, value: &str) -> String {
    with(&[(id, Some(value))])
}

/// What is found in a text, as `code tag`.
fn found(text: &str) -> Vec<String> {
    let report = report(text);
    let about = |finding: &gerbang_qris::Finding| {
        let tag = finding.tag().map(|tag| format!(" {tag}"));
        format!("{}{}", finding.rule().code(), tag.unwrap_or_default())
    };
    report.findings().iter().map(about).collect()
}

/// Texts, each with all that is found in it.
fn cases() -> Vec<(String, &'static [&'static str])> {
    [text_cases(), structure_cases(), payable_cases(), money_cases(), advice_cases()].concat()
}

type Cases = Vec<(String, &'static [&'static str])>;

fn text_cases() -> Cases {
    let right = write(&RIGHT);
    let link = format!("https://api.example.com/qr?size=300&data={}&margin=4", right.replace(' ', "%20"));
    let form = format!("https://api.example.com/qr?data={}", right.replace(' ', "+"));
    vec![
        (right.clone(), &[]),
        (format!("\u{feff}{right}\r\n"), &["text.byte_order_mark", "text.white_space"]),
        (format!("  {right}\u{a0}\n"), &["text.white_space"]),
        (format!("\u{200b}{right}\u{feff}"), &["text.invisible"]),
        (format!("\"{right}\","), &["text.quotes"]),
        (format!("“{right}” "), &["text.quotes", "text.white_space"]),
        (link, &["text.link"]),
        (form, &["text.link"]),
        ("https://example.com/pay/123".into(), &["text.address", "payload.digits"]),
        ("https://example.com/qris.png".into(), &["text.picture", "payload.digits"]),
        ("qris.JPEG".into(), &["text.picture", "payload.digits"]),
        ("data:image/png;base64,iVBORw0KGgo".into(), &["text.picture", "payload.digits"]),
        ("hQVDUFYwMWETTwegAAAAVVVVUAhQcm9kdWN0MQ==".into(), &["text.consumer_presented", "payload.digits"]),
        ("8505435056303161".into(), &["text.consumer_presented", "payload.format"]),
        (right.replacen("ID.CO", "ID.\nCO", 1), &["payload.digits 26", "text.line_break"]),
        (right.replacen("ID.CO", "ID.\u{200b}CO", 1), &["payload.digits 26", "text.hidden"]),
    ]
}

fn structure_cases() -> Cases {
    let right = write(&RIGHT);
    let (body, checksum) = right.split_at(right.len() - 4);
    let many: Vec<(u8, &str)> = RIGHT.into_iter().chain((80..=84).map(|id| (id, LONG))).collect();
    let bytes = with_checksum(&format!("000201{}{}", "5910KOPI SÜSU", "5802ID6007BANDUNG"));
    vec![
        ("0".repeat(MAX_PAYLOAD + 1), &["payload.too_long"]),
        (write(&many), &["payload.long"]),
        (String::new(), &["payload.format"]),
        (right.replacen("000201", "000202", 1), &["payload.format"]),
        (right[..50].into(), &["payload.truncated 26"]),
        (right.replacen("5802ID", "58O2ID", 1), &["payload.digits 58"]),
        (bytes, &["payload.digits 80", "payload.byte_lengths"]),
        (with_checksum(&format!("{}5802ID", &body[..body.len() - 4])), &["tag.repeated 58"]),
        (only(62, "0502AB0502AB"), &["tag.repeated 62-05"]),
        (body[..body.len() - 4].into(), &["checksum.place 63"]),
        // What else is wrong is said as well.
        (format!("{}0000", only(61, "").split_at(right.len() - 9).0), &["checksum.wrong 63", "postal_code.length 61"]),
        (format!("{body}{}", checksum.to_lowercase()), &["checksum.lower_case 63"]),
    ]
}

/// A value of 99 characters: a template with an identifier.
const LONG: &str =
    "0005ABCDE0186AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn payable_cases() -> Cases {
    let without = |id| with(&[(id, None)]);
    vec![
        (without(52), &["tag.missing 52"]),
        (without(53), &["tag.missing 53"]),
        (without(58), &["tag.missing 58"]),
        (without(59), &["tag.missing 59"]),
        (without(60), &["tag.missing 60"]),
        (with(&[(26, None), (51, None)]), &["account.missing", "national.missing 51"]),
        (only(1, "1"), &["tag.length 01"]),
        (only(52, "581"), &["tag.length 52"]),
        (only(53, "36"), &["tag.length 53"]),
        (only(58, "IDN"), &["tag.length 58"]),
        (only(59, ""), &["tag.length 59"]),
        (only(59, "AAAAAAAAAAAAAAAAAAAAAAAAAA"), &["tag.length 59"]),
        (only(59, "AAAAAAAAAAAAAAAAAAAAAAAAA"), &[]),
        (only(60, "BBBBBBBBBBBBBBBB"), &["tag.length 60"]),
        (only(60, "BBBBBBBBBBBBBBB"), &[]),
        (only(1, "13"), &["initiation.value 01"]),
        (with(&[(1, None)]), &[]),
        (only(52, "58A2"), &["category.form 52"]),
        (only(53, "IDR"), &["currency.form 53"]),
        (only(53, "840"), &["currency.not_rupiah 53"]),
        (only(58, "id"), &["country.form 58"]),
        (only(58, "SG"), &["country.foreign 58"]),
    ]
}

fn money_cases() -> Cases {
    let dynamic = |tags: &[(u8, Option<&'static str>)]| with(&[&[(1, Some("12")), (54, Some("1000"))], tags].concat());
    let amount = |value| dynamic(&[(54, Some(value))]);
    vec![
        (amount("1000"), &[]),
        (amount("1000."), &[]),
        (amount("1000.00"), &[]),
        (amount("9999999999999"), &[]),
        (amount("99999999999999"), &["tag.length 54"]),
        (amount(""), &["tag.length 54"]),
        (amount("1.000.000"), &["amount.form 54"]),
        (amount("10.000"), &["amount.form 54"]),
        (amount("1,5"), &["amount.form 54"]),
        (amount(" 1000"), &["amount.form 54"]),
        (amount(".50"), &["amount.form 54"]),
        (amount("10.50"), &["amount.fraction 54"]),
        (amount("0"), &["amount.zero 54"]),
        (amount("0.00"), &["amount.zero 54"]),
        (with(&[(1, Some("12")), (54, Some("7.500")), (53, Some("414")), (58, Some("KW"))]), &["country.foreign 58"]),
        (dynamic(&[(55, Some("01"))]), &[]),
        (dynamic(&[(55, Some("02")), (56, Some("500"))]), &[]),
        (dynamic(&[(55, Some("03")), (57, Some("0.7"))]), &[]),
        (dynamic(&[(55, Some("04"))]), &["tip.indicator 55"]),
        (dynamic(&[(55, Some("1"))]), &["tag.length 55"]),
        (dynamic(&[(55, Some("02"))]), &["tip.missing 55"]),
        (dynamic(&[(55, Some("03"))]), &["tip.missing 55"]),
        (dynamic(&[(56, Some("500"))]), &["tip.orphan 56"]),
        (dynamic(&[(55, Some("01")), (57, Some("5"))]), &["tip.orphan 57"]),
        (dynamic(&[(55, Some("02")), (56, Some("500")), (57, Some("5"))]), &["tip.orphan 57"]),
        (dynamic(&[(55, Some("02")), (56, Some("0"))]), &["tip.value 56"]),
        (dynamic(&[(55, Some("02")), (56, Some("0.5"))]), &["tip.value 56"]),
        (dynamic(&[(55, Some("02")), (56, Some("10000000000000"))]), &["tag.length 56"]),
        (dynamic(&[(55, Some("03")), (57, Some("0"))]), &["tip.value 57"]),
        (dynamic(&[(55, Some("03")), (57, Some("100"))]), &["tip.value 57"]),
        (dynamic(&[(55, Some("03")), (57, Some("00.070"))]), &["tag.length 57"]),
        (with(&[(54, Some("1000"))]), &["amount.static 54"]),
        (with(&[(1, Some("12"))]), &["amount.open 54"]),
    ]
}

fn advice_cases() -> Cases {
    let transfer = "0017ID.CO.EXAMPLE.WWW011893600014000000000102091234567890403BIC";
    let account = |value| only(26, value);
    vec![
        (only(2, ""), &["tag.empty 02"]),
        (only(80, ""), &["tag.empty 80"]),
        (only(59, "KOPI SÜSU"), &["tag.characters 59"]),
        (only(60, "A|B"), &["tag.characters 60"]),
        (only(61, ""), &["postal_code.length 61"]),
        (only(61, "40111401114"), &["postal_code.length 61"]),
        (with(&[(61, None)]), &["postal_code.missing 61"]),
        (only(46, "x"), &["template.form 46"]),
        (only(99, "anything"), &["template.form 99"]),
        (only(80, "0103ABC"), &["template.identifier 80-00"]),
        (account("011893600914000000000102090000000010303UMI"), &["template.identifier 26-00"]),
        (account("0017ID.CO.EXAMPLE.WWW02090000000010303UMI"), &["account.form 26-01"]),
        (account("0017ID.CO.EXAMPLE.WWW0103ABC02090000000010303UMI"), &["account.form 26-01"]),
        (account("0017ID.CO.EXAMPLE.WWW0118936009140000000001021600000000000000010303UMI"), &["account.form 26-02"]),
        (account("0017ID.CO.EXAMPLE.WWW011893600914000000000102090000000010303XYZ"), &["account.form 26-03"]),
        (only(51, "0014ID.CO.QRIS.WWW"), &["account.form 51-02"]),
        (only(51, "0014ID.CO.QRIS.WWW0207ZPM1000"), &["national.nmid 51-02"]),
        (with(&[(51, None)]), &["national.missing 51"]),
        (only(62, "0126AAAAAAAAAAAAAAAAAAAAAAAAAA"), &["additional.length 62-01"]),
        (only(62, "0700"), &["additional.length 62-07"]),
        (only(62, "0903AMX"), &["additional.request 62-09"]),
        (only(62, "0902ME"), &[]),
        (only(62, "0808Listrik "), &["purpose.unknown 62-08"]),
        (only(62, "0804POSP"), &[]),
        (only(62, "0804CWDL"), &["purpose.other 62-08"]),
        (only(62, "0804DMCT"), &["transfer.form 40", "purpose.other 62-08"]),
        (
            with(&[(1, Some("12")), (26, None), (40, Some(transfer)), (51, None), (52, None), (62, Some("0804DMCT"))]),
            &["amount.open 54", "purpose.other 62-08"],
        ),
        (only(64, "0002ID0104WARU"), &[]),
        (only(64, "0002ID"), &["language.form 64"]),
        (only(64, "0001I0104WARU"), &["language.form 64"]),
        (only(64, "x"), &["template.form 64"]),
        (only(64, "0002ID0104WARU0002ID"), &["template.form 64"]),
        (only(80, "0003ABC0101A0101A"), &["template.form 80"]),
    ]
}

#[test]
fn each_text_has_its_findings() {
    let wrong = |(text, expected): (String, &[&str])| (found(&text) != expected).then(|| (found(&text), text));
    assert_eq!(cases().into_iter().filter_map(wrong).collect::<Vec<_>>(), []);
}

#[test]
fn every_rule_has_a_case_and_two_sentences() {
    let broken: BTreeSet<String> = cases()
        .iter()
        .flat_map(|(_, found)| found.iter().map(|found| found.split(' ').next().unwrap().to_owned()))
        .collect();
    let all: BTreeSet<String> = Rule::ALL.iter().map(|rule| rule.code().to_owned()).collect();
    assert_eq!(broken, all);
    assert_eq!(all.len(), Rule::ALL.len(), "a code is given twice");
    let mut sentences = BTreeSet::new();
    for rule in Rule::ALL {
        for sentence in [rule.english(), rule.indonesian()] {
            assert!(sentence.len() > 10 && !sentence.ends_with('.') && sentence.is_ascii(), "{sentence}");
            sentences.insert(sentence);
        }
        let is_code =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        assert!(rule.code().split('.').count() == 2 && rule.code().split('.').all(is_code), "{}", rule.code());
    }
    assert!(sentences.len() >= 2 * Rule::ALL.len() - 2, "only the two kinds of length share words");
}

#[test]
fn the_list_of_rules_is_documented() {
    let row = |rule: &Rule| {
        let level = rule.level().as_str();
        format!("| `{}` | {level} | {} | {} |\n", rule.code(), rule.english(), rule.indonesian())
    };
    let table: String = Rule::ALL.iter().map(row).collect();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/FINDINGS.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (before, _) = text.split_once("| --- | --- | --- | --- |\n").expect("the head of the table");
    let expected = format!("{before}| --- | --- | --- | --- |\n{table}");
    if std::env::var_os("UPDATE_FINDINGS").is_some() {
        std::fs::write(path, &expected).unwrap();
    }
    assert!(text == expected, "run it with UPDATE_FINDINGS=1");
}

#[test]
fn findings_say_where() {
    let place = |text: &str| {
        let report = report(text);
        let finding = report.findings()[0];
        (finding.offset(), finding.to_string())
    };
    let text = only(61, "");
    let (offset, said) = place(&text);
    assert!(text[offset.unwrap()..].starts_with("6100"));
    assert_eq!(said, format!("tag 61, byte {}: the postal code must have 1 to 10 characters", offset.unwrap()));
    let text = only(62, "0503ABC0903AMX");
    assert!(text[place(&text).0.unwrap()..].starts_with("0903AMX"));
    // What is missing is said of the template, or of nothing.
    let text = only(51, "0014ID.CO.QRIS.WWW");
    assert!(text[place(&text).0.unwrap()..].starts_with("5118"));
    assert_eq!(place(&with(&[(59, None)])), (None, "tag 59: the tag is missing, which every payload must have".into()));
    // In a text around a payload, by the text; in the payload, by the payload.
    let text = format!("\"{}\"", only(61, ""));
    let report = report(&text);
    assert_eq!(report.findings()[0].offset(), Some(0));
    assert!(report.payload()[report.findings()[1].offset().unwrap()..].starts_with("6100"));
}

#[test]
fn what_surrounds_a_payload_is_taken_off() {
    let right = write(&RIGHT);
    let escaped: String = right.bytes().map(|byte| format!("%{byte:02x}")).collect();
    for text in [
        right.clone(),
        format!("\u{feff}\"{right}\"\r\n"),
        format!("‘{right}’"),
        format!("`{right}`;"),
        format!("https://example.com/{}", right.replace(' ', "%20")),
        format!("HTTPS://example.com/?d={}#x", right.replace(' ', "+")),
        format!("<www.example.com/?q=000201{}&b=1>", &escaped[18..]),
    ] {
        assert_eq!(report(&text).payload(), right, "{text}");
        assert!(!report(&text).has_errors(), "{text}");
    }
    // A plus sign of the payload's own stays.
    let plus = only(59, "A+B");
    assert_eq!(report(&format!("https://example.com/?d={plus}")).payload(), plus);
    // Broken escapes are left as they are.
    assert_eq!(report("https://example.com/?d=000201%zz%2").payload(), "000201%zz%2");
}

#[test]
fn published_payloads_of_gateways_have_no_errors() {
    for name in ["Pakasir", "OY!", "Duitku"] {
        assert!(!report(payload(name)).has_errors(), "{name}: {:?}", found(payload(name)));
    }
    assert_eq!(found(payload("Pakasir")), Vec::<String>::new());
    assert_eq!(found(payload("EMVCo")), ["country.foreign 58"]);
    assert!(vectors().iter().filter(|vector| !vector.valid).all(|vector| report(vector.payload).has_errors()));
}

#[test]
fn errors_come_first() {
    let text = with(&[(1, Some("13")), (59, Some("KOPI SÜSU")), (60, None), (54, Some("0"))]);
    let report = report(&text);
    let levels: Vec<_> = report.findings().iter().map(|finding| finding.rule().level()).collect();
    assert_eq!(levels, [Level::Error, Level::Error, Level::Error, Level::Warning], "{:?}", found(&text));
    assert!(report.has_errors() && Qris::parse(&text).unwrap().report() == report);
}

#[test]
fn what_the_builder_makes_has_no_errors() {
    let builder =
        QrisBuilder::new("Warung Budi", "BANDUNG", "5812").nmid("ID1024322842930", "UMI").postal_code("40111");
    assert_eq!(found(&builder.build().unwrap()), Vec::<String>::new());
    let longest = QrisBuilder::new("n".repeat(25), "c".repeat(15), "0000").nmid("ID1024322842930", "UMI");
    assert_eq!(found(&longest.build().unwrap()), ["postal_code.missing 61"]);
    assert_eq!(tag(7, "A"), "0701A");
}
