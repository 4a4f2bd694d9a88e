//! Settings: what counts more, and what is wrong in a line each.

use gerbang_serve::{Flags, Sandbox, Settings};

use crate::shop::file;

fn read(text: &str, environment: &[(&str, &str)], flags: Flags) -> Result<String, Vec<String>> {
    let flags = Flags { file: Some(file("toml", text)), ..flags };
    let variable =
        |name: &str| environment.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    Settings::read(&flags, &variable).map(|settings| format!("{settings:?}"))
}

const KROPAY: &str = "[accounts.main]\ngateway = \"kropay\"\napi_key = \"CANARY\"\n";

#[test]
fn flags_come_before_the_environment_and_that_before_the_file() {
    let text = format!("listen = \"127.0.0.1:1\"\n{KROPAY}");
    let environment = [("GERBANG_SERVE_LISTEN", "127.0.0.1:2")];
    let flags = Flags { listen: Some("127.0.0.1:3".parse().unwrap()), ..Flags::default() };
    assert!(read(&text, &[], Flags::default()).unwrap().contains("127.0.0.1:1"));
    assert!(read(&text, &environment, Flags::default()).unwrap().contains("127.0.0.1:2"));
    assert!(read(&text, &environment, flags).unwrap().contains("127.0.0.1:3"));
}

#[test]
fn secrets_come_from_files_too_and_are_not_shown() {
    let key = file("key", "CANARY-key\n");
    let text = format!("[accounts.main]\ngateway = \"kropay\"\napi_key_file = {key:?}\n");
    let token = file("token", "CANARY-a-token-of-a-shop\n");
    let shown = read(&text, &[("GERBANG_SERVE_TOKEN_FILE", token.to_str().unwrap())], Flags::default()).unwrap();
    assert!(!shown.contains("CANARY") && shown.contains("main"), "{shown}");
    let database = [("GERBANG_SERVE_DATABASE", "postgres://shop:CANARY@db.example/shop")];
    assert!(!read(KROPAY, &database, Flags::default()).unwrap().contains("CANARY"));
}

#[test]
fn account_without_keys_has_them_from_the_environment() {
    let text = "[accounts.main]\ngateway = \"kropay\"\n";
    assert!(read(text, &[("GERBANG_KROPAY_API_KEY", "CANARY")], Flags::default()).is_ok());
    let wrong = read(text, &[], Flags::default()).unwrap_err();
    assert_eq!(wrong, ["[accounts.main]: api_key is missing, or GERBANG_KROPAY_API_KEY in the environment"]);
    // A key of the file never goes to a server of the environment's.
    let elsewhere = [("GERBANG_KROPAY_BASE_URL", "not an address")];
    assert!(read(KROPAY, &elsewhere, Flags::default()).is_ok());
}

#[test]
fn a_gateway_by_http_needs_its_host_to_be_allowed() {
    let text = format!("{KROPAY}base_url = \"http://sandbox:8080/kropay\"\n");
    for refused in [&[][..], &[("GERBANG_ALLOW_HTTP", "")], &[("GERBANG_ALLOW_HTTP", "sandbox.example")]] {
        let wrong = read(&text, refused, Flags::default()).unwrap_err();
        assert!(wrong[0].contains("GERBANG_ALLOW_HTTP"), "{wrong:?}");
    }
    assert!(read(&text, &[("GERBANG_ALLOW_HTTP", "sandbox")], Flags::default()).is_ok());
    // It is no setting of an account: one without keys still has them from the environment.
    let of_environment = [("GERBANG_ALLOW_HTTP", "sandbox"), ("GERBANG_KROPAY_API_KEY", "CANARY")];
    assert!(read("[accounts.main]\ngateway = \"kropay\"\n", &of_environment, Flags::default()).is_ok());
}

#[test]
fn what_is_wrong_is_named_and_no_value_is_shown() {
    for (text, expected) in [
        ("", "there is no account"),
        ("listen = \"CANARY\"", "listen must be an address"),
        ("listen = CANARY", "line 1, is no TOML"),
        ("database = \"mysql:CANARY\"", "database must be sqlite:FILE or postgres://"),
        ("public_url = \"https://u:CANARY@x.example\"", "public_url must be"),
        ("token = \"CANARY\"", "less than 16 characters"),
        ("token = \"CANARY-CANARY-CANARY\"\ntoken_file = \"x\"", "token and token_file are both set"),
        ("token_file = \"/nonexistent\"", "token_file names cannot be read"),
        ("token_file = \"/dev/zero\"", "token_file names cannot be read"),
        ("webhook_url = \"https://CANARY.example\"", "webhook_url and webhook_secret go together"),
        ("webhook_url = \"http://CANARY.example\"\nwebhook_secret = \"CANARY\"", "webhook_url must begin with https:"),
        ("webhook_url = \"https://127.0.0.1/CANARY\"\nwebhook_secret = \"CANARY\"", "webhook_url must be public"),
        ("webhook_url = \"https://CANARY.example\"\nwebhook_secret = \"CANARY\"", "webhook_secret must be whsec_"),
        ("webhook_allow_local = \"CANARY\"", "webhook_allow_local must be true or false"),
        ("tokn = \"CANARY\"", "nothing reads tokn; there are listen"),
        ("accounts = 7", "accounts must be a table"),
        ("[accounts.\"a b\"]\ngateway = \"kropay\"", "a name must have"),
        ("[accounts.main]\napi_key = \"CANARY\"", "[accounts.main]: gateway is missing"),
        ("[accounts.main]\ngateway = \"CANARY\"", "there is no such gateway"),
        ("[accounts.main]\ngateway = \"kropay\"\napi_key = \"CANARY\"\nmode = \"CANARY\"", "mode must be live or test"),
        ("[accounts.main]\ngateway = \"kropay\"\napikey = \"CANARY\"", "nothing reads apikey"),
        ("[accounts.main]\ngateway = \"kropay\"\napi_key = \"CANARY\"\nbase_url = \"CANARY\"", "base URL"),
        ("[accounts.main]\ngateway = \"kropay\"\napi_key = [\"CANARY\"]", "api_key must be a text"),
    ] {
        let wrong = read(text, &[], Flags::default()).unwrap_err();
        assert!(wrong.iter().any(|line| line.contains(expected)), "{text}: {wrong:?}");
        assert!(!format!("{wrong:?}").contains("CANARY"), "{text}: {wrong:?}");
        assert!(wrong.iter().all(|line| !line.contains('\n')), "{wrong:?}");
    }
    let two = read("listen = \"x\"\npublic_url = \"x\"\n[accounts.main]", &[], Flags::default()).unwrap_err();
    assert_eq!(two.len(), 3, "{two:?}");
}

#[test]
fn sandbox_listens_here_only_and_has_its_own_accounts() {
    let sandbox = || Flags { sandbox: Some(Sandbox::Embedded), ..Flags::default() };
    assert!(read("", &[], sandbox()).is_ok());
    assert!(read("listen = \"0.0.0.0:8080\"", &[], sandbox()).unwrap_err()[0].contains("own address"));
    assert!(read(KROPAY, &[], sandbox()).unwrap_err()[0].contains("leave out [accounts]"));
}

#[test]
fn sandbox_that_runs_elsewhere_runs_on_this_machine() {
    let sandbox = |url: &str| Flags { sandbox: Some(Sandbox::At(url.to_owned())), ..Flags::default() };
    for url in ["http://127.0.0.1:4000", "http://127.0.0.1:4000/", "http://[::1]:4000", "http://localhost:4000"] {
        assert!(read("", &[], sandbox(url)).is_ok(), "{url}");
        assert!(read("listen = \"0.0.0.0:8080\"", &[], sandbox(url)).unwrap_err()[0].contains("own address"));
        assert!(read(KROPAY, &[], sandbox(url)).unwrap_err()[0].contains("leave out [accounts]"));
    }
    for url in [
        "",
        "CANARY",
        "127.0.0.1:4000",
        "https://127.0.0.1:4000",
        "http://CANARY.example:4000",
        "http://127.0.0.1.CANARY.example:4000",
        "http://10.0.0.1:4000",
        "http://0.0.0.0:4000",
        "http://u:CANARY@127.0.0.1:4000",
        "http://CANARY@127.0.0.1:4000",
        "http://127.0.0.1:4000/CANARY",
        "http://127.0.0.1:4000?key=CANARY",
        "http://127.0.0.1:4000/#CANARY",
    ] {
        let wrong = read("", &[], sandbox(url)).unwrap_err();
        assert!(wrong.len() == 1 && wrong[0].contains("--sandbox must be the address"), "{url}: {wrong:?}");
        assert!(!wrong[0].contains("CANARY"), "{url}: {wrong:?}");
    }
}

#[test]
fn shop_on_this_machine_is_told_of_events_with_a_sandbox() {
    let read_with = |url: &str, sandbox| {
        let text = format!("webhook_url = \"{url}\"\nwebhook_secret = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"");
        read(&text, &[], Flags { sandbox, ..Flags::default() })
    };
    for sandbox in [Sandbox::Embedded, Sandbox::At("http://127.0.0.1:4000".into())] {
        assert!(read_with("http://127.0.0.1:3000/gerbang", Some(sandbox.clone())).is_ok());
        let wrong = read_with("http://10.0.0.1/gerbang", Some(sandbox)).unwrap_err();
        assert!(wrong[0].contains("webhook_url must be public"), "{wrong:?}");
    }
    assert!(read_with("http://127.0.0.1:3000/gerbang", None).unwrap_err()[0].contains("https:"));
}
