//! What Midtrans is asked for when a payment is created.

use gerbang_core::check::invalid;
use gerbang_core::gateway::unsupported;
use gerbang_core::{Error, Method, NewPayment, Open, Rupiah, Word as _};

use crate::PROVIDER;
use crate::types::{
    Bank, ByBankTransfer, ByGopay, ByMandiriBill, ByMandiriBillRequired, ByQris, Charge, CustomExpiry, CustomerDetails,
    ExpiryUnit, PaymentType, TransactionDetails,
};

/// A way to pay by Midtrans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Qris,
    Gopay,
    BankTransfer(Bank),
    MandiriBill,
}

impl Way {
    /// The way that is meant by a method; QRIS where there is none.
    pub(crate) fn of(method: Option<&Method>) -> Result<Self, Error> {
        match method {
            None | Some(Method::Qris) => Ok(Self::Qris),
            Some(Method::Gopay) => Ok(Self::Gopay),
            Some(Method::VirtualAccount(bank)) if bank.eq_ignore_ascii_case(MANDIRI) => Ok(Self::MandiriBill),
            Some(Method::VirtualAccount(bank)) => {
                let known = Open::<Bank>::from(bank.as_str()).known().map(Self::BankTransfer);
                known.ok_or_else(|| {
                    let banks: Vec<_> = Bank::ALL.iter().map(|bank| bank.as_str()).collect();
                    let what = format!("take bank transfers to other banks than {} and {MANDIRI}", banks.join(", "));
                    unsupported(PROVIDER, &what)
                })
            }
            Some(_) => Err(unsupported(PROVIDER, "take any payment but QRIS, GoPay and bank transfers")),
        }
    }

    /// Midtrans' word for it.
    pub(crate) fn payment_type(self) -> PaymentType {
        match self {
            Self::Qris => PaymentType::Qris,
            Self::Gopay => PaymentType::Gopay,
            Self::BankTransfer(_) => PaymentType::BankTransfer,
            Self::MandiriBill => PaymentType::Echannel,
        }
    }

    /// The least price in rupiah, as the document has it since 30 March 2026.
    fn least(self) -> Rupiah {
        Rupiah::new(match self {
            Self::BankTransfer(Bank::Bca | Bank::Seabank) => 10_000,
            Self::BankTransfer(Bank::Bsi) => 1_000,
            _ => 1,
        })
    }
}

/// How Mandiri is called among the banks. Midtrans has it apart from them.
const MANDIRI: &str = "mandiri";

/// Whose QRIS code it is, unless the merchant's account has another one.
const ACQUIRER: &str = "gopay";

/// What stands on Mandiri's bill before the description.
const BILL: &str = "Payment:";

/// The body of a creation.
pub(crate) fn charge(way: Way, new: &NewPayment) -> Result<Charge, Error> {
    reference(&new.reference)?;
    if new.amount < way.least() {
        let what = format_args!("the amount is {} rupiah, the least at this bank is {}", new.amount, way.least());
        return Err(invalid(PROVIDER, what));
    }
    let details = TransactionDetails::new(new.reference.clone(), new.amount);
    let mut charge = Charge::new(way.payment_type(), details);
    match way {
        Way::Qris => charge.qris = Some(ByQris::new().acquirer(ACQUIRER)),
        Way::Gopay => charge.gopay = Some(ByGopay::new()),
        Way::BankTransfer(bank) => charge.bank_transfer = Some(ByBankTransfer::new(bank)),
        Way::MandiriBill => {
            let description = new.description.as_deref().filter(|text| !text.trim().is_empty());
            charge.echannel = Some(ByMandiriBill::new(ByMandiriBillRequired {
                bill_info1: BILL.to_owned(),
                bill_info2: description.unwrap_or(&new.reference).to_owned(),
            }));
        }
    }
    if let Some(time) = new.expires_in {
        let seconds = u32::try_from(time.as_secs()).map_err(|_| invalid(PROVIDER, "the expiry is too long"))?;
        charge.custom_expiry = Some(CustomExpiry::new(seconds).unit(ExpiryUnit::Second));
    }
    charge.customer_details = customer(new);
    Ok(charge)
}

/// Checks that Midtrans takes a reference: of those that the library takes, not one with a slash.
pub(crate) fn reference(reference: &str) -> Result<(), Error> {
    match reference.contains('/') {
        true => Err(invalid(PROVIDER, "the merchant's reference has a `/`, which Midtrans does not take")),
        false => Ok(()),
    }
}

/// What is known of the customer; none where nothing is.
fn customer(new: &NewPayment) -> Option<CustomerDetails> {
    let mut details = CustomerDetails::new();
    details.first_name = new.customer_name.clone();
    details.email = new.customer_email.clone();
    details.phone = new.customer_phone.clone();
    (details != CustomerDetails::new()).then_some(details)
}
