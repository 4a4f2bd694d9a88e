//! A headless Chromium that is steered by the Chrome DevTools Protocol over a pipe.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The browser with one page.
pub struct Chromium {
    /// Killed when it is dropped.
    process: Child,
    commands: ChildStdin,
    messages: BufReader<ChildStdout>,
    /// The number of the last command.
    last: u64,
    /// The page.
    session: Option<String>,
    profile: PathBuf,
    /// What the page's console had to complain of.
    pub complaints: Vec<String>,
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}

/// The browser that `GERBANG_CHROMIUM` names, or else one that is installed.
fn installed() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("GERBANG_CHROMIUM") {
        return Some(named.into());
    }
    let path = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    std::env::split_paths(&path)
        .flat_map(|directory| names.map(|name| directory.join(name)))
        .find(|program| program.is_file())
}

impl Chromium {
    /// Starts the browser, if there is one, with a profile of its own.
    pub async fn start(profile: &str) -> Option<Self> {
        let program = installed()?;
        let profile = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{profile}-{}", std::process::id()));
        // The browser reads commands from file 3 and writes messages to file 4. Its own sandbox does not work in many
        // containers, and the only pages that it sees are those of the test.
        let mut process = Command::new("sh")
            .args(["-c", "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1", "sh"])
            .arg(program)
            .args(["--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
            .args(["--no-first-run", "--disable-background-networking", "--disable-component-update"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("a shell");
        let (commands, messages) = (process.stdin.take().unwrap(), BufReader::new(process.stdout.take().unwrap()));
        let mut browser = Self { process, commands, messages, last: 0, session: None, profile, complaints: Vec::new() };
        let target = browser.command("Target.createTarget", json!({"url": "about:blank"})).await.unwrap();
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let attached = browser.command("Target.attachToTarget", attach).await.unwrap();
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page.enable", "Runtime.enable", "Log.enable"] {
            browser.command(domain, json!({})).await.unwrap();
        }
        Some(browser)
    }

    /// Sends a command and waits for its result.
    async fn command(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        self.last += 1;
        let mut command = json!({"id": self.last, "method": method, "params": params});
        if let Some(session) = &self.session {
            command["sessionId"] = session.as_str().into();
        }
        let text = format!("{command}\0");
        self.commands.write_all(text.as_bytes()).await.expect("a browser that runs");
        loop {
            let mut bytes = Vec::new();
            let read = tokio::time::timeout(PATIENCE, self.messages.read_until(0, &mut bytes)).await;
            assert!(read.expect("an answer in time").expect("a pipe") > 0, "the browser has ended");
            bytes.pop();
            let mut message: Value = serde_json::from_slice(&bytes).expect("JSON");
            if message["id"] == self.last {
                return match message.get("error") {
                    Some(error) => Err(error.clone()),
                    None => Ok(message["result"].take()),
                };
            }
            if ["Runtime.exceptionThrown", "Log.entryAdded"].iter().any(|name| message["method"] == *name) {
                self.complaints.push(message["params"].to_string());
            }
        }
    }

    /// Ends the browser, and waits until it has.
    pub async fn close(mut self) {
        self.session = None;
        self.command("Browser.close", json!({})).await.unwrap();
        tokio::time::timeout(PATIENCE, self.process.wait()).await.expect("an end in time").unwrap();
    }

    /// Goes to an address and waits until the page is there.
    pub async fn open(&mut self, url: &str) {
        self.command("Page.navigate", json!({"url": url})).await.unwrap();
        self.until(&format!("location.href === '{url}' && document.readyState === 'complete'")).await;
    }

    /// Gives the page a size.
    pub async fn resize(&mut self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
        self.command("Emulation.setDeviceMetricsOverride", size).await.unwrap();
        self.until(&format!("innerWidth === {width}")).await;
    }

    /// The value of an expression. `None` if the page went away meanwhile, or the expression throws.
    async fn try_evaluate(&mut self, expression: &str) -> Option<Value> {
        let params = json!({"expression": expression, "returnByValue": true});
        let mut result = self.command("Runtime.evaluate", params).await.ok()?;
        result.get("exceptionDetails").is_none().then(|| result["result"]["value"].take())
    }

    /// The value of an expression.
    pub async fn evaluate(&mut self, expression: &str) -> Value {
        self.try_evaluate(expression).await.unwrap_or_else(|| panic!("{expression} throws"))
    }

    /// Waits until an expression is true.
    pub async fn until(&mut self, expression: &str) {
        let begun = Instant::now();
        while self.try_evaluate(expression).await != Some(Value::Bool(true)) {
            assert!(begun.elapsed() < PATIENCE, "{expression} does not become true");
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// Clicks an element when it is there. It must be seen, with nothing before it.
    pub async fn click(&mut self, selector: &str) {
        self.until(&format!(
            "(() => {{
                const element = document.querySelector('{selector}');
                if (!element) return false;
                element.scrollIntoView({{ block: 'center' }});
                const box = element.getBoundingClientRect();
                const seen = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
                if (!element.contains(seen)) return false;
                element.click();
                return true;
            }})()"
        ))
        .await;
    }

    /// The whole page as a picture in the directory that `GERBANG_SCREENSHOTS` names, if it does.
    pub async fn screenshot(&mut self, name: &str) {
        let Some(directory) = std::env::var_os("GERBANG_SCREENSHOTS") else { return };
        let params = json!({"format": "png", "captureBeyondViewport": true});
        let picture = self.command("Page.captureScreenshot", params).await.unwrap();
        let picture = STANDARD.decode(picture["data"].as_str().unwrap()).unwrap();
        std::fs::write(PathBuf::from(directory).join(format!("{name}.png")), picture).unwrap();
    }
}
