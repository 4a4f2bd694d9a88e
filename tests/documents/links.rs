//! Every link within the repository leads to a file, and to a heading where it names one.

use std::path::Path;

use gerbang_tests::pages::{Page, workspace};

#[test]
fn every_link_within_the_repository_leads_somewhere() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for page in Page::all() {
        for link in page.links().into_iter().filter(|link| !link.contains("://") && !link.starts_with("mailto:")) {
            count += 1;
            if let Err(why) = follow(&page, &link) {
                wrong.push(format!("{}: {link}: {why}", page.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(count >= 200, "{count}");
}

fn follow(page: &Page, link: &str) -> Result<(), &'static str> {
    let (file, anchor) = link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
    let name = match file {
        "" => page.name.clone(),
        file => below_workspace(&page.name, file).ok_or("it leaves the repository")?,
    };
    if !workspace().join(&name).exists() {
        return Err("there is no such file");
    }
    match anchor {
        Some(anchor) if !Page::read(&name).anchors().iter().any(|known| known == anchor) => Err("no such heading"),
        _ => Ok(()),
    }
}

/// The path below the workspace of a file that a page names.
fn below_workspace(page: &str, file: &str) -> Option<String> {
    let mut parts: Vec<&str> = Path::new(page).parent()?.to_str()?.split('/').filter(|part| !part.is_empty()).collect();
    for part in file.split('/') {
        match part {
            ".." => drop(parts.pop()?),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
