//! `gerbang config`, `completions` and `man`.

use std::fs;

use crate::run::{assert_masked, directory, end, gerbang, run};

#[test]
fn what_is_set_is_told_without_values() {
    let file = directory().join("config.toml");
    fs::write(&file, "profile = \"shop\"\n[profiles.shop.kropay]\napi_key = \"CANARY\"\n").unwrap();
    let file = file.to_str().unwrap();
    let mut command = gerbang(&["config", "check", "--config", file]);
    command.env("GERBANG_PAYDIGITAL_API_KEY", "CANARY").env("GERBANG_PAYDIGITAL_STORE_ID", "7");
    let ran = end(command.spawn().unwrap());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_masked!(ran.stdout.replace(file, "FILE"), @r"
    file     FILE
    profile  shop

     GATEWAY     VARIABLE                        SET BY
     kazukipay   GERBANG_KAZUKIPAY_API_KEY       –            required
     kazukipay   GERBANG_KAZUKIPAY_PROJECT_ID    –            required
     kazukipay   GERBANG_KAZUKIPAY_BASE_URL      –
     klink       GERBANG_KLINK_WEBHOOK_KEY       –
     klink       GERBANG_KLINK_EMAIL             –            required
     klink       GERBANG_KLINK_PASSWORD          –            required
     klink       GERBANG_KLINK_BANK_CODE         –
     klink       GERBANG_KLINK_PRODUCT_CODE      –
     klink       GERBANG_KLINK_BASE_URL          –
     kropay      GERBANG_KROPAY_API_KEY          file         required
     kropay      GERBANG_KROPAY_BASE_URL         –
     pakasir     GERBANG_PAKASIR_API_KEY         –            required
     pakasir     GERBANG_PAKASIR_WEBHOOK_SECRET  –
     pakasir     GERBANG_PAKASIR_PROJECT         –            required
     pakasir     GERBANG_PAKASIR_BASE_URL        –
     paydigital  GERBANG_PAYDIGITAL_API_KEY      environment  required
     paydigital  GERBANG_PAYDIGITAL_STORE_ID     environment  required
     paydigital  GERBANG_PAYDIGITAL_BASE_URL     –
    ");
}

#[test]
fn what_is_missing_is_told() {
    let ran = end(gerbang(&["config", "check", "--json"]).env("GERBANG_KAZUKIPAY_API_KEY", "k").spawn().unwrap());
    assert_eq!(ran.code, Some(2));
    assert_masked!(ran.stderr, @r#"{"error":{"delivery":null,"exit_code":2,"kind":null,"message":"not set: GERBANG_KAZUKIPAY_PROJECT_ID"}}"#);
    let line = ran.json().into_iter().find(|line| line["variable"] == "GERBANG_KAZUKIPAY_API_KEY").unwrap();
    assert_masked!(line, @r#"{"gateway":"kazukipay","required":true,"secret":true,"set_by":"environment","variable":"GERBANG_KAZUKIPAY_API_KEY"}"#);
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
