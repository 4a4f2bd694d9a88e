//! A page and the same in Indonesian (`.id.md`) have the same parts, commands and links.

use std::collections::BTreeSet;

use gerbang_tests::pages::{Block, Page};

/// Where each page is in both languages.
const IN_BOTH: [&str; 2] = ["docs/guides/", "docs/gateways/"];

/// The list of the guides is one page for both.
const ONE_FOR_BOTH: &str = "docs/guides/README.md";

#[test]
fn each_guide_and_page_of_a_gateway_is_in_both_languages() {
    let names: BTreeSet<_> = Page::all().into_iter().map(|page| page.name).collect();
    let wanted = names.iter().filter(|name| IN_BOTH.iter().any(|start| name.starts_with(start)));
    for english in wanted.filter(|name| !name.ends_with(".id.md") && *name != ONE_FOR_BOTH) {
        assert!(names.contains(&indonesian(english)), "{english} is not there in Indonesian");
    }
    let pairs = pairs();
    assert!(pairs.len() >= 13, "{}", pairs.len());
    for (english, indonesian) in pairs {
        let (here, there) = (file_name(&english.name), file_name(&indonesian.name));
        assert!(english.links().iter().any(|link| link == there), "{} does not lead to {there}", english.name);
        assert!(indonesian.links().iter().any(|link| link == here), "{} does not lead to {here}", indonesian.name);
    }
}

#[test]
fn both_languages_have_the_same_parts() {
    for (english, indonesian) in pairs() {
        let depths = |page: &Page| page.headings().iter().map(|(depth, _)| *depth).collect::<Vec<_>>();
        assert_eq!(depths(&english), depths(&indonesian), "headings of {}", indonesian.name);
        for start in ["|", "- ", "1. ", "2. ", "3. ", "4. "] {
            let count = |page: &Page| page.prose().filter(|line| line.trim_start().starts_with(start)).count();
            assert_eq!(count(&english), count(&indonesian), "lines of {} that begin with {start:?}", indonesian.name);
        }
    }
}

#[test]
fn both_languages_have_the_same_code_but_for_comments() {
    for (english, indonesian) in pairs() {
        let (english_blocks, indonesian_blocks) = (english.blocks(), indonesian.blocks());
        assert_eq!(english_blocks.len(), indonesian_blocks.len(), "blocks of {}", indonesian.name);
        for (one, other) in english_blocks.iter().zip(&indonesian_blocks) {
            assert_eq!(one.info, other.info, "{}", indonesian.name);
            assert_eq!(without_comments(one), without_comments(other), "{}", indonesian.name);
        }
    }
}

#[test]
fn both_languages_lead_to_the_same_places() {
    for (english, indonesian) in pairs() {
        assert_eq!(places(&english), places(&indonesian), "links of {}", indonesian.name);
    }
}

/// The pages that are there in Indonesian, in English and in Indonesian.
fn pairs() -> Vec<(Page, Page)> {
    let translated = Page::all().into_iter().filter(|page| page.name.ends_with(".id.md"));
    translated.map(|page| (Page::read(&page.name.replace(".id.md", ".md")), page)).collect()
}

fn indonesian(name: &str) -> String {
    name.replace(".md", ".id.md")
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

/// The files that a page leads to, whichever language they are in.
fn places(page: &Page) -> BTreeSet<String> {
    let own = file_name(&page.name).replace(".id.md", ".md");
    let places = page.links().into_iter().map(|link| link.split('#').next().unwrap().replace(".id.md", ".md"));
    places.filter(|place| !place.is_empty() && *place != own).collect()
}

fn without_comments(block: &Block) -> String {
    let mark = if block.info.starts_with("rust") { "//" } else { "# " };
    let code = |line: &str| line.split_once(mark).map_or(line, |(code, _)| code).trim_end().to_owned();
    block.text.lines().map(code).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}
