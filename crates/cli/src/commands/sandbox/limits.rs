//! How much a sandbox takes at most.

use clap::ValueEnum;
use clap::builder::PossibleValue;
use gerbang_sandbox::SandboxBuilder;

/// What has a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    // Of all credentials together.
    Payments,
    PaymentsOfCredential,
    // Those that have payments.
    Credentials,
    // That are served at one time.
    Connections,
    // In the log.
    Requests,
}

/// A limit that is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    what: What,
    most: usize,
}

impl Limit {
    /// A sandbox with the limit.
    pub fn of(self, builder: SandboxBuilder) -> SandboxBuilder {
        match self.what {
            What::Payments => builder.most_payments(self.most),
            What::PaymentsOfCredential => builder.most_payments_of_credential(self.most),
            What::Credentials => builder.most_credentials(self.most),
            What::Connections => builder.most_connections(self.most),
            What::Requests => builder.most_requests(self.most),
        }
    }
}

/// `payments=500000`.
///
/// # Errors
///
/// What it should be.
pub fn limit(text: &str) -> Result<Limit, String> {
    let (name, most) = text.split_once('=').ok_or("it is WHAT=N, such as payments=500000")?;
    let what = What::from_str(name, false).map_err(|_| {
        let names = What::value_variants().iter().filter_map(What::to_possible_value);
        let names: Vec<_> = names.map(|name: PossibleValue| name.get_name().to_owned()).collect();
        format!("there is no limit of {name:?}; there are {}", names.join(", "))
    })?;
    match most.parse() {
        Ok(most @ 1..) => Ok(Limit { what, most }),
        _ => Err(format!("the limit of {name} is a whole number from 1, such as {name}=1000")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_have_names_and_whole_numbers() {
        assert_eq!(limit("payments=500000"), Ok(Limit { what: What::Payments, most: 500_000 }));
        let of_credential = Limit { what: What::PaymentsOfCredential, most: 1 };
        assert_eq!(limit("payments-of-credential=1"), Ok(of_credential));
        for wrong in
            ["payments", "payments=", "payments=0", "payments=-1", "payments=1e3", "payments=99999999999999999999"]
        {
            assert!(limit(wrong).is_err(), "{wrong}");
        }
        let unknown = limit("bodies=1").unwrap_err();
        assert!(unknown.contains("payments, payments-of-credential, credentials, connections, requests"), "{unknown}");
    }
}
