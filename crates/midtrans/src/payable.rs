//! What the customer pays with, out of the reply to a creation.

use gerbang_core::{Delivery, Error, Kind, Payable, Word as _, check};

use crate::PROVIDER;
use crate::request::Way;
use crate::types::{Action, ActionName, Bank, Charged};

/// What the customer pays with.
///
/// The error says that the payment may exist: it was created, but nothing in the reply can be paid with.
pub(crate) fn pay_with(way: Way, created: Charged) -> Result<Vec<Payable>, Error> {
    match way {
        Way::Qris => by_qris(created),
        Way::Gopay => by_gopay(created),
        Way::BankTransfer(bank) => by_bank_transfer(bank, created),
        Way::MandiriBill => {
            let (Some(biller), Some(bill)) = (created.biller_code, created.bill_key) else {
                return Err(missing("the biller's code and the bill's key"));
            };
            Ok(vec![Payable::Code(format!("{biller} {bill}"))])
        }
    }
}

/// The payload, which no document promises, and a picture of it.
fn by_qris(created: Charged) -> Result<Vec<Payable>, Error> {
    let mut all = Vec::new();
    if let Some(payload) = created.qr_string.filter(|text| !text.trim().is_empty()) {
        gerbang_qris::check_payable(PROVIDER, &payload, created.gross_amount)?;
        all.push(Payable::Qris(payload));
    }
    all.extend(picture(created.actions.iter()));
    some(all, "the QRIS payload or the address of a picture of it")
}

fn by_gopay(created: Charged) -> Result<Vec<Payable>, Error> {
    let mut all: Vec<_> = picture(created.actions.iter()).into_iter().collect();
    all.extend(created.actions.into_iter().filter_map(|action| {
        let is_link = action.name.known() == Some(ActionName::DeeplinkRedirect) && is_safe_link(&action.url);
        is_link.then_some(Payable::DeepLink(action.url))
    }));
    some(all, "the address of a QR code or a link into the app")
}

fn by_bank_transfer(bank: Bank, created: Charged) -> Result<Vec<Payable>, Error> {
    let number = match bank {
        Bank::Permata => created.permata_va_number,
        _ => {
            let mut accounts = created.va_numbers.into_iter();
            accounts.find(|account| account.bank.known() == Some(bank)).map(|account| account.va_number)
        }
    };
    let number = number.ok_or_else(|| missing("the account number"))?;
    Ok(vec![Payable::VirtualAccount { bank: bank.as_str().to_owned(), number: number.into() }])
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
