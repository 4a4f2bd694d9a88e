//! What holds for all payloads.

mod common;

use common::{Random, tag, valid, with_checksum, write};
use gerbang_core::Rupiah;
use gerbang_qris::{Initiation, Order, Qris, QrisBuilder, QrisErrorKind, Tip, report, verify_amount};
use proptest::prelude::*;

fn text(longest: usize) -> impl Strategy<Value = String> {
    proptest::string::string_regex(&format!("[ -~]{{1,{longest}}}")).unwrap()
}

fn rupiah() -> impl Strategy<Value = Rupiah> {
    prop_oneof![1..1_000_000_u64, 1..10_000_000_000_000_u64].prop_map(Rupiah::new)
}

fn tip() -> impl Strategy<Value = Tip> {
    prop_oneof![
        Just(Tip::Prompt),
        rupiah().prop_map(Tip::Fixed),
        (1..10_000_u16).prop_map(|hundredths| Tip::Percent { hundredths })
    ]
}

fn merchant_id() -> impl Strategy<Value = String> {
    prop_oneof![text(22), proptest::string::string_regex("ID[0-9]{12,14}").unwrap()]
}

/// A builder, and the tags that its payload should have, in order.
#[derive(Debug, Clone)]
struct Built {
    builder: QrisBuilder,
    name: String,
    city: String,
    category: String,
    accounts: Vec<(u8, [String; 3])>,
    initiation: Option<Initiation>,
    amount: Option<Rupiah>,
    tip: Option<Tip>,
    postal_code: Option<String>,
    reference: Option<String>,
    terminal: Option<String>,
    language: Option<String>,
}

prop_compose! {
    fn built()(
        name in text(25),
        city in text(15),
        category in "[0-9]{4}",
        accounts in prop::collection::btree_map(
            prop_oneof![26..=45_u8, Just(51_u8)], [text(32).boxed(), text(25).boxed(), merchant_id().boxed()], 1..5),
        initiation in prop::option::of(prop_oneof![Just(Initiation::Static), Just(Initiation::Dynamic)]),
        amount in prop::option::of(rupiah()),
        tip in prop::option::of(tip()),
        [postal_code, reference, terminal] in
            [prop::option::of(text(10)), prop::option::of(text(25)), prop::option::of(text(25))],
        language in prop::option::of("[^\\pC]{1,99}"),
    ) -> Built {
        let mut builder = QrisBuilder::new(&name, &city, &category);
        let accounts: Vec<_> = accounts.into_iter().collect();
        for (id, [unique, pan, merchant]) in &accounts {
            builder = builder.account(*id, &[(2, merchant), (0, unique), (1, pan)]);
        }
        if let Some(initiation) = initiation {
            builder = builder.initiation(initiation);
        }
        if let Some(amount) = amount {
            builder = builder.amount(amount);
        }
        if let Some(tip) = tip {
            builder = builder.tip(tip);
        }
        if let Some(postal_code) = &postal_code {
            builder = builder.postal_code(postal_code);
        }
        if let Some(terminal) = &terminal {
            builder = builder.terminal(terminal);
        }
        if let Some(reference) = &reference {
            builder = builder.reference(reference);
        }
        if let Some(language) = &language {
            builder = builder.tag(64, language);
        }
        Built {
            builder, name, city, category, accounts, initiation, amount, tip, postal_code, reference, terminal, language,
        }
    }
}

prop_compose! {
    /// The tags of a payload that was not built here: in any order, with any text, in rupiah.
    fn foreign()(
        tags in prop::collection::btree_map(
            prop_oneof![1..=25_u8, 46..=50_u8, Just(52_u8), 54..=61_u8, 64..=99_u8],
            prop_oneof!["[ -~]{0,99}", "\\PC{0,99}", any::<String>()].prop_map(|text| text.chars().take(99).collect()),
            0..12,
        ),
        accounts in prop::collection::btree_map(
            26..=45_u8,
            prop::collection::btree_map(0..=99_u8, "\\PC{0,20}", 0..4).prop_map(|sub| {
                sub.iter().map(|(id, value)| tag(*id, value)).collect::<String>()
            }),
            0..3,
        ),
    )(
        tags in Just(tags.into_iter().chain(accounts).chain([(53, "360".to_owned())]).collect::<Vec<_>>()).prop_shuffle()
    ) -> Vec<(u8, String)> {
        std::iter::once((0, "01".to_owned())).chain(tags).collect()
    }
}

/// All tags but the checksum.
fn tags(payload: &str) -> Vec<(u8, String)> {
    let tags = Qris::parse(payload).unwrap().tags().map(|(id, value)| (id, value.to_owned()));
    tags.filter(|&(id, _)| id != 63).collect()
}

/// Tags but for some.
fn without(tags: &[(u8, String)], ids: &[u8]) -> Vec<(u8, String)> {
    tags.iter().filter(|(id, _)| !ids.contains(id)).cloned().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_built_is_read_again(built in built()) {
        let payload = built.builder.build().unwrap();
        let qris = Qris::parse(&payload).unwrap();
        prop_assert_eq!(qris.merchant_name(), Some(&*built.name));
        prop_assert_eq!(qris.merchant_city(), Some(&*built.city));
        prop_assert_eq!(qris.category(), Some(&*built.category));
        prop_assert_eq!((qris.currency(), qris.country()), (Some("360"), Some("ID")));
        prop_assert_eq!(qris.amount(), Ok(built.amount));
        prop_assert_eq!(qris.tip(), Ok(built.tip));
        prop_assert_eq!(qris.postal_code(), built.postal_code.as_deref());
        prop_assert_eq!(qris.reference(), built.reference.as_deref());
        prop_assert_eq!(qris.terminal(), built.terminal.as_deref());
        prop_assert_eq!(qris.get(64), built.language.as_deref());
        let automatic = if built.amount.is_some() { Initiation::Dynamic } else { Initiation::Static };
        prop_assert_eq!(qris.initiation(), Some(built.initiation.unwrap_or(automatic)));
        let accounts: Vec<_> = qris
            .accounts()
            .map(|account| {
                let all = [account.globally_unique_id(), account.pan(), account.merchant_id()];
                (account.tag(), all.map(|value| value.unwrap().to_owned()))
            })
            .collect();
        prop_assert_eq!(&accounts, &built.accounts);
        let national = qris.accounts().find(|account| account.tag() == 51);
        let is_nmid = |id: &&str| id.len() == 15 && id.starts_with("ID") && id[2..].bytes().all(|byte| byte.is_ascii_digit());
        prop_assert_eq!(qris.nmid(), national.and_then(|account| account.merchant_id()).filter(is_nmid));

        // Nothing else is in there, in ascending order, and the tags make up the payload.
        let tags = tags(&payload);
        prop_assert!(tags.is_sorted_by(|one, other| one.0 < other.0));
        prop_assert!(qris.accounts().all(|account| account.tags().is_sorted_by(|one, other| one.0 < other.0)));
        if let (Some(reference), Some(terminal)) = (&built.reference, &built.terminal) {
            prop_assert_eq!(qris.get(62), Some(&*(tag(5, reference) + &tag(7, terminal))));
        }
        prop_assert_eq!(write(&tags), payload.as_str());
        let optional = [
            built.amount.is_some(),
            built.tip.is_some(),
            built.tip.is_some_and(|tip| tip != Tip::Prompt),
            built.postal_code.is_some(),
            built.reference.is_some() || built.terminal.is_some(),
            built.language.is_some(),
        ];
        let optional = optional.iter().filter(|&&there| there).count();
        prop_assert_eq!(tags.len(), 7 + built.accounts.len() + optional);
    }

    #[test]
    fn any_tags_are_read(foreign in foreign()) {
        let payload = write(&foreign);
        prop_assume!(payload.len() <= gerbang_qris::MAX_PAYLOAD);
        prop_assert_eq!(tags(&payload), foreign.clone());
        let qris = Qris::parse(&payload).unwrap();
        for id in (0..=255).filter(|&id| id != 63) {
            let value = foreign.iter().find(|(found, _)| *found == id).map(|(_, value)| value.as_str());
            prop_assert_eq!(qris.get(id), value);
        }
    }

    #[test]
    fn dynamic_payloads_keep_the_other_tags(foreign in foreign(), amount in rupiah(), tip in prop::option::of(tip())) {
        let payload = write(&foreign);
        prop_assume!(payload.len() <= gerbang_qris::MAX_PAYLOAD - 46);
        let qris = Qris::parse(&payload).unwrap();
        prop_assume!(qris.get(1).is_none_or(|initiation| initiation == "11"));
        let dynamic = match tip {
            None => qris.to_dynamic(amount),
            Some(tip) => qris.to_dynamic(Order::new(amount).tip(tip)),
        };
        // What the payload says of a tip is kept, and must be known.
        prop_assume!(tip.is_some() || qris.tip().is_ok());
        let dynamic = dynamic.unwrap();
        let made = Qris::parse(&dynamic).unwrap();
        prop_assert!(made.is_dynamic());
        prop_assert_eq!(made.amount(), Ok(Some(amount)));
        prop_assert_eq!(verify_amount(&dynamic, amount).is_ok(), matches!(made.tip(), Ok(None | Some(Tip::Prompt))));
        let mut changed = vec![1, 54];
        if tip.is_some() {
            prop_assert_eq!(made.tip(), Ok(tip));
            changed.extend([55, 56, 57]);
        }
        let after = tags(&dynamic);
        prop_assert_eq!(without(&after, &changed), without(&foreign, &changed));
        // What is new is where it belongs, what was there stays there.
        let place = |tags: &[(u8, String)], id| tags.iter().position(|(found, _)| *found == id);
        let before = without(&foreign, &changed[2..]);
        let after = without(&after, &changed[2..]);
        let expected = place(&without(&before, &[54]), 1).unwrap_or(1);
        prop_assert_eq!(place(&without(&after, &[54]), 1), Some(expected));
        match place(&before, 54) {
            None => prop_assert_eq!(place(&after, 54), place(&after, 53).map(|place| place + 1)),
            Some(_) => {
                let order = |tags: &[(u8, String)]| without(tags, &[1]).iter().map(|(id, _)| *id).collect::<Vec<_>>();
                prop_assert_eq!(order(&after), order(&before));
            }
        }
    }

    #[test]
    fn only_the_expected_amount_is_verified(built in built(), expected in rupiah()) {
        let payload = built.builder.build().unwrap();
        let kind = |expected| verify_amount(&payload, expected).map_err(|error| error.kind().clone());
        match built.amount {
            None => prop_assert_eq!(kind(expected), Err(QrisErrorKind::NoAmount)),
            Some(stated) => {
                match built.tip {
                    None | Some(Tip::Prompt) => prop_assert_eq!(kind(stated), Ok(Qris::parse(&payload).unwrap())),
                    Some(_) => prop_assert_eq!(kind(stated), Err(QrisErrorKind::Surcharge)),
                }
                if stated != expected {
                    prop_assert_eq!(kind(expected), Err(QrisErrorKind::OtherAmount { stated, expected }));
                }
            }
        }
    }

    #[test]
    fn other_checksums_are_refused(built in built(), other in any::<u16>()) {
        let payload = built.builder.build().unwrap();
        let changed = format!("{}{other:04X}", &payload[..payload.len() - 4]);
        prop_assert!(changed == payload || Qris::parse(&changed).is_err());
        let lower = format!("{}{other:04x}", &payload[..payload.len() - 4]);
        prop_assert!(changed == payload || Qris::parse(&lower).is_err());
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        exercise(&text);
    }
}

/// Whether the text is a payload; calls everything that it can be asked.
fn exercise(text: &str) -> bool {
    let qris = match Qris::parse(text) {
        Ok(qris) => qris,
        Err(error) => {
            assert!(error.offset().is_none_or(|offset| offset <= text.len()));
            assert!(!error.to_string().contains('\n'));
            let report = report(text);
            // What surrounds a payload is taken off.
            assert!(report.has_errors() || report.payload() != text, "{text:?}: {report:?}");
            return false;
        }
    };
    assert_eq!(qris.tags().map(|(id, value)| tag(id, value)).collect::<String>(), text);
    let _ = (qris.initiation(), qris.nmid(), qris.amount(), qris.tip(), qris.reference(), qris.terminal());
    let _ = (qris.merchant_name(), qris.merchant_city(), qris.postal_code(), qris.category(), qris.country());
    for account in qris.accounts() {
        let _ = (account.globally_unique_id(), account.pan(), account.merchant_id(), account.criteria());
        assert_eq!(
            account.tags().map(|(id, value)| tag(id, value)).collect::<String>(),
            qris.get(account.tag()).unwrap()
        );
    }
    if let Ok(dynamic) = qris.to_dynamic(Order::new(Rupiah::new(1)).tip(Tip::Prompt).reference("R")) {
        assert_eq!(verify_amount(&dynamic, Rupiah::new(1)).unwrap().reference(), Some("R"));
    }
    assert!(qris.to_static().is_err() || !Qris::parse(&qris.to_static().unwrap()).unwrap().is_dynamic());
    assert_eq!(qris.anonymise().len(), text.len());
    assert_eq!(qris.report(), report(text));
    true
}

/// 200 000 strings, or as many as the environment variable `GERBANG_QRIS_RANDOM` says: random bytes, random digits behind
/// a right beginning, damaged payloads, and damaged payloads whose checksum was made right again.
#[test]
fn random_strings_never_panic() {
    let count = std::env::var("GERBANG_QRIS_RANDOM").map_or(200_000, |count| count.parse().unwrap());
    let every_byte: Vec<u8> = (0..=255).collect();
    let payloads = valid();
    let mut random = Random(2026);
    let mut read = 0_u64;
    let start = std::time::Instant::now();
    for round in 0..count {
        let original = payloads[random.below(payloads.len())].payload;
        let text = match round % 4 {
            0 => String::from_utf8_lossy(&random.bytes(300, &every_byte)).into_owned(),
            1 => format!("000201{}", String::from_utf8(random.bytes(200, b"00012345679")).unwrap()),
            2 => String::from_utf8_lossy(&random.damage(original)).into_owned(),
            _ => with_checksum(&String::from_utf8_lossy(&random.damage(&original[..original.len() - 8]))),
        };
        read += u64::from(exercise(&text));
    }
    println!("{count} random strings, {read} of them payloads, no panic, {:?}", start.elapsed());
    assert!(read > count / 100, "too few of the strings were payloads: {read}");
}
