//! `docs/running-the-daemon.md` and the files of `deploy/`: what they say is so.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::process::Command;

use gerbang_serve::{Flags, Settings};

use crate::read;

const CREDENTIALS: &str = "/run/credentials/gerbang.service/";

#[test]
fn table_says_which_gateways_are_confirmed_by_asking() {
    let page = read("docs/running-the-daemon.md");
    let table = page.split("| Gateway |").nth(1).unwrap().split("\n\n").next().unwrap();
    let rows = table.lines().skip(2).map(|row| {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        (cells[0].trim_matches('`').to_owned(), cells[1] == "yes")
    });
    let asked = gerbang::gateways().map(|gateway| (gateway.name.to_owned(), (gateway.capabilities)().status));
    assert_eq!(rows.collect::<BTreeMap<_, _>>(), asked.collect());
}

#[test]
fn settings_of_the_unit_are_read() {
    let directory = env::temp_dir().join(format!("gerbang-deploy-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    let place = format!("{}/", directory.display());
    for (name, secret) in [
        ("shop-token", "0123456789abcdef0123456789abcdef\n"),
        ("webhook-secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"),
        ("kropay", "key\n"),
    ] {
        assert!(read("deploy/gerbang.service").contains(&format!("\nLoadCredential={name}:/etc/gerbang/{name}\n")));
        fs::write(directory.join(name), secret).unwrap();
    }
    // A person who makes a token is in another directory than the daemon.
    assert!(read("deploy/serve.toml").contains("\ndatabase = \"sqlite:/var/lib/gerbang/"));
    let file = directory.join("serve.toml");
    fs::write(&file, read("deploy/serve.toml").replace(CREDENTIALS, &place)).unwrap();
    let flags = |file| Flags { file: Some(file), ..Flags::default() };
    let settings = Settings::read(&flags(file.clone()), &|_| None);
    fs::remove_file(directory.join("kropay")).unwrap();
    let wrong = Settings::read(&flags(file), &|_| None).unwrap_err();
    fs::remove_dir_all(&directory).unwrap();
    assert!(settings.is_ok(), "{settings:?}");
    assert!(wrong.iter().any(|line| line.contains("api_key_file")), "{wrong:?}");
}

#[test]
fn unit_is_understood_by_systemd() {
    let unit = gerbang_spec::specs::workspace().join("deploy/gerbang.service");
    // Containers have no systemd, on CI too.
    let Ok(output) = Command::new("systemd-analyze").arg("verify").arg(unit).output() else {
        eprintln!("SKIPPED: systemd-analyze is missing");
        return;
    };
    let said = String::from_utf8(output.stderr).unwrap();
    // The program is not installed where this runs.
    let wrong: Vec<_> =
        said.lines().filter(|line| !line.contains("/usr/local/bin/gerbang is not executable")).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
