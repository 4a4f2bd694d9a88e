//! Documents and their recorded states: HTML, text and PDF text, from servers and from copies, and whatever keeps a document
//! from being read.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
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
        assert!(said.contains("shop: Shop API: CHANGED (1, since 2") && said.contains(expected), "{name}: {said}");

        let (code, said) = change(&directory, &document, &document.replace("the key in", "a token in"));
        assert_eq!(code, Some(1), "{name}: {said}");
        let expected = "  changed  Shop API
           touches create_payment (specs/shop.yaml:5), payment_status (specs/shop.yaml:9)\n";
        assert!(said.contains(expected), "{name}: {said}");
    }
}

#[test]
fn old_and_new_words_are_shown_from_a_kept_copy() {
    let directory = workspace("docs-words", &format!("kind = \"text\"\n{HEADINGS}"));
    fs::write(directory.join("copies/shop"), TEXT).unwrap();
    let (code, said) = docs(&directory, &["accept", "--from", "copies", "--kept", "mine/kept"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(fs::read_to_string(directory.join("mine/kept/shop")).unwrap(), TEXT);
    let new = TEXT.replace("\"paid\"", "\"settled\"").replace("Creates a", "Creates or finds a");
    let (head, status) = new.split_once("2. Status").unwrap();
    let new = format!("{head}Response\nA second one.\n3. Status{status}");
    fs::write(directory.join("copies/shop"), &new).unwrap();
    let (code, said) = docs(&directory, &["check", "--from", "copies", "--kept", "mine/kept"]);
    assert_eq!(code, Some(1), "{said}");
    for expected in [
        "  changed  Shop API › 1. Create payment\n           touches create_payment (specs/shop.yaml:5)\n           \
         - Creates a payment.\n           + Creates or finds a payment.\n",
        "  added    Shop API › 1. Create payment › Response\n           touches create_payment (specs/shop.yaml:5)\n           \
         + A second one.\n",
        "  removed  Shop API › 2. Status › Response\n           touches payment_status (specs/shop.yaml:9)\n           \
         - {\"status\": \"paid\"}\n",
    ] {
        assert!(said.contains(expected), "{expected}\n{said}");
    }
    // Of what nobody kept, only the new words are known.
    let (_, said) = docs(&directory, &["check", "--from", "copies"]);
    let expected = "           ? no kept copy has what it said\n           + Creates or finds a payment.\n";
    assert!(said.contains(expected) && !said.contains("- Creates"), "{said}");
    // A copy of another day has what has not changed since the record.
    fs::write(directory.join("mine/kept/shop"), TEXT.replace("Creates a", "Makes a")).unwrap();
    let (_, said) = docs(&directory, &["check", "--from", "copies", "--kept", "mine/kept"]);
    assert!(said.contains(expected) && said.contains("- {\"status\": \"paid\"}"), "{said}");
    assert!(!said.contains("Makes"), "{said}");
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
    assert!(said.contains("NEVER RECORDED (5 blocks)"), "{said}");
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

/// The page with what changes from visit to visit and says nothing.
fn with_noise(page: &str, visit: usize) -> Vec<u8> {
    let page = page
        .replace("</head>", &format!("<script>let visit = {visit};</script><style>.v{visit} {{}}</style></head>"))
        .replace("<body>", &format!("<body class=\"v{visit}\"><!-- {visit} --><nav>Cart ({visit})</nav>"))
        .replace("<p>Asks for", &format!("<p id=\"p{visit}\">Asks\n   for"))
        .replace("Updated 1 May 2026", &format!("Updated {visit} June 2026</footer><svg>{visit}</svg><footer>{visit}"));
    reply("200 OK", "Content-Type: text/html\r\n", page.as_bytes())
}

#[test]
fn pages_are_fetched_through_redirects_and_noise() {
    let visits = AtomicUsize::new(0);
    let address = serve(8, move |path| {
        let page = match visits.fetch_add(1, Ordering::Relaxed) {
            0..6 => HTML.to_owned(),
            _ => HTML.replace("Asks for", "Reports"),
        };
        match path {
            "/docs" => reply("302 Found", "Location: /docs/v1?lang=en\r\n", b""),
            "/docs/v1?lang=en" => with_noise(&page, visits.load(Ordering::Relaxed)),
            _ => reply("404 Not Found", "", b"no"),
        }
    });
    let settings = format!(
        "kind = \"html\"\nurl = \"{address}/docs\"\nignore = [{{ pattern = '^\\d+$', reason = \"A count.\" }}]"
    );
    let directory = workspace("docs-fetch", &settings);
    let (code, said) = docs(&directory, &["accept", "--kept", "kept"]);
    assert_eq!(code, Some(0), "{said}");
    for _ in 0..2 {
        let (code, said) = docs(&directory, &["check"]);
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("unchanged since 2") && !said.contains("moved"), "{said}");
    }
    let (code, said) = docs(&directory, &["check", "--kept", "kept"]);
    assert_eq!(code, Some(1), "{said}");
    let expected = "  changed  Shop API › Status\n           touches no operation\n           - Asks for a payment.\n           \
                    + Reports a payment.\n";
    assert!(said.contains("CHANGED (1, since 2") && said.ends_with(expected), "{said}");
}

#[test]
fn page_that_has_moved_is_read_and_its_address_told() {
    let address = serve(7, |path| match path {
        "/docs" => reply("301 Moved Permanently", "Location: /help\r\n", b""),
        "/help" => reply("308 Permanent Redirect", "Location: /help/api\r\n", b""),
        "/help/api" => with_noise(HTML, 1),
        // The shop's first page is in the place of the document.
        _ => reply("200 OK", "", b"<html><body><h1>Welcome to the shop</h1><p>Buy.</p></body></html>"),
    });
    let directory = workspace("docs-moved", &format!("kind = \"html\"\nurl = \"{address}/docs\""));
    for (task, said_of_it) in [("accept", "recorded (5 blocks, 5 changes)"), ("check", "unchanged since 2")] {
        let (code, said) = docs(&directory, &[task]);
        assert_eq!(code, Some(0), "{said}");
        let moved = format!("\n  it has moved to {address}/help/api: write that into specs/docs.toml\n");
        assert!(said.contains(said_of_it) && said.ends_with(&moved), "{said}");
    }
    let file = directory.join("specs/docs.toml");
    fs::write(&file, fs::read_to_string(&file).unwrap().replace("/docs\"", "/\"")).unwrap();
    let (code, said) = docs(&directory, &["check"]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.starts_with("shop: Shop API: UNREADABLE: what was read has no heading of the document"), "{said}");
}

#[test]
fn what_cannot_be_fetched_is_reported_and_not_recorded() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    // Connections wait there to be accepted.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent_address = silent.local_addr().unwrap();
    let huge = || [HTML.as_bytes(), &vec![b' '; 17 * 1024 * 1024]].concat();
    for (address, word, words) in [
        (format!("http://{closed}/"), "UNREACHABLE", "onnect"),
        (serve(20, |_| reply("404 Not Found", "", HTML.as_bytes())), "UNREACHABLE", "the server answers 404 Not Found"),
        (format!("http://{silent_address}/"), "UNREACHABLE", "timed out after 1 seconds"),
        (serve(20, move |_| reply("200 OK", "", &huge())), "UNREACHABLE", "larger than 16 MiB"),
        (serve(20, |_| reply("200 OK", "Transfer-Encoding: chunked\r\n", b"not a chunk")), "UNREACHABLE", "body"),
        (serve(20, |_| reply("200 OK", "", b"<h1>Just a moment...</h1>")), "UNREADABLE", "no heading of the document"),
        (
            serve(20, |_| reply("302 Found", "Location: http://example.com/\r\n", b"")),
            "UNREACHABLE",
            "leads to http://example.com/, which is not https",
        ),
        (
            serve(20, |_| reply("302 Found", "Location: /again\r\n", b"")),
            "UNREACHABLE",
            "another address more than 5 times",
        ),
        (serve(20, |_| reply("302 Found", "", b"")), "UNREACHABLE", "the server answers 302 Found"),
        ("http://example.com/".to_owned(), "UNREACHABLE", "is not https"),
        ("file:///etc/hostname".to_owned(), "UNREACHABLE", "is not https"),
        ("shop".to_owned(), "UNREACHABLE", "is no address"),
    ] {
        let blocks = "blocks = [{ fingerprint = \"empty\", heading = [\"Shop API\"] }]";
        let settings = format!("kind = \"html\"\nurl = \"{address}\"\nread = 2026-11-20\n{blocks}");
        let directory = workspace("docs-unreachable", &settings);
        let before = fs::read_to_string(directory.join("specs/docs.toml")).unwrap();
        for task in ["check", "accept"] {
            let (code, said) = docs(&directory, &[task, "--timeout", "1"]);
            assert_eq!(code, Some(3), "{address}: {said}");
            let begin = format!("shop: Shop API: {word}: ");
            assert!(said.starts_with(&begin) && said.contains(words), "{address}: {said}");
        }
        assert_eq!(fs::read_to_string(directory.join("specs/docs.toml")).unwrap(), before);
    }
    drop(silent);
}

#[test]
fn document_without_address_or_copy_is_named_others_go_on() {
    let directory = workspace("docs-absent", "kind = \"html\"");
    let file = directory.join("specs/docs.toml");
    let more = "[[document]]\nprovider = \"shop\"\nname = \"More\"\nfile = \"more\"\nkind = \"html\"\n";
    fs::write(&file, fs::read_to_string(&file).unwrap() + more).unwrap();
    let (code, said) = docs(&directory, &["check"]);
    assert_eq!(code, Some(3), "none was looked at: {said}");
    assert_eq!(said.matches(": NO ADDRESS: nobody knows where it lives").count(), 2, "{said}");
    fs::write(directory.join("copies/shop"), HTML).unwrap();
    let (code, said) = docs(&directory, &["accept", "--from", "copies"]);
    assert_eq!(code, Some(3), "{said}");
    let expected = "shop: Shop API: recorded (5 blocks, 5 changes)\nshop: More: NO COPY: copies/more";
    assert!(said.starts_with(expected), "{said}");
    fs::write(directory.join("copies/shop"), HTML.replace("paid", "settled")).unwrap();
    let (code, said) = docs(&directory, &["check", "--from", "copies"]);
    assert_eq!(code, Some(1), "a change outweighs: {said}");
    assert!(said.contains("shop: More: NO COPY: "), "{said}");

    // Nobody can know more of the one without an address: that keeps no other from being checked.
    let address = serve(1, |_| reply("200 OK", "", HTML.as_bytes()));
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("file = \"shop\" # here", &format!("file = \"shop\"\nurl = \"{address}\""))).unwrap();
    let (code, said) = docs(&directory, &["check"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("unchanged since 2") && said.contains("shop: More: NO ADDRESS: "), "{said}");
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
    assert!(said.contains("UNREADABLE: it is a PDF, and `pdftotext` (of poppler-utils) cannot be run"), "{said}");

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

/// Where each document is known to live; of the one that is not here nobody knows.
const ADDRESSES: [(&str, &str); 11] = [
    ("kazukipay", "https://www.oberonix.org/docs.php"),
    ("kropay", "https://kropay.krispediadigital.my.id/docs"),
    ("midtrans", "https://docs.midtrans.com/reference/core-api-overview"),
    ("pakasir", "https://pakasir.com/p/docs"),
    ("pakasir", "https://pakasir.com/p/create-transaction"),
    ("pakasir", "https://pakasir.com/p/get-started"),
    ("pakasir", "https://pakasir.com/p/transaction-status"),
    ("pakasir", "https://pakasir.com/p/cancel-transaction"),
    ("pakasir", "https://pakasir.com/p/webhook"),
    ("paydigital", "https://paydigital.biz.id/docs.php"),
    ("tripay", "https://tripay.co.id/developer"),
];

#[test]
fn every_known_address_is_recorded_and_is_https() {
    let records = Records::load(&specs::workspace().join("specs/docs.toml")).unwrap();
    let known = records.documents.iter().filter_map(|it| Some((it.provider.as_str(), it.url.as_deref()?)));
    assert_eq!(known.collect::<Vec<_>>(), ADDRESSES);
    let unknown: Vec<_> = records.documents.iter().filter(|it| it.url.is_none()).map(|it| &it.provider).collect();
    assert_eq!(unknown, ["klink"]);
}
