//! `gerbang config`, `completions` and `man`.

use std::fs;

use gerbang_sandbox::Provider;

use crate::run::{Shop, assert_masked, directory, end, gerbang, run};

#[test]
fn check_names_what_is_set_without_values() {
    let file = directory().join("config.toml");
    fs::write(&file, "profile = \"shop\"\n[profiles.shop.kropay]\napi_key = \"CANARY\"\n").unwrap();
    let file = file.to_str().unwrap();
    let mut command = gerbang(&["config", "check", "--config", file]);
    command.env("GERBANG_KAZUKIPAY_API_KEY", "CANARY").env("GERBANG_KAZUKIPAY_PROJECT_ID", "7");
    let ran = end(command.spawn().unwrap());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_masked!(ran.stdout.replace(file, "FILE"));
}

/// The command with a key and the sandbox's address in a profile.
fn with_profile(shop: &Shop, args: &[&str], key: &str) -> std::process::Command {
    let file = directory().join("config.toml");
    let url = shop.sandbox.url(Provider::Kropay);
    fs::write(&file, format!("[profiles.shop.kropay]\napi_key = \"{key}\"\nbase_url = \"{url}\"\n")).unwrap();
    let mut command = gerbang(args);
    command.env("GERBANG_CONFIG", file);
    command
}

#[test]
fn a_profile_that_a_flag_names_counts_more_than_the_environment() {
    let shop = Shop::new();
    let pay = ["pay", "-p", "kropay", "-a", "10000", "--profile", "shop"];
    // Nobody listens there, and the sandbox refuses this key.
    let nowhere = "http://127.0.0.1:9";
    for (of_profile, of_environment, code) in [("key", "refuse", 0), ("refuse", "key", 4)] {
        let mut command = with_profile(&shop, &pay, of_profile);
        command.env("GERBANG_KROPAY_API_KEY", of_environment).env("GERBANG_KROPAY_BASE_URL", nowhere);
        let ran = end(command.spawn().unwrap());
        assert_eq!(ran.code, Some(code), "{ran:?}");
    }
    let mut command = with_profile(&shop, &["config", "check", "--profile", "shop"], "key");
    let ran = end(command.env("GERBANG_KROPAY_API_KEY", "key").spawn().unwrap());
    assert!(ran.stdout.contains("order    flags, then the profile, then the environment"), "{ran:?}");
    assert!(ran.stdout.contains("GERBANG_KROPAY_API_KEY          file"), "{ran:?}");
}

#[test]
fn a_key_and_a_server_of_different_places_do_not_meet() {
    let shop = Shop::new();
    let pay = ["pay", "-p", "kropay", "-a", "10000"];
    let url = shop.sandbox.url(Provider::Kropay);
    let file = |text: &str| {
        let file = directory().join("config.toml");
        fs::write(&file, format!("[profiles.shop.kropay]\n{text}\n")).unwrap();
        file
    };
    let key = ("GERBANG_KROPAY_API_KEY", "CANARY");
    let server = ("GERBANG_KROPAY_BASE_URL", url.as_str());
    let (of_key, of_server) = ("api_key = \"CANARY\"".to_owned(), format!("base_url = \"{url}\""));
    for (text, (name, value), by_flag) in
        [(&of_key, server, true), (&of_server, key, true), (&of_key, server, false), (&of_server, key, false)]
    {
        let mixed = |args: &[&str]| {
            let mut command = gerbang(args);
            command.env("GERBANG_CONFIG", file(text)).env(name, value);
            match by_flag {
                true => command.args(["--profile", "shop"]),
                false => command.env("GERBANG_PROFILE", "shop"),
            };
            end(command.spawn().unwrap())
        };
        for args in [&pay[..], &["config", "check"], &["kropay", "payment-status", "--reference", "PG-1"]] {
            let ran = mixed(args);
            assert_eq!(ran.code, Some(2), "{args:?}: {ran:?}");
            for word in ["GERBANG_KROPAY_API_KEY", "GERBANG_KROPAY_BASE_URL", "the environment", "the profile \"shop\""]
            {
                assert!(ran.stderr.contains(word), "{word}: {ran:?}");
            }
            assert!(!format!("{ran:?}").contains("CANARY"), "{ran:?}");
        }
        assert_eq!(shop.sandbox.request_count(Provider::Kropay), 0);
    }
    // A server of the flag is meant for any key.
    let mut command = gerbang(&["pay", "-p", "kropay", "-a", "10000", "--profile", "shop", "--base-url", &url]);
    command.env("GERBANG_CONFIG", file(&of_key)).env("GERBANG_KROPAY_BASE_URL", "http://127.0.0.1:9");
    assert_eq!(end(command.spawn().unwrap()).code, Some(0));
}

#[test]
fn a_profile_of_the_environment_counts_less_than_its_variables() {
    let shop = Shop::new();
    let mut command = with_profile(&shop, &["pay", "-p", "kropay", "-a", "10000"], "refuse");
    command.env("GERBANG_PROFILE", "shop").env("GERBANG_KROPAY_API_KEY", "key");
    let ran = end(command.env("GERBANG_KROPAY_BASE_URL", shop.sandbox.url(Provider::Kropay)).spawn().unwrap());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    // The next command finds the same variables.
    assert!(!ran.stdout.contains("--profile"), "{ran:?}");
}

#[test]
fn check_names_what_is_missing() {
    let ran = end(gerbang(&["config", "check", "--json"]).env("GERBANG_KAZUKIPAY_API_KEY", "k").spawn().unwrap());
    assert_eq!(ran.code, Some(2));
    assert_masked!(ran.failure(), @r#"{"code":"usage","delivery":null,"exit_code":2,"kind":null,"may_have_taken_effect":false,"message":"not set: GERBANG_KAZUKIPAY_PROJECT_ID"}"#);
    let line = ran.json().into_iter().find(|line| line["variable"] == "GERBANG_KAZUKIPAY_API_KEY").unwrap();
    assert_masked!(line, @r#"{"gateway":"kazukipay","gateways":["kazukipay"],"required":true,"secret":true,"set_by":"environment","variable":"GERBANG_KAZUKIPAY_API_KEY"}"#);
}

#[test]
fn the_file_is_looked_for_in_its_usual_place() {
    assert_eq!(run(&["config", "path"]).stdout, "/nonexistent/.config/gerbang/config.toml\n");
    let ran = end(gerbang(&["config", "path", "--json"]).env("XDG_CONFIG_HOME", "/elsewhere").spawn().unwrap());
    assert_eq!(ran.json(), [serde_json::json!({"path": "/elsewhere/gerbang/config.toml"})]);
}

#[test]
fn every_shell_has_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = run(&["completions", shell]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{shell}");
        assert!(ran.stdout.contains("payment-status"), "{shell}");
    }
}

#[test]
fn every_command_has_a_man_page() {
    let directory = directory();
    let ran = run(&["man", directory.to_str().unwrap()]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{ran:?}");
    for page in ["gerbang.1", "gerbang-pay.1", "gerbang-kropay-payment-status.1"] {
        assert!(fs::read_to_string(directory.join(page)).unwrap().contains(".TH"), "{page}");
    }
}

#[test]
fn named_and_empty_base_url_sends_nothing() {
    let flag = gerbang(&["pay", "-p", "kropay", "-a", "10000", "--base-url", " "]);
    let file = directory().join("config.toml");
    fs::write(&file, "[profiles.shop.kropay]\napi_key = \"CANARY\"\nbase_url = \"\"\n").unwrap();
    let mut profile = gerbang(&["kropay", "payment-status", "--reference", "PG-1", "--profile", "shop"]);
    profile.env("GERBANG_CONFIG", file);
    for mut command in [flag, profile] {
        let ran = end(command.env("GERBANG_KROPAY_API_KEY", "CANARY").spawn().unwrap());
        assert!(ran.code == Some(2) && ran.stderr.contains("the base URL of kropay is empty"), "{ran:?}");
    }
}

#[test]
fn the_path_is_said_also_where_the_file_is_of_no_use() {
    let file = directory().join("config.toml");
    fs::write(&file, "[profiles.shop.kropay").unwrap();
    let file = file.to_str().unwrap();
    for (args, variables, expected) in [
        (&["--config", file][..], &[][..], file),
        (&[], &[("GERBANG_CONFIG", file)], file),
        (&["--config", "/does/not/exist"], &[], "/does/not/exist"),
        (&["--profile", "nope"], &[], "/nonexistent/.config/gerbang/config.toml"),
        (&[], &[("GERBANG_PROFILE", "nope")], "/nonexistent/.config/gerbang/config.toml"),
        (&[], &[("GERBANG_CONFIG", ""), ("XDG_CONFIG_HOME", "")], "/nonexistent/.config/gerbang/config.toml"),
    ] {
        let mut command = gerbang(&[&["config", "path"], args].concat());
        let ran = end(command.envs(variables.iter().copied()).spawn().unwrap());
        assert_eq!((ran.code, ran.stdout.trim_end()), (Some(0), expected), "{args:?} {variables:?}: {ran:?}");
    }
    let mut command = gerbang(&["config", "path"]);
    let ran = end(command.env_remove("HOME").spawn().unwrap());
    assert!(ran.code == Some(0) && ran.stdout.ends_with("gerbang/config.toml\n"), "{ran:?}");
}

#[test]
fn variables_that_are_empty_are_not_set() {
    let shop = Shop::new();
    let empty = [("GERBANG_CONFIG", ""), ("GERBANG_PROVIDER", ""), ("GERBANG_PROFILE", "")];
    let run = |args: &[&str]| end(shop.gerbang(args).envs(empty).spawn().unwrap());
    assert_eq!(run(&["providers"]).code, Some(0));
    assert_eq!(run(&["pay", "-p", "kropay", "-a", "10000"]).code, Some(0));
    let ran = run(&["pay", "-a", "10000"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("GERBANG_PROVIDER"), "{ran:?}");
    let mut named = shop.gerbang(&["pay", "-a", "10000"]);
    let ran = end(named.env("GERBANG_PROVIDER", "kropay").spawn().unwrap());
    assert!(ran.code == Some(0) && ran.stdout.contains("kropay"), "{ran:?}");
}

#[test]
fn variables_are_in_the_help() {
    for (args, variables) in [
        (&["--help"][..], &["GERBANG_CONFIG", "GERBANG_PROFILE", "RUST_LOG"][..]),
        (&["pay", "--help"], &["GERBANG_PROVIDER"]),
    ] {
        let help = run(args).stdout;
        assert!(variables.iter().all(|variable| help.contains(variable)), "{help}");
    }
}

#[cfg(unix)]
#[test]
fn only_regular_files_are_read_and_not_without_end() {
    let directory = directory();
    let fifo = directory.join("fifo");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let large = directory.join("large.toml");
    fs::File::create(&large).unwrap().set_len((16 << 20) + 1).unwrap();
    for (file, words) in [
        ("/dev/zero", "is no regular file"),
        (fifo.to_str().unwrap(), "is no regular file"),
        (directory.to_str().unwrap(), "is no regular file"),
        (large.to_str().unwrap(), "has more than 16 MiB"),
    ] {
        let ran = run(&["config", "check", "--config", file]);
        assert!(ran.code == Some(2) && ran.stderr.contains(words), "{file}: {ran:?}");
    }
}

#[test]
fn a_broken_file_does_not_matter_where_no_key_is_needed() {
    let file = directory().join("config.toml");
    fs::write(&file, "[profiles.shop.kropay").unwrap();
    let with_file = |args: &[&str]| end(gerbang(args).env("GERBANG_CONFIG", &file).spawn().unwrap());
    let sent = with_file(&["webhook", "send", "-p", "kropay", "--print"]);
    assert_eq!(sent.code, Some(0), "{sent:?}");
    let mut verify = gerbang(&["webhook", "verify", "-p", "kropay", "--headers", "-"]);
    verify.env("GERBANG_CONFIG", &file);
    assert_eq!(crate::run::run_with_input(verify, &sent.stdout).code, Some(5));
    let ran = with_file(&["webhook", "send", "-p", "klink", "--print"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("cannot be understood"), "{ran:?}");
}

#[test]
fn each_gateway_is_asked_whether_it_takes_its_key() {
    let shop = Shop::new();
    let online = |key: &str| {
        let mut command = gerbang(&["config", "check", "--online", "--json"]);
        command.envs(shop.variables(key));
        end(command.spawn().unwrap())
    };
    for (key, word, code) in [("key", "right", 0), ("refuse", "wrong", 4)] {
        let ran = online(key);
        let answers: Vec<_> = ran.json().into_iter().filter(|line| !line["key"].is_null()).collect();
        assert_eq!((ran.code, answers.len()), (Some(code), 8), "{ran:?}");
        for answer in answers {
            assert_eq!(answer["key"], word, "{answer}");
            assert!(answer["server"].as_str().unwrap().starts_with("http://127.0.0.1:"), "{answer}");
        }
    }
    assert_eq!(shop.sandbox.payments(), [], "nothing is created");
    let ran = run(&["config", "check", "--online"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("no gateway has all that it needs"), "{ran:?}");
    // One that is not set is not asked, and one that is away says nothing of the key.
    let mut command = gerbang(&["config", "check", "--online"]);
    command.env("GERBANG_KROPAY_API_KEY", "CANARY").env("GERBANG_KROPAY_BASE_URL", "http://127.0.0.1:9");
    let ran = end(command.spawn().unwrap());
    let last = ran.stdout.lines().last().unwrap();
    assert!(last.contains("kropay") && last.contains("unknown") && last.contains("127.0.0.1:9"), "{ran:?}");
    assert!(ran.code == Some(6) && !ran.stdout.contains("CANARY"), "{ran:?}");
}

#[test]
fn a_password_in_the_address_of_a_server_is_not_shown() {
    for (address, shown) in [
        ("http://CANARY-user:CANARY-password@127.0.0.1:9/api", Some("http://127.0.0.1:9/api")),
        ("http://127.0.0.1:9/?key=CANARY#CANARY", Some("http://127.0.0.1:9/")),
        ("http://user:CANARY@127.0.0.1:99999", None),
        ("user:CANARY@127.0.0.1", None),
    ] {
        for args in [&["config", "check", "--online", "--json", "-vv"][..], &["config", "check", "--online", "-vv"]] {
            let mut command = gerbang(args);
            command.env("GERBANG_KROPAY_API_KEY", "key").env("GERBANG_KROPAY_BASE_URL", address);
            let ran = end(command.spawn().unwrap());
            assert!(ran.code == Some(2) && !format!("{ran:?}").contains("CANARY"), "{address}: {ran:?}");
            let last = ran.stdout.lines().last().unwrap();
            assert!(last.contains("kropay") && shown.is_none_or(|shown| last.contains(shown)), "{address}: {ran:?}");
        }
    }
}

#[test]
fn a_proxy_that_is_none_is_said() {
    let mut command = gerbang(&["pay", "-p", "kropay", "-a", "10000", "--base-url", "https://gateway.invalid"]);
    command.env("GERBANG_KROPAY_API_KEY", "key").env("HTTPS_PROXY", "garbage://");
    let ran = end(command.spawn().unwrap());
    assert!(ran.code == Some(2) && ran.stderr.contains("HTTPS_PROXY is not the address of a proxy"), "{ran:?}");
}
