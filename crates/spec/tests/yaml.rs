//! Reading YAML: lines, duplicate keys, depth, and what is refused.

use gerbang_spec::yaml::Document;

#[test]
fn knows_the_line_of_each_value() {
    let document = Document::parse("a: 1\nb:\n  - x: '2'\n  - y: null\n", "t.yaml").unwrap();
    assert_eq!(document.value, serde_json::json!({"a": 1, "b": [{"x": "2"}, {"y": null}]}));
    assert_eq!(document.line("/a"), 1);
    assert_eq!(document.line("/b/0/x"), 3);
    assert_eq!(document.line("/b/1/y"), 4);
    assert_eq!(document.line("/b/1/absent"), 4);
}

#[test]
fn reports_every_duplicate_key() {
    let problems = Document::parse("a: 1\na: 2\nb: {c: 1, c: 2}\n", "t.yaml").unwrap_err();
    let lines: Vec<_> = problems.iter().map(|problem| (problem.rule, problem.line)).collect();
    assert_eq!(lines, [("duplicate-key", 2), ("duplicate-key", 3)]);
}

#[test]
fn refuses_what_is_nested_too_deep() {
    let nested = |depth: usize| "- ".repeat(depth) + "1\n";
    assert!(Document::parse(&nested(100), "t.yaml").is_ok());
    for depth in [101, 100_000] {
        let problems = Document::parse(&nested(depth), "t.yaml").unwrap_err();
        assert_eq!((problems.len(), problems[0].rule), (1, "yaml-syntax"), "{problems:?}");
    }
}

#[test]
fn refuses_anchors_and_broken_yaml() {
    assert_eq!(Document::parse("a: &x 1\nb: *x\n", "t.yaml").unwrap_err().len(), 2);
    assert_eq!(Document::parse("a: [1\n", "t.yaml").unwrap_err()[0].rule, "yaml-syntax");
    assert_eq!(Document::parse("", "t.yaml").unwrap_err()[0].rule, "yaml-syntax");
}

#[test]
fn json_with_surrogates_is_read() {
    let document = Document::parse(r#"{"a": "\ud83d\ude00 \\ud83d \u00e9", "\uD83D\uDE00": 1}"#, "t.json").unwrap();
    assert_eq!(document.value, serde_json::json!({"a": "\u{1f600} \\ud83d \u{e9}", "\u{1f600}": 1}));
    for half in [r#"{"a": "\ud83d"}"#, r#"{"a": "\ude00\ud83d"}"#, r#"{"a": "\ud83d\u0041"}"#] {
        assert_eq!(Document::parse(half, "t.json").unwrap_err()[0].rule, "yaml-syntax", "{half}");
    }
}
