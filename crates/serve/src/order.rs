//! What a shop asks for: an order to be paid, or another attempt of one.

use std::time::Duration;

use data_encoding::HEXLOWER;
use gerbang::ledger::Order;
use gerbang::{Method, NewPayment, Rupiah};
use sha2::{Digest, Sha256};
use url::Url;

use crate::app::App;
use crate::json::{self, Members};
use crate::problem::{Detail, Form, Problem};

/// The largest amount in rupiah that is taken: every program can hold it exactly.
const LARGEST_AMOUNT: u64 = (1 << 53) - 1;

/// The longest time to pay, in seconds: a year.
const LONGEST_EXPIRY: u64 = 366 * 24 * 3600;

/// How much of the shop's own is kept with a payment, in bytes.
const LARGEST_METADATA: usize = 4096;

/// An order that is to be paid, and with which account.
#[derive(Debug)]
pub struct Wanted {
    pub order: Order,
    pub account: String,
}

/// Reads the body of `POST /v1/payments`.
pub fn placed(body: &[u8], app: &App) -> Result<Wanted, Problem> {
    let mut members = json::object(body)?;
    let content = HEXLOWER.encode(&Sha256::digest(members.canonical()));
    let order = json::required(members.text("order", 44)?, "order")?;
    let amount = json::required(members.whole("amount", Form::Rupiah, LARGEST_AMOUNT)?, "amount")?;
    let account = account(&mut members, app)?;
    let new = details(&mut members, NewPayment::new(order, Rupiah::new(amount)))?;
    let metadata = members.own("metadata", LARGEST_METADATA)?;
    members.end()?;
    let order = Order::from(new).content(content);
    let order = match metadata {
        Some(metadata) => order.metadata(metadata),
        None => order,
    };
    Ok(Wanted { order, account })
}

/// Reads the body of `POST /v1/payments/{id}/attempts`: what is not in it is as it was.
pub fn again(body: &[u8], app: &App, last: NewPayment, last_account: &str) -> Result<Wanted, Problem> {
    let mut members = json::object(if body.is_empty() { b"{}" } else { body })?;
    let named = members.text("account", 64)?;
    let account = known(app, named.unwrap_or_else(|| last_account.to_owned()))?;
    let new = details(&mut members, last)?;
    members.end()?;
    Ok(Wanted { order: Order::from(new), account })
}

fn account(members: &mut Members, app: &App) -> Result<String, Problem> {
    match (members.text("account", 64)?, app.default_account()) {
        (Some(name), _) => known(app, name),
        (None, Some(name)) => Ok(name.to_owned()),
        (None, None) => Err(Problem::invalid(Detail::NoDefaultAccount)),
    }
}

fn known(app: &App, name: String) -> Result<String, Problem> {
    match app.account(&name) {
        Some(_) => Ok(name),
        None => Err(Problem::must_be("account", Form::Account)),
    }
}

fn details(members: &mut Members, mut new: NewPayment) -> Result<NewPayment, Problem> {
    if let Some(text) = members.text("method", 64)? {
        new.method = Some(method(&text).ok_or_else(|| Problem::must_be("method", Form::Method))?);
    }
    if let Some(seconds) = members.whole("expires_in", Form::Seconds, LONGEST_EXPIRY)? {
        new.expires_in = Some(Duration::from_secs(seconds));
    }
    if let Some(mut customer) = members.object("customer")? {
        new.customer_name = customer.text("name", 255)?.or(new.customer_name);
        new.customer_email = customer.text("email", 255)?.or(new.customer_email);
        new.customer_phone = customer.text("phone", 32)?.or(new.customer_phone);
        customer.end()?;
    }
    new.description = members.text("description", 255)?.or(new.description);
    if let Some(text) = members.text("return_url", 2048)? {
        let is_web = Url::parse(&text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        new.return_url = Some(is_web.then_some(text).ok_or_else(|| Problem::must_be("return_url", Form::WebAddress))?);
    }
    Ok(new)
}

fn method(text: &str) -> Option<Method> {
    match text.split_once(':') {
        Some(("virtual_account", bank)) if !bank.is_empty() => return Some(Method::VirtualAccount(bank.to_owned())),
        Some(_) => return None,
        None => {}
    }
    Some(match text {
        "qris" => Method::Qris,
        "card" => Method::Card,
        "gopay" => Method::Gopay,
        "paypal" => Method::Paypal,
        "pay_page" => Method::PayPage,
        _ => return None,
    })
}
