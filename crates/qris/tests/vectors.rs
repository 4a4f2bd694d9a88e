//! Payloads from specifications and gateways, and payloads that are wrong in one way each.

mod common;

use common::{payload, slow_crc, tag, valid, vectors, with_checksum, write};
use gerbang_core::{Rupiah, RupiahError};
use gerbang_qris::{Initiation, MAX_PAYLOAD, Order, Qris, QrisBuilder, QrisErrorKind, TagPath, Tip, crc16};

fn indonesian() -> Vec<&'static str> {
    let all: Vec<_> = valid().iter().map(|vector| vector.payload).collect();
    all.into_iter().filter(|payload| Qris::parse(payload).unwrap().country() == Some("ID")).collect()
}

/// The kind, tag and place of the error.
fn error(payload: &str) -> (QrisErrorKind, Option<u8>, Option<usize>) {
    let error = Qris::parse(payload).unwrap_err();
    (error.kind().clone(), error.tag().map(TagPath::tag), error.offset())
}

#[test]
fn vectors_are_what_they_say() {
    let vectors = vectors();
    assert_eq!(vectors.iter().filter(|vector| vector.valid).count(), 6);
    assert_eq!(vectors.iter().filter(|vector| !vector.valid).count(), 3);
    for vector in vectors {
        let parsed = Qris::parse(vector.payload);
        assert_eq!(parsed.is_ok(), vector.valid, "{}: {parsed:?}", vector.what);
        if let Ok(qris) = parsed {
            let covered = &vector.payload[..vector.payload.len() - 4];
            assert_eq!(format!("{:04X}", crc16(covered.as_bytes())), vector.crc, "{}", vector.what);
            assert_eq!(qris.get(63), Some(vector.crc));
            assert_eq!(qris.payload(), vector.payload);
            assert_eq!(qris.tags().map(|(id, value)| tag(id, value)).collect::<String>(), vector.payload);
        }
    }
}

#[test]
fn the_invalid_vectors_say_why() {
    let why: Vec<_> = vectors().iter().filter(|vector| !vector.valid).map(|vector| error(vector.payload)).collect();
    assert_eq!(why[0], (QrisErrorKind::Checksum, Some(63), Some(76)));
    assert_eq!(why[1], (QrisErrorKind::NotDigits, Some(63), Some(222)));
    assert_eq!(why[2], (QrisErrorKind::Truncated, Some(26), Some(53)));
    assert_eq!(
        Qris::parse(vectors()[0].payload).unwrap_err().to_string(),
        "QRIS payload, tag 63, byte 76: the checksum is wrong"
    );
}

#[test]
fn checksums_are_those_of_the_definition() {
    assert_eq!(crc16(b"123456789"), 0x29B1);
    assert_eq!(crc16(b""), 0xFFFF);
    let bytes: Vec<u8> = (0..=255).chain((0..=255).rev()).collect();
    for end in 0..=bytes.len() {
        assert_eq!(crc16(&bytes[..end]), slow_crc(&bytes[..end]));
    }
}

#[test]
fn pakasir() {
    let qris = Qris::parse(payload("Pakasir")).unwrap();
    assert_eq!(qris.initiation(), Some(Initiation::Dynamic));
    assert!(qris.is_dynamic());
    assert_eq!(qris.category(), Some("7929"));
    assert_eq!(qris.currency(), Some("360"));
    assert_eq!(qris.amount(), Ok(Some(Rupiah::new(100_003))));
    assert_eq!(qris.tip(), Ok(None));
    assert_eq!(qris.country(), Some("ID"));
    assert_eq!(qris.merchant_name(), Some("Pakasir"));
    assert_eq!(qris.merchant_city(), Some("KAB. KEBUMEN"));
    assert_eq!(qris.postal_code(), Some("54392"));
    assert_eq!(qris.nmid(), Some("ID1024322842930"));
    assert_eq!(qris.reference(), Some("SP25RZRATEQI2HQ65Q4"));
    assert_eq!(qris.terminal(), None);
    let [shopee, national] = qris.accounts().collect::<Vec<_>>()[..] else { panic!("two accounts") };
    assert_eq!((shopee.tag(), shopee.globally_unique_id()), (26, Some("ID.CO.SHOPEE.WWW")));
    assert_eq!((shopee.pan(), shopee.merchant_id()), (Some("936009180021600523"), Some("21600523")));
    assert_eq!((shopee.criteria(), shopee.get(4)), (Some("UME"), None));
    assert_eq!(shopee.tags().map(|(id, _)| id).collect::<Vec<_>>(), [0, 1, 2, 3]);
    assert_eq!((national.tag(), national.globally_unique_id()), (51, Some("ID.CO.QRIS.WWW")));
    assert_eq!((national.pan(), national.merchant_id()), (None, Some("ID1024322842930")));
}

#[test]
fn a_payload_without_the_national_account() {
    let qris = Qris::parse(payload("Duitku")).unwrap();
    assert_eq!(qris.accounts().count(), 1);
    assert_eq!(qris.nmid(), None);
    assert_eq!(qris.merchant_city(), Some("KAB. BANGKA BAR"));
}

#[test]
fn payloads_of_other_countries() {
    let emvco = Qris::parse(payload("EMVCo")).unwrap();
    assert!(emvco.is_dynamic());
    assert_eq!(emvco.get(64), Some("0002ZH0104最佳运输0202北京"));
    assert_eq!(emvco.get(91), Some("0016A011223344998877070812345678"));
    assert_eq!(emvco.terminal(), Some("A6008667"));
    assert_eq!(emvco.tip(), Ok(Some(Tip::Prompt)));
    assert_eq!(emvco.accounts().map(|account| account.tag()).collect::<Vec<_>>(), [29, 31]);
    let error = emvco.amount().unwrap_err();
    assert_eq!((error.kind(), error.tag().map(TagPath::tag)), (&QrisErrorKind::Currency, Some(53)));
    assert!(emvco.payload()[error.offset().unwrap()..].starts_with("5303156"));

    let pix = Qris::parse(payload("PIX")).unwrap();
    assert_eq!((pix.initiation(), pix.amount()), (None, Ok(None)));
    assert_eq!(pix.reference(), Some("***"));
    assert_eq!(pix.to_dynamic(Rupiah::new(1)).unwrap_err().kind(), &QrisErrorKind::Currency);

    let promptpay = Qris::parse(payload("PromptPay")).unwrap();
    assert_eq!((promptpay.merchant_name(), promptpay.category()), (None, None));
    assert_eq!((promptpay.reference(), promptpay.nmid()), (None, None));
}

#[test]
fn every_change_of_one_character_is_refused() {
    let payloads = indonesian();
    assert_eq!(payloads.len(), 3);
    let mut tried = 0;
    for payload in payloads {
        for position in 0..payload.len() {
            for byte in b' '..=b'~' {
                let mut changed = payload.as_bytes().to_vec();
                let before = std::mem::replace(&mut changed[position], byte);
                // The checksum may be in lower case.
                if before == byte || (position >= payload.len() - 4 && before.eq_ignore_ascii_case(&byte)) {
                    continue;
                }
                let changed = String::from_utf8(changed).unwrap();
                assert!(Qris::parse(&changed).is_err(), "{changed}");
                tried += 1;
            }
        }
    }
    assert!(tried > 3 * 190 * 94);
}

#[test]
fn every_pair_of_neighbours_may_not_be_swapped() {
    for payload in indonesian() {
        for position in 1..payload.len() {
            let mut changed = payload.as_bytes().to_vec();
            changed.swap(position - 1, position);
            let changed = String::from_utf8(changed).unwrap();
            assert!(changed == payload || Qris::parse(&changed).is_err(), "{changed}");
        }
    }
}

#[test]
fn every_truncation_is_refused() {
    for vector in valid() {
        for (end, _) in vector.payload.char_indices() {
            assert!(Qris::parse(&vector.payload[..end]).is_err(), "{} to {end}", vector.what);
            assert!(end == 0 || Qris::parse(&vector.payload[end..]).is_err(), "{} from {end}", vector.what);
        }
    }
}

#[test]
fn every_inserted_or_lost_character_is_refused() {
    for vector in valid() {
        let payload = vector.payload;
        for (position, character) in payload.char_indices() {
            for inserted in [" ", "\n", "\r\n", "\t", "0", "\u{feff}"] {
                let changed = format!("{}{inserted}{}", &payload[..position], &payload[position..]);
                assert!(Qris::parse(&changed).is_err(), "{changed:?}");
            }
            let lost = format!("{}{}", &payload[..position], &payload[position + character.len_utf8()..]);
            assert!(Qris::parse(&lost).is_err(), "{lost:?}");
        }
        for after in [" ", "\n", "\r\n", "0", "\0", "6304", payload] {
            assert!(Qris::parse(&format!("{payload}{after}")).is_err(), "{after:?}");
        }
    }
}

#[test]
fn errors_say_what_and_where() {
    use QrisErrorKind::{ChecksumPlace, Format, NotDigits, Repeated, TooLong, Truncated};

    assert_eq!(error(""), (Format, None, Some(0)));
    assert_eq!(error("000"), (Truncated, None, Some(0)));
    assert_eq!(error(" 000201"), (NotDigits, None, Some(0)));
    assert_eq!(error("00020"), (Truncated, Some(0), Some(0)));
    assert_eq!(error("000202"), (Format, None, Some(0)));
    assert_eq!(error("010211000201"), (Format, None, Some(0)));
    assert_eq!(error("000201"), (ChecksumPlace, Some(63), Some(6)));
    assert_eq!(error("00020100"), (Truncated, None, Some(6)));
    assert_eq!(error("0002015x"), (Truncated, None, Some(6)));
    assert_eq!(error("0002015x02ab"), (NotDigits, None, Some(6)));
    assert_eq!(error("00020159+2ab"), (NotDigits, Some(59), Some(6)));
    assert_eq!(error("0002015903ab"), (Truncated, Some(59), Some(6)));
    assert_eq!(error("0002016303ABC"), (ChecksumPlace, Some(63), Some(6)));
    assert_eq!(error("0002016304ABCD5900"), (ChecksumPlace, Some(63), Some(6)));
    assert_eq!(error("000201630463045900"), (ChecksumPlace, Some(63), Some(6)));
    assert_eq!(error(&write(&[(0, "01"), (59, "A"), (60, "B"), (59, "A")])), (Repeated, Some(59), Some(16)));
    assert_eq!(error(&write(&[(0, "01"), (0, "01")])), (Repeated, Some(0), Some(6)));
    // In templates: 62 at byte 6, its value at 10.
    assert_eq!(error(&write(&[(0, "01"), (62, "0502AB0502AB")])), (Repeated, Some(62), Some(16)));
    assert_eq!(error(&write(&[(0, "01"), (62, "0502AB07")])), (Truncated, Some(62), Some(16)));
    assert_eq!(error(&write(&[(0, "01"), (26, "0x02AB")])), (NotDigits, Some(26), Some(10)));
    assert_eq!(error(&write(&[(0, "01"), (51, "0003AB")])), (Truncated, Some(51), Some(10)));
    // In tags that are not looked into, anything may stand.
    assert!(Qris::parse(&write(&[(0, "01"), (64, "anything"), (80, "0x"), (2, "")])).is_ok());
    assert!(Qris::parse(&write::<&str>(&[(0, "01")])).is_ok());

    // Eight bytes hold the checksum, each other 99 characters take 103.
    let long = |last: usize| {
        let mut tags = vec![(0, "01".to_owned())];
        tags.extend((64..=99).map(|id| (id, "x".repeat(99))));
        tags.extend([(2, "x".repeat(99)), (3, "x".repeat(99)), (4, "x".repeat(99)), (5, "x".repeat(last))]);
        write(&tags)
    };
    assert_eq!(long(61).len(), MAX_PAYLOAD);
    assert!(Qris::parse(&long(61)).is_ok());
    assert_eq!(error(&long(62)), (TooLong, None, None));
}

#[test]
fn checksum_may_be_in_lower_case() {
    let mut tried = 0;
    for vector in valid() {
        let (covered, crc) = vector.payload.split_at(vector.payload.len() - 4);
        let lower = crc.to_lowercase();
        tried += usize::from(lower != crc);
        let payload = format!("{covered}{lower}");
        assert_eq!(Qris::parse(&payload).unwrap().get(63), Some(&*lower));
        // Another one is wrong in lower case too.
        let other = format!("{covered}{:04x}", u16::from_str_radix(crc, 16).unwrap() ^ 0xA);
        assert_eq!(error(&other).0, QrisErrorKind::Checksum);
    }
    assert!(tried > 3);
}

#[test]
fn the_checksum_covers_bytes_and_lengths_count_characters() {
    let text = "00020159045Ñ最é";
    assert_eq!(Qris::parse(&with_checksum(text)).unwrap().merchant_name(), Some("5Ñ最é"));
    // The same value with its length in bytes.
    assert!(Qris::parse(&with_checksum("00020159085Ñ最é")).is_err());
}

#[test]
fn static_payloads_become_dynamic() {
    // Tag 01 and the amount are replaced where they stand.
    let pakasir = payload("Pakasir").strip_suffix("6304A079").unwrap();
    let fixed = with_checksum(&pakasir.replacen("010212", "010211", 1));
    let dynamic = Qris::parse(&fixed).unwrap().to_dynamic(Rupiah::new(25_000)).unwrap();
    assert_eq!(dynamic, with_checksum(&pakasir.replace("5409100003.00", "540525000")));

    // Without either, they are inserted; nothing else is touched, whatever its order.
    let sticker = write(&[(0, "01"), (59, "Ñandú"), (53, "360"), (58, "ID"), (52, "5812"), (99, "x"), (61, "")]);
    let sticker = Qris::parse(&sticker).unwrap();
    let expected =
        [(0, "01"), (1, "12"), (59, "Ñandú"), (53, "360"), (54, "7"), (58, "ID"), (52, "5812"), (99, "x"), (61, "")];
    assert_eq!(sticker.to_dynamic(Rupiah::new(7)).unwrap(), write(&expected));

    // With tips, instead of those that were there or not.
    let with =
        |tip: &[(u8, &str)]| write(&[&[(0, "01"), (1, "12"), (53, "360"), (54, "7")], tip, &[(58, "ID")]].concat());
    let plain = write(&[(0, "01"), (53, "360"), (58, "ID")]);
    let tipped = write(&[(0, "01"), (53, "360"), (55, "02"), (56, "9"), (58, "ID")]);
    let (plain, tipped) = (Qris::parse(&plain).unwrap(), Qris::parse(&tipped).unwrap());
    assert_eq!(tipped.to_dynamic(Rupiah::new(7)).unwrap(), with(&[(55, "02"), (56, "9")]));
    for (tip, tags) in [
        (Tip::Prompt, &[(55, "01")][..]),
        (Tip::Fixed(Rupiah::new(500)), &[(55, "02"), (56, "500")]),
        (Tip::Percent { hundredths: 70 }, &[(55, "03"), (57, "0.7")]),
        (Tip::Percent { hundredths: 305 }, &[(55, "03"), (57, "3.05")]),
        (Tip::Percent { hundredths: 1_000 }, &[(55, "03"), (57, "10")]),
        (Tip::Percent { hundredths: 9_999 }, &[(55, "03"), (57, "99.99")]),
    ] {
        for qris in [plain, tipped] {
            let dynamic = qris.to_dynamic(Order::new(Rupiah::new(7)).tip(tip)).unwrap();
            assert_eq!(dynamic, with(tags));
            assert_eq!(Qris::parse(&dynamic).unwrap().tip(), Ok(Some(tip)));
        }
    }

    let kind = |result: Result<String, gerbang_qris::QrisError>| result.unwrap_err().kind().clone();
    assert_eq!(kind(plain.to_dynamic(Rupiah::ZERO)), QrisErrorKind::Zero);
    assert_eq!(plain.to_dynamic(Rupiah::new(9_999_999_999_999)).unwrap().matches("54139999999999999").count(), 1);
    assert_eq!(kind(plain.to_dynamic(Rupiah::new(10_000_000_000_000))), QrisErrorKind::Amount(RupiahError::TooLarge));
    for (tip, why) in [
        (Tip::Fixed(Rupiah::ZERO), QrisErrorKind::Zero),
        (Tip::Percent { hundredths: 0 }, QrisErrorKind::Zero),
        (Tip::Percent { hundredths: 10_000 }, QrisErrorKind::Tip),
    ] {
        assert_eq!(kind(plain.to_dynamic(Order::new(Rupiah::new(7)).tip(tip))), why);
    }
    let dynamic = Qris::parse(&dynamic).unwrap();
    assert_eq!(kind(dynamic.to_dynamic(Rupiah::new(7))), QrisErrorKind::AlreadyDynamic);
    let of = |tags: &[(u8, &str)]| write(&[&[(0, "01")], tags, &[(53, "360")]].concat());
    let (reserved, orphan) = (of(&[(1, "13")]), of(&[(56, "9")]));
    assert_eq!(kind(Qris::parse(&reserved).unwrap().to_dynamic(Rupiah::new(7))), QrisErrorKind::Initiation);
    assert_eq!(kind(Qris::parse(&reserved).unwrap().to_static()), QrisErrorKind::Initiation);
    let orphan = Qris::parse(&orphan).unwrap();
    assert_eq!(kind(orphan.to_dynamic(Rupiah::new(7))), QrisErrorKind::Tip);
    assert!(orphan.to_dynamic(Order::new(Rupiah::new(7)).tip(Tip::Prompt)).is_ok());
}

#[test]
fn the_builder_refuses_what_no_payload_may_hold() {
    use QrisErrorKind::{Amount, Missing, Repeated, Reserved, Tip as BadTip, TooLong, Value, Zero};

    let base = || QrisBuilder::new("Warung Budi", "BANDUNG", "5812").nmid("ID1024322842930", "UMI");
    let named =
        |name: &str, city: &str, category: &str| QrisBuilder::new(name, city, category).nmid("ID1024322842930", "UMI");
    assert_eq!(
        base().build().unwrap(),
        write(&[
            (0, "01"),
            (1, "11"),
            (51, "0014ID.CO.QRIS.WWW0215ID10243228429300303UMI"),
            (52, "5812"),
            (53, "360"),
            (58, "ID"),
            (59, "Warung Budi"),
            (60, "BANDUNG"),
        ])
    );
    assert!(named(&"n".repeat(25), &"c".repeat(15), "0000").build().is_ok());
    assert!(base().tag(64, "最".repeat(99)).build().is_ok());
    assert!(base().additional(1, "x".repeat(25)).additional(50, "x".repeat(66)).build().is_ok());
    for (builder, kind, tag) in [
        (named(&"n".repeat(26), "c", "0000"), TooLong, 59),
        (named("", "c", "0000"), Value, 59),
        (named("Café", "c", "0000"), Value, 59),
        (named("a\nb", "c", "0000"), Value, 59),
        (named("n", &"c".repeat(16), "0000"), TooLong, 60),
        (named("n", "c", "000"), Value, 52),
        (named("n", "c", "00a0"), Value, 52),
        (QrisBuilder::new("n", "c", "0000"), Missing, 26),
        (base().account(26, &[(1, "936")]), Missing, 26),
        (base().account(26, &[(0, &"x".repeat(33))]), TooLong, 26),
        (base().account(26, &[(0, "x"), (1, &"x".repeat(91))]), TooLong, 26),
        (base().account(26, &[(0, "x"), (1, &"x".repeat(100))]), TooLong, 26),
        (base().account(26, &[(0, "x"), (1, "x"), (1, "x")]), Repeated, 26),
        (base().account(26, &[(0, "x"), (1, "")]), Value, 26),
        (base().account(26, &[(0, "x"), (100, "x")]), Reserved, 26),
        (base().account(25, &[(0, "x")]), Reserved, 25),
        (base().account(46, &[(0, "x")]), Reserved, 46),
        (base().account(62, &[(5, "x"), (5, "y")]), Repeated, 62),
        (base().postal_code("x".repeat(11)), TooLong, 61),
        (base().reference("x".repeat(26)), TooLong, 62),
        (base().terminal("最"), Value, 62),
        (base().additional(1, "x".repeat(25)).additional(50, "x".repeat(67)), TooLong, 62),
        (base().additional(200, "x"), Reserved, 62),
        (base().tag(0, "01"), Reserved, 0),
        (base().tag(59, "x"), Reserved, 59),
        (base().tag(63, "FFFF"), Reserved, 63),
        (base().tag(62, "0501x"), Reserved, 62),
        (base().tag(100, "x"), Reserved, 100),
        (base().tag(64, "x".repeat(100)), TooLong, 64),
        (base().tag(64, "\u{85}"), Value, 64),
        (base().amount(Rupiah::ZERO), Zero, 54),
        (base().amount(Rupiah::MAX), Amount(RupiahError::TooLarge), 54),
        (base().tip(Tip::Fixed(Rupiah::ZERO)), Zero, 56),
        (base().tip(Tip::Percent { hundredths: 0 }), Zero, 57),
        (base().tip(Tip::Percent { hundredths: 10_000 }), BadTip, 57),
    ] {
        let error = builder.build().expect_err(&format!("{kind:?} {tag}"));
        assert_eq!((error.kind(), error.tag().map(TagPath::tag), error.offset()), (&kind, Some(tag), None), "{error}");
    }
    let long = (64..=99).fold(base(), |builder, id| builder.tag(id, "最".repeat(99)));
    assert_eq!(long.build().unwrap_err().kind(), &TooLong);
}

#[test]
fn the_last_call_of_a_builder_wins() {
    let payload = QrisBuilder::new("n", "c", "5812")
        .nmid("ID1024322842930", "UMI")
        .nmid("ID1020304050607", "UKE")
        .reference("a")
        .additional(5, "b")
        .amount(Rupiah::new(1))
        .amount(Rupiah::new(2))
        .initiation(Initiation::Static)
        .build()
        .unwrap();
    let qris = Qris::parse(&payload).unwrap();
    assert_eq!((qris.nmid(), qris.reference()), (Some("ID1020304050607"), Some("b")));
    assert_eq!(qris.amount(), Ok(Some(Rupiah::new(2))));
    assert_eq!(qris.initiation(), Some(Initiation::Static));
}
