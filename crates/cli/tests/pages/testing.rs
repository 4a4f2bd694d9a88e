//! `docs/guides/testing.md`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use gerbang_tests::pages::Page;

use crate::shell::{Server, Shell, blocks, free_port};

const GUIDE: &str = "docs/guides/testing.md";

/// The shop of the guide: it acknowledges every notification. Gives the port that it listens at.
fn shop() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || listener.incoming().map_while(Result::ok).for_each(acknowledge));
    port
}

fn acknowledge(mut stream: TcpStream) {
    let mut reader = BufReader::new(&stream);
    let mut length = 0;
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
        let header = line.to_ascii_lowercase();
        length = header.strip_prefix("content-length:").map_or(length, |value| value.trim().parse().unwrap());
        line.clear();
    }
    let _ = reader.take(length).read_to_end(&mut Vec::new());
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 17\r\nConnection: close\r\n\r\n";
    let _ = write!(stream, "{head}{{\"success\": true}}");
}

/// The sandbox of the guide with a shop, and its lines for a shell.
fn sandbox(shell: &mut Shell) -> (Server, String) {
    shell.put(format!("127.0.0.1:{}", free_port()), "127.0.0.1:4000");
    shell.put(format!("127.0.0.1:{}", shop()), "127.0.0.1:3000");
    let server = shell.start(&blocks(GUIDE)[0]);
    let mut exports = String::new();
    while !exports.contains("GERBANG_SANDBOX=") {
        exports += &(server.lines.find("export ") + "\n");
    }
    (server, exports)
}

fn create(order: &str) -> String {
    format!("gerbang pay --provider kropay --amount 10000 --reference {order} > {order}.txt\n")
}

/// Runs a command of the guide's table after what it presupposes.
fn code_of(command: &str, before: &str) -> Option<i32> {
    let mut shell = Shell::new();
    let (_server, exports) = sandbox(&mut shell);
    shell.succeed(&format!("{exports}{}{before}", create("ORDER-1")));
    shell.run(&(exports + command)).code
}

#[test]
fn commands_of_the_table_end_with_the_codes_of_the_table() {
    let page = Page::read(GUIDE);
    let rows: Vec<_> = page.prose().filter(|line| line.starts_with("| `gerbang sandbox ")).collect();
    assert_eq!(rows.len(), 8, "{rows:#?}");
    let mut codes = Vec::new();
    for row in rows {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let command = cells[1].trim_matches('`');
        let before = match command {
            command if command.contains("--late") => "gerbang sandbox expire ORDER-1",
            command if command.contains(" wait ") => "gerbang sandbox pay ORDER-1",
            _ => "",
        };
        assert_eq!(code_of(command, before), Some(0), "{row}");
        assert!(cells[3].starts_with('0'), "{row}");
        codes.push(cells[3].to_owned());
    }
    assert!(codes.iter().any(|codes| codes == "0 paid, 3 over, 5 neither in time"), "{codes:?}");
    assert_eq!(code_of("gerbang sandbox wait ORDER-1 --for 20s", "gerbang sandbox expire ORDER-1"), Some(3));
    assert_eq!(code_of("gerbang sandbox wait ORDER-1 --for 1s", ""), Some(5));
}

#[test]
fn calls_of_the_testing_guide_are_answered_as_it_says() {
    let mut shell = Shell::new();
    let (_server, exports) = sandbox(&mut shell);
    shell.succeed(&format!("{exports}{}{}", create("ORDER-1"), create("ORDER-2")));
    // Without it curl ends well whatever is answered.
    shell.put("curl -fsS ", "curl ");
    let [_, calls, keys, ..] = &blocks(GUIDE)[..] else { panic!("blocks are missing") };
    let answered = shell.succeed(calls);
    assert!(answered.contains("\"acknowledged\"") && answered.contains("openapi: 3"), "{answered}");
    shell.succeed(keys);
    assert_eq!(shell.run("curl http://127.0.0.1:4000/_sandbox/payments/kropay/ORDER-9").code, Some(22));
}
