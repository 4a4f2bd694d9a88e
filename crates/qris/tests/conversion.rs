//! A static payload as a dynamic one, back again, and without names.

mod common;

use common::{payload, tag, valid, write};
use gerbang_core::Rupiah;
use gerbang_qris::{Order, Purpose, Qris, QrisBuilder, QrisErrorKind, TagPath, Tip, verify_amount};

const AMOUNT: Rupiah = Rupiah::new(25_000);

fn sticker(additional: Option<&str>) -> String {
    let tags = [(0, "01"), (1, "11"), (51, "0014ID.CO.QRIS.WWW0215ID10203040506070303UMI"), (52, "5812"), (53, "360")];
    let rest = [(58, "ID"), (59, "WARUNG CONTOH"), (60, "BANDUNG")];
    let additional = additional.map(|value| (62, value));
    write(&tags.into_iter().chain(rest).chain(additional).chain([(64, "0002ID0104WARU")]).collect::<Vec<_>>())
}

fn made(sticker: &str, order: Order) -> String {
    Qris::parse(sticker).unwrap().to_dynamic(order).unwrap()
}

fn additional(payload: &str) -> Option<String> {
    Qris::parse(payload).unwrap().get(62).map(str::to_owned)
}

#[test]
fn labels_are_written_into_the_additional_data() {
    let order = || Order::new(AMOUNT).reference("INV-1").terminal("T7").purpose("POSP").invoice("B-9");
    for (before, after) in [
        // Without tag 62, before the tags above it; in ascending order.
        (None, "0103B-90505INV-10702T70804POSP"),
        (Some(""), "0103B-90505INV-10702T70804POSP"),
        // In place of what was there, and the rest stays where it is.
        (Some("0703A010501X0904keep"), "0103B-90702T70505INV-10804POSP0904keep"),
        (Some("5004keep"), "0103B-90505INV-10702T70804POSP5004keep"),
    ] {
        let payload = made(&sticker(before), order());
        assert_eq!(additional(&payload).as_deref(), Some(after), "{before:?}");
        let qris = Qris::parse(&payload).unwrap();
        assert_eq!(
            (qris.reference(), qris.terminal(), qris.purpose()),
            (Some("INV-1"), Some("T7"), Some(Purpose::Payment))
        );
        assert!(verify_amount(&payload, AMOUNT).is_ok());
        let order: Vec<_> = qris.tags().map(|(id, _)| id).collect();
        assert_eq!(order, [0, 1, 51, 52, 53, 54, 58, 59, 60, 62, 64, 63]);
    }
    // Without a label, nothing is added.
    assert_eq!(additional(&made(&sticker(None), AMOUNT.into())), None);
    assert_eq!(additional(&made(&sticker(Some("0703A01")), AMOUNT.into())).as_deref(), Some("0703A01"));
}

#[test]
fn labels_that_no_app_reads_are_refused() {
    let error = |additional: Option<&str>, order: Order| {
        let sticker = sticker(additional);
        let error = Qris::parse(&sticker).unwrap().to_dynamic(order).unwrap_err();
        (error.kind().clone(), error.tag().map(|tag| tag.to_string()))
    };
    let order = || Order::new(AMOUNT);
    assert_eq!(error(None, order().reference("x".repeat(26))), (QrisErrorKind::TooLong, Some("62-05".into())));
    assert_eq!(error(None, order().reference("")), (QrisErrorKind::Value, Some("62-05".into())));
    assert_eq!(error(None, order().terminal("a\nb")), (QrisErrorKind::Value, Some("62-07".into())));
    assert_eq!(error(None, order().invoice("é")), (QrisErrorKind::Value, Some("62-01".into())));
    let full = tag(50, &"x".repeat(90));
    assert_eq!(error(Some(&full), order().reference("12")), (QrisErrorKind::TooLong, Some("62".into())));
    assert_eq!(additional(&made(&sticker(Some(&full)), order().reference("1"))).unwrap().len(), 99);
}

#[test]
fn static_payload_comes_back() {
    for before in [None, Some("0703A01"), Some("0703A015004keep")] {
        let sticker = sticker(before);
        let order = Order::new(AMOUNT).tip(Tip::Fixed(Rupiah::new(500))).reference("INV-1").invoice("B-9");
        let dynamic = made(&sticker, order);
        assert_eq!(Qris::parse(&dynamic).unwrap().to_static().unwrap(), sticker, "{before:?}");
        assert_eq!(Qris::parse(&sticker).unwrap().to_static().unwrap(), sticker, "it stays as it is");
    }
    // What belongs to one payment is nowhere left.
    let made = Qris::parse(payload("Pakasir")).unwrap().to_static().unwrap();
    let qris = Qris::parse(&made).unwrap();
    assert_eq!((qris.is_dynamic(), qris.amount(), qris.tip(), qris.get(62)), (false, Ok(None), Ok(None), None));
    let without = write(&[(0, "01"), (53, "360"), (54, "1"), (56, "2"), (62, "")]);
    assert_eq!(
        Qris::parse(&without).unwrap().to_static().unwrap(),
        write(&[(0, "01"), (1, "11"), (53, "360"), (62, "")])
    );
}

#[test]
fn purposes_are_aspis_words() {
    let purpose = |additional: Option<&str>| Qris::parse(&sticker(additional)).unwrap().purpose();
    for (additional, expected) in [
        (None, Some(Purpose::Payment)),
        (Some("0703A01"), Some(Purpose::Payment)),
        (Some("0804POSP"), Some(Purpose::Payment)),
        (Some("0804BILL"), Some(Purpose::Payment)),
        (Some("0803***"), Some(Purpose::Payment)),
        (Some("0804BOOK"), Some(Purpose::Transfer)),
        (Some("0804DMCT"), Some(Purpose::Transfer)),
        (Some("0804XBCT"), Some(Purpose::Transfer)),
        (Some("0804CWDL"), Some(Purpose::Withdrawal)),
        (Some("0804CDPT"), Some(Purpose::Deposit)),
        (Some("0804cwdl"), None),
        (Some("0809Tien dien"), None),
    ] {
        assert_eq!(purpose(additional), expected, "{additional:?}");
    }
    let names = [Purpose::Payment, Purpose::Transfer, Purpose::Withdrawal, Purpose::Deposit].map(Purpose::as_str);
    assert_eq!(names, ["payment", "transfer", "tarik", "setor"]);
}

#[test]
fn the_national_merchant_id_is_known_by_its_form() {
    let nmid = |value: &str| Qris::parse(&write(&[(0, "01"), (51, value)])).unwrap().nmid().map(str::to_owned);
    // Before tag 51 was ASPI's, it was of GPN and of the banks.
    for owner in ["ID.CO.QRIS.WWW", "ID.OR.GPNQR.WWW", "ID.CO.BANK.WWW"] {
        let value = tag(0, owner) + &tag(2, "ID1020304050607");
        assert_eq!(nmid(&value).as_deref(), Some("ID1020304050607"));
    }
    for other in ["01.0001", "ID102030405060", "ID10203040506070", "id1020304050607", "ID10203040506é"] {
        assert_eq!(nmid(&(tag(0, "ID.CO.QRIS.WWW") + &tag(2, other))), None, "{other}");
    }
}

#[test]
fn acquirers_are_named_by_the_pan() {
    let qris = Qris::parse(payload("Pakasir")).unwrap();
    let acquirers: Vec<_> = qris.accounts().map(|account| account.acquirer()).collect();
    assert_eq!(acquirers, [Some("ShopeePay"), None]);
}

#[test]
fn anonymous_payload_names_nobody_and_keeps_its_form() {
    let text = QrisBuilder::new("Warung Budi 7", "BANDUNG", "5812")
        .account(26, &[(0, "COM.GO-JEK.WWW"), (1, "936009141234567890"), (2, "G123456789"), (3, "UMI")])
        .account(29, &[(0, "budi.santoso@bank"), (1, "0812345678901")])
        .nmid("ID1024322842930", "UMI")
        .postal_code("40111")
        .amount(AMOUNT)
        .reference("ORDER-42")
        .additional(2, "+62 812-3456-7890")
        .additional(8, "POSP")
        .tag(4, "4155000000000123")
        .tag(64, "0002ID0105Kopi!0203Bdg")
        .tag(80, "budi@example.com")
        .build()
        .unwrap();
    let qris = Qris::parse(&text).unwrap();
    let anonymous = qris.anonymise();
    let qris = Qris::parse(&anonymous).unwrap();
    let value = |id| qris.get(id).unwrap();
    assert_eq!((value(59), value(60), value(61)), ("Xxxxxx Xxxx 0", "XXXXXXX", "00000"));
    assert_eq!(value(26), "0014COM.GO-JEK.WWW01189360091400000000000210X0000000000303UMI");
    assert_eq!(value(29), "0017xxxx.xxxxxxx@xxxx01130000000000000");
    assert_eq!(value(51), "0014ID.CO.QRIS.WWW0215ID00000000000000303UMI");
    assert_eq!(value(62), "0217+00 000-0000-00000508XXXXX-000804POSP");
    assert_eq!((value(4), value(64), value(80)), ("0000000000000000", "0002ID0105Xxxx!0203Xxx", "xxxx@xxxxxxx.xxx"));
    assert_eq!(
        (qris.amount(), qris.category(), qris.accounts().next().unwrap().acquirer()),
        (Ok(Some(AMOUNT)), Some("5812"), Some("GoPay"))
    );
    assert_eq!(qris.anonymise(), anonymous);
}

#[test]
fn anonymous_payload_is_as_long_in_every_tag() {
    for vector in valid() {
        let qris = Qris::parse(vector.payload).unwrap();
        let anonymous = qris.anonymise();
        let sizes = |qris: Qris<'_>| {
            qris.tags().map(|(id, value)| (id, value.len(), value.chars().count())).collect::<Vec<_>>()
        };
        assert_eq!(sizes(Qris::parse(&anonymous).unwrap()), sizes(qris), "{}", vector.what);
        for named in [qris.merchant_name(), qris.merchant_city(), qris.reference()].into_iter().flatten() {
            assert!(!anonymous.contains(named) || named == "***", "{named}: {anonymous}");
        }
    }
}

#[test]
fn paths_of_tags_are_written_with_two_digits() {
    let sticker = sticker(Some("0501A0501A"));
    assert!(Qris::parse(&sticker).is_err());
    let path = Qris::parse(&sticker).unwrap_err().tag().unwrap();
    assert_eq!((path.to_string(), path.tag(), path.sub_tag()), ("62-05".into(), 62, Some(5)));
    let path: TagPath = Qris::parse(&write(&[(0, "01"), (2, "a"), (2, "b")])).unwrap_err().tag().unwrap();
    assert_eq!((path.to_string(), path.sub_tag()), ("02".into(), None));
}
