//! Notifications as the providers' documents print them.

use gerbang::Rupiah;
use gerbang::registry::Notifications;
use serde_json::Number;

use super::json::Json;
use crate::failure::Failure;
use crate::provider::Provider;

/// A provider's documented notification, and which members hold what every notification says.
#[derive(Debug)]
pub struct Sample {
    provider: Provider,
    members: Vec<(String, Json)>,
    /// The merchant's reference.
    reference: &'static str,
    /// The state.
    status: &'static str,
    /// The price, where it is a member, and the amounts that are more than it.
    amounts: &'static [&'static str],
}

/// How some providers write that an amount is whole.
const FRACTION: &str = ".00";

impl Sample {
    /// The sample of a provider; of K-Link's the settlement that names the amount.
    ///
    /// # Errors
    ///
    /// [`Failure`] when the provider sends no notifications.
    pub fn of(provider: Provider) -> Result<Self, Failure> {
        let Notifications { sample, reference, status, amounts, .. } = provider.notifications()?;
        match serde_json::from_str(sample) {
            Ok(Json::Object(members)) => Ok(Self { provider, members, reference, status, amounts }),
            _ => Err(Failure::failed("the sample is no JSON object")),
        }
    }

    /// Its members, in the order in which the document has them.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|(name, _)| name.as_str())
    }

    /// Sets the merchant's reference.
    pub fn set_reference(&mut self, reference: &str) {
        self.set(self.reference, reference);
    }

    /// Sets the provider's word for the state.
    pub fn set_status(&mut self, word: &str) {
        self.set(self.status, word);
    }

    /// Sets the price. What the customer pays and what the merchant gets differ from it by as much as in the document.
    ///
    /// # Errors
    ///
    /// [`Failure`] when the notification names no amount, or the amount is too large.
    pub fn set_amount(&mut self, amount: Rupiah) -> Result<(), Failure> {
        let Some(price) = self.amounts.first() else {
            return Err(Failure::usage(format!("a notification of {} names no amount", self.provider.name())));
        };
        let printed = self.amount(price);
        for name in self.amounts {
            let more = self.amount(name).get() - printed.get();
            let changed = amount.checked_add(Rupiah::new(more));
            let changed = changed.ok_or_else(|| Failure::usage(format!("the amount {amount} is too large")))?;
            let fraction = if self.has_fraction(name) { FRACTION } else { "" };
            self.set(name, &format!("{changed}{fraction}"));
        }
        Ok(())
    }

    /// Sets any member. A text of the document stays one; anything else is taken as JSON where it can be, and as text
    /// otherwise.
    pub fn set(&mut self, name: &str, value: &str) {
        let as_json = || serde_json::from_str(value).unwrap_or_else(|_| Json::Text(value.to_owned()));
        match self.members.iter_mut().find(|(found, _)| found == name) {
            Some((_, Json::Text(text))) => value.clone_into(text),
            Some((_, other)) => *other = as_json(),
            None => self.members.push((name.to_owned(), as_json())),
        }
    }

    /// The notification.
    pub fn json(self) -> Json {
        Json::Object(self.members)
    }

    fn amount(&self, name: &str) -> Rupiah {
        let member = self.members.iter().find(|(found, _)| found == name);
        match member {
            Some((_, Json::Number(number))) => Rupiah::new(Number::as_u64(number).unwrap_or_default()),
            Some((_, Json::Text(text))) => text.strip_suffix(FRACTION).unwrap_or(text).parse().unwrap_or(Rupiah::ZERO),
            _ => Rupiah::ZERO,
        }
    }

    /// Whether an amount is written with a fraction of a rupiah, which is none.
    fn has_fraction(&self, name: &str) -> bool {
        self.members
            .iter()
            .any(|(found, value)| found == name && matches!(value, Json::Text(text) if text.ends_with(FRACTION)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::json::Style;
    use super::*;

    fn written(provider: &str, change: impl FnOnce(&mut Sample)) -> String {
        let mut sample = Sample::of(Provider::named(provider).unwrap()).unwrap();
        change(&mut sample);
        sample.json().write(Style::PHP)
    }

    #[test]
    fn the_other_amounts_follow_the_price() {
        let body = written("kazukipay", |sample| sample.set_amount(Rupiah::new(50_000)).unwrap());
        for member in ["\"amount\":50000", "\"unique_amount\":50243", "\"net_amount\":50140"] {
            assert!(body.contains(member), "{body}");
        }
        let body = written("klink", |sample| sample.set_amount(Rupiah::new(50_000)).unwrap());
        assert!(body.contains("\"tot_bayar\":\"50000\""), "{body}");
        let body = written("midtrans", |sample| {
            sample.set_amount(Rupiah::new(50_000)).unwrap();
            sample.set_status("expire");
        });
        assert!(
            body.contains("\"gross_amount\":\"50000.00\"") && body.contains("\"transaction_status\":\"expire\""),
            "{body}"
        );
        assert!(Sample::of(Provider::named("klink-gopay").unwrap()).unwrap().set_amount(Rupiah::new(1)).is_err());
        assert!(Sample::of(Provider::named("kropay").unwrap()).unwrap().set_amount(Rupiah::MAX).is_err());
    }

    #[test]
    fn a_member_keeps_the_kind_of_value_that_the_document_has() {
        let body = written("pakasir-v2", |sample| {
            sample.set("order_id", "7");
            sample.set("amount", "7");
            sample.set("is_sandbox", "true");
            sample.set("note", "a b");
            sample.set("list", "[1]");
        });
        for member in ["\"order_id\":\"7\"", "\"amount\":7,", "\"is_sandbox\":true", "\"note\":\"a b\"", "\"list\":[1]"]
        {
            assert!(body.contains(member), "{body}");
        }
    }

    #[test]
    fn the_samples_are_those_of_the_specs() {
        let spec = |name: &str| {
            let path = format!("{}/../../specs/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
            std::fs::read_to_string(path).unwrap()
        };
        for provider in Provider::all().filter(|provider| provider.notifications().is_ok()) {
            let spec = spec(provider.name().trim_end_matches("-gopay"));
            let lines: Vec<_> = spec.lines().map(|line| line.trim().replace('\'', "")).collect();
            for (name, value) in Sample::of(provider).unwrap().members {
                let value = value.write(Style { escapes_slashes: false, ..Style::PHP });
                let line = format!("{name}: {}", value.trim_matches('"'));
                assert!(lines.contains(&line), "{}: {line}", provider.name());
            }
        }
    }
}
