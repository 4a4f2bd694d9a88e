//! Credentials and base URLs from environment variables. Each case runs in a process of its own.

use std::process::Command;

use gerbang::{klink, pakasir};
use gerbang_tests::apis::{self, FromEnv};

const CHILD: &str = "GERBANG_TEST_CHILD";

/// Runs in the other process and prints what each provider makes of its environment.
#[test]
fn child() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    for api in apis::ALL {
        let FromEnv { credentials, client } = (api.from_env)();
        for (what, made) in [("", credentials), (" client", client)] {
            println!("{}{what}: {}", api.spec, made.unwrap_or_else(|error| error.to_string()));
        }
    }
    let gateway = gerbang::gateway_from_env("kropay").map(|_| "made".to_owned());
    println!("the gateway kropay: {}", gateway.unwrap_or_else(|error| error.to_string()));
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

/// What the child says in this environment.
fn said(environment: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child", "--nocapture"]).env_clear().env(CHILD, "1").envs(environment.iter().copied());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// An environment in which every client can be made.
fn complete() -> Vec<(&'static str, &'static str)> {
    apis::ALL.iter().flat_map(|api| api.variables).copied().collect()
}

#[test]
fn a_complete_environment_makes_every_client() {
    let said = said(&complete());
    for wanted in apis::ALL
        .iter()
        .flat_map(|api| api.printed)
        .copied()
        .chain(["klink webhook key: true", "pakasir webhook secret: true"])
    {
        assert!(said.contains(wanted), "{wanted}\n{said}");
    }
    assert!(!said.contains("CANARY"), "{said}");
}

#[test]
fn an_error_names_the_variable_that_is_missing() {
    let said = said(&[]);
    for api in apis::ALL {
        let (variable, _) = api.variables[0];
        let line = format!("{}: the environment variable {variable} is not set; nothing was sent", api.spec);
        assert!(said.contains(&line), "{line}\n{said}");
    }
}

#[test]
fn http_hosts_are_allowed_by_a_variable() {
    let said_of = |hosts: &str| {
        let mut environment = complete();
        environment.extend([("GERBANG_KROPAY_BASE_URL", "http://sandbox:8080/kropay"), ("GERBANG_ALLOW_HTTP", hosts)]);
        said(&environment)
    };
    for hosts in ["", "sandbox.example", "box", "*"] {
        let said = said_of(hosts);
        assert!(said.contains("kropay client: kropay: ") && said.contains("http:"), "{hosts:?}\n{said}");
        assert!(said.contains("the gateway kropay: kropay: "), "{hosts:?}\n{said}");
    }
    let allowed = said_of("other, sandbox");
    assert!(allowed.contains("base_url: \"http://sandbox:8080/kropay\""), "{allowed}");
    assert!(allowed.contains("the gateway kropay: made"), "{allowed}");
}

#[test]
fn an_empty_or_unusable_variable_is_refused_without_showing_it() {
    for (variable, value, wanted) in [
        ("GERBANG_KROPAY_API_KEY", " ", "GERBANG_KROPAY_API_KEY is not set"),
        ("GERBANG_KAZUKIPAY_PROJECT_ID", "CANARY-1", "GERBANG_KAZUKIPAY_PROJECT_ID is not a whole number"),
        ("GERBANG_KAZUKIPAY_PROJECT_ID", "-1", "GERBANG_KAZUKIPAY_PROJECT_ID is not a whole number"),
        ("GERBANG_KROPAY_BASE_URL", "http://CANARY.example", "kropay: the base URL is http:"),
        ("GERBANG_KROPAY_BASE_URL", "CANARY", "kropay: the base URL is not a URL"),
        ("GERBANG_KROPAY_BASE_URL", "https://a:CANARY@b.example", "kropay: the base URL has a query"),
    ] {
        let mut environment = complete();
        environment.retain(|(name, _)| *name != variable);
        environment.push((variable, value));
        let said = said(&environment);
        assert!(said.contains(wanted), "{wanted}\n{said}");
        assert!(!said.contains("CANARY"), "{said}");
    }
}
