//! What holds for every input, not only for those that somebody thought of.

use gerbang_core::{DottedRupiah, Flag, Identifier, JakartaTime, JsonString, Open, Rupiah, Secret, Word, wire};
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde::Deserialize;
use serde::de::value::F64Deserializer;
use serde::de::{self, IntoDeserializer};
use serde_json::{Value, json};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Status {
    Pending,
    Paid,
}

impl Word for Status {
    const ALL: &'static [Self] = &[Self::Pending, Self::Paid];

    fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Paid => "paid",
        }
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Text of the characters that the readers look at, which random Unicode hardly ever forms.
fn number_like() -> impl Strategy<Value = String> {
    "[-+0-9.,eE ]{0,24}"
}

fn time_like() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{1,4}[-/][0-9]{1,2}[-/][0-9]{1,4}[ T]{0,2}[0-9]{1,2}: ?[0-9]{1,2}: ?[0-9]{1,2}(\\.[0-9]{0,10})?",
        "[-0-9/:.TZ+ ]{0,80}",
    ]
}

/// Any JSON value whose numbers and texts are near the edges.
fn json_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        // `serde_json` reads these exactly, which it does not do with every double.
        any::<i32>().prop_map(|number| Value::from(f64::from(number) / 4.0)),
        any::<String>().prop_map(Value::from),
        number_like().prop_map(Value::from),
        time_like().prop_map(Value::from),
        any::<Vec<u8>>().prop_map(|bytes| json!(bytes)),
        any::<String>().prop_map(|key| json!({key: 1})),
    ]
}

fn double() -> impl Strategy<Value = f64> {
    prop_oneof![any::<f64>(), 0.0..1e13, (0..1_u64 << 42).prop_map(|number| number as f64)]
}

fn shuffle_case(word: &str, upper: u32) -> String {
    word.chars()
        .enumerate()
        .map(|(i, c)| if upper >> i & 1 == 1 { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
        .collect()
}

/// A value that may be written in one of the ways that mean "none".
#[derive(Debug, PartialEq, Deserialize)]
#[serde(bound = "T: wire::Member", transparent)]
struct Maybe<T>(#[serde(deserialize_with = "optional::member")] Option<T>);

gerbang_core::optional_members! {
    optional { member "member" }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reading_never_panics_and_text_agrees_with_values(value in json_value()) {
        let json = value.to_string();
        macro_rules! agrees {
            ($($type:ty),*) => {$({
                let from_text = serde_json::from_str::<$type>(&json).map_err(drop);
                let from_value = serde_json::from_value::<$type>(value.clone()).map_err(drop);
                prop_assert_eq!(from_text, from_value);
            })*};
        }
        agrees!(Rupiah, DottedRupiah, JakartaTime, Open<Status>, Identifier, Flag);
        agrees!(Maybe<Rupiah>, Maybe<Identifier>, Maybe<JakartaTime>, JsonString<Vec<Rupiah>>);
        let _ = serde_json::from_str::<Secret>(&json);
    }

    #[test]
    fn reading_any_number_never_panics(number: f64) {
        let json = format!("{number:?}");
        let _ = serde_json::from_str::<Rupiah>(&json);
        let _ = serde_json::from_str::<DottedRupiah>(&json);
        let _ = serde_json::from_str::<Open<Status>>(&json);
        let _ = serde_json::from_str::<Maybe<Identifier>>(&json);
        let _ = serde_json::from_str::<Flag>(&json);
    }

    #[test]
    fn reading_broken_json_never_panics(json in "[\\[\\]{}\":,.0-9eE+a-z-]{0,40}") {
        let _ = serde_json::from_str::<Rupiah>(&json);
        let _ = serde_json::from_str::<Maybe<Identifier>>(&json);
        let _ = serde_json::from_str::<JsonString<Vec<Rupiah>>>(&json);
        let _ = serde_json::from_str::<JsonString<Vec<Rupiah>>>(&quoted(&json));
    }

    #[test]
    fn an_amount_survives_every_form(number: u64) {
        let amount = Rupiah::new(number);
        for json in [
            number.to_string(),
            format!("\"{number}\""),
            format!("\"{number}.0\""),
            format!("\" {number}.00\""),
            serde_json::to_string(&amount).unwrap(),
            quoted(&amount.to_string()),
        ] {
            prop_assert_eq!(serde_json::from_str::<Rupiah>(&json).unwrap(), amount);
        }
        prop_assert_eq!(amount.get(), number);
    }

    #[test]
    fn text_is_an_amount_only_if_it_is_plain(text in number_like()) {
        if let Ok(amount) = text.parse::<Rupiah>() {
            let plain = text.trim();
            let plain = plain.strip_suffix(".00").or(plain.strip_suffix(".0")).unwrap_or(plain);
            prop_assert!(plain.bytes().all(|byte| byte.is_ascii_digit()));
            let wanted = plain.trim_start_matches('0');
            prop_assert_eq!(amount.to_string(), if wanted.is_empty() { "0" } else { wanted });
        }
    }

    #[test]
    fn a_fraction_is_never_read(whole: u64, shift in 0..64_u32, cents in 1..100_u32) {
        let whole = whole >> shift;
        for number in [format!("{whole}.{cents:02}"), format!("{whole}.{cents:02}0")] {
            prop_assert!(number.parse::<Rupiah>().is_err());
            prop_assert!(serde_json::from_str::<Rupiah>(&number).is_err());
            prop_assert!(serde_json::from_str::<Rupiah>(&quoted(&number)).is_err());
        }
    }

    #[test]
    fn a_thousandth_of_a_rupiah_is_seen_in_a_json_number(
        whole in 1..1_u64 << 40, shift in 0..40_u32, thousandths in 1..999_u32, rest in "[0-9]{0,30}",
    ) {
        let whole = (whole >> shift).max(1);
        let with_dot = format!("{whole}.{thousandths:03}{rest}");
        let with_exponent = format!("{whole}{thousandths:03}{rest}e-{}", 3 + rest.len());
        for number in [with_dot, with_exponent] {
            prop_assert!(serde_json::from_str::<Rupiah>(&number).is_err(), "{}", number);
        }
    }

    #[test]
    fn a_double_is_read_exactly_or_not(number in double()) {
        let deserializer: F64Deserializer<de::value::Error> = number.into_deserializer();
        let exact = number.fract() == 0.0 && number.is_sign_positive() && number < (1_u64 << 40) as f64;
        let read = Rupiah::deserialize(deserializer).ok();
        prop_assert_eq!(read.map(|amount| amount.get() as f64), exact.then_some(number));
        if exact {
            prop_assert_eq!(serde_json::from_str::<Rupiah>(&format!("{number:?}")).ok(), read);
        }
    }

    #[test]
    fn arithmetic_is_that_of_whole_numbers(a: u64, b: u64, close in 0..3_u64) {
        for (a, b) in [(a, b), (u64::MAX - a.min(close), close), (close, close + 1), (a, a)] {
            let sum = u64::try_from(u128::from(a) + u128::from(b)).ok().map(Rupiah::new);
            let difference = u64::try_from(i128::from(a) - i128::from(b)).ok().map(Rupiah::new);
            prop_assert_eq!(Rupiah::new(a).checked_add(Rupiah::new(b)), sum);
            prop_assert_eq!(Rupiah::new(a).checked_sub(Rupiah::new(b)), difference);
        }
    }

    #[test]
    fn dotted_amounts_survive(number: u64, shift in 0..64_u32) {
        let amount = Rupiah::new(number >> shift);
        let dotted = amount.to_dotted();
        prop_assert_eq!(dotted.parse::<DottedRupiah>().unwrap().rupiah(), amount);
        prop_assert_eq!(serde_json::from_str::<DottedRupiah>(&quoted(&dotted)).unwrap(), amount.into());
        prop_assert_eq!(dotted.replace('.', ""), amount.to_string());
    }

    #[test]
    fn only_dotted_and_plain_forms_are_read_as_dotted(text in "[0-9]{0,4}(\\.[0-9]{2,4}){0,3}(,0{1,4})?") {
        if let Ok(amount) = text.parse::<DottedRupiah>() {
            let whole = text.split(',').next().unwrap();
            prop_assert!([amount.to_string(), amount.rupiah().to_string()].contains(&whole.to_owned()), "{}", text);
        }
    }

    #[test]
    fn an_optional_member_never_hides_its_object(value in json_value()) {
        let value = value.to_string();
        macro_rules! is_read {
            ($($type:ty),*) => {$(
                prop_assert!(serde_json::from_str::<Maybe<$type>>(&value).is_ok(), "{}", value);
            )*};
        }
        is_read!(Rupiah, DottedRupiah, JakartaTime, Open<Status>, Identifier, Flag, String, bool, u64);
    }

    #[test]
    fn a_body_of_any_bytes_is_text(body: Vec<u8>, tail in "(\\\\|u|d8|dc|00|é){0,12}") {
        let text = wire::json_text(&body);
        prop_assert!(std::str::from_utf8(&body).is_ok() || text.contains(char::REPLACEMENT_CHARACTER));
        let json = format!("\"{tail}\"");
        // Whatever is JSON but for halves of characters is JSON afterwards, and stays as long.
        let mended = wire::json_text(json.as_bytes());
        prop_assert_eq!(mended.len(), json.len());
        if serde_json::from_str::<&serde_json::value::RawValue>(&json).is_ok() {
            prop_assert!(serde_json::from_str::<String>(&mended).is_ok(), "{}", json);
        }
    }

    #[test]
    fn a_time_keeps_its_text_and_never_panics(text in prop_oneof![any::<String>(), time_like()]) {
        let time: JakartaTime = serde_json::from_str(&quoted(&text)).unwrap();
        prop_assert_eq!(time.text(), &text);
        prop_assert_eq!(serde_json::to_string(&time).unwrap(), quoted(&text));
        if let Err(error) = time.timestamp() {
            let shown = error.to_string();
            prop_assert!(shown.lines().count() == 1 && shown.chars().count() < 1_000);
        }
    }

    #[test]
    fn a_time_without_zone_is_seven_hours_ahead_of_utc(
        year in 1..=9998_i16, month in 1..=12_i8, day in 1..=28_i8,
        hour in 0..24_i8, minute in 0..60_i8, second in 0..60_i8, nanosecond in 0..1_000_000_000_i32,
    ) {
        let as_utc = date(year, month, day).at(hour, minute, second, nanosecond);
        let as_utc = as_utc.to_zoned(TimeZone::UTC).unwrap().timestamp();
        let seven_hours = jiff::SignedDuration::from_hours(7);
        for text in [
            format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{nanosecond:09}"),
            format!("{year:04}-{month}-{day}T{hour}:{minute}:{second}.{nanosecond:09}"),
            format!("{day:02}/{month:02}/{year:04} {hour:02}: {minute:02}: {second:02}.{nanosecond:09}"),
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{nanosecond:09}+07:00"),
        ] {
            let time = JakartaTime::new(text.as_str()).timestamp().unwrap();
            prop_assert_eq!(as_utc.duration_since(time), seven_hours, "{}", text);
        }
    }

    #[test]
    fn a_moment_survives_to_the_second(
        second in -62_135_596_800..253_370_764_800_i64, nanosecond in 0..1_000_000_000_i32,
    ) {
        let whole = Timestamp::from_second(second).unwrap();
        let moment = whole + jiff::SignedDuration::new(0, nanosecond);
        prop_assert_eq!(JakartaTime::from(moment).timestamp().unwrap(), whole);
    }

    #[test]
    fn a_word_survives_and_its_case_does_not_matter(text in "[^\u{fffd}]*", upper: u32, known in 0..2_usize) {
        let word: Open<Status> = text.as_str().into();
        let again: Open<Status> = serde_json::from_str(&serde_json::to_string(&word).unwrap()).unwrap();
        prop_assert_eq!(&again, &word);
        if word.known().is_none() {
            prop_assert_eq!(word.as_str(), text);
        }

        let known = Status::ALL[known];
        let written = quoted(&format!("\t{} ", shuffle_case(known.as_str(), upper)));
        prop_assert_eq!(serde_json::from_str::<Open<Status>>(&written).unwrap(), known);
    }

    #[test]
    fn an_identifier_keeps_its_text(text in "[^\u{fffd}]*", number: i64) {
        prop_assert_eq!(serde_json::from_str::<Identifier>(&quoted(&text)).unwrap(), text.as_str());
        let digits = number.to_string();
        prop_assert_eq!(serde_json::from_str::<Identifier>(&digits).unwrap(), digits.as_str());
    }

    #[test]
    fn a_secret_is_never_shown(canary in "[a-zA-Z0-9]{12,40}", digits in 1_000_000_000_u64..) {
        let secret = Secret::from(canary.as_str());
        prop_assert_eq!(secret.expose(), canary.as_str());
        let shown = format!("{secret:?}{secret:#?}{:?}", Some(&secret));
        prop_assert!(!shown.contains(&canary));
        let digits = digits.to_string();
        for refused in [digits.clone(), format!("-{digits}"), format!("{digits}.5"), format!("[{digits}]")] {
            prop_assert!(!serde_json::from_str::<Secret>(&refused).unwrap_err().to_string().contains(&digits));
        }
    }
}
