//! The daemon's settings in the pages of the gateways and in `docs/guides/notifications.md`.

use std::fs;
use std::path::Path;

use gerbang_tests::pages::Page;

use crate::shell::{Shell, blocks, free_port};

/// The settings of a page, block by block.
fn settings(page: &Page) -> Vec<String> {
    page.blocks().into_iter().filter(|block| block.info == "toml").map(|block| block.text).collect()
}

/// Has the daemon check settings. Files of secrets are there.
fn check(settings: &str) -> String {
    let shell = Shell::new();
    let secrets = shell.directory.display().to_string();
    for part in settings.split("\"/run/secrets/").skip(1) {
        fs::write(Path::new(&secrets).join(part.split('"').next().unwrap()), "secret").unwrap();
    }
    fs::write(shell.directory.join("serve.toml"), settings.replace("/run/secrets", &secrets)).unwrap();
    shell.succeed("gerbang serve --settings serve.toml --check")
}

#[test]
fn accounts_of_the_gateways_pages_are_understood() {
    let gateways = gerbang::gateways().filter(|gateway| gateway.discontinued.is_none());
    let mut wanted: Vec<_> = gateways.map(|gateway| format!("gateway = \"{}\"", gateway.name)).collect();
    for page in Page::all().iter().filter(|page| page.name.starts_with("docs/gateways/")) {
        for settings in settings(page) {
            assert!(check(&settings).contains("The settings are right."), "{}", page.name);
            wanted.retain(|line| !settings.contains(line));
        }
    }
    assert!(wanted.is_empty(), "no page shows {wanted:?}");
}

const ACCOUNT: &str = "[accounts.kropay-main]\ngateway = \"kropay\"\napi_key = \"key\"\n";

#[test]
fn settings_of_the_guide_to_notifications_are_right() {
    let page = Page::read("docs/guides/notifications.md");
    let [proxy, local] = &settings(&page)[..] else { panic!("the guide has other settings") };
    assert_eq!(check(&format!("{proxy}{ACCOUNT}")).trim(), "The settings are right.");
    let secret = "webhook_secret = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"\n";
    assert!(check(&format!("{local}{secret}{ACCOUNT}")).contains("The settings are right."));
}

#[test]
fn empty_notification_reaches_the_daemon_and_is_refused() {
    let page = Page::read("docs/guides/notifications.md");
    let mut shell = Shell::new();
    let listen = format!("127.0.0.1:{}", free_port());
    let own = format!("listen = \"{listen}\"\ndatabase = \"sqlite:{}/book.db\"\n", shell.directory.display());
    let file = shell.directory.join("serve.toml");
    fs::write(&file, format!("{own}{}{ACCOUNT}", settings(&page)[0])).unwrap();
    shell.put(file.display().to_string(), "/etc/gerbang/serve.toml");
    // The proxy passes it on as it is.
    shell.put(format!("http://{listen}"), "https://pay.example.com");
    let tried = &blocks("docs/guides/notifications.md")[0];
    let [check, hook, _] = tried.lines().collect::<Vec<_>>()[..] else { panic!("{tried}") };
    assert!(shell.succeed(check).contains("The settings are right."));
    let daemon = shell.start("gerbang serve --settings /etc/gerbang/serve.toml");
    daemon.said("# daemon");
    let answer = shell.succeed(hook);
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}
