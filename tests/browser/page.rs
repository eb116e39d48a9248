//! One page in the browser.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::chromium::Chromium;

/// A page of a browser of its own.
pub(crate) struct Page {
    browser: Chromium,
    session: String,
    url: String,
}

impl Page {
    /// Opens `file` from the disk with the network cut.
    pub(crate) fn open(file: &Path) -> Option<Self> {
        Self::open_with(file, true)
    }

    /// Opens `file` as [`Self::open`] does, and lets no script run.
    pub(crate) fn open_without_scripts(file: &Path) -> Option<Self> {
        Self::open_with(file, false)
    }

    fn open_with(file: &Path, scripts: bool) -> Option<Self> {
        let mut browser = Chromium::start()?;
        let target = browser.call(None, "Target.createTarget", json!({"url": "about:blank"}));
        let params = json!({"targetId": target["targetId"], "flatten": true});
        let session = browser.call(None, "Target.attachToTarget", params)["sessionId"]
            .as_str()
            .expect("a session")
            .to_owned();
        let url = format!("file://{}", file.display());
        let mut page = Self { browser, session, url };
        for domain in ["Page", "Network", "Runtime", "Log"] {
            page.call(&format!("{domain}.enable"), json!({}));
        }
        let offline =
            json!({"offline": true, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0});
        page.call("Network.emulateNetworkConditions", offline);
        page.call("Emulation.setScriptExecutionDisabled", json!({"value": !scripts}));
        page.call("Page.navigate", json!({"url": page.url}));
        page.browser.wait_for("Page.loadEventFired");
        Some(page)
    }

    pub(crate) fn call(&mut self, method: &str, params: Value) -> Value {
        let session = self.session.clone();
        self.browser.call(Some(&session), method, params)
    }

    /// The value of an expression.
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        let params = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let mut result = self.call("Runtime.evaluate", params);
        assert!(result.get("exceptionDetails").is_none(), "{expression}: {result}");
        result["result"]["value"].take()
    }

    pub(crate) fn number(&mut self, expression: &str) -> f64 {
        let value = self.eval(expression);
        value.as_f64().unwrap_or_else(|| panic!("{expression}: {value}"))
    }

    pub(crate) fn text(&mut self, expression: &str) -> String {
        let value = self.eval(expression);
        value.as_str().unwrap_or_else(|| panic!("{expression}: {value}")).to_owned()
    }

    pub(crate) fn is(&mut self, expression: &str) -> bool {
        self.eval(expression) == Value::Bool(true)
    }

    /// Presses and releases a key.
    pub(crate) fn press(&mut self, key: &str) {
        let text = match key {
            "Enter" => "\r",
            _ if key.chars().count() == 1 => key,
            _ => "",
        };
        let down = json!({"type": "keyDown", "key": key, "text": text});
        self.call("Input.dispatchKeyEvent", down);
        self.call("Input.dispatchKeyEvent", json!({"type": "keyUp", "key": key}));
    }

    /// Types into what has the focus.
    pub(crate) fn type_text(&mut self, text: &str) {
        self.call("Input.insertText", json!({"text": text}));
    }

    /// Sets a control as a user does.
    pub(crate) fn set(&mut self, id: &str, value: &str) {
        let value = Value::from(value);
        self.eval(&format!(
            "{{ const it = document.getElementById({id:?}); it.value = {value};
            it.dispatchEvent(new Event('input', {{ bubbles: true }}));
            it.dispatchEvent(new Event('change', {{ bubbles: true }})); 0 }}"
        ));
    }

    /// Waits for an expression to become true.
    pub(crate) fn wait(&mut self, expression: &str) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while !self.is(expression) {
            assert!(Instant::now() < deadline, "in vain: {expression}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Nothing was asked for but the page, nothing failed, and no text came to life.
    pub(crate) fn check_calm(&mut self) {
        // What was asked for before this answer is told before it.
        assert!(!self.is("'pwned' in window"), "a name ran");
        for request in self.browser.told("Network.requestWillBeSent") {
            let url = request["params"]["request"]["url"].as_str().unwrap_or_default();
            let own = url.split('#').next() == Some(&self.url) || url == "data:,";
            assert!(own, "asked for {url}");
        }
        let asked = self.browser.told("Network.requestWillBeSent");
        assert!(!asked.is_empty(), "requests are not seen at all");
        for trouble in [
            "Runtime.exceptionThrown",
            "Page.javascriptDialogOpening",
            "Log.entryAdded",
            "Network.webSocketCreated",
        ] {
            let told = self.browser.told(trouble);
            assert!(told.is_empty(), "{trouble}: {told:?}");
        }
    }
}
