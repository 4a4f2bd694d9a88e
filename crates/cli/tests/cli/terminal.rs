//! What a person sees, in a terminal of tmux. Where that is not installed, these tests say so and check nothing.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use gerbang_sandbox::Provider;

use crate::run::{Shop, wait_until};

/// A terminal with a program in it. It ends when this is dropped.
struct Terminal {
    /// The name of a server of tmux of its own.
    server: String,
}

impl Terminal {
    /// Runs the command in a terminal of this size; none where there is no tmux. `variables` come before the command.
    fn run(shop: &Shop, (width, height): (u16, u16), variables: &str, args: &str) -> Option<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        if Command::new("tmux").arg("-V").stdout(Stdio::null()).status().is_err() {
            eprintln!("left out: tmux is not installed");
            return None;
        }
        let server = format!("gerbang-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let terminal = Self { server };
        // The last program keeps the terminal open, and the shell outlives Ctrl-C.
        let program =
            format!("trap : INT; {variables} '{}' {args}; echo exit code $?; exec cat", env!("CARGO_BIN_EXE_gerbang"));
        let (width, height) = (width.to_string(), height.to_string());
        let mut tmux = terminal.tmux(&["-f", "/dev/null", "new-session", "-d", "-x", &width, "-y", &height, &program]);
        tmux.envs(shop.variables("key")).env("SHELL", "/bin/sh").env_remove("NO_COLOR");
        assert!(tmux.status().unwrap().success());
        Some(terminal)
    }

    fn tmux(&self, args: &[&str]) -> Command {
        let mut tmux = Command::new("tmux");
        // UTF-8, whatever the locale is.
        tmux.args(["-u", "-L", &self.server]).args(args).env("LC_ALL", "C.UTF-8");
        tmux
    }

    fn output_of(&self, args: &[&str]) -> String {
        let output = self.tmux(args).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What is on the screen.
    fn screen(&self) -> String {
        self.output_of(&["capture-pane", "-p"])
    }

    /// What is on the screen and above it, with the codes of its colours.
    fn coloured(&self) -> String {
        self.output_of(&["capture-pane", "-p", "-e", "-N", "-S", "-"])
    }

    fn resize(&self, width: u16, height: u16) {
        self.output_of(&["resize-window", "-x", &width.to_string(), "-y", &height.to_string()]);
    }

    fn press(&self, key: &str) {
        self.output_of(&["send-keys", key]);
    }

    fn wait_for(&self, text: &str) -> String {
        wait_until(|| self.screen().contains(text));
        self.screen()
    }

    /// Waits until the countdown has gone on.
    fn wait_for_next_second(&self) -> String {
        let before = self.screen();
        wait_until(|| countdown(&self.screen()) != countdown(&before));
        self.screen()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        _ = self.tmux(&["kill-server"]).status();
    }
}

const COUNTDOWN: &str = " left (Ctrl-C stops)";

/// The time in the countdown's lines, of which there should be one.
fn countdown(screen: &str) -> Vec<&str> {
    let lines = screen.lines().filter(|line| line.contains(COUNTDOWN));
    lines.map(|line| line.split_whitespace().nth(2).unwrap_or_default()).collect()
}

const PAY: &str = "pay --provider kropay --amount 10000 --reference ORDER-1";

/// The colours of a terminal where none are set: text and background, from black 0 to white 255.
type Theme = (u8, u8);
const DARK: Theme = (200, 0);
const LIGHT: Theme = (30, 255);

/// The text of the only QR code that a camera finds on a screen.
fn scan(coloured: &str, theme: Theme) -> Option<String> {
    const SCALE: usize = 4;
    let mut colours = theme;
    // What is set in one line holds in the next.
    let rows: Vec<_> = coloured.lines().map(|line| pixels(line, &mut colours, theme)).collect();
    let width = rows.iter().map(Vec::len).max()?;
    let shade = |x: usize, y: usize| {
        let (x, y) = (x / SCALE, y / SCALE);
        rows[y / 2].get(x).map_or(theme.1, |halves| halves[y % 2])
    };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width * SCALE, 2 * rows.len() * SCALE, shade);
    let codes = image.detect_grids();
    let [code] = codes.as_slice() else { return None };
    code.decode().ok().map(|(_, text)| text)
}

/// The upper and the lower half of each character of a line.
fn pixels(line: &str, colours: &mut Theme, theme: Theme) -> Vec<[u8; 2]> {
    let mut pixels = Vec::new();
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            let code: String = characters.by_ref().skip(1).take_while(|c| *c != 'm').collect();
            *colours = after(&code, *colours, theme);
            continue;
        }
        let (text, background) = *colours;
        pixels.push(match character {
            ' ' => [background, background],
            '▀' => [text, background],
            '▄' => [background, text],
            '█' => [text, text],
            // Any letter: neither light nor dark.
            _ => [text / 2 + background / 2; 2],
        });
    }
    pixels
}

/// The colours after a code, of which only those of the QR code, black and white, are known here.
fn after(code: &str, (mut text, mut background): Theme, theme: Theme) -> Theme {
    for part in code.replace("38;5;", "text").replace("48;5;", "background").split(';') {
        match part {
            "" | "0" => (text, background) = theme,
            "39" => text = theme.0,
            "49" => background = theme.1,
            "text16" => text = 0,
            "background231" => background = 255,
            _ => {}
        }
    }
    (text, background)
}

fn payload(shop: &Shop) -> String {
    shop.sandbox.payment(Provider::Kropay, "ORDER-1").unwrap().qris.unwrap()
}

#[test]
fn the_code_on_the_screen_is_scanned_on_any_background() {
    let shop = Shop::new();
    let Some(terminal) = Terminal::run(&shop, (100, 45), "", &format!("{PAY} --watch")) else { return };
    let screen = terminal.wait_for(COUNTDOWN);
    let lines: Vec<_> = screen.lines().collect();
    assert!(lines.contains(&"pay Rp10.020") && screen.contains("\ngerbang watch kropay:10000:10020:"), "{screen}");
    let coloured = terminal.coloured();
    for theme in [DARK, LIGHT] {
        assert_eq!(scan(&coloured, theme), Some(payload(&shop)), "{screen}");
    }
    assert!(coloured.contains("\u{1b}[1mpay Rp10.020"), "the amount is bold: {coloured}");
}

#[test]
fn without_colours_the_code_fits_the_background_asked_for() {
    let shop = Shop::new();
    for (args, theme) in [(PAY.to_owned(), DARK), (format!("{PAY}-2 --qr=light"), LIGHT)] {
        let Some(terminal) = Terminal::run(&shop, (100, 45), "NO_COLOR=1", &args) else { return };
        terminal.wait_for("exit code 0");
        let coloured = terminal.coloured();
        assert!(!coloured.contains('\u{1b}'), "{coloured}");
        let scanned = scan(&coloured, theme).expect("a code");
        assert!(shop.sandbox.payments().iter().any(|payment| payment.qris.as_ref() == Some(&scanned)));
    }
}

#[test]
fn the_countdown_goes_on_in_its_line() {
    let shop = Shop::new();
    let Some(terminal) = Terminal::run(&shop, (100, 45), "", &format!("{PAY} --watch")) else { return };
    let before = terminal.wait_for(COUNTDOWN);
    let after = terminal.wait_for_next_second();
    let differing: Vec<_> = before.lines().zip(after.lines()).filter(|(before, after)| before != after).collect();
    assert_eq!((differing.len(), before.lines().count()), (1, after.lines().count()), "{before}\n{after}");
    assert!(differing[0].0.contains(COUNTDOWN) && differing[0].1.contains(COUNTDOWN), "{differing:?}");
}

#[test]
fn a_window_may_change_its_size() {
    let shop = Shop::new();
    let Some(terminal) = Terminal::run(&shop, (100, 45), "", &format!("{PAY} --watch")) else { return };
    terminal.wait_for(COUNTDOWN);
    for (width, height) in [(60, 20), (120, 50), (100, 45)] {
        terminal.resize(width, height);
        terminal.wait_for_next_second();
        let screen = terminal.wait_for_next_second();
        assert_eq!(countdown(&screen).len(), 1, "{width} × {height}:\n{screen}");
    }
    assert_eq!(scan(&terminal.coloured(), DARK), Some(payload(&shop)));
}

#[test]
fn a_small_window_shows_the_payload_and_no_broken_code() {
    let shop = Shop::new();
    for (at, size) in [(80, 24), (50, 60)].into_iter().enumerate() {
        let Some(terminal) = Terminal::run(&shop, size, "", &format!("{PAY}-{at}")) else { return };
        terminal.wait_for("exit code 0");
        let screen = terminal.output_of(&["capture-pane", "-p", "-J"]);
        assert!(!screen.contains(['▀', '▄', '█']), "{screen}");
        let (width, height) = size;
        assert!(screen.contains(&format!("this one has {width} and {height}.")), "{screen}");
        let payment = shop.sandbox.payment(Provider::Kropay, &format!("ORDER-1-{at}")).unwrap();
        assert!(screen.contains(&format!("QRIS {}", payment.qris.unwrap())), "{screen}");
    }
}

#[test]
fn the_countdown_goes_when_the_payment_is_paid() {
    let shop = Shop::new();
    let Some(terminal) = Terminal::run(&shop, (100, 45), "", &format!("{PAY} --watch")) else { return };
    terminal.wait_for(COUNTDOWN);
    shop.sandbox.pay(Provider::Kropay, "ORDER-1").unwrap();
    let screen = terminal.wait_for("exit code");
    assert!(screen.contains("\npaid  kropay  ORDER-1") && screen.contains("exit code 0"), "{screen}");
    assert!(!screen.contains(COUNTDOWN), "{screen}");
}

#[test]
fn ctrl_c_says_how_to_go_on() {
    let shop = Shop::new();
    let Some(terminal) = Terminal::run(&shop, (120, 45), "", &format!("{PAY} --watch")) else { return };
    terminal.wait_for(COUNTDOWN);
    terminal.press("C-c");
    let screen = terminal.wait_for("exit code");
    assert!(
        screen.contains("stopped watching; the payment goes on; to watch it again: gerbang watch kropay:"),
        "{screen}"
    );
    assert!(screen.contains("exit code 130") && !screen.contains(COUNTDOWN), "{screen}");
}

#[test]
fn a_picture_of_a_gateway_does_not_reach_the_screen() {
    let shop = Shop::new();
    let args = "kropay qris-image --reference PG-1";
    let Some(terminal) = Terminal::run(&shop, (100, 24), "", args) else { return };
    let screen = terminal.wait_for("exit code");
    assert!(screen.contains("is not for a terminal") && screen.contains("exit code 2"), "{screen}");
    assert_eq!(shop.sandbox.request_count(Provider::Kropay), 0);
}

#[test]
fn the_demo_shows_a_code_and_a_table() {
    let shop = Shop::new();
    let Some(terminal) = Terminal::run(&shop, (80, 24), "", "demo") else { return };
    let screen = terminal.wait_for("exit code 0");
    assert_eq!(screen.matches(" PAID ").count(), Provider::ALL.len(), "{screen}");
    assert!(scan(&terminal.coloured(), DARK).is_some_and(|payload| payload.starts_with("000201")), "{screen}");
}
