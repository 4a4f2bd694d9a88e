//! `gerbang qris`, as a program.

mod cases;
mod pictures;

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// Pakasir's sample: dynamic, of Rp100.003.
const DYNAMIC: &str = "00020101021226610016ID.CO.SHOPEE.WWW01189360091800216005230208216005230303UME51440014ID.CO.QRIS.WWW\
    0215ID10243228429300303UME5204792953033605409100003.005802ID5907Pakasir6012KAB. KEBUMEN61055439262\
    230519SP25RZRATEQI2HQ65Q46304A079";

struct Run {
    exit: i32,
    stdout: Vec<u8>,
    stderr: String,
}

impl Run {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout).unwrap_or_else(|error| panic!("{error}: {} {}", self.text(), self.stderr))
    }
}

fn run_with(arguments: &[&str], input: &[u8]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gerbang"));
    command.arg("qris").args(arguments).env_clear().env("COLUMNS", "80");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Not everything reads it.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    Run { exit: output.status.code().unwrap(), stdout: output.stdout, stderr }
}

fn run(arguments: &[&str]) -> Run {
    run_with(arguments, b"")
}

/// A static payload, whose merchant types no amount in.
fn sticker() -> String {
    let builder = gerbang::qris::QrisBuilder::new("Warung Budi", "BANDUNG", "5812");
    builder.nmid("ID1024322842930", "UMI").additional(1, "BILL-7").reference("ORDER-42").build().unwrap()
}

/// The payload with another last digit.
fn damaged() -> String {
    format!("{}8", &DYNAMIC[..DYNAMIC.len() - 1])
}

#[test]
fn all_fields_are_shown() {
    let decoded = run(&["decode", DYNAMIC]);
    assert_eq!(decoded.exit, 0);
    for line in [
        "Pakasir, KAB. KEBUMEN",
        "dynamic: for one payment, of Rp100.003",
        "NMID ID1024322842930",
        "  01  account number (PAN)          936009180021600523",
        "54  amount                          100003.00",
        "  05  reference                     SP25RZRATEQI2HQ65Q4",
        "63  checksum                        A079  right",
    ] {
        assert!(decoded.text().lines().any(|found| found == line), "{line}: {}", decoded.text());
    }
    assert!(run(&["decode", &sticker()]).text().contains("01  bill number                   BILL-7"));
}

#[test]
fn a_program_reads_the_same() {
    let shown = run(&["decode", "--json", DYNAMIC]).json();
    for (name, value) in [
        ("checksum_valid", json!(true)),
        ("initiation", json!("dynamic")),
        ("merchant_name", json!("Pakasir")),
        ("nmid", json!("ID1024322842930")),
        ("amount", json!(100_003)),
        ("tip", json!(null)),
        ("reference", json!("SP25RZRATEQI2HQ65Q4")),
    ] {
        assert_eq!(shown[name], value, "{name}");
    }
    let accounts = shown["accounts"].as_array().unwrap();
    assert_eq!((accounts.len(), &accounts[0]["pan"]), (2, &json!("936009180021600523")));
    let tags = shown["tags"].as_array().unwrap();
    assert_eq!((&tags[2]["tag"], &tags[2]["sub_tags"][3]), (&json!("26"), &json!({"tag": "03", "value": "UME"})));
    let whole: String = tags
        .iter()
        .map(|tag| {
            let value = tag["value"].as_str().unwrap();
            format!("{}{:02}{value}", tag["tag"].as_str().unwrap(), value.chars().count())
        })
        .collect();
    assert_eq!(whole, DYNAMIC);
}

#[test]
fn a_damaged_payload_is_shown_only_on_request_never_as_good() {
    let damaged = damaged();
    for command in ["decode", "render", "to-static", "anonymise"] {
        let run = run(&[command, &damaged]);
        assert_eq!((run.exit, run.stdout.len()), (1, 0), "{command}");
        assert!(run.stderr.contains("the checksum is wrong"), "{}", run.stderr);
    }
    assert_eq!(run(&["set-amount", "1", &damaged]).exit, 1);
    let verified = run(&["verify", &damaged]);
    assert!(verified.exit == 1 && verified.text().starts_with("not valid\n"), "{}", verified.text());
    assert!(verified.text().contains("the checksum is wrong"), "{}", verified.text());
    let shown = run(&["decode", "--unverified", &damaged]);
    assert_eq!(shown.exit, 1);
    assert!(shown.text().contains("Pakasir") && shown.text().contains("wrong: do not show or pay"), "{}", shown.text());
    assert!(!shown.text().contains("A079"), "{}", shown.text());
    let shown = run(&["decode", "--unverified", "--json", &damaged]).json();
    assert_eq!(
        (&shown["checksum_valid"], &shown["tags"].as_array().unwrap().last().unwrap()["value"]),
        (&json!(false), &json!(null))
    );
    // More than the checksum is wrong.
    assert_eq!(run(&["decode", "--unverified", &DYNAMIC[..50]]).exit, 1);
}

#[test]
fn the_amount_is_verified() {
    let tipped = run(&["set-amount", "25000", "--tip", "0.7%", &sticker()]);
    let tipped = tipped.text().trim();
    let asked = run(&["set-amount", "25000", "--tip", "ask", &sticker()]).text().trim().to_owned();
    for (arguments, exit, words) in [
        (&["verify", DYNAMIC][..], 0, "it asks for Rp100.003"),
        (&["verify", DYNAMIC, "--amount", "100003"], 0, "it asks for Rp100.003"),
        (&["verify", DYNAMIC, "--amount", "100004"], 1, "the amount is 100003 instead of 100004 rupiah"),
        (&["verify", &sticker()], 0, "it states no amount"),
        (&["verify", &sticker(), "--amount", "1"], 1, "no amount is stated"),
        (&["verify", tipped], 0, "and a tip of 0.70 %"),
        (&["verify", tipped, "--amount", "25000"], 1, "a tip or a fee is added to the amount"),
        (&["verify", &asked, "--amount", "25000"], 0, "the payer is asked for a tip"),
        (&["verify", ""], 1, "does not begin"),
        (&["verify", DYNAMIC, "--amount=-1"], 2, "--amount"),
    ] {
        let run = run(arguments);
        assert_eq!(run.exit, exit, "{arguments:?}: {}", run.stderr);
        assert!(format!("{}{}", run.text(), run.stderr).contains(words), "{words}: {} {}", run.text(), run.stderr);
    }
    let shown = run(&["verify", "--json", tipped]).json();
    let missing = json!({
        "level": "warning", "code": "postal_code.missing", "tag": "61", "byte": null,
        "en": "the postal code is missing, which a payload of Indonesia must have",
        "id": "kode pos yang wajib ada di payload Indonesia tidak ada",
    });
    let tip = json!({"kind": "percent", "hundredths": 70});
    assert_eq!(shown, json!({"valid": true, "amount": 25_000, "tip": tip, "findings": [missing]}));
    let shown = run(&["verify", "--json", "--amount", "25000", tipped]).json();
    assert_eq!((&shown["valid"], &shown["expected"]["asked_for"]), (&json!(false), &json!(false)));
    let failed = run(&["verify", "--json", &damaged()]);
    let shown = failed.json();
    assert_eq!((failed.exit, failed.stderr.as_str(), &shown["valid"]), (1, "", &json!(false)));
    assert_eq!((&shown["findings"][0]["code"], shown.get("amount")), (&json!("checksum.wrong"), None));
}

#[test]
fn an_amount_that_cannot_be_read_is_not_none() {
    let sticker = sticker();
    let shown = |payload: &str| run(&["decode", "--json", payload]).json();
    assert_eq!((&shown(&sticker)["amount"], &shown(&sticker)["tip"]), (&json!(null), &json!(null)));
    let body = sticker[..sticker.len() - 8].to_owned() + "540510.50560350063";
    let broken = format!("{body}04{:04X}", gerbang::qris::crc16(format!("{body}04").as_bytes()));
    for money in ["amount", "tip"] {
        assert_eq!(shown(&broken)[money]["kind"], json!("unreadable"), "{}", shown(&broken));
        assert_eq!(run(&["verify", "--json", &broken]).json()[money]["kind"], json!("unreadable"));
    }
}

#[test]
fn an_amount_is_set_and_comes_back() {
    let sticker = sticker();
    for (tip, kind) in [
        (None, json!(null)),
        (Some("ask"), json!({"kind": "ask"})),
        (Some("1000"), json!({"kind": "fixed", "amount": 1000})),
        (Some("0.75%"), json!({"kind": "percent", "hundredths": 75})),
    ] {
        let tip: Vec<_> = tip.into_iter().flat_map(|tip| ["--tip", tip]).collect();
        let made = run(&[&["set-amount", "25000", &sticker], tip.as_slice()].concat());
        assert_eq!(made.exit, 0, "{}", made.stderr);
        let shown = run_with(&["decode", "--json", "-"], &made.stdout).json();
        assert_eq!((&shown["amount"], &shown["initiation"], &shown["tip"]), (&json!(25_000), &json!("dynamic"), &kind));
        assert_eq!((&shown["merchant_name"], &shown["reference"]), (&json!("Warung Budi"), &json!("ORDER-42")));
    }
    let made = run(&["set-amount", "--json", "25000", &sticker]).json();
    assert_eq!(run(&["verify", "-a", "25000", made["payload"].as_str().unwrap()]).exit, 0);
}

#[test]
fn what_cannot_be_set_is_refused() {
    let sticker = sticker();
    for (arguments, exit, words) in [
        (&["set-amount", "0", &sticker][..], 2, "zero"),
        (&["set-amount", "99999999999999", &sticker], 2, "large"),
        (&["set-amount", "1,5", &sticker], 2, "invalid value"),
        (&["set-amount", "1", &sticker, "--tip", "x"], 2, "a tip is"),
        (&["set-amount", "1", &sticker, "--tip", "0%"], 2, "zero"),
        (&["set-amount", "1", DYNAMIC], 1, "take the merchant's static payload"),
        (&["set-amount", "1", &sticker, "--reference", "abcdefghijklmnopqrstuvwxyz"], 2, "tag 62-05: too long"),
        (&["set-amount", "1", "--lines", &sticker], 2, "--lines needs"),
    ] {
        let run = run(arguments);
        assert_eq!((run.exit, run.stdout.len()), (exit, 0), "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
}

#[test]
fn an_order_has_labels_and_is_made_static_again() {
    let plain = gerbang::qris::QrisBuilder::new("Warung Budi", "BANDUNG", "5812").nmid("ID1024322842930", "UMI");
    let plain = plain.postal_code("40111").terminal("A01").build().unwrap();
    let labels = ["--reference", "INV-7", "--invoice", "B-7", "--terminal", "T9", "--purpose", "POSP", "--fee", "500"];
    let made = run(&[&["set-amount", "25000", &plain], &labels[..]].concat());
    assert_eq!(made.exit, 0, "{}", made.stderr);
    let shown = run_with(&["decode", "--json", "-"], &made.stdout).json();
    let expected = (&json!("INV-7"), &json!("T9"), &json!("payment"), &json!({"kind": "fixed", "amount": 500}));
    assert_eq!((&shown["reference"], &shown["terminal"], &shown["purpose"], &shown["tip"]), expected);
    let back = run_with(&["to-static", "-"], &made.stdout);
    assert_eq!(run_with(&["decode", "--json", "-"], &back.stdout).json()["amount"], json!(null));
    let made = run(&["set-amount", "25000", &plain, "--reference", "INV-7"]);
    assert_eq!(run_with(&["to-static", "-"], &made.stdout).text().trim(), plain);
}

#[test]
fn a_payload_for_a_bug_report_has_no_names() {
    let anonymous = run(&["anonymise", &sticker()]);
    assert_eq!((anonymous.exit, anonymous.text().trim().len()), (0, sticker().len()));
    for named in ["Warung", "BANDUNG", "1024322842930", "BILL-7", "ORDER-42"] {
        assert!(sticker().contains(named) && !anonymous.text().contains(named), "{named}: {}", anonymous.text());
    }
    assert_eq!(run_with(&["verify", "-"], &anonymous.stdout).exit, 0);
}

#[test]
fn each_line_of_a_batch_has_its_answer() {
    let input = format!("{DYNAMIC}\r\n\n{}\n{}\nqris.png", sticker(), damaged());
    let lines = |run: &Run| run.text().lines().map(str::to_owned).collect::<Vec<_>>();
    let made = run_with(&["set-amount", "25000", "--lines", "-"], input.as_bytes());
    assert_eq!(made.exit, 1);
    let payloads = lines(&made);
    assert_eq!(payloads.len(), 5);
    assert!(payloads[2].starts_with("000201010212"), "{payloads:?}");
    assert!([0, 1, 3, 4].iter().all(|line| payloads[*line].is_empty()), "{payloads:?}");
    for words in ["line 1: ", "line 2: ", "line 4: ", "line 5: this is a picture"] {
        assert!(made.stderr.contains(words), "{words}: {}", made.stderr);
    }
    for command in [&["verify"][..], &["decode"], &["to-static"], &["anonymise"], &["set-amount", "25000"]] {
        let run = run_with(&[command, &["--lines", "--json", "-"]].concat(), input.as_bytes());
        assert_eq!((run.exit, run.stderr.as_str()), (1, ""), "{command:?}");
        let answers: Vec<Value> = lines(&run).iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        let numbers: Vec<_> = answers.iter().map(|answer| answer["line"].as_u64()).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5].map(Some), "{command:?}");
        let is_good = |answer: &Value| answer.get("error").is_none() && answer["valid"] != json!(false);
        let good: Vec<_> = answers.iter().map(is_good).collect();
        let first = command[0] != "set-amount";
        assert_eq!(good, [first, false, true, false, false], "{command:?}");
    }
    let all = format!("{DYNAMIC}\n{}\n", sticker());
    assert_eq!(run_with(&["verify", "--lines", "-"], all.as_bytes()).exit, 0);
    assert_eq!(run_with(&["verify", "--lines", "-"], b"").exit, 0);
    assert_eq!(run_with(&["verify", "--lines", "-"], b"\xff\n").exit, 1);
}

#[test]
fn a_payload_comes_from_an_argument_a_file_or_stdin() {
    let path = format!("{}/payload.txt", env!("CARGO_TARGET_TMPDIR"));
    for end in ["", "\n", "\r\n"] {
        let text = format!("{DYNAMIC}{end}");
        fs::write(&path, &text).unwrap();
        assert_eq!(run(&["verify", &format!("@{path}")]).exit, 0, "{end:?}");
        assert_eq!(run_with(&["verify", "-"], text.as_bytes()).exit, 0, "{end:?}");
    }
    let broken = format!("{}\n{}", &DYNAMIC[..60], &DYNAMIC[60..]);
    let utf_16: Vec<u8> = "\u{FEFF}".chars().chain(DYNAMIC.chars()).flat_map(|c| (c as u16).to_le_bytes()).collect();
    for (input, exit, words) in [
        (format!("{DYNAMIC}\n\n").into_bytes(), 0, "white space around the payload"),
        (format!(" {DYNAMIC}").into_bytes(), 0, "white space around the payload"),
        (utf_16, 0, "UTF-16"),
        (broken.into_bytes(), 1, "line breaks in the payload"),
        (vec![b'0'; 100_000], 1, "too long"),
        (vec![0xFF], 2, "not UTF-8"),
    ] {
        for command in ["verify", "decode"] {
            let run = run_with(&[command, "-"], &input);
            let said = format!("{}{}", run.text(), run.stderr);
            assert!(run.exit == exit && said.contains(words), "{command}, {words}: {said}");
        }
    }
    assert_eq!(run(&["verify", "@/does/not/exist"]).exit, 2);
}

/// What a scanner reads.
fn scan(width: usize, height: usize, lightness: impl FnMut(usize, usize) -> u8) -> String {
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, lightness);
    let codes = image.detect_grids();
    assert_eq!(codes.len(), 1, "codes in the picture");
    codes[0].decode().expect("a readable code").1
}

fn scan_png(png: &[u8]) -> (u32, String) {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    let width = frame.width as usize;
    (frame.width, scan(width, frame.height as usize, |x, y| pixels[y * width + x]))
}

#[test]
fn a_scanner_reads_the_png() {
    let path = format!("{}/code.png", env!("CARGO_TARGET_TMPDIR"));
    let drawn = run(&["render", "--png", &path, DYNAMIC]);
    assert_eq!((drawn.exit, drawn.stdout.len()), (0, 0), "{}", drawn.stderr);
    let (wide, payload) = scan_png(&fs::read(&path).unwrap());
    assert_eq!(payload, DYNAMIC);
    let drawn = run(&["render", "--png", "-", "--scale", "4", DYNAMIC]);
    assert_eq!((wide, DYNAMIC.to_owned()), (2 * scan_png(&drawn.stdout).0, scan_png(&drawn.stdout).1));
    assert_eq!(run(&["render", "--png", &path, "--json", DYNAMIC]).json(), json!({"file": path}));
}

#[test]
fn a_scanner_reads_the_text_on_the_background_that_it_is_for() {
    for (arguments, foreground) in [(&[][..], 255), (&["--background", "dark"], 255), (&["--background", "light"], 0)] {
        let drawn = run(&[&["render", DYNAMIC], arguments].concat());
        assert_eq!(drawn.exit, 0, "{}", drawn.stderr);
        let lines: Vec<Vec<char>> = drawn.text().lines().map(|line| line.chars().collect()).collect();
        // Four pixels a module, so that a scanner sees edges.
        let (width, height) = (lines[0].len(), 2 * lines.len());
        let payload = scan(4 * width, 4 * height, |x, y| {
            let (x, y) = (x / 4, y / 4);
            let is_drawn = match lines[y / 2][x] {
                '█' => true,
                '▀' => y % 2 == 0,
                '▄' => y % 2 == 1,
                _ => false,
            };
            if is_drawn { foreground } else { 255 - foreground }
        });
        assert_eq!(payload, DYNAMIC);
    }
    assert!(run(&["render", "--json", DYNAMIC]).json()["text"].as_str().unwrap().contains('█'));
}

#[test]
fn an_svg_is_drawn() {
    let path = format!("{}/code.svg", env!("CARGO_TARGET_TMPDIR"));
    assert_eq!(run(&["render", "--svg", &path, DYNAMIC]).exit, 0);
    let expected = gerbang::qris::Qris::parse(DYNAMIC).unwrap().to_svg().unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
    assert_eq!(run(&["render", "--svg", "-", DYNAMIC]).text(), expected);
    let shown = run(&["render", "--svg", "-", "--json", DYNAMIC]).json();
    let decoded = data_encoding::BASE64.decode(shown["base64"].as_str().unwrap().as_bytes()).unwrap();
    assert_eq!((&shown["media_type"], decoded), (&json!("image/svg+xml"), expected.into_bytes()));
}

#[test]
fn a_picture_that_cannot_be_written_is_a_failure() {
    for (arguments, exit) in [
        (&["--png", "/does/not/exist.png"][..], 1),
        (&["--svg", "/does/not/exist.svg"], 1),
        (&["--svg", "-", "--png", "-"], 2),
        (&["--scale", "4"], 2),
        (&["--png", "-", "--scale", "0"], 2),
    ] {
        let run = run(&[&["render", DYNAMIC], arguments].concat());
        assert_eq!((run.exit, run.stdout.len()), (exit, 0), "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn each_help_fits_a_screen_and_has_an_example() {
    for arguments in [
        &["--help"][..],
        &["decode", "--help"],
        &["verify", "--help"],
        &["set-amount", "--help"],
        &["to-static", "--help"],
        &["anonymise", "--help"],
        &["render", "--help"],
    ] {
        let run = run(arguments);
        assert_eq!(run.exit, 0);
        assert!(run.text().lines().count() <= 40 && run.text().contains("Example"), "{}", run.text());
        assert!(run.text().lines().all(|line| line.chars().count() <= 80), "{}", run.text());
    }
}

#[test]
fn payloads_are_explained_in_indonesian() {
    let id = |arguments: &[&str]| run(&[arguments, &["--lang", "id"]].concat());
    let (damaged, short) = (damaged(), &DYNAMIC[..50]);
    let shown = id(&["decode", "--unverified", &damaged]);
    for line in
        ["dinamis: untuk satu pembayaran, sebesar Rp100.003", "59  nama merchant", "salah: jangan tunjukkan atau bayar"]
    {
        assert!(shown.text().contains(line), "{}", shown.text());
    }
    let verified = id(&["verify", "--amount", "10", DYNAMIC]);
    for line in ["tidak sah  checksum benar; meminta Rp100.003", "galat    payload QRIS, tag 54", "bukan 10"] {
        assert!(verified.text().contains(line), "{}", verified.text());
    }
    let report = run(&["verify", "--json", short]).json();
    let finding = report["findings"][0]["id"].as_str().unwrap().to_owned();
    assert!(id(&["verify", short]).text().contains(&finding), "{finding}");
    for (arguments, expected) in [
        (["decode", &damaged], "checksum salah; payload rusak atau telah diubah; --unverified"),
        (["decode", "@/nonexistent"], "galat: /nonexistent tidak dapat dibaca: berkas atau direktori tidak ada"),
        (["to-static", short], "galat: payload QRIS"),
    ] {
        let refused = id(&arguments).stderr;
        assert!(refused.contains(expected), "{refused}");
    }
}
