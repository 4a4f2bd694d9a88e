//! QRIS payloads: whatever is read can be taken apart, put together again, made dynamic and drawn.

#![no_main]

use gerbang_core::Rupiah;
use gerbang_qris::{Background, Order, Qris, QrisErrorKind, Tip, report, verify_amount};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    check(text);
    // A checksum is not guessed by chance.
    let body = text.split_once("6304").map_or(text, |(body, _)| body);
    check(&with_checksum(body));
});

fn check(text: &str) {
    let found = report(text);
    let Ok(qris) = Qris::parse(text) else {
        assert!(found.has_errors() || found.payload() != text, "it is said why a text is no payload");
        return;
    };
    let (body, _) = text.split_at(text.len() - 4);
    assert!(with_checksum(body.strip_suffix("6304").expect("the checksum comes last")).eq_ignore_ascii_case(text));
    assert_eq!(qris.report(), found);
    let anonymous = qris.anonymise();
    assert_eq!(Qris::parse(&anonymous).map(|qris| qris.payload().len()), Ok(text.len()));
    if let Ok(made) = qris.to_static() {
        assert_eq!(Qris::parse(&made).map(Qris::is_dynamic), Ok(false));
    }
    let tags: Vec<_> = qris.tags().collect();
    assert_eq!(written(&tags), text, "what was taken apart is put together again");
    read_all(qris);
    for amount in [0, 1, 25_000, 9_999_999_999_999, 10_000_000_000_000, u64::MAX].map(Rupiah::new) {
        let adds = !matches!(qris.tip(), Ok(None | Some(Tip::Prompt)));
        assert_eq!(verify_amount(text, amount).is_ok(), qris.amount() == Ok(Some(amount)) && !adds);
        check_dynamic(qris, amount, None);
    }
    for tip in [Tip::Prompt, Tip::Fixed(Rupiah::new(500)), Tip::Percent { hundredths: 70 }] {
        check_dynamic(qris, Rupiah::new(25_000), Some(tip));
    }
    // Drawing takes a thousand times as long as reading.
    if crc(text.as_bytes()).is_multiple_of(64) {
        draw(qris);
    }
}

fn check_dynamic(qris: Qris<'_>, amount: Rupiah, tip: Option<Tip>) {
    let made = match tip {
        None => qris.to_dynamic(amount),
        Some(tip) => qris.to_dynamic(Order::new(amount).tip(tip)),
    };
    let Ok(made) = made else { return };
    let made = Qris::parse(&made).expect("a payload");
    assert!(made.is_dynamic() && !qris.is_dynamic() && made.amount() == Ok(Some(amount)));
    let adds = !matches!(made.tip(), Ok(None | Some(Tip::Prompt)));
    assert_eq!(verify_amount(made.payload(), amount).is_err(), adds, "a fee is another amount");
    if let Some(tip) = tip {
        assert_eq!(made.tip(), Ok(Some(tip)));
    }
    let others = |qris: Qris<'_>| -> Vec<_> {
        let changed = |id| matches!(id, 1 | 54 | 63) || (tip.is_some() && matches!(id, 55..=57));
        qris.tags().filter(|(id, _)| !changed(*id)).map(|(id, value)| (id, value.to_owned())).collect()
    };
    assert_eq!(others(made), others(qris), "every other tag stays");
}

fn read_all(qris: Qris<'_>) {
    let texts = [qris.nmid(), qris.category(), qris.currency(), qris.country(), qris.merchant_name()];
    let more = [qris.merchant_city(), qris.postal_code(), qris.reference(), qris.terminal()];
    for text in texts.into_iter().chain(more).flatten() {
        assert!(qris.payload().contains(text));
    }
    let _ = (qris.initiation(), qris.tip());
    for account in qris.accounts() {
        assert_eq!(qris.get(account.tag()), Some(written(&account.tags().collect::<Vec<_>>()).as_str()));
        let _ = (account.globally_unique_id(), account.pan(), account.merchant_id(), account.criteria());
    }
}

fn draw(qris: Qris<'_>) {
    let drawn = [
        qris.to_terminal().map(drop),
        qris.to_terminal_plain(Background::Dark).map(drop),
        qris.to_svg().map(drop),
        qris.to_png(1).map(drop),
    ];
    for one in &drawn {
        assert_eq!(one, &drawn[0], "it can be drawn in every way or in none");
        if let Err(error) = one {
            assert!(*error.kind() == QrisErrorKind::DoesNotFit && qris.payload().len() > 2_331, "{error}");
        }
    }
}

fn written(tags: &[(u8, &str)]) -> String {
    tags.iter().map(|(id, value)| format!("{id:02}{:02}{value}", value.chars().count())).collect()
}

fn with_checksum(body: &str) -> String {
    let text = format!("{body}6304");
    format!("{text}{:04X}", crc(text.as_bytes()))
}

/// CRC-16/CCITT-FALSE, bit by bit.
fn crc(bytes: &[u8]) -> u16 {
    let mut crc = 0xFFFF_u16;
    for bit in bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)) {
        let carry = crc >> 15 != u16::from(bit);
        crc = crc << 1 ^ if carry { 0x1021 } else { 0 };
    }
    crc
}
