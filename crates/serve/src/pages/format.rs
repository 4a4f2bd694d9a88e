//! Amounts and times, as all pages write them.

use gerbang::Rupiah;
use gerbang::jiff::{Timestamp, tz};
use maud::{Markup, html};

pub fn rupiah(amount: Rupiah) -> String {
    format!("Rp\u{a0}{}", amount.to_dotted())
}

/// A time as in Jakarta, whose clock the banks go by.
pub fn time(at: Timestamp) -> Markup {
    let here = at.to_zoned(tz::TimeZone::fixed(tz::offset(7)));
    html! { time datetime=(at.to_string()) { (here.strftime("%d/%m/%Y %H:%M").to_string()) " WIB" } }
}
