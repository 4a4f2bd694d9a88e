//! `docs/guides/operations.md`.

use std::fs;

use gerbang_tests::pages::Page;

use crate::run::lines_of_json;
use crate::shell::{Server, Shell, blocks, free_port};

const GUIDE: &str = "docs/guides/operations.md";

/// A daemon that is set up, which nobody asks for a payment; and the address of it.
fn daemon() -> (Server, Shell, String) {
    let mut shell = Shell::new();
    let (port, directory) = (free_port(), shell.directory.display().to_string());
    let settings = format!(
        "listen = \"127.0.0.1:{port}\"\ndatabase = \"sqlite:{directory}/book.db\"\n\
         [accounts.kropay-main]\ngateway = \"kropay\"\napi_key = \"key\"\n"
    );
    let file = shell.directory.join("serve.toml");
    fs::write(&file, settings).unwrap();
    shell.put(file.display().to_string(), "/etc/gerbang/serve.toml");
    let daemon = shell.start("gerbang serve --settings /etc/gerbang/serve.toml --log json");
    let url = daemon.said("# daemon");
    (daemon, shell, url)
}

#[test]
fn token_is_made_found_in_the_list_and_revoked() {
    let (_daemon, mut shell, url) = daemon();
    let commands = &blocks(GUIDE)[0];
    let [new, list, revoke] = commands.lines().collect::<Vec<_>>()[..] else { panic!("{commands}") };
    let token = shell.succeed(new).trim().to_owned();
    let ask = format!("curl -sS -o answer -w '%{{http_code}}' -H 'Authorization: Bearer {token}' {url}/v1/accounts");
    assert_eq!(shell.succeed(&ask), "200");
    assert!(shell.succeed(list).contains("shop-2027"));
    let listed = &lines_of_json(&shell.succeed(&format!("{list} --json")))[0];
    shell.put(format!("revoke {}", listed["id"].as_str().unwrap()), "revoke ID");
    shell.succeed(revoke);
    shell.succeed_until(&ask, |status| status == "401");
}

#[test]
fn figures_and_levels_of_the_guide_are_there() {
    let (_daemon, shell, url) = daemon();
    let token = shell.succeed(blocks(GUIDE)[0].lines().next().unwrap()).trim().to_owned();
    let figures = shell.succeed(&format!("curl -fsS -H 'Authorization: Bearer {token}' {url}/metrics"));
    let named: Vec<_> = Page::read(GUIDE).quoted().into_iter().filter(|text| text.starts_with("gerbang_")).collect();
    assert_eq!(named.len(), 4, "{named:?}");
    for figure in named {
        assert!(figures.contains(&format!("# TYPE {figure} ")), "there is no {figure}: {figures}");
    }
    // The filter of the guide, on the log itself.
    let filter = blocks(GUIDE)[1].split('|').skip(1).collect::<Vec<_>>().join("|").replace("WARN|ERROR", "INFO");
    assert!(shell.succeed(&format!("cat log | {filter}")).contains("/metrics"));
}
