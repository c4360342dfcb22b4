//! Finding out what an endpoint can do, before anything is connected.

use super::commands::{of_fault, parse, say_who};
use super::link::Trouble;
use super::views::mode_name;
use crate::{Context, Engine};
use protocol::{
    Fault, SyncFinding, SyncProbe, SyncReply, SyncSecret, SyncTroubleCode, SyncVerdict,
};
use serde_json::json;
use sync::{Auth, Outcome, Probe, ProbeStep, Probed, Request, Verdict};

/// A probe under way. It looks at nothing of the workspace.
#[derive(Debug)]
pub struct ProbeSession {
    probe: Probe,
    origin: String,
    auth: Auth,
    last: (String, String, Vec<String>),
}

/// What to do next.
#[derive(Clone, Debug, PartialEq)]
pub enum SyncProbeStep {
    /// Send this, and hand the answer to [`ProbeSession::answer`].
    Request {
        /// What.
        request: Box<Request>,
        /// Checks that are over.
        done: u32,
        /// Checks in all.
        total: u32,
    },
    /// Come back then (milliseconds since 1970).
    Wait(u64),
    /// It is over.
    Done(Box<SyncReply>),
}

impl ProbeSession {
    /// Begins. `profile` is a preset's key, a profile as JSON, or empty to find out; `chance` a random number.
    ///
    /// # Errors
    /// `Invalid` for an address that may not be sent to, or a profile that is none.
    pub fn new(
        address: &str,
        profile: &str,
        secret: &SyncSecret,
        chance: u64,
    ) -> Result<Self, Fault> {
        let base = address.trim().trim_end_matches('/');
        sync::check_address(base).map_err(|fault| of_fault(&fault, "address"))?;
        let mut profile = if profile.trim_start().starts_with('{') {
            let mut own = parse(profile)?;
            own.base = base.to_owned();
            own
        } else {
            // What nobody here knows is taken for one resource a record, until the probe says otherwise.
            let key = if profile.is_empty() { "rest" } else { profile };
            sync::preset(key, base).map_err(|faults| {
                faults.first().map_or_else(
                    || {
                        Fault::new(protocol::FaultCode::Invalid)
                            .at("profile")
                            .found(profile)
                    },
                    |fault| of_fault(fault, "profile"),
                )
            })?
        };
        say_who(&mut profile, secret);
        Ok(Self {
            origin: sync::origin(&profile.base).unwrap_or_default(),
            auth: profile.auth.clone(),
            probe: Probe::new(profile, chance),
            last: <(String, String, Vec<String>)>::default(),
        })
    }

    /// The origin that the secret may go to, and how it is said.
    pub fn credentials(&self) -> (&str, &Auth) {
        (&self.origin, &self.auth)
    }

    /// Goes on.
    pub fn step(&mut self, engine: &Engine, context: &Context) -> SyncProbeStep {
        let now = u64::try_from(context.now.0).unwrap_or(0);
        match self.probe.next(now) {
            ProbeStep::Request {
                request,
                done,
                total,
            } => {
                let names = request.headers.iter().map(|(name, _)| name.clone());
                self.last = (
                    request.method.name().to_owned(),
                    request.url.clone(),
                    names.collect(),
                );
                SyncProbeStep::Request {
                    request: Box::new(request),
                    done,
                    total,
                }
            }
            ProbeStep::Wait(until) => SyncProbeStep::Wait(until),
            ProbeStep::Done(probed) => {
                let reply = self.view(*probed, engine, context);
                SyncProbeStep::Done(Box::new(SyncReply::Probed(Box::new(reply))))
            }
        }
    }

    /// The answer to the last request.
    pub fn answer(&mut self, outcome: Outcome) {
        self.probe.answer(outcome);
    }

    fn view(&self, probed: Probed, engine: &Engine, context: &Context) -> SyncProbe {
        let findings: Vec<SyncFinding> = probed
            .findings
            .iter()
            .map(|it| SyncFinding {
                check: name(&it.check),
                verdict: verdict(it.verdict),
                switch: it.switch.clone(),
                value: it.value.clone(),
                fault: it
                    .fault
                    .as_ref()
                    .map(|fault| SyncTroubleCode::of(&name(&fault.code))),
            })
            .collect();
        let trouble = probed.refused.clone().map(|fault| {
            let (method, url, headers) = self.last.clone();
            let mut told = engine.sync_trouble(&Trouble {
                fault,
                at: context.now,
                method,
                url,
                headers: headers.clone(),
                retry_at: None,
            });
            if let Some(cors) = &mut told.cors {
                (cors.methods, cors.headers, cors.expose) = super::allowance::of(&probed.profile);
                cors.headers
                    .extend(headers.into_iter().filter(|it| it != "accept"));
                cors.headers.sort();
                cors.headers.dedup();
            }
            told
        });
        let worst = match &trouble {
            Some(_) => SyncVerdict::Unsafe,
            None => worst(&findings),
        };
        SyncProbe {
            verdict: worst,
            findings,
            mode: mode_name(probed.profile.mode),
            profile: serde_json::to_string_pretty(&probed.profile.to_json()).unwrap_or_default(),
            trouble,
            there: Vec::new(),
        }
    }
}

/// A code by its name on the wire.
fn name<T: serde::Serialize>(code: &T) -> String {
    json!(code).as_str().unwrap_or_default().to_owned()
}

fn verdict(of: Verdict) -> SyncVerdict {
    match of {
        Verdict::Good => SyncVerdict::Good,
        Verdict::Adapted => SyncVerdict::Adapted,
        Verdict::Careful => SyncVerdict::Careful,
        Verdict::Skipped => SyncVerdict::Skipped,
        Verdict::Unsafe => SyncVerdict::Unsafe,
    }
}

fn worst(findings: &[SyncFinding]) -> SyncVerdict {
    let rank = |it: SyncVerdict| match it {
        SyncVerdict::Skipped => 0,
        SyncVerdict::Good => 1,
        SyncVerdict::Adapted => 2,
        SyncVerdict::Careful => 3,
        SyncVerdict::Unsafe => 4,
    };
    let all = findings.iter().map(|it| it.verdict);
    all.max_by_key(|it| rank(*it)).unwrap_or(SyncVerdict::Good)
}
