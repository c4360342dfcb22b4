//! What the workers of several tabs say to each other, over one BroadcastChannel per workspace.
//!
//! Messages of the protocol travel through untouched: the follower's worker reads no answers, it hands them on.

use crate::wire::{field, set_field};
use js_sys::Object;
use protocol::{PROTOCOL_VERSION, RequestId};
use wasm_bindgen::prelude::*;
use web_sys::{BroadcastChannel, MessageEvent};

/// How far the leader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lead {
    /// It has the lock and opens the database.
    Opening,
    /// It answers.
    Ready,
    /// It could not open the database.
    Failed,
}

impl Lead {
    fn name(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Ready => "ready",
            Self::Failed => "failed",
        }
    }

    fn of(name: &str) -> Option<Self> {
        [Self::Opening, Self::Ready, Self::Failed]
            .into_iter()
            .find(|lead| lead.name() == name)
    }
}

/// One message between tabs.
pub enum TabMessage {
    /// A new tab asks who leads.
    Who {
        /// Its protocol version.
        version: u32,
    },
    /// The leader says how far it is.
    Lead {
        /// The leader.
        tab: String,
        /// Its protocol version.
        version: u32,
        /// How far.
        lead: Lead,
        /// What its followers tell their pages (`Ready`, `Failed`).
        message: JsValue,
    },
    /// The workspace is locked: whatever is open must go.
    Lock,
    /// A page asks or cancels, through its own worker.
    Ask {
        /// Whose page.
        tab: String,
        /// What it sent.
        message: JsValue,
        /// The attached files.
        files: JsValue,
    },
    /// The leader answers a tab, or tells all.
    Tell {
        /// Whom; `None` is everybody.
        to: Option<String>,
        /// The request that this is the answer to; `None` for progress and events.
        answers: Option<RequestId>,
        /// What to hand to the page.
        message: JsValue,
        /// The attached files.
        files: JsValue,
    },
}

/// This tab's end of the channel.
pub struct Tabs {
    tab: String,
    channel: BroadcastChannel,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
}

impl Tabs {
    /// Joins the workspace's channel.
    ///
    /// # Errors
    /// When the browser has no such channel.
    pub fn join(
        workspace: &str,
        tab: &str,
        on_message: impl Fn(TabMessage) + 'static,
    ) -> Result<Self, JsValue> {
        let channel = BroadcastChannel::new(&lock_name(workspace))?;
        let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(message) = read(&event.data()) {
                on_message(message);
            }
        });
        channel.set_onmessage(Some(listener.as_ref().unchecked_ref()));
        Ok(Self {
            tab: tab.to_owned(),
            channel,
            _on_message: listener,
        })
    }

    /// Sends to all other tabs.
    pub fn send(&self, message: TabMessage) {
        let object = Object::new();
        let kind = match message {
            TabMessage::Who { version } => {
                set_field(&object, "version", &version.into());
                "who"
            }
            TabMessage::Lead {
                tab,
                version,
                lead,
                message,
            } => {
                set_field(&object, "tab", &tab.into());
                set_field(&object, "version", &version.into());
                set_field(&object, "lead", &lead.name().into());
                set_field(&object, "message", &message);
                "lead"
            }
            TabMessage::Lock => "lock",
            TabMessage::Ask {
                tab,
                message,
                files,
            } => {
                set_field(&object, "tab", &tab.into());
                set_field(&object, "message", &message);
                set_field(&object, "files", &files);
                "ask"
            }
            TabMessage::Tell {
                to,
                answers,
                message,
                files,
            } => {
                set_field(&object, "to", &to.into());
                set_field(&object, "answers", &answers.into());
                set_field(&object, "message", &message);
                set_field(&object, "files", &files);
                "tell"
            }
        };
        set_field(&object, "kind", &kind.into());
        // Fails only for values that cannot be cloned; these are plain objects and Blobs.
        let _ = self.channel.post_message(&object);
    }

    /// Says how far this tab, which leads, is.
    pub fn announce(&self, lead: Lead, message: JsValue) {
        self.send(TabMessage::Lead {
            tab: self.tab.clone(),
            version: PROTOCOL_VERSION,
            lead,
            message,
        });
    }

    /// Forwards what the page sent.
    pub fn ask(&self, message: JsValue, files: JsValue) {
        self.send(TabMessage::Ask {
            tab: self.tab.clone(),
            message,
            files,
        });
    }
}

/// Name of the lock and of the channel.
pub fn lock_name(workspace: &str) -> String {
    format!("shuke:{workspace}")
}

/// `None` for what another version may say that this one does not know.
fn read(data: &JsValue) -> Option<TabMessage> {
    let text = |name: &str| field(data, name).as_string();
    let version = || {
        field(data, "version")
            .as_f64()
            .map(|version| version as u32)
    };
    Some(match text("kind")?.as_str() {
        "who" => TabMessage::Who {
            version: version()?,
        },
        "lead" => TabMessage::Lead {
            tab: text("tab")?,
            version: version()?,
            lead: Lead::of(&text("lead")?)?,
            message: field(data, "message"),
        },
        "lock" => TabMessage::Lock,
        "ask" => TabMessage::Ask {
            tab: text("tab")?,
            message: field(data, "message"),
            files: field(data, "files"),
        },
        "tell" => TabMessage::Tell {
            to: text("to"),
            answers: text("answers"),
            message: field(data, "message"),
            files: field(data, "files"),
        },
        _ => return None,
    })
}
