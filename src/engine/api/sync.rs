//! Sync, as programs set it up and see it. The connection itself is `crate::sync`'s, secrets are the worker's.

use super::input::{Args, wrong};
use super::mismatch;
use crate::public::Fields;
use crate::{Context, Engine, Unanswered};
use model::IssueCode;
use protocol::{
    ApiCommand, ApiWrite, Fault, Query, Reply, SyncAuth, SyncCommand, SyncKeep, SyncOverview,
    SyncQuery, SyncReply, SyncRun, SyncSecret, SyncShare, SyncStanding, SyncTrouble,
};
use serde_json::{Map, Value, json};
use sync::Kind;

/// What a command of the API is to sync; `None` for commands about something else.
///
/// # Errors
/// `Invalid`.
pub fn api_sync(asked: &ApiCommand) -> Result<Option<SyncCommand>, Fault> {
    let mut args = Args::read(&asked.input)?;
    match asked.method {
        ApiWrite::SyncRun => {
            args.end()?;
            Ok(Some(SyncCommand::Now { whole: false }))
        }
        ApiWrite::SyncSetProfile => {
            let profile = args.next();
            let credentials = args.options()?;
            args.end()?;
            match profile {
                Value::Null => Ok(Some(SyncCommand::Disconnect)),
                Value::Object(profile) => connect(profile, &credentials).map(Some),
                other => {
                    let found = other.to_string();
                    Err(wrong(
                        "profile",
                        IssueCode::Malformed,
                        &found,
                        "a profile, or null to disconnect",
                    ))
                }
            }
        }
        _ => Ok(None),
    }
}

/// Who we are comes beside the profile, which never holds a secret.
fn connect(
    profile: Map<String, Value>,
    credentials: &Map<String, Value>,
) -> Result<SyncCommand, Fault> {
    let mut from = Fields::new(credentials, "");
    let secret = from.text("secret").unwrap_or_default();
    let user = from.text("user").unwrap_or_default();
    let header = from.text("header").unwrap_or_default();
    let keep = from.choice(
        "keep",
        &[("session", SyncKeep::Session), ("device", SyncKeep::Device)],
    );
    super::input::close(from)?;
    let auth = match (secret.is_empty(), user.is_empty(), header.is_empty()) {
        (true, _, _) => SyncAuth::None,
        (false, false, _) => SyncAuth::Basic,
        (false, true, false) => SyncAuth::Header,
        (false, true, true) => SyncAuth::Bearer,
    };
    let share = profile.get("share");
    let texts = |name: &str| -> Option<Vec<String>> {
        let items = share?.get(name)?.as_array()?;
        let texts = items.iter().filter_map(|it| it.as_str().map(str::to_owned));
        Some(texts.collect())
    };
    let all = || {
        Kind::ALL
            .iter()
            .map(|kind| kind.name().to_owned())
            .collect()
    };
    let share = SyncShare {
        kinds: texts("kinds").unwrap_or_else(all),
        withheld: texts("without").unwrap_or_default(),
    };
    let base = profile.get("base").and_then(Value::as_str);
    let address = base.unwrap_or_default().to_owned();
    Ok(SyncCommand::Connect {
        address,
        profile: Value::Object(profile).to_string(),
        findings: Vec::new(),
        secret: SyncSecret {
            auth,
            user,
            header,
            secret,
        },
        keep: keep.unwrap_or(SyncKeep::Session),
        share,
    })
}

impl Engine {
    /// The profile without anything secret; `null` where nothing is connected.
    pub(super) fn api_sync_profile(
        &mut self,
        args: &mut Args,
        context: &Context,
    ) -> Result<Value, Unanswered> {
        args.end()?;
        let overview = self.overview(context)?;
        Ok(overview.map_or(Value::Null, |it| {
            serde_json::from_str(&it.profile).unwrap_or_default()
        }))
    }

    /// How sync stands.
    pub(super) fn api_sync_status(
        &mut self,
        args: &mut Args,
        context: &Context,
    ) -> Result<Value, Unanswered> {
        args.end()?;
        let Some(overview) = self.overview(context)? else {
            return Ok(json!({ "state": "off", "pending": 0, "lastRunAt": null }));
        };
        let state = match overview.light.standing {
            SyncStanding::Running | SyncStanding::First => "running",
            SyncStanding::Offline => "offline",
            SyncStanding::Retrying | SyncStanding::NeedsPerson => "error",
            SyncStanding::InStep | SyncStanding::Waiting | SyncStanding::Paused => "idle",
        };
        let mut status = json!({
            "state": state,
            "pending": overview.light.pending,
            "lastRunAt": overview.last_run.as_deref().map(|local| self.instant(local)),
        });
        if let (Some(trouble), Value::Object(status)) = (&overview.trouble, &mut status) {
            status.insert("error".into(), issue(trouble));
        }
        Ok(status)
    }

    /// What the last run did; its number tells it from the one before.
    pub(super) fn api_sync_report(
        &mut self,
        args: &mut Args,
        context: &Context,
    ) -> Result<Value, Unanswered> {
        args.end()?;
        let query = Query::Sync(SyncQuery::Runs {
            offset: 0,
            limit: 1,
        });
        let Reply::Sync(reply) = self.query(&query, context)? else {
            return Err(mismatch());
        };
        let SyncReply::Runs(page) = *reply else {
            return Err(mismatch());
        };
        Ok(report(page.items.first()))
    }

    fn overview(&mut self, context: &Context) -> Result<Option<Box<SyncOverview>>, Unanswered> {
        let Reply::Sync(reply) = self.query(&Query::Sync(SyncQuery::Overview), context)? else {
            return Err(mismatch());
        };
        match *reply {
            SyncReply::Overview(overview) => Ok(overview),
            _ => Err(mismatch()),
        }
    }

    fn instant(&self, local: &str) -> String {
        let at = self.settings.zone.read(local);
        at.map_or_else(|_| local.to_owned(), |at| at.to_string())
    }
}

fn report(run: Option<&SyncRun>) -> Value {
    let Some(run) = run else {
        return json!({ "run": 0, "pulled": 0, "pushed": 0, "conflicts": 0, "errors": [] });
    };
    let errors: Vec<Value> = run.trouble.iter().map(issue).collect();
    json!({
        "run": run.id, "pulled": run.received, "pushed": run.sent, "conflicts": run.conflicts, "errors": errors,
    })
}

/// A trouble in the contract's form.
fn issue(trouble: &SyncTrouble) -> Value {
    let code = serde_json::to_value(trouble.code).unwrap_or_default();
    let code = code.as_str().unwrap_or_default().to_owned();
    let mut message = code.replace('_', " ");
    if !trouble.url.is_empty() {
        message = format!("{message}: {} {}", trouble.method, trouble.url);
    }
    if trouble.status != 0 {
        message = format!("{message} answered {}", trouble.status);
    }
    json!({ "code": code, "message": message, "severity": "error" })
}
