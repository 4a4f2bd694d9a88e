//! What the customer pays with, out of the reply to a creation.

use gerbang_core::{Delivery, Error, Kind, Payable, Word as _, check};

use crate::PROVIDER;
use crate::request::Way;
use crate::types::{Action, ActionName, Bank, PaymentType, Transaction};

/// What the customer pays with.
///
/// The error says that the payment may exist: it was created, but nothing in the reply can be paid with.
pub(crate) fn pay_with(way: Way, created: &Transaction) -> Result<Vec<Payable>, Error> {
    match way {
        Way::Qris => by_qris(created),
        Way::Gopay => by_gopay(created),
        Way::BankTransfer(bank) => by_bank_transfer(bank, created),
        Way::MandiriBill => {
            let (Some(biller), Some(bill)) = (&created.biller_code, &created.bill_key) else {
                return Err(missing("the biller's code and the bill's key"));
            };
            Ok(vec![Payable::Code(format!("{biller} {bill}"))])
        }
    }
}

/// What a payment that was found can be paid with, as far as Midtrans repeats it.
pub(crate) fn repeated(found: &Transaction) -> Vec<Payable> {
    let way = match found.payment_type.known() {
        Some(PaymentType::Qris) => Some(Way::Qris),
        Some(PaymentType::Gopay) => Some(Way::Gopay),
        Some(PaymentType::Echannel) => Some(Way::MandiriBill),
        Some(PaymentType::BankTransfer) if found.permata_va_number.is_some() => Some(Way::BankTransfer(Bank::Permata)),
        Some(PaymentType::BankTransfer) => {
            found.va_numbers.iter().find_map(|account| account.bank.known()).map(Way::BankTransfer)
        }
        None => None,
    };
    way.and_then(|way| pay_with(way, found).ok()).unwrap_or_default()
}

/// The payload, which no document promises, and a picture of it.
fn by_qris(created: &Transaction) -> Result<Vec<Payable>, Error> {
    let mut all = Vec::new();
    if let Some(payload) = created.qr_string.as_deref().filter(|text| !text.trim().is_empty()) {
        gerbang_qris::check_payable(PROVIDER, payload, created.gross_amount)?;
        all.push(Payable::Qris(payload.to_owned()));
    }
    all.extend(picture(created.actions.iter()));
    some(all, "the QRIS payload or the address of a picture of it")
}

fn by_gopay(created: &Transaction) -> Result<Vec<Payable>, Error> {
    let mut all: Vec<_> = picture(created.actions.iter()).into_iter().collect();
    all.extend(created.actions.iter().filter_map(|action| {
        let is_link = action.name.known() == Some(ActionName::DeeplinkRedirect) && is_safe_link(&action.url);
        is_link.then(|| Payable::DeepLink(action.url.clone()))
    }));
    some(all, "the address of a QR code or a link into the app")
}

fn by_bank_transfer(bank: Bank, created: &Transaction) -> Result<Vec<Payable>, Error> {
    let number = match bank {
        Bank::Permata => created.permata_va_number.as_ref(),
        _ => {
            let mut accounts = created.va_numbers.iter();
            accounts.find(|account| account.bank.known() == Some(bank)).map(|account| &account.va_number)
        }
    };
    let number = number.ok_or_else(|| missing("the account number"))?;
    Ok(vec![Payable::VirtualAccount { bank: bank.as_str().to_owned(), number: number.to_string() }])
}

/// The picture of the QR code; the newer one where there are two.
fn picture<'a>(actions: impl Iterator<Item = &'a Action>) -> Option<Payable> {
    let (mut newer, mut older) = (None, None);
    for action in actions.filter(|action| check::is_safe_address(&action.url)) {
        match action.name.known() {
            Some(ActionName::GenerateQrCodeV2) => newer = Some(action),
            Some(ActionName::GenerateQrCode) => older = Some(action),
            _ => {}
        }
    }
    newer.or(older).map(|action| Payable::QrImage(action.url.clone()))
}

/// Whether a link can be shown to a customer: a safe address, or one that opens the app. Any other scheme may run a script.
fn is_safe_link(link: &str) -> bool {
    check::is_safe_address(link) || ["gojek://", "gopay://"].iter().any(|app| link.starts_with(app))
}

fn some(all: Vec<Payable>, what: &str) -> Result<Vec<Payable>, Error> {
    if all.is_empty() { Err(missing(what)) } else { Ok(all) }
}

/// The error of a created payment without what the customer needs to pay it.
fn missing(what: &str) -> Error {
    let what = format!("{PROVIDER} created a payment but did not return {what}");
    Error::new(Kind::UnexpectedReply, Delivery::MaybeSent, what)
}
