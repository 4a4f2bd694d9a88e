//! Credentials and base URLs from environment variables. Each case runs in a process of its own.

use std::process::Command;

use gerbang::{Error, kazukipay, klink, kropay, pakasir, paydigital};

const CHILD: &str = "GERBANG_TEST_CHILD";

/// Runs in the other process and prints what each provider makes of its environment.
#[test]
fn child() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    tell("kazukipay", kazukipay::Credentials::from_env(), kazukipay::Client::from_env());
    tell("klink", klink::Credentials::from_env(), klink::Client::from_env());
    tell("kropay", kropay::Credentials::from_env(), kropay::Client::from_env());
    tell("pakasir v1", pakasir::v1::Credentials::from_env(), pakasir::v1::Client::from_env());
    tell("pakasir v2", pakasir::v2::Credentials::from_env(), pakasir::v2::Client::from_env());
    tell("paydigital", paydigital::Credentials::from_env(), paydigital::Client::from_env());
    if let Ok(credentials) = klink::Credentials::from_env() {
        println!(
            "klink webhook key: {}",
            credentials.webhook_key().is_some_and(|key| key.expose() == "CANARY-webhook")
        );
    }
    if let Ok(credentials) = pakasir::v2::Credentials::from_env() {
        let secret = credentials.webhook_secret().is_some_and(|secret| secret.expose() == "CANARY-webhook");
        println!("pakasir webhook secret: {secret}");
    }
}

fn tell(provider: &str, credentials: Result<impl std::fmt::Debug, Error>, client: Result<impl std::fmt::Debug, Error>) {
    let client = match client {
        Ok(client) => format!("{client:?}"),
        Err(error) => error.to_string(),
    };
    match credentials {
        Ok(credentials) => println!("{provider}: {credentials:?}\n{provider} client: {client}"),
        Err(error) => println!("{provider}: {error}\n{provider} client: {client}"),
    }
}

/// What the child says in this environment.
fn said(environment: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child", "--nocapture"]).env_clear().env(CHILD, "1").envs(environment.iter().copied());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

const COMPLETE: [(&str, &str); 13] = [
    ("GERBANG_KAZUKIPAY_API_KEY", "CANARY"),
    ("GERBANG_KAZUKIPAY_PROJECT_ID", " 17 "),
    ("GERBANG_KLINK_EMAIL", "CANARY"),
    ("GERBANG_KLINK_PASSWORD", "CANARY"),
    ("GERBANG_KLINK_WEBHOOK_KEY", "CANARY-webhook"),
    ("GERBANG_KLINK_BASE_URL", "http://127.0.0.1:1/klink/"),
    ("GERBANG_KROPAY_API_KEY", "CANARY"),
    ("GERBANG_PAKASIR_API_KEY", "CANARY"),
    ("GERBANG_PAKASIR_PROJECT", "warung"),
    ("GERBANG_PAKASIR_WEBHOOK_SECRET", "CANARY-webhook"),
    ("GERBANG_PAKASIR_BASE_URL", "https://sandbox.example"),
    ("GERBANG_PAYDIGITAL_API_KEY", "CANARY"),
    ("GERBANG_PAYDIGITAL_STORE_ID", "18446744073709551615"),
];

#[test]
fn a_complete_environment_makes_every_client() {
    let said = said(&COMPLETE);
    for wanted in [
        "kazukipay: Credentials { api_key: Secret([redacted]), project_id: 17 }",
        "kazukipay client: Client { transport: Transport { base_url: \"https://www.oberonix.org\", .. } }",
        "kropay client: Client { transport: Transport { base_url: \"https://kropay.krispediadigital.my.id\", .. } }",
        "base_url: \"http://127.0.0.1:1/klink\"",
        "pakasir v1 client: Client { transport: Transport { base_url: \"https://sandbox.example\", .. } }",
        "pakasir v2 client: Client { transport: Transport { base_url: \"https://sandbox.example\", .. } }",
        "project: \"warung\"",
        "store_id: 18446744073709551615",
        "klink webhook key: true",
        "pakasir webhook secret: true",
    ] {
        assert!(said.contains(wanted), "{wanted}\n{said}");
    }
    assert!(!said.contains("CANARY"), "{said}");
}

#[test]
fn an_error_names_the_variable_that_is_missing() {
    let said = said(&[]);
    for variable in [
        "GERBANG_KAZUKIPAY_API_KEY",
        "GERBANG_KLINK_EMAIL",
        "GERBANG_KROPAY_API_KEY",
        "GERBANG_PAKASIR_API_KEY",
        "GERBANG_PAYDIGITAL_API_KEY",
    ] {
        let line =
            format!("the environment variable {variable} is not set; nothing was sent; correct the configuration");
        assert!(said.contains(&line), "{line}\n{said}");
    }
}

#[test]
fn an_empty_or_unusable_variable_is_refused_without_showing_it() {
    for (variable, value, wanted) in [
        ("GERBANG_KROPAY_API_KEY", " ", "GERBANG_KROPAY_API_KEY is not set"),
        ("GERBANG_KAZUKIPAY_PROJECT_ID", "CANARY-1", "GERBANG_KAZUKIPAY_PROJECT_ID is not a whole number"),
        ("GERBANG_PAYDIGITAL_STORE_ID", "-1", "GERBANG_PAYDIGITAL_STORE_ID is not a whole number"),
        ("GERBANG_KROPAY_BASE_URL", "http://CANARY.example", "kropay: the base URL is http:"),
        ("GERBANG_KROPAY_BASE_URL", "CANARY", "kropay: the base URL is not a URL"),
        ("GERBANG_KROPAY_BASE_URL", "https://a:CANARY@b.example", "kropay: the base URL has a query"),
    ] {
        let mut environment = COMPLETE.to_vec();
        environment.retain(|(name, _)| *name != variable);
        environment.push((variable, value));
        let said = said(&environment);
        assert!(said.contains(wanted), "{wanted}\n{said}");
        assert!(!said.contains("CANARY"), "{said}");
    }
}
