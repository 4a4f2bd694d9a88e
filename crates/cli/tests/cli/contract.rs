//! What `--json` promises: one object a line on the standard output, for every command and every error.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::run::{Shop, directory, end, gerbang, run};

#[test]
fn wrong_use_is_an_object_with_a_code() {
    for (args, words) in [
        (&["--json"][..], "requires a subcommand"),
        (&["pay", "--json"], "--amount"),
        (&["pay", "-p", "nope", "-a", "1", "--json"], "nope"),
        (&["pay", "-p", "kropay", "-a", "1e3", "--json"], "whole rupiah"),
        (&["statu", "--json"], "'status'"),
        (&["kropay", "payment-status", "--json"], "--reference"),
        (&["webhook", "listen", "--listen", "nowhere", "--json"], "127.0.0.1:3000"),
        (&["--json", "status", "ORDER-1"], "gerbang pay"),
        (&["config", "check", "--profile", "none", "--json"], "there is no file with the profile"),
    ] {
        let ran = run(args);
        let failure = ran.failure();
        assert_eq!((ran.code, ran.json().len(), ran.stderr.as_str()), (Some(2), 1, ""), "{args:?}: {ran:?}");
        assert_eq!((&failure["code"], &failure["exit_code"]), (&json!("usage"), &json!(2)), "{args:?}: {ran:?}");
        assert!(failure["message"].as_str().unwrap().contains(words), "{words}: {ran:?}");
    }
    // Of a payment's own words, which are no option.
    let ran = run(&["status", "--", "--json"]);
    assert!(ran.stdout.is_empty() && ran.stderr.starts_with("error: "), "{ran:?}");
}

/// All files below a directory.
fn sources(directory: &Path) -> Vec<String> {
    let paths = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let texts = |path: PathBuf| match path.is_dir() {
        true => sources(&path),
        false => vec![fs::read_to_string(&path).unwrap()],
    };
    paths.flat_map(texts).collect()
}

#[test]
fn every_code_of_an_error_is_in_the_readme() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let listed = readme.split_once("The code is the kind").unwrap().1.split_once("A list is").unwrap().0;
    let failure = fs::read_to_string(root.join("src/failure.rs")).unwrap();
    let words = failure.split_once("fn word(self)").unwrap().1.split_once("\n    }\n").unwrap().0;
    // The words are what is quoted there; what is done is no error.
    let mut codes: Vec<String> = words.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    codes.retain(|code| code != "done");
    for text in sources(&root.join("src")) {
        let given = text.split(".code(\"").skip(1).filter_map(|rest| rest.split_once('"'));
        codes.extend(given.map(|(code, _)| code.to_owned()));
    }
    assert!(["refused", "unreachable", "test_mode", "output"].iter().all(|code| codes.contains(&(*code).to_owned())));
    for code in codes {
        assert!(listed.contains(&format!("`{code}`")), "{code} is not in the README");
    }
}

#[test]
fn lists_files_and_help_are_objects() {
    let shop = Shop::new();
    let list = shop.run(&["klink", "list-banks", "--json"]);
    assert!(list.json()[0]["items"].as_array().is_some_and(|items| !items.is_empty()), "{list:?}");
    let id = shop.pay("kropay", "ORDER-1")["id"].as_str().unwrap().to_owned();
    let args = ["kropay", "qris-image", "--reference", &id];
    let picture = shop.run(&args).stdout;
    assert!(picture.starts_with("<svg") || picture.starts_with("<?xml"), "{picture}");
    let printed = shop.run(&[&args[..], &["--json"]].concat()).json().remove(0);
    assert_eq!((&printed["media_type"], &printed["bytes"]), (&json!("image/svg+xml"), &json!(picture.len())));
    let base64 = data_encoding::BASE64.decode(printed["base64"].as_str().unwrap().as_bytes());
    assert_eq!(base64.unwrap(), picture.into_bytes());

    let directory = directory();
    for (args, member) in [
        (&["--version", "--json"][..], "version"),
        (&["pay", "--help", "--json"], "help"),
        (&["completions", "bash", "--json"], "script"),
        (&["man", directory.to_str().unwrap(), "--json"], "directory"),
    ] {
        let ran = run(args);
        assert_eq!((ran.code, ran.json().len(), ran.stderr.as_str()), (Some(0), 1, ""), "{args:?}: {ran:?}");
        assert!(ran.json()[0][member].is_string(), "{args:?}: {ran:?}");
    }
}

#[test]
fn json_hides_and_steers_nothing() {
    let shop = Shop::new();
    let reference = "A\u{9b}2J\u{202e}\u{200b}\u{e0041}";
    let args = ["kropay", "create-payment", "--amount", "10000", "--merchant-ref", reference, "--json"];
    let ran = shop.run(&args);
    assert_eq!(ran.json()[0]["merchant_ref"], reference, "{ran:?}");
    assert!(ran.stdout.is_ascii(), "{ran:?}");
    let ran = run(&["status", "A\u{202e}", "--json"]);
    assert!(ran.stdout.is_ascii() && ran.code == Some(2), "{ran:?}");
}

#[test]
fn an_error_that_nobody_reads_is_on_the_standard_error() {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let ran = end(gerbang(&["status", "ORDER-1", "--json"]).stdout(writer).spawn().unwrap());
    let error: serde_json::Value = serde_json::from_str(&ran.stderr).unwrap();
    assert_eq!((ran.code, &error["error"]["code"]), (Some(2), &json!("usage")), "{ran:?}");
}

#[cfg(unix)]
#[test]
fn scripts_learn_that_others_may_read_the_keys() {
    use std::os::unix::fs::PermissionsExt;

    let file = directory().join("config.toml");
    fs::write(&file, "[profiles.shop.kropay]\napi_key = \"CANARY\"\n").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    for args in [&["config", "check", "--json"][..], &["config", "check"]] {
        let ran = end(gerbang(args).env("GERBANG_CONFIG", &file).spawn().unwrap());
        assert!(ran.stderr.contains("others may read"), "{ran:?}");
        assert_eq!(ran.stderr.starts_with('{'), args.len() == 3, "{ran:?}");
    }
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let ran = end(gerbang(&["config", "check", "--json"]).env("GERBANG_CONFIG", &file).spawn().unwrap());
    assert_eq!(ran.stderr, "", "{ran:?}");
}
