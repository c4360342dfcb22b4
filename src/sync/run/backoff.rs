//! What a failure leads to: wait and try again, or stop and say so.

use super::{Goal, Op, Run, Stage, Waiting};
use crate::exchange::Answer;
use crate::instant;
use crate::replica::Replica;
use crate::{Fault, FaultCode};

/// The first wait, in milliseconds.
const FIRST_MS: u64 = 2000;
/// The longest wait that we choose, in milliseconds: 5 minutes.
const CAP_MS: u64 = 300_000;
/// The longest wait that an endpoint may ask for, in milliseconds: one hour.
pub(super) const LONGEST_MS: u64 = 3_600_000;
/// Failures in a row after which a run gives up.
const TRIES: u32 = 5;

/// What a fault means for the run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Means {
    /// It may pass.
    Wait,
    /// A person has to do something.
    Stop,
    /// Credentials: no request before a person says so.
    Lock,
}

fn means(code: FaultCode) -> Means {
    match code {
        FaultCode::Offline
        | FaultCode::Unreachable
        | FaultCode::TimeOut
        | FaultCode::TooMany
        | FaultCode::ServerError
        | FaultCode::Incomplete
        | FaultCode::BadJson
        | FaultCode::SaysFailed => Means::Wait,
        FaultCode::Credentials => Means::Lock,
        _ => Means::Stop,
    }
}

/// Whether what we know of the endpoint may be wrong after this, so that everything is to be compared.
fn is_doubtful(code: FaultCode) -> bool {
    !matches!(
        code,
        FaultCode::Offline
            | FaultCode::Unreachable
            | FaultCode::TooMany
            | FaultCode::Cancelled
            | FaultCode::Credentials
            | FaultCode::Cors
            | FaultCode::MixedContent
    )
}

/// The wait before try `times + 1`: doubling from two seconds to five minutes, spread over half to one and a half of it
/// ("full jitter" halved: M. Brooker, "Exponential Backoff And Jitter", 2015), never above the cap.
pub(crate) fn delay_ms(times: u32, chance: u64) -> u64 {
    let doubled = FIRST_MS.saturating_mul(1 << times.saturating_sub(1).min(20));
    let base = doubled.min(CAP_MS);
    let spread = crate::chance::mix(chance.wrapping_add(u64::from(times))) % 1024;
    (base / 2 + base * spread / 1024).min(CAP_MS)
}

/// `Retry-After` (or Kinto's `Backoff`) in milliseconds: seconds or a date; an hour at most.
pub(crate) fn retry_after(answer: &Answer, now_ms: u64) -> Option<u64> {
    let text = answer
        .header("retry-after")
        .or_else(|| answer.header("backoff"))?
        .trim();
    let ms = match text.parse::<u64>() {
        Ok(seconds) => seconds.saturating_mul(1000),
        Err(_) => {
            let at = u64::try_from(instant::parse_http(text)?).ok()?;
            at.saturating_sub(now_ms)
        }
    };
    Some(ms.min(LONGEST_MS))
}

impl Run {
    /// A request failed. `after` is how long the endpoint wants to be left alone.
    pub(super) fn fail<R: Replica>(
        &mut self,
        replica: &mut R,
        op: Op,
        fault: Fault,
        after: Option<u64>,
        now_ms: u64,
    ) -> Result<(), R::Fault> {
        self.state.full_due |= is_doubtful(fault.code);
        self.failures += 1;
        self.state.failures = self.state.failures.saturating_add(1);
        let means = means(fault.code);
        let wait = after.unwrap_or_else(|| delay_ms(self.state.failures, self.chance));
        self.state.retry_at = now_ms.saturating_add(wait);
        self.state.locked = means == Means::Lock;
        if means != Means::Wait || self.failures >= TRIES {
            self.stop(fault);
            return self.keep(replica);
        }
        self.note(None, fault.clone());
        let why = Waiting {
            fault,
            times: self.state.failures,
        };
        self.wait = Some((self.state.retry_at, why));
        self.keep(replica)?;
        match &op.goal {
            // Nobody knows what was stored: look before sending again.
            Goal::Push(kind, records) => {
                self.touched.insert(self.profile.lane_of(*kind));
                self.sent_keys
                    .extend(records.iter().map(|one| one.record.key.clone()));
                for one in records {
                    self.absent.remove(&one.record.key);
                }
                self.read_back(replica)?;
                self.after_push();
            }
            Goal::Document(lane, _) => {
                self.lanes = [*lane].into();
                self.stage = Stage::Pull;
            }
            Goal::List => {
                // The page is asked for again: the pull stands where it stood.
            }
            _ => {
                let mut op = op;
                op.counted = false;
                self.op = Some(op);
            }
        }
        Ok(())
    }

    /// Something worked: waits begin anew.
    pub(super) fn worked(&mut self) {
        self.failures = 0;
        self.state.failures = 0;
        self.state.retry_at = 0;
    }
}
