//! An act that is done once, however often it is pressed while it is under way.

use crate::state::State;
use protocol::{Command, Done};
use ui::prelude::*;
use ui::spawn_local;

/// Applies a command unless `busy` says that one is under way; says so with undo, or says why not. It stays busy after
/// success, because what it was pressed on usually gives way and a second press must not come in between: `then` sets
/// it free where it stays.
pub fn apply_once(
    state: State,
    busy: RwSignal<bool>,
    command: Command,
    said: String,
    then: impl FnOnce(Done) + 'static,
) {
    if busy.get_untracked() {
        return;
    }
    busy.set(true);
    let answer = state.client.apply(command);
    spawn_local(async move {
        match answer.await {
            Ok(done) => {
                state.toasts.done(said, done.batch);
                then(done);
            }
            Err(fault) => {
                let _ = busy.try_set(false);
                state.toasts.fault(&fault);
            }
        }
    });
}
