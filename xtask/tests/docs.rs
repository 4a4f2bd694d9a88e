//! Documents and their recorded states: HTML, text and PDF text, from servers and from copies, and whatever keeps a document
//! from being read.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use gerbang_spec::specs;
use gerbang_spec::yaml::Document;
use xtask::docs::{Records, sources};

const HTML: &str = "<!DOCTYPE html><html><head><title>Shop</title></head><body><nav><h2>Menu</h2></nav>
<h1>Shop API</h1><p>Send the key in <code>X-Key</code>.</p>
<h2>Create payment</h2><p>Creates a payment.</p>
<h3>Response</h3><pre>{\"status\": \"pending\"}</pre>
<h2>Status</h2><p>Asks for a payment.</p>
<h3>Response</h3><pre>{\"status\": \"paid\"}</pre>
<footer>Updated 1 May 2026</footer></body></html>";

const TEXT: &str = "Shop API\nSend the key in X-Key.\nUpdated 1 May 2026\n1. Create payment\nCreates a payment.\nResponse\n\
                    {\"status\": \"pending\"}\n2. Status\nAsks for a payment.\nResponse\n{\"status\": \"paid\"}\n";

/// As `pdftotext` writes it: pages end with a form feed, after their number.
const PDF_TEXT: &str = "Shop API\n\nSend the key in X-Key.\n\n1. Create payment\nCreates a\npayment.\n\n1\n\u{c}Response\n\
                        {\"status\": \"pending\"}\n\n2. Status\n\nAsks for a payment.\n\n2\n\u{c}Response\n{\"status\": \"paid\"}\n";

const SPEC: &str = "paths:
  /payments:
    post:
      operationId: create_payment
      x-source: {document: Shop API, section: 1. Create payment, read: 2026-11-20}
  /payments/{id}:
    get:
      operationId: payment_status
      x-source: {document: Shop API, section: 2. Status, read: 2026-11-20}
";

const HEADINGS: &str = r"headings = ['^Shop API$', '^\d\. ', '^Response$']";

/// A workspace with one provider, whose one document has these settings.
fn workspace(name: &str, settings: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&directory);
    for folder in ["copies", "specs", "xtask"] {
        fs::create_dir_all(directory.join(folder)).unwrap();
    }
    fs::write(directory.join("xtask/Cargo.toml"), "").unwrap();
    fs::write(directory.join("specs/shop.yaml"), SPEC).unwrap();
    let file = format!(
        "# A word to the reader.

[[ignore]]
pattern = 'Updated \\d+ \\w+ \\d{{4}}'
reason = \"It changes with every edit.\"

# The shop's.
[[document]]
provider = \"shop\"
name = \"Shop API\"
file = \"shop\" # here
{settings}
"
    );
    fs::write(directory.join("specs/docs.toml"), file).unwrap();
    directory
}

fn docs(directory: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    run(Command::new(env!("CARGO_BIN_EXE_xtask")).current_dir(directory).arg("docs").args(arguments))
}

fn run(command: &mut Command) -> (Option<i32>, String) {
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

/// The document is recorded, then changed; what is said of the change.
fn change(directory: &Path, old: &str, new: &str) -> (Option<i32>, String) {
    let copy = directory.join("copies/shop");
    fs::write(&copy, old).unwrap();
    let (code, said) = docs(directory, &["accept", "--from", "copies"]);
    assert_eq!(code, Some(0), "{said}");
    fs::write(&copy, new).unwrap();
    docs(directory, &["check", "--from", "copies"])
}

#[test]
fn changed_blocks_are_named_by_heading_with_their_operations() {
    let forms = [
        ("docs-html", "kind = \"html\"".to_owned(), HTML.replace("<h2>C", "<h2>1. C").replace("<h2>S", "<h2>2. S")),
        ("docs-text", format!("kind = \"text\"\n{HEADINGS}"), TEXT.to_owned()),
        (
            "docs-pdf",
            format!("kind = \"pdf\"\n{HEADINGS}\nignore = [{{ pattern = '^\\d+$', reason = \"A page's number.\" }}]"),
            PDF_TEXT.to_owned(),
        ),
    ];
    for (name, settings, document) in forms {
        let directory = workspace(name, &settings);
        let (code, said) =
            change(&directory, &document, &document.replace("1 May", "2 June").replace("\n2\n", "\n3\n"));
        assert_eq!(code, Some(0), "{name}: {said}");
        assert!(said.contains("shop: Shop API: unchanged since 2") && said.contains("(5 blocks)"), "{name}: {said}");

        let (code, said) = change(&directory, &document, &document.replace("\"paid\"", "\"settled\""));
        assert_eq!(code, Some(1), "{name}: {said}");
        let expected = "  changed  Shop API › 2. Status › Response
           touches payment_status (specs/shop.yaml:9)\n";
        assert!(said.contains("shop: Shop API: CHANGED (1, since 2") && said.ends_with(expected), "{name}: {said}");

        let (code, said) = change(&directory, &document, &document.replace("the key in", "a token in"));
        assert_eq!(code, Some(1), "{name}: {said}");
        let expected = "  changed  Shop API
           touches create_payment (specs/shop.yaml:5), payment_status (specs/shop.yaml:9)\n";
        assert!(said.ends_with(expected), "{name}: {said}");
    }
}

#[test]
fn added_removed_moved_and_renamed_blocks_are_named() {
    let directory = workspace("docs-kinds", &format!("kind = \"text\"\n{HEADINGS}"));
    let create = "1. Create payment\nCreates a payment.\nResponse\n{\"status\": \"pending\"}\n";
    let (head, status) = TEXT.split_once(create).unwrap();
    for (new, expected) in [
        (format!("{TEXT}3. Cancel\nCancels.\n"), "  added    Shop API › 3. Cancel\n           touches no operation\n"),
        (
            format!("{head}{status}"),
            "  removed  Shop API › 1. Create payment\n           touches create_payment (specs/shop.yaml:5)\n  \
             removed  Shop API › 1. Create payment › Response\n           touches create_payment (specs/shop.yaml:5)\n",
        ),
        (
            format!("{head}{status}{create}"),
            "  moved    Shop API › 2. Status\n           touches payment_status (specs/shop.yaml:9)\n  \
             moved    Shop API › 2. Status › Response\n           touches payment_status (specs/shop.yaml:9)\n",
        ),
        (
            TEXT.replace("2. Status", "2. State"),
            "  renamed  Shop API › 2. Status -> Shop API › 2. State\n           touches payment_status (specs/shop.yaml:9)\n",
        ),
    ] {
        let (code, said) = change(&directory, TEXT, &new);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(expected), "{expected}\n{said}");
    }
}

#[test]
fn accepting_writes_headings_and_fingerprints_and_nothing_else() {
    let directory = workspace("docs-accept", &format!("kind = \"text\"\n{HEADINGS}"));
    let file = directory.join("specs/docs.toml");
    let before = fs::read_to_string(&file).unwrap();
    fs::write(directory.join("copies/shop"), TEXT).unwrap();
    let (code, said) = docs(&directory, &["check", "--from", "copies"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("CHANGED (5, never recorded)"), "{said}");
    let (code, said) = docs(&directory, &["accept", "shop", "--from", "copies"]);
    assert_eq!((code, said.as_str()), (Some(0), "shop: Shop API: recorded (5 blocks, 5 changes)\n"));
    let after = fs::read_to_string(&file).unwrap();
    let added = after.strip_prefix(&before).expect("what was there is there");
    let mut lines = added.lines();
    assert!(lines.next().unwrap().starts_with("read = 20"), "{added}");
    assert_eq!(lines.next(), Some("blocks = ["));
    assert!(added.contains("heading = [\"Shop API\", \"1. Create payment\"] },\n"), "{added}");
    assert!(!added.contains("Creates") && !added.contains("X-Key"), "{added}");
    assert_eq!(docs(&directory, &["check", "--from", "copies"]).0, Some(0));
    assert_eq!(docs(&directory, &["accept", "--from", "copies"]).0, Some(0));
    assert_eq!(fs::read_to_string(&file).unwrap(), after, "accepting the same changes nothing");
}

/// A server that answers so many requests by their path with what is to be sent.
fn serve(requests: usize, answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming().take(requests) {
            let mut stream: TcpStream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let request = lines.next().unwrap().unwrap();
            while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
            // Whoever has read enough hangs up.
            let _ = stream.write_all(&answer(request.split(' ').nth(1).unwrap()));
        }
    });
    address
}

fn reply(status: &str, more: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\n{more}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

#[test]
fn documents_are_fetched() {
    let address = serve(3, |path| match path {
        "/docs" => reply("302 Found", "Location: /docs/v1\r\n", b""),
        "/docs/v1" => reply("200 OK", "Content-Type: text/html\r\n", HTML.as_bytes()),
        _ => reply("404 Not Found", "", b"no"),
    });
    let directory = workspace("docs-fetch", &format!("kind = \"html\"\nurl = \"{address}/docs\""));
    let (code, said) = docs(&directory, &["accept"]);
    assert_eq!(code, Some(0), "{said}");
    let changed = HTML.replace("Asks for", "Reports");
    let address = serve(1, move |_| reply("200 OK", "", changed.as_bytes()));
    let file = directory.join("specs/docs.toml");
    let old = fs::read_to_string(&file).unwrap();
    let line = old.lines().find(|line| line.starts_with("url")).unwrap();
    fs::write(&file, old.replace(line, &format!("url = \"{address}\""))).unwrap();
    let (code, said) = docs(&directory, &["check"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("  changed  Shop API › Status\n"), "{said}");
}

#[test]
fn what_cannot_be_fetched_is_reported_and_not_recorded() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    // Connections wait there to be accepted.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent_address = silent.local_addr().unwrap();
    let huge = || [HTML.as_bytes(), &vec![b' '; 17 * 1024 * 1024]].concat();
    for (address, words) in [
        (format!("http://{closed}/"), "onnect"),
        (serve(20, |_| reply("404 Not Found", "", HTML.as_bytes())), "the server answers 404 Not Found"),
        (format!("http://{silent_address}/"), "timed out"),
        (serve(20, move |_| reply("200 OK", "", &huge())), "larger than 16 MiB"),
        (serve(20, |_| reply("200 OK", "Transfer-Encoding: chunked\r\n", b"not a chunk")), "body"),
        (serve(20, |_| reply("200 OK", "", b"<h1>Just a moment...</h1>")), "no heading of the document"),
        (serve(20, |_| reply("302 Found", "Location: http://example.com/\r\n", b"")), "the server answers 302 Found"),
        (serve(20, |_| reply("302 Found", "Location: /again\r\n", b"")), "the server answers 302 Found"),
        ("http://example.com/".to_owned(), "is not https"),
        ("file:///etc/hostname".to_owned(), "is not https"),
        ("shop".to_owned(), "is no address"),
    ] {
        let blocks = "blocks = [{ fingerprint = \"empty\", heading = [\"Shop API\"] }]";
        let settings = format!("kind = \"html\"\nurl = \"{address}\"\nread = 2026-11-20\n{blocks}");
        let directory = workspace("docs-unreachable", &settings);
        let before = fs::read_to_string(directory.join("specs/docs.toml")).unwrap();
        for task in ["check", "accept"] {
            let (code, said) = docs(&directory, &[task, "--timeout", "1"]);
            assert_eq!(code, Some(3), "{address}: {said}");
            assert!(said.starts_with("shop: Shop API: UNREACHABLE: ") && said.contains(words), "{address}: {said}");
        }
        assert_eq!(fs::read_to_string(directory.join("specs/docs.toml")).unwrap(), before);
    }
    drop(silent);
}

#[test]
fn document_without_address_or_copy_is_unreachable_others_go_on() {
    let directory = workspace("docs-absent", "kind = \"html\"");
    let file = directory.join("specs/docs.toml");
    let more = "[[document]]\nprovider = \"shop\"\nname = \"More\"\nfile = \"more\"\nkind = \"html\"\n";
    fs::write(&file, fs::read_to_string(&file).unwrap() + more).unwrap();
    let (code, said) = docs(&directory, &["check"]);
    assert_eq!(code, Some(3), "{said}");
    assert_eq!(said.matches("UNREACHABLE: its address is not known").count(), 2, "{said}");
    fs::write(directory.join("copies/shop"), HTML).unwrap();
    let (code, said) = docs(&directory, &["accept", "--from", "copies"]);
    assert_eq!(code, Some(3), "{said}");
    assert!(
        said.starts_with("shop: Shop API: recorded (5 blocks, 5 changes)\nshop: More: UNREACHABLE: copies/more"),
        "{said}"
    );
    fs::write(directory.join("copies/shop"), HTML.replace("paid", "settled")).unwrap();
    let (code, said) = docs(&directory, &["check", "--from", "copies"]);
    assert_eq!(code, Some(1), "a change outweighs: {said}");
    assert!(said.contains("UNREACHABLE"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_pdf_is_read_by_pdftotext_where_that_is_installed() {
    use std::os::unix::fs::PermissionsExt;

    let directory = workspace("docs-pdftotext", &format!("kind = \"pdf\"\n{HEADINGS}"));
    fs::write(directory.join("copies/shop"), "%PDF-1.7 ...").unwrap();
    let bin = directory.join("bin");
    fs::create_dir_all(&bin).unwrap();
    let check = |task: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.current_dir(&directory).env("PATH", &bin).args(["docs", task, "--from", "copies", "--timeout", "1"]);
        run(&mut command)
    };
    let (code, said) = check("check");
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("it is a PDF, and `pdftotext` (of poppler-utils) cannot be run"), "{said}");

    // Takes the place of the program, which is not everywhere: takes the document as input and knows the text.
    fs::write(directory.join("text"), PDF_TEXT).unwrap();
    let text = directory.join("text");
    for (script, code, words) in [
        (
            format!("[ \"$*\" = '-q -enc UTF-8 - -' ] || exit 9; read -r a; exec /bin/cat '{}'", text.display()),
            0,
            "recorded (5 blocks, 5 changes)",
        ),
        ("exit 3".to_owned(), 3, "`pdftotext` failed: exit status: 3"),
        ("exec /bin/sleep 600".to_owned(), 3, "`pdftotext` took too long"),
    ] {
        let program = bin.join("pdftotext");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let (found, said) = check("accept");
        assert_eq!(found, Some(code), "{script}: {said}");
        assert!(said.contains(words), "{script}: {said}");
    }
}

#[test]
fn mistakes_in_file_and_command_line_are_errors_of_usage() {
    for (settings, words) in [
        ("kind = \"word\"", "unknown variant"),
        ("kind = \"text\"", "`headings` finds those of text and PDF"),
        ("kind = \"html\"\nheadings = ['a']", "`headings` finds those of text and PDF"),
        ("kind = \"text\"\nheadings = ['(']", "unclosed group"),
        ("kind = \"html\"\nignore = [{ pattern = 'a', reason = ' ' }]", "ignored without a reason"),
        ("kind = \"html\"\ncolour = 1", "unknown field"),
    ] {
        let (code, said) = docs(&workspace("docs-mistakes", settings), &["check"]);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("docs.toml") && said.contains(words), "{settings}: {said}");
    }
    let directory = workspace("docs-usage", "kind = \"html\"");
    for (arguments, words) in [
        (&["check", "nobody"][..], "no document of `nobody`"),
        (&["look"], "unrecognized"),
        (&["check", "--timeout", "0"], "0"),
    ] {
        let (code, said) = docs(&directory, arguments);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(words), "{said}");
    }
    let file = directory.join("specs/docs.toml");
    fs::write(&file, fs::read_to_string(&file).unwrap().replace("file = \"shop\"", "file = \"../shop\"")).unwrap();
    assert_eq!(docs(&directory, &["check"]).0, Some(2));
}

#[test]
fn every_source_of_a_spec_is_a_heading_of_a_recorded_document() {
    let directory = specs::workspace().join("specs");
    let records = Records::load(&directory.join("docs.toml")).unwrap();
    let mut checked = 0;
    for spec in specs::find(&directory, &[]).unwrap() {
        for source in sources(&Document::load(&spec.path, &spec.display_name()).unwrap()) {
            let record =
                records.documents.iter().find(|it| it.provider == spec.provider() && it.name == source.document);
            let record = record.unwrap_or_else(|| panic!("{}: no such document", source.document));
            if record.read.is_some() {
                assert!(record.blocks.iter().any(|block| source.names(&block.path)), "{source:?}");
                checked += 1;
            }
        }
    }
    assert!(checked > 30, "{checked}");
}
